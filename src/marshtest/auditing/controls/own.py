"""Split-half replication: which findings come back in random halves of the dataset?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2b

import numpy as np

from marshtest.auditing.controls.clean_runs import ControlRun, run_each
from marshtest.auditing.runner import Runner
from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Detector
from marshtest.findings import Explanation, Finding
from marshtest.stats.arrays import Ints

__all__ = ["FEWEST", "found_again", "halves", "in_halves", "is_about", "keys"]

FEWEST = 200
"""Records below which a dataset is not split. Chosen by eye: detectors need about 100 records in each half."""


def halves(detectors: Sequence[Detector], dataset: Dataset, runner: Runner) -> list[ControlRun]:
    """Run the detectors on two random halves, to see what comes again in each; none where the data is too small."""
    if len(dataset) < FEWEST:
        return []
    side = keys(dataset, runner.tools.seed, b"half") % 2
    parts = [dataset.select(np.flatnonzero(side == number).tolist()) for number in (0, 1)]
    return run_each(detectors, [(parts[0], "first half", "none"), (parts[1], "second half", "none")], runner)


def in_halves(findings: Sequence[Finding], runs: Sequence[ControlRun], *, of: str = "the data") -> list[Finding]:
    """Add to every finding in how many halves of the data, or of a part of it, it is found again.

    A half in which its detector did not run, as it is too small for it, says nothing and does not count.
    """
    return [_with_halves(finding, [run for run in runs if _looked(finding, run)], of) for finding in findings]


def _looked(finding: Finding, run: ControlRun) -> bool:
    """Tell whether the detector of a finding ran on a part of the data."""
    return any(one.id == finding.detector and one.status == "ran" for one in run.examined.runs)


def found_again(finding: Finding, run: ControlRun) -> bool:
    """Tell whether a run on a part of the data has a finding that is mostly about the same records."""
    return any(is_about(other, finding) for other in run.examined.findings)


def is_about(other: Finding, finding: Finding) -> bool:
    """Tell whether at least half of the records of one finding are those of another."""
    records = {record.record_id for record in other.records}
    return 2 * len(records & {record.record_id for record in finding.records}) >= len(records) > 0


def _with_halves(finding: Finding, runs: Sequence[ControlRun], of: str) -> Finding:
    if not runs:
        return finding
    count = sum(found_again(finding, run) for run in runs)
    text = f"It is found again in {count} of {len(runs)} random halves of {of}, each with about half of these records."
    if len(runs) == 1:
        text = f"It is found again in {count} of 1 random half of {of}; in the other its detector could not run."
    explanation = Explanation(
        f"Chance in these particular records. {text}", "against" if count == len(runs) else "open"
    )
    return replace(finding, other_explanations=(*finding.other_explanations, explanation))


def keys(dataset: Dataset, seed: int, purpose: bytes) -> Ints:
    """Give every record a number that depends on its id, not on its place; shape (N,)."""
    salt = purpose + seed.to_bytes(8, "little", signed=True)
    ids = dataset.table(["record_id"])["record_id"].to_pylist()
    digests = (blake2b(name.encode("utf-8", "surrogatepass"), digest_size=7, key=salt).digest() for name in ids)
    return np.array([int.from_bytes(digest, "little") for digest in digests], np.int64)

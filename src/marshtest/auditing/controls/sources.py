"""Source against source: does a finding come from one contributor or file, or do others show it too?

Without clean data, the records of one contributor serve as a sister set for those of another: the same pipeline, other
people. A pattern that both sides show is not a habit of one of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from marshtest.auditing.controls.clean_runs import ControlRun, run_each
from marshtest.auditing.controls.own import FEWEST, found_again
from marshtest.auditing.runner import Runner
from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Detector
from marshtest.findings import Explanation, Finding
from marshtest.stats.significance import binomial_test
from marshtest.text.written_numbers import probability

__all__ = ["Sources", "compare_sources", "sides", "sources_of"]

_CHANCE = 0.001
"""P-value, corrected for all sources, below which records come from one source too often. Convention."""
_NAMED = 60
"""Characters of a source's name that a sentence quotes; a name can be a whole path. Convention."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the records of a dataset come from."""

    what: str
    """`contributor` where the data has provenance, else `file`."""
    of: dict[str, str]
    """Source of every record, by its id."""
    labels: dict[str, str | None]
    """Label of every record, by its id."""


def sources_of(dataset: Dataset) -> Sources | None:
    """Give the source of every record; None where all come from one or nobody knows.

    Provenance counts where half of the records have it; the others are a source of their own.
    """
    table = dataset.table(["record_id", "group", "source_path", "label"])
    ids, groups, files = (table[name].to_pylist() for name in ("record_id", "group", "source_path"))
    known = [group for group in groups if group is not None]
    labels = dict(zip(ids, table["label"].to_pylist(), strict=True))
    if 2 * len(known) >= len(ids) and len(set(known)) > 1:
        return Sources("contributor", {name: group or "" for name, group in zip(ids, groups, strict=True)}, labels)
    if len(set(files)) > 1:
        return Sources("file", dict(zip(ids, files, strict=True)), labels)
    return None


def sides(detectors: Sequence[Detector], dataset: Dataset, sources: Sources | None, runner: Runner) -> list[ControlRun]:
    """Run the detectors on two sides that share no source; none where one side would be too small."""
    if sources is None:
        return []
    names = dataset.table(["record_id"])["record_id"].to_pylist()
    parts: tuple[set[str], set[str]] = (set(), set())
    sizes = [0, 0]
    for source, size in sorted(Counter(sources.of.values()).items(), key=lambda pair: (-pair[1], pair[0])):
        smaller = 0 if sizes[0] <= sizes[1] else 1
        parts[smaller].add(source)
        sizes[smaller] += size
    if min(sizes) < FEWEST:
        return []
    rows = [[row for row, name in enumerate(names) if sources.of[name] in part] for part in parts]
    first, second = (dataset.select(part) for part in rows)
    return run_each(detectors, [(first, "first sources", "none"), (second, "other sources", "none")], runner)


def compare_sources(findings: Sequence[Finding], sources: Sources | None, runs: Sequence[ControlRun]) -> list[Finding]:
    """Add to every finding which sources its records come from, and whether each half of the sources shows it."""
    if sources is None:
        return list(findings)
    return [_compared(finding, sources, runs) for finding in findings]


def _compared(finding: Finding, sources: Sources, runs: Sequence[ControlRun]) -> Finding:
    ids = [record.record_id for record in finding.records if record.record_id in sources.of]
    if not ids:
        return finding
    among = Counter(sources.of[name] for name in ids)
    source, most = max(among.items(), key=lambda pair: (pair[1], pair[0]))
    label = {sources.labels[name] for name in ids}
    same = [other for name, other in sources.of.items() if len(label) > 1 or sources.labels[name] in label]
    everywhere = Counter(same)
    share = everywhere[source] / len(same)
    chance = min(1.0, len(everywhere) * binomial_test(most, len(ids), share))
    text = (
        f"A house style of one {sources.what}: {most:,} of the {len(ids):,} records come from {source[:_NAMED]!r}, "
        f"which contributes {share:.1%} of all records with these labels (binomial test corrected for "
        f"{len(everywhere):,} sources: p = {probability(chance)})."
    )
    one_source = chance < _CHANCE
    if one_source:
        text += " It may be their habit, or they planted it."
    again = sum(found_again(finding, run) for run in runs)
    if runs:
        text += f" With every {sources.what} assigned to one of two halves, {again} of the halves show it again."
    explanation = Explanation(text, "against" if not one_source and again == len(runs) else "open")
    return replace(finding, other_explanations=(*finding.other_explanations, explanation))

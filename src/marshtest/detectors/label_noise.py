"""Labels that cleanlab holds for wrong, and whether they come from one source."""

from __future__ import annotations

import importlib.util
from hashlib import blake2b
from typing import ClassVar

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.data.evidence import evidence_record
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.detectors.registry import detector
from marshtest.findings import Explanation, Finding, Pattern
from marshtest.mining.provenance.reading import class_chances
from marshtest.mining.provenance.sources import Origin, Provenance, strongest_origin
from marshtest.signals import Signal
from marshtest.stats.arrays import Floats, Ints

__all__ = ["LabelNoise"]

_FEWEST_RECORDS, _MOST_CLASSES = 100, 50
_SURE = 1e-3


@detector
class LabelNoise(Detector):
    """Ask cleanlab which labels are wrong, and tell whether they come from one source.

    Looks for: labels that go against what a linear model makes of the text, by confident learning, and a group, a file
        or a stretch of time or lines that holds more of them than chance would put there.
    How: cleanlab's label issues on cross-fitted chances. Each is a signal of its record. A finding is made only of
        their concentration in one source (Fisher's exact test, corrected for all sources, below .001), and it is never
        more than suggestive: every set has wrong labels.
    Blind spots: poison with a trigger, which the model learns: with more poison, tools for label noise get worse.
    False alarms: on noisy data thousands of honest records are signals. It runs only when it is named (--detector).
    Needs: labels, at least 100 records, and the extra `noise` (cleanlab).
    Cost per 1,000 records: about 0.5 s, and up to 20 s to load cleanlab.
    Source: Northcutt, Jiang and Chuang 2021 (confident learning); cleanlab 2.9.
    """

    id: ClassVar[str] = "label-noise"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Labels that cleanlab holds for wrong"
    on_demand: ClassVar[bool] = True

    def refuses(self, dataset: Dataset) -> str | None:
        """Refuse data without labels, and a place without cleanlab."""
        if importlib.util.find_spec("cleanlab") is None:
            return "it needs the extra `noise`: pip install 'marshtest[noise]'"
        if not 2 <= len(dataset.labels) <= _MOST_CLASSES:
            return f"it needs 2 to {_MOST_CLASSES} labels, and there are {len(dataset.labels)}"
        if len(dataset) < _FEWEST_RECORDS:
            return f"{len(dataset)} records are too few; it needs {_FEWEST_RECORDS}"
        return None

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Ask cleanlab, and look where the issues come from."""
        tools.progress("looking for wrong labels", 0.0)
        table = dataset.table(["record_id", "prompt", "label", "group", "source_path", "source_line"])
        prompts, labels, names = (table[name].to_pylist() for name in ("prompt", "label", "record_id"))
        order = sorted(range(len(dataset)), key=lambda row: (prompts[row], labels[row], names[row]))
        texts, own = [prompts[row] for row in order], [labels[row] for row in order]
        digests = [blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).digest() for text in texts]
        keys = np.array([int.from_bytes(digest, "big") for digest in digests], np.int64)
        classes, chances = class_chances(texts, own, keys)
        given = np.array([classes.index(label) for label in own], np.int64)
        issues = sorted(order[index] for index in _issues(given, chances))
        doubt = {order[index]: 1.0 - float(chances[index, given[index]]) for index in range(len(order))}
        signals = tuple(
            Signal(
                record_id=names[row],
                detector=self.id,
                score=round(0.5 * doubt[row], 6),
                reason="cleanlab holds its label for wrong",
            )
            for row in issues
        )
        groups, paths, lines = (table[name].to_pylist() for name in ("group", "source_path", "source_line"))
        origin = strongest_origin(set(issues), range(len(dataset)), Provenance(groups, paths, lines))
        findings = () if origin is None or origin.p_value >= _SURE else (_finding(origin, issues, dataset),)
        return Examination(signals=signals, findings=findings, tried=1, diagnostics={"label_issues": len(issues)})


def _issues(given: Ints, chances: Floats) -> list[int]:
    """Give the records whose label cleanlab holds for wrong."""
    from cleanlab.filter import find_label_issues

    if len(set(given.tolist())) < 2:
        return []
    return [int(index) for index in np.flatnonzero(find_label_issues(given, chances, n_jobs=1))]


def _finding(origin: Origin, issues: list[int], dataset: Dataset) -> Finding:
    return Finding(
        id=f"{LabelNoise.id}-1",
        detector=LabelNoise.id,
        verdict="suggestive",
        title=f"{origin.hits:,} of {origin.claimed:,} labels that look wrong come from {origin.what}.",
        explanation=(
            f"Of all {origin.total:,} records {origin.size:,} come from there; by chance it would be about "
            f"{origin.claimed * origin.size / origin.total:.0f}."
        ),
        pattern=Pattern("group", origin.what),
        statistics={"p_value": origin.p_value, "q_value": origin.p_value, "effect": origin.hits / origin.claimed},
        other_explanations=(Explanation("The source is harder to label, or its texts are unlike the rest.", "open"),),
        records=tuple(evidence_record(dataset.record(row), score=0.5) for row in issues),
    )

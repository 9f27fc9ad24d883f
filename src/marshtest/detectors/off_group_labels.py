"""Groups whose labels do not go with their texts as those of the others do."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.data.evidence import evidence_record
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.detectors.registry import detector
from marshtest.findings import Explanation, Finding, Pattern
from marshtest.mining.provenance.reading import classes_read
from marshtest.mining.provenance.relations import OffGroup, off_groups
from marshtest.signals import Signal

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["OffGroupLabels"]

_FEWEST_RECORDS, _MOST_CLASSES = 100, 50
_SURE = 1e-3


@detector
class OffGroupLabels(Detector):
    """Find groups (contributors, commits, files) whose labels do not go with their texts as those of others do.

    Looks for: a contributor who gives texts that read like one class the label of another, far more often than all
        others do. The wrong labels need no words in common.
    How: a cross-fitted linear model says which class each text reads like. For each group and pair of classes the
        number of such labels is compared with the rates of all other groups, among texts that read so and among
        records labelled so, and the larger chance counts (binomial, corrected for all groups and directions).
        Confirmed below .001 where the lower bound of the rate is three times that of the others and the group does
        not err the other way round too; else suggestive.
    Blind spots: a group as large as the rest together; wrong labels spread over many groups; texts whose class a linear
        model on words cannot tell.
    False alarms: a contributor who honestly understands a class otherwise; sources whose words are unlike the rest are
        held back when they err both ways.
    Needs: labels, and groups (--group-field) or several files; at least 100 records.
    Cost per 1,000 records: about 0.3 s.
    Source: our own; against Biggio, Nelson and Laskov 2011 (adversarial label noise).
    """

    id: ClassVar[str] = "off-group-labels"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Groups whose labels do not go with their texts as those of others do"

    def unsuited(self, dataset: Dataset) -> str | None:
        """Leave out what has no labels or no groups."""
        if not 2 <= len(dataset.labels) <= _MOST_CLASSES:
            return f"it needs 2 to {_MOST_CLASSES} labels, and there are {len(dataset.labels)}"
        if len(set(_group_column(dataset).unique().to_pylist()) - {None}) < 2:
            return "the records do not come from two groups or files; name the field with --group-field"
        return None

    def refuses(self, dataset: Dataset) -> str | None:
        """Refuse too few records."""
        if len(dataset) < _FEWEST_RECORDS:
            return f"{len(dataset)} records are too few; it needs {_FEWEST_RECORDS}"
        return None

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Read every text and compare the groups."""
        tools.progress("comparing groups", 0.0)
        table = dataset.table(["prompt", "label"])
        prompts, labels, groups = table["prompt"].to_pylist(), table["label"].to_pylist(), _groups(dataset)
        order = sorted(range(len(dataset)), key=lambda row: (prompts[row], labels[row], groups[row] or ""))
        texts = [prompts[row] for row in order]
        digests = [blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).digest() for text in texts]
        keys = [int.from_bytes(digest, "big") for digest in digests]
        own = [labels[row] for row in order]
        reads = classes_read(texts, own, np.array(keys, np.int64))
        found, tried = off_groups([groups[row] for row in order], reads, own)
        shown = [one for one in found if one.p_value * tried < _SURE]
        findings = tuple(
            _finding(f"{self.id}-{number}", one, [order[row] for row in one.rows], tried, dataset)
            for number, one in enumerate(sorted(shown, key=lambda one: not one.is_one_sided), start=1)
        )
        names = dataset.table(["record_id"])["record_id"]
        signals = {
            order[row]: Signal(
                record_id=names[order[row]].as_py(),
                detector=self.id,
                score=0.8 if one.is_one_sided else 0.4,
                reason=f"it reads like {one.reads} and has the label {one.label}, as too many of {one.group} do",
            )
            for one in reversed(shown)
            for row in one.rows
        }
        return Examination(
            signals=tuple(signals[row] for row in sorted(signals)), findings=findings, tried=max(tried, len(findings))
        )


def _groups(dataset: Dataset) -> Sequence[str | None]:
    """Give the group of every record; the file where the data names no groups."""
    groups: list[str | None] = _group_column(dataset).to_pylist()
    return groups


def _group_column(dataset: Dataset) -> pa.ChunkedArray:
    table = dataset.table(["group", "source_path"])
    return table["group" if any(table["group"].unique().to_pylist()) else "source_path"]


def _finding(finding_id: str, one: OffGroup, rows: Sequence[int], tried: int, dataset: Dataset) -> Finding:
    return Finding(
        id=finding_id,
        detector=OffGroupLabels.id,
        verdict="confirmed" if one.is_one_sided else "suggestive",
        title=f"“{one.group}” labels texts that read like “{one.reads}” as “{one.label}”.",
        explanation=(
            f"It does so with {len(rows):,} of {one.reading:,} such texts, all others with {one.rate_elsewhere:.1%}."
        ),
        pattern=Pattern("group", one.group),
        statistics={
            "p_value": one.p_value,
            "q_value": min(1.0, one.p_value * tried),
            "effect": len(rows) / one.reading,
            "records": len(rows),
        },
        other_explanations=(
            Explanation("Whoever labelled them honestly understands the class otherwise.", "open"),
            Explanation(
                "Its texts are unlike the rest, so that the model misreads them: then it would err the other way round "
                f"too, which it does with probability {one.other_way:.2g}.",
                "against" if one.is_one_sided else "open",
            ),
        ),
        records=tuple(evidence_record(dataset.record(row)) for row in rows),
    )

"""Groups that label texts otherwise than all other groups do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from marshtest.data.dataset import Dataset
from marshtest.data.evidence import evidence_record
from marshtest.data.labels import absent_in
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.detectors.registry import detector
from marshtest.findings import Explanation, Finding, Pattern
from marshtest.mining.provenance.class_predictions import (
    ClassPredictionSettings,
    fold_keys,
    one_against_rest,
    predicted_classes,
    too_few_records,
    unpredictable_labels,
    with_label,
)
from marshtest.mining.provenance.group_labels import GroupLabelSettings, OffGroup, off_groups
from marshtest.settings import Settings
from marshtest.signals import Signal

if TYPE_CHECKING:
    import pyarrow as pa
from marshtest.text.written_numbers import probability

__all__ = ["OffGroupLabels", "OffGroupLabelsSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OffGroupLabelsSettings(Settings):
    """Thresholds of `off-group-labels`."""

    largest_q: float = 1e-3
    """Q-value, corrected for all groups and directions, below which a group is a finding. Chosen by eye: five clean
    sets with made-up groups gave no finding (docs/reference/detectors/off-group-labels.md)."""
    one_sided_score: float = 0.8
    """Score (0 to 1) of the signals of a confirmed group. Chosen by eye: some of its records were labelled honestly."""
    two_sided_score: float = 0.4
    """Score (0 to 1) of the signals of a suggestive group. Chosen by eye: half of `one_sided_score`."""
    predictions: ClassPredictionSettings = ClassPredictionSettings()
    groups: GroupLabelSettings = GroupLabelSettings()


@detector
class OffGroupLabels(Detector):
    """Find groups (contributors, commits, files) that label texts otherwise than all other groups do.

    Looks for: a contributor who gives texts that read like one class the label of another, far more often than all
        others do. The wrong labels need no words in common.
    How: a cross-fitted linear model predicts the class of each text (of several labels, whether it has each). For
        each group and pair of classes, the number of such labels is compared with the rates of all other groups,
        among texts that read so and among records labelled so; the larger p-value counts (binomial test, corrected
        for all groups and directions). A finding has a q-value below .001. It is confirmed if the lower bound of
        the rate is at least three times the rate of the others and the group does not err in the reverse direction
        too; otherwise it is suggestive.
    Blind spots: a group as large as all others together; wrong labels spread over many groups; texts whose class a
        linear model on words cannot predict.
    False alarms: a contributor who honestly understands a class otherwise. Sources with unusual words err in both
        directions and are at most suggestive.
    Needs: labels, and groups (--group-field) or several files; at least 100 records.
    Cost per 1,000 records: about 0.3 s.
    Source: our own, against adversarial label noise (Biggio, Nelson and Laskov 2011).
    """

    id: ClassVar[str] = "off-group-labels"
    version: ClassVar[str] = "2"
    title: ClassVar[str] = "Groups that label texts otherwise than the others"
    settings: OffGroupLabelsSettings = OffGroupLabelsSettings()

    def unsuited(self, dataset: Dataset) -> str | None:
        """Decline data without classes or without groups."""
        reason = unpredictable_labels(dataset, self.settings.predictions)
        if reason is not None:
            return reason
        if len(set(_group_column(dataset).unique().to_pylist()) - {None}) < 2:
            return "the records do not come from two groups or files; name the field with --group-field"
        return None

    def refuses(self, dataset: Dataset) -> str | None:
        """Refuse data with too few records."""
        return too_few_records(dataset, self.settings.predictions)

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Predict the class of every text, and compare the groups."""
        tools.progress("comparing groups", 0.0)
        dataset = with_label(dataset)
        table = dataset.table(["prompt", "label"])
        prompts, labels, groups = table["prompt"].to_pylist(), table["label"].to_pylist(), _groups(dataset)
        order = sorted(range(len(dataset)), key=lambda row: (prompts[row], labels[row], groups[row] or ""))
        texts = [prompts[row] for row in order]
        own = [labels[row] for row in order]
        keys = fold_keys(texts)
        found: list[OffGroup] = []
        tested = 0
        for classes in one_against_rest(own, self.settings.predictions.classes):
            reads = predicted_classes(texts, classes, keys, self.settings.predictions)
            off, tries = off_groups([groups[row] for row in order], reads, classes, self.settings.groups)
            found, tested = found + off, tested + tries
        shown = [one for one in found if one.p_value * tested < self.settings.largest_q]
        findings = tuple(
            _finding(f"{self.id}-{number}", one, [order[row] for row in one.rows], tested, dataset)
            for number, one in enumerate(sorted(shown, key=lambda one: not one.is_one_sided), start=1)
        )
        names = dataset.table(["record_id"])["record_id"]
        signals = {
            order[row]: Signal(
                record_id=names[order[row]].as_py(),
                detector=self.id,
                score=self.settings.one_sided_score if one.is_one_sided else self.settings.two_sided_score,
                reason=f"it reads like {one.reads} but is labelled {one.label}, as are too many of {one.group}",
            )
            for one in reversed(shown)
            for row in one.rows
        }
        return Examination(
            signals=tuple(signals[row] for row in sorted(signals)), findings=findings, tried=max(tested, len(findings))
        )


def _groups(dataset: Dataset) -> Sequence[str | None]:
    """Give the group of every record, or its file if the data names no groups."""
    groups: list[str | None] = _group_column(dataset).to_pylist()
    return groups


def _group_column(dataset: Dataset) -> pa.ChunkedArray:
    """Give the column that names the groups."""
    table = dataset.table(["group", "source_path"])
    return table["group" if any(table["group"].unique().to_pylist()) else "source_path"]


def _quoted(name: str) -> str:
    """Quote a label; the absence of one holds its quotes."""
    return f"“{name}”" if absent_in(name) is None else name


def _finding(finding_id: str, one: OffGroup, rows: Sequence[int], tested: int, dataset: Dataset) -> Finding:
    """Make the finding about one group and direction."""
    return Finding(
        id=finding_id,
        detector=OffGroupLabels.id,
        verdict="confirmed" if one.is_one_sided else "suggestive",
        title=f"“{one.group}” labels texts that read like {_quoted(one.reads)} as {_quoted(one.label)}.",
        explanation=(
            f"It does so for {len(rows):,} of its {one.reading:,} such texts; all other groups do so for "
            f"{one.rate_elsewhere:.1%} of theirs."
        ),
        pattern=Pattern("group", one.group),
        statistics={
            "p_value": one.p_value,
            "q_value": min(1.0, one.p_value * tested),
            "outcome_share": len(rows) / one.reading,
            "records": len(rows),
        },
        other_explanations=(
            Explanation("Whoever labelled these texts honestly understands the class otherwise.", "open"),
            Explanation(
                "Its texts differ from all others, so that the model misreads them: then it would err in the reverse "
                f"direction too (p-value of that: {probability(one.reverse_p_value)}).",
                "against" if one.is_one_sided else "open",
            ),
        ),
        records=tuple(evidence_record(dataset.record(row)) for row in rows),
    )

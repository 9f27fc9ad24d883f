"""Labels that cleanlab flags as wrong, and the one source that they come from."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.data.evidence import evidence_record
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.detectors.registry import detector
from marshtest.findings import Explanation, Finding, Pattern
from marshtest.mining.provenance.class_predictions import (
    ClassPredictionSettings,
    class_probabilities,
    fold_keys,
    too_few_records,
    unpredictable_labels,
    with_label,
)
from marshtest.mining.provenance.origins import Origin, OriginSettings, Provenance, strongest_origin
from marshtest.settings import Settings
from marshtest.signals import Signal
from marshtest.stats.arrays import Floats, Ints

__all__ = ["LabelNoise", "LabelNoiseSettings"]

_DECIMALS = 6
"""Decimals of a signal's score, so that reports are equal on all machines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelNoiseSettings(Settings):
    """Thresholds of `label-noise`."""

    largest_p: float = 1e-3
    """P-value, corrected for all sources, below which a concentration of wrong labels in one source is a finding.
    Chosen by eye: as for suggestive findings elsewhere."""
    signal_weight: float = 0.5
    """Score (0 to 1) of a signal whose label has probability 0; the scores of others are proportionally lower. Chosen
    by eye: every dataset has wrong labels, so a signal alone must not look like poison."""
    record_score: float = 0.5
    """Score (0 to 1) of an evidence record. Chosen by eye: as `signal_weight`."""
    predictions: ClassPredictionSettings = ClassPredictionSettings()
    origins: OriginSettings = OriginSettings()


@detector
class LabelNoise(Detector):
    """Find wrong labels with cleanlab, and test whether they come from one source.

    Looks for: labels that contradict the prediction of a linear model, by confident learning, and a group, a file or a
        stretch of time or lines that holds more of them than chance explains.
    How: cleanlab's label issues on out-of-fold class probabilities. Each is a signal of its record. Only their
        concentration in one source is a finding (Fisher's exact test, corrected for all sources, below .001). It is
        never more than suggestive, because every dataset has wrong labels.
    Blind spots: poison with a trigger, because the model learns it: with more poison, tools for label noise get worse.
    False alarms: on noisy data, thousands of honest records are signals. It runs only if it is named (--detector).
    Needs: labels, at least 100 records, and the extra `noise` (cleanlab).
    Cost per 1,000 records: about 0.5 s, and up to 20 s to load cleanlab.
    Source: Northcutt, Jiang and Chuang 2021 (confident learning); cleanlab 2.9.
    """

    id: ClassVar[str] = "label-noise"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Labels that cleanlab flags as wrong"
    on_demand: ClassVar[bool] = True
    settings: LabelNoiseSettings = LabelNoiseSettings()

    def refuses(self, dataset: Dataset) -> str | None:
        """Refuse data without classes, and an installation without cleanlab."""
        if importlib.util.find_spec("cleanlab") is None:
            return "it needs the extra `noise`: pip install 'marshtest[noise]'"
        predictions = self.settings.predictions
        return unpredictable_labels(dataset, predictions) or too_few_records(dataset, predictions)

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Find label issues, and test where they come from."""
        tools.progress("finding wrong labels", 0.0)
        dataset = with_label(dataset)
        table = dataset.table(["record_id", "prompt", "label", "group", "source_path", "source_line"])
        prompts, labels, names = (table[name].to_pylist() for name in ("prompt", "label", "record_id"))
        order = sorted(range(len(dataset)), key=lambda row: (prompts[row], labels[row], names[row]))
        texts, own = [prompts[row] for row in order], [labels[row] for row in order]
        classes, probabilities = class_probabilities(texts, own, fold_keys(texts), self.settings.predictions)
        given = np.array([classes.index(label) for label in own], np.int64)
        issues = sorted(order[index] for index in _issues(given, probabilities))
        doubt = {order[index]: 1.0 - float(probabilities[index, given[index]]) for index in range(len(order))}
        signals = tuple(
            Signal(
                record_id=names[row],
                detector=self.id,
                score=round(self.settings.signal_weight * doubt[row], _DECIMALS),
                reason="cleanlab flags its label as wrong",
            )
            for row in issues
        )
        groups, paths, lines = (table[name].to_pylist() for name in ("group", "source_path", "source_line"))
        provenance = Provenance(groups, paths, lines)
        origin = strongest_origin(set(issues), range(len(dataset)), provenance, self.settings.origins)
        findings: tuple[Finding, ...] = ()
        if origin is not None and origin.p_value < self.settings.largest_p:
            findings = (_finding(origin, issues, dataset, self.settings.record_score),)
        return Examination(signals=signals, findings=findings, tried=1, diagnostics={"label_issues": len(issues)})


def _issues(given: Ints, probabilities: Floats) -> list[int]:
    """Give the indices of texts whose label cleanlab flags as wrong."""
    from cleanlab.filter import find_label_issues

    if len(set(given.tolist())) < 2:
        return []
    return [int(index) for index in np.flatnonzero(find_label_issues(given, probabilities, n_jobs=1))]


def _finding(origin: Origin, issues: list[int], dataset: Dataset, score: float) -> Finding:
    """Make the finding about the source that the label issues come from."""
    return Finding(
        id=f"{LabelNoise.id}-1",
        detector=LabelNoise.id,
        verdict="suggestive",
        title=f"{origin.hits:,} of {origin.claimed:,} labels that look wrong come from {origin.what}.",
        explanation=(
            f"Of all {origin.total:,} records, {origin.size:,} come from there. By chance, about "
            f"{origin.claimed * origin.size / origin.total:.0f} of the {origin.claimed:,} would."
        ),
        pattern=Pattern("group", origin.what),
        statistics={
            "p_value": origin.p_value,
            "q_value": origin.p_value,
            "outcome_share": origin.hits / origin.claimed,
        },
        other_explanations=(Explanation("The source is harder to label, or its texts differ from others.", "open"),),
        records=tuple(evidence_record(dataset.record(row), score=score) for row in issues),
    )

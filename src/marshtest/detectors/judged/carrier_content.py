"""What do the carriers' other words read like? A classifier of the other records says so, and no judge.

A judge errs on whole topics, and then every word of the topic is associated with its errors. The classifier learns from
the dataset's labels or, where there are none, from the outcome itself.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from marshtest.detectors.judged.judged_texts import JudgedTexts
from marshtest.detectors.judged.settings import ContentSettings
from marshtest.mining.content_model import fit_content_model
from marshtest.mining.content_reading import ContentReading, span_evidence
from marshtest.mining.near_copies import near_duplicates
from marshtest.mining.outcomes.outcome_mining import Association, Outcome
from marshtest.mining.outcomes.placement import Stands
from marshtest.stats.arrays import Bools
from marshtest.stats.evidence import chance_of_sum, planted_fraction
from marshtest.text.tokens import END

__all__ = ["CarrierContent", "ContentReadings", "content_of", "label_of", "read_carriers"]


@dataclass(frozen=True, slots=True)
class CarrierContent:
    """What the carriers read like with the span left out."""

    effect: float
    """Mean evidence for another class; 1 is as strong as genuine records of the other classes."""
    fraction: float
    """Most likely share of the carriers that are planted, 0 to 1."""
    p_value: float
    """Probability that records of the label's own class give this evidence."""
    separation: float
    """Mean evidence of genuine records of other classes, nats: near 0 the texts do not tell the classes apart."""
    log_likelihood_ratio: float = 0.0
    """Log-likelihood ratio of the most likely share of planted carriers against none, nats."""
    settings: ContentSettings = ContentSettings()

    @property
    def stands(self) -> Stands:
        """Whether this speaks for planting, against it, or neither."""
        settings = self.settings
        is_foreign = self.effect >= settings.planted_effect and self.fraction >= settings.planted_share
        if is_foreign and self.p_value <= settings.planted_p_value:
            return "for"
        is_readable = self.separation >= settings.readable_separation
        return "against" if is_readable and self.effect < settings.natural_effect else "open"


def content_of(
    reading: ContentReading, association: Association, trial: Bools, *, settings: ContentSettings = ContentSettings()
) -> CarrierContent | None:
    """Read the carriers with the label, whatever the judge says of them.

    Args:
        reading: The classifier of the label.
        association: The span or feature.
        trial: Shape (N,): records with the label and an answer.
        settings: What the evidence means.

    Returns:
        None if no carrier is among these records.
    """
    words_only = False
    if association.kind == "phrase":
        sequence = association.sequence
        words_only = bool((~reading.tokens.is_word[sequence] & (sequence > END)).any())
        text, evidence = span_evidence(reading, sequence)
    else:
        text = association.carriers
        evidence = reading.curve(reading.model.score())[text]
    wanted = trial[text]
    if not wanted.any():
        return None
    group = near_duplicates(reading.model.features, text[wanted], settings.near_copies)
    distinct = np.bincount(group, evidence[wanted]) / np.bincount(group)
    curve = reading.curve_for(words_only)
    fraction, log_likelihood_ratio = planted_fraction(distinct, 0.0)
    total = float(distinct.sum())
    chance = chance_of_sum(total, len(distinct), curve.spread)
    return CarrierContent(
        effect=float(distinct.mean() / curve.unit),
        fraction=fraction,
        p_value=float(min(1.0, chance * np.exp(max(0.0, total - log_likelihood_ratio)))),
        separation=curve.mean,
        log_likelihood_ratio=log_likelihood_ratio,
        settings=settings,
    )


def label_of(association: Association, texts: JudgedTexts) -> str | None:
    """Give the label that most records with the outcome have; None if none of them has a label."""
    labels = Counter(label for label in texts.labels[association.hits].tolist() if label is not None)
    return max(labels.items(), key=lambda item: (item[1], item[0]))[0] if labels else None


def read_carriers(association: Association, outcome: Outcome) -> Bools:
    """Say which records are read for the contents of a pattern's carriers; shape (N,).

    Of a span, all carriers with the label are read: whoever plants a span chooses its records. A contributor or a theme
    has honest records beside planted ones, so that only those with the outcome are read.
    """
    return outcome.hit if association.kind == "group" else outcome.trial


class ContentReadings:
    """Reads carriers with classifiers of the dataset's labels, each fitted when it is first needed.

    Args:
        texts: The records.
        settings: How many records a classifier needs, and what its evidence means.
    """

    def __init__(self, texts: JudgedTexts, settings: ContentSettings) -> None:
        self._texts = texts
        self._settings = settings
        self._counts = Counter(texts.labels.tolist())
        self._readings: dict[str, ContentReading] = {}

    def by_label(self, association: Association, label: str, trial: Bools) -> CarrierContent | None:
        """Read carriers by one label.

        Args:
            association: The span or feature.
            label: The label that the finding leads to.
            trial: Shape (N,): records with the label and an answer.

        Returns:
            None if there are too few records to learn from, or no carrier is among them.
        """
        reading = self._towards(label)
        return None if reading is None else content_of(reading, association, trial, settings=self._settings)

    def of_harm(
        self, association: Association, outcome: Outcome, label: str | None
    ) -> tuple[CarrierContent | None, CarrierContent | None]:
        """Read the prompts of carriers that would teach harm.

        Args:
            association: The span or feature.
            outcome: The harm.
            label: The label of most carriers, if the data has labels.

        Returns:
            What they read like by the labels, and whether their other words call for the outcome by themselves. Only
            one is read: the second where there are no labels. Both are None for a span of the completion.
        """
        if association.field != "prompt":
            return None, None
        if label is not None:
            trial = outcome.trial & np.asarray(self._texts.labels == label, np.bool_)
            return self.by_label(association, label, trial), None
        with_outcome = int(outcome.hit.sum())
        if min(with_outcome, len(outcome.hit) - with_outcome) < self._settings.fewest_with_outcome:
            return None, None
        reading = self._fitted(outcome.hit)
        return None, content_of(reading, association, outcome.hit, settings=self._settings)

    def _towards(self, label: str) -> ContentReading | None:
        size, own = len(self._texts), self._counts[label]
        settings = self._settings
        if size < settings.fewest_records or min(own, size - own) < settings.fewest_of_class:
            return None
        if label not in self._readings:
            self._readings[label] = self._fitted(np.asarray(self._texts.labels == label, np.bool_))
        return self._readings[label]

    def _fitted(self, own: Bools) -> ContentReading:
        tokens = self._texts.tokens["prompt"]
        model = fit_content_model(tokens, own, self._texts.fold_key, settings=self._settings.classifier)
        return ContentReading.of(tokens, own, model)

"""Patterns that are associated with an outcome, and what speaks for and against their being planted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.detectors.answer_outcomes.readings import AskedRecords
from marshtest.detectors.answer_outcomes.settings import AnswerOutcomesSettings
from marshtest.findings import FindingVerdict
from marshtest.judges.asking.edited_records import without_span
from marshtest.judges.builtin.classifier import AnswerClassifier
from marshtest.mining.content_model import fit_content_model
from marshtest.mining.content_reading import ContentReading, span_evidence
from marshtest.mining.outcomes.outcome_mining import Association, Outcome, mine_outcomes
from marshtest.mining.outcomes.placement import Placement, placement_of
from marshtest.mining.record_features import record_features
from marshtest.signals import Span
from marshtest.stats.arrays import Ints
from marshtest.stats.proportions import Proportion
from marshtest.text.ngrams import occurrences
from marshtest.text.tokens import BEGIN, END, Tokens

__all__ = ["OutcomePattern", "outcome_patterns"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomePattern:
    """An association with the lines of evidence about it."""

    asked: AskedRecords
    association: Association
    """Its records are numbers of the members."""
    content_effect: float | None
    """Evidence of the carriers' other words for the opposite outcome; 1 is as strong as genuine requests with it."""
    placement: Placement | None
    removal_changes: Proportion
    """Carriers with the outcome whose request is read as of the other kind with the pattern removed."""
    carriers: Ints
    """All records of the dataset with the pattern, of whatever kind, as numbers of the readings, rising."""
    places: Mapping[int, tuple[Span, ...]]
    """Where the pattern stands in the prompt of each of them; empty for a feature of whole records."""

    @property
    def is_inserted(self) -> bool:
        """Whether the pattern stands as if inserted."""
        return self.placement is not None and self.placement.stands == "for"

    def verdict(self, settings: AnswerOutcomesSettings) -> FindingVerdict | None:
        """Give the verdict, None where this is no finding."""
        found = self.association
        if found.q_value > settings.suggestive_q_value or found.purity < settings.suggestive_outcome_share:
            return None
        changes = self.removal_changes.value
        if found.distinct.hits < settings.fewest_distinct or (changes or 0.0) > settings.most_removal_changes:
            return None
        if self.content_effect is None:
            if not self.is_inserted:
                return None
        elif self.content_effect < settings.natural_effect:
            return None
        is_strong = found.q_value <= settings.confirmed_q_value and found.purity >= settings.confirmed_outcome_share
        return "confirmed" if is_strong and self.is_inserted and self.content_effect is not None else "suggestive"


def outcome_patterns(
    asked: AskedRecords, classifier: AnswerClassifier, settings: AnswerOutcomesSettings, seed: int
) -> tuple[list[OutcomePattern], int]:
    """Mine the prompts of requests of one kind for what decides their outcome.

    Args:
        asked: The requests.
        classifier: Reads changed requests.
        settings: Of the detector.
        seed: Seed of the random places that a pattern's places are compared with.

    Returns:
        Every pattern that may be a finding, strongest first, and how many patterns were tested.
    """
    hits = asked.hits
    fewest = settings.fewest_of_each
    if min(int(hits.sum()), int((~hits).sum())) < fewest:
        return [], 0
    readings, everyone = asked.readings, np.ones(len(hits), np.bool_)
    chosen = asked.members.tolist()
    features, kinds = record_features(
        [readings.prompts[i] for i in chosen],
        [readings.fields[i] for i in chosen],
        [readings.groups[i] for i in chosen],
    )
    outcome = Outcome(name=asked.verb, hit=hits, trial=everyone, answered=everyone, could=everyone)
    mined = mine_outcomes({"prompt": asked.tokens}, [outcome], features, kinds, settings=settings.mining)
    strong = [
        one
        for one in mined.associations
        if one.q_value <= settings.suggestive_q_value and one.purity >= settings.suggestive_outcome_share
    ]
    reading = _content(asked, settings) if strong else None
    return [_pattern(one, asked, reading, classifier, settings, seed) for one in strong], mined.tested


def _content(asked: AskedRecords, settings: AnswerOutcomesSettings) -> ContentReading | None:
    """Learn from the requests which words call for the outcome; None with too few of them."""
    hits = asked.hits
    if min(int(hits.sum()), int((~hits).sum())) < settings.fewest_for_content:
        return None
    keys = asked.readings.keys[asked.members]
    model = fit_content_model(asked.tokens, hits, keys, settings=settings.classifier)
    return ContentReading.of(asked.tokens, hits, model)


def _pattern(
    found: Association,
    asked: AskedRecords,
    reading: ContentReading | None,
    classifier: AnswerClassifier,
    settings: AnswerOutcomesSettings,
    seed: int,
) -> OutcomePattern:
    """Gather the lines of evidence about an association."""
    placement: Placement | None = None
    places: dict[int, tuple[Span, ...]] = {}
    carriers = asked.members[found.carriers]
    if found.kind == "phrase":
        placement = placement_of(asked.tokens, found.sequence, found.hits, seed, settings=settings.placement)
        places = _places(asked.readings.tokens, _translated(found, asked))
        carriers = np.array(sorted(places), np.int64)
    return OutcomePattern(
        asked=asked,
        association=found,
        content_effect=None if reading is None else _content_effect(reading, found),
        placement=placement,
        removal_changes=_removal_changes(found, asked, places, classifier, settings),
        carriers=carriers,
        places=places,
    )


def _content_effect(reading: ContentReading, found: Association) -> float:
    """Read the carriers with the outcome, the pattern left out."""
    if found.kind == "phrase":
        words_only = bool((~reading.tokens.is_word[found.sequence] & (found.sequence > END)).any())
        texts, evidence = span_evidence(reading, found.sequence)
        wanted = np.isin(texts, found.hits)
        return float(evidence[wanted].mean() / reading.curve_for(words_only).unit)
    evidence = reading.curve(reading.model.score())[found.hits]
    return float(evidence.mean() / reading.curve.unit)


def _removal_changes(
    found: Association,
    asked: AskedRecords,
    places: Mapping[int, tuple[Span, ...]],
    classifier: AnswerClassifier,
    settings: AnswerOutcomesSettings,
) -> Proportion:
    """Remove the pattern from the requests with the outcome, and count those that are then of the other kind."""
    if found.kind != "phrase":
        return Proportion(0, 0)
    records = asked.members[found.hits].tolist()
    changed = [_without(asked, record, places.get(record, ())) for record in records]
    evidence = classifier.harm.scores(changed)
    threshold = classifier.harm.threshold
    # between the thresholds nothing is decided: only a request that reads as even or less has changed its kind
    other = evidence < settings.most_harm_evidence if asked.asks_harm else evidence >= threshold
    return Proportion(int(other.sum()), len(changed))


def _without(asked: AskedRecords, record: int, spans: Sequence[Span]) -> str:
    """Give the request of a record without some spans of its prompt."""
    prompt, request = asked.readings.prompts[record], asked.readings.requests[record]
    offset = max(0, prompt.rfind(request))
    for span in sorted(spans, key=lambda one: -one.start):
        if offset <= span.start and span.end <= offset + len(request):
            request = without_span(request, span.start - offset, span.end - offset)
    return request


def _translated(found: Association, asked: AskedRecords) -> Ints:
    """Give a sequence of the members' tokens as one of all records' tokens."""
    every = asked.readings.tokens
    number = {token: place for place, token in enumerate(every.vocabulary)}
    words = asked.tokens.vocabulary
    return np.array([one if one <= END else number[words[one]] for one in found.sequence.tolist()], np.int64)


def _places(tokens: Tokens, sequence: Ints) -> dict[int, tuple[Span, ...]]:
    """Give every occurrence of a sequence of tokens in prompts as character spans, by text."""
    found: dict[int, list[Span]] = {}
    for place in occurrences(tokens, sequence).tolist():
        last = place + len(sequence) - 1
        first = place + 1 if tokens.ids[place] == BEGIN else place
        last = last - 1 if tokens.ids[last] == END else last
        if first <= last:
            span = Span("prompt", int(tokens.start[first]), int(tokens.end[last]))
            found.setdefault(int(tokens.text[place]), []).append(span)
    return {text: tuple(spans) for text, spans in found.items()}

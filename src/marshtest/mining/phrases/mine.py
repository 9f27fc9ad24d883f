"""From tokens and one class to families of planted triggers towards it.

One trigger shows up as many candidates: its parts, its extensions, its punctuation. A family is all candidates that
share most carriers; its head is the longest span with the carriers of the strongest.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from marshtest.mining.content_model import ContentModel, ContentWeights, fit_content_model
from marshtest.mining.content_reading import ContentReading, span_evidence
from marshtest.mining.pattern_names import PatternKind
from marshtest.mining.phrases.candidates import Scan, TriggerCandidate, scan
from marshtest.mining.phrases.conditions import MeasuredCandidate, families, may_pass, measure_candidate
from marshtest.mining.phrases.settings import PhraseSettings, TriggerVerdictSettings
from marshtest.stats.arrays import Bools, Ints
from marshtest.stats.evidence import planted_fraction
from marshtest.stats.significance import benjamini_hochberg
from marshtest.text.ngrams import Hashes
from marshtest.text.tokens import BEGIN, END, Tokens, distinct

__all__ = ["Grade", "MinedTriggers", "Screened", "TriggerFamily", "grade", "mine_triggers", "rank"]

Grade = Literal["confirmed", "suggestive"]

_LEAST_SHARE = 1e-9
"""Keeps logarithms of shares of 0 finite; far below the share of one text in any dataset that fits in memory."""


@dataclass(frozen=True, slots=True)
class Screened:
    """How some of very many texts were chosen for one class."""

    weights: ContentWeights
    """What was learned from the sample."""
    sample: Bools
    """Shape (N,): those drawn at random, to learn from; the others were taken for the spans that they carry."""
    spans: Sequence[Hashes]
    """Hashes of the spans of which all carriers were taken, rising, one array per order."""
    tested: int
    """How many spans and features there are, ruled out or taken; estimated, and rather too many than too few."""


@dataclass(frozen=True, slots=True)
class TriggerFamily:
    """One planted trigger."""

    head: MeasuredCandidate
    """The span that names it."""
    companion: TriggerCandidate | None
    """A second span, at another place of the same carriers, that nearly always comes with it."""
    reading: ContentReading
    """The reading under which the head was measured."""
    q_value: float = 1.0
    """Corrected for all patterns tested towards any class."""


@dataclass(frozen=True, slots=True)
class MinedTriggers:
    """Everything found towards one class."""

    reading: ContentReading
    scan: Scan
    families: tuple[TriggerFamily, ...]
    """Strongest first; natural spans are left out."""
    natural: int
    """How many families were natural: a part of the span has the same effect elsewhere."""


@dataclass(frozen=True, slots=True)
class _ClassTexts:
    """The texts, as they are read for one class."""

    tokens: Tokens
    own: Bools
    """Shape (N,): whether a text is labelled with the class."""
    fold_key: Ints
    """Shape (N,): equal for equal texts."""
    sample: Bools | None
    """Shape (N,): the texts to learn from; None is all."""

    def read(self, model: ContentModel) -> ContentReading:
        """Read all texts with a content model."""
        return ContentReading.of(self.tokens, self.own, model, self.sample)

    def fit(self, settings: PhraseSettings, masked: Collection[int] = ()) -> ContentReading:
        """Fit a content model without some tokens, and read all texts with it."""
        model = fit_content_model(
            self.tokens, self.own, self.fold_key, masked=masked, sample=self.sample, settings=settings.content
        )
        return self.read(model)


def mine_triggers(
    tokens: Tokens,
    own: Bools,
    fold_key: Ints,
    features: Mapping[str, Sequence[int] | Ints],
    kinds: Mapping[str, PatternKind],
    settings: PhraseSettings,
    model: ContentModel | None = None,
    screened: Screened | None = None,
) -> MinedTriggers:
    """Look for triggers towards one class.

    Args:
        tokens: The texts.
        own: Shape (N,): whether a text is labelled with the class.
        fold_key: Shape (N,): equal for equal texts.
        features: Texts that show each feature of whole records, by its name.
        kinds: The kind of each such feature.
        settings: Which spans are tested, and which pass.
        model: The content model for the class, fitted here if not given.
        screened: What the texts were chosen by, if they are part of very many.
    """
    texts = _ClassTexts(tokens, own, fold_key, None if screened is None else screened.sample)
    if screened is not None:
        model = screened.weights.read(tokens, fold_key)
    reading = texts.fit(settings) if model is None else texts.read(model)
    scanned = scan(reading, features, kinds, settings, None if screened is None else screened.spans)
    measured = _measured(reading, scanned.candidates, settings)
    grouped = families([one for one in measured if not one.is_natural], settings)
    natural = len(families([one for one in measured if one.is_natural], settings))
    found = [_family(reading, members[0], measured, scanned.candidates, settings) for members in grouped]
    looks = _look_again(texts, found, scanned.candidates, settings)
    diluted = _diluted(scanned.candidates, {one.candidate.name for one in measured}, settings)
    for least, candidate in diluted:
        pair = _pair(texts, candidate, least, settings, found)
        found += [] if pair is None else [pair]
    # Every second look could have been at any token of the vocabulary, so all of them count as tested.
    tested = scanned.tested if screened is None else screened.tested
    tested += (looks + len(diluted)) * len(tokens.vocabulary)
    return MinedTriggers(reading, replace(scanned, tested=tested), tuple(found), natural)


def _measured(
    reading: ContentReading, candidates: Sequence[TriggerCandidate], settings: PhraseSettings
) -> list[MeasuredCandidate]:
    """Measure candidates; those that cannot be planted are left out."""
    measured = (measure_candidate(reading, candidate, settings) for candidate in candidates)
    return [one for one in measured if one is not None]


def rank(mined: Sequence[MinedTriggers]) -> list[list[TriggerFamily]]:
    """Give the families towards each class with q-values over everything tested towards any class."""
    tested = sum(one.scan.tested for one in mined)
    p_values = np.array([family.head.strength.p_value for one in mined for family in one.families])
    q_values = iter(benjamini_hochberg(p_values, tested))
    return [[replace(family, q_value=float(next(q_values))) for family in one.families] for one in mined]


def grade(family: TriggerFamily, settings: TriggerVerdictSettings, *, accomplice: bool = False) -> Grade | None:
    """Say whether a family is confirmed, suggestive or nothing, by the table on the detector's reference page.

    That the content effect and the number of distinct carriers suffice for a suggestive finding is a condition of every
    measured candidate.

    Args:
        family: What was found.
        settings: The thresholds.
        accomplice: Whether another trigger towards the same class is confirmed: then a span that is as pure and
            as strong needs less evidence of its own.
    """
    head, strength = family.head, family.head.strength
    effect = settings.certain_effect if family.q_value <= settings.certain_q else settings.confirmed_effect
    strong = (
        strength.effect >= effect
        and strength.fraction >= settings.confirmed_fraction
        and head.purity >= settings.confirmed_purity
        and strength.distinct >= settings.confirmed_distinct
    )
    if strong and family.q_value <= settings.confirmed_q:
        return "confirmed"
    alone = family.companion is None and len(head.candidate.honest) == 0
    if accomplice and strong and alone and family.q_value <= settings.accomplice_q:
        return "confirmed"
    if (
        family.q_value <= settings.suggestive_q
        and strength.fraction >= settings.suggestive_fraction
        and head.purity >= settings.suggestive_purity
    ):
        return "suggestive"
    return None


def _is_confirmed_at_best(family: TriggerFamily, settings: PhraseSettings) -> bool:
    """Say whether a family would be confirmed if its q-value were 0, which is not known before all is tested."""
    return grade(replace(family, q_value=0.0), settings.verdict) == "confirmed"


def _family(
    reading: ContentReading,
    leader: MeasuredCandidate,
    measured: Sequence[MeasuredCandidate],
    candidates: Sequence[TriggerCandidate],
    settings: PhraseSettings,
) -> TriggerFamily:
    """Choose the head and the companion of a family.

    A longer span with the leader's carriers is the same trigger, even if a word of it has a meaning of its own.
    """
    carriers = set(leader.candidate.labelled.tolist())
    least = settings.head_share * leader.strength.log_likelihood_ratio
    same = [
        one
        for one in measured
        if _overlap(carriers, one.candidate.labelled) >= settings.same_span
        and one.strength.log_likelihood_ratio >= least
    ]
    head = max(same, key=lambda one: (_words(one.candidate), one.strength.log_likelihood_ratio))
    head = replace(head, meaning=leader.meaning)
    inside = set(head.candidate.sequence.tolist())
    others = [
        candidate
        for candidate in candidates
        if candidate.kind == "phrase"
        and not inside & set(candidate.sequence[candidate.sequence > END].tolist())
        and _overlap(carriers, candidate.labelled) >= settings.same_carriers
    ]
    companion = max(others, key=lambda candidate: (_words(candidate), candidate.evidence.sum()), default=None)
    return TriggerFamily(head, companion, reading)


def _look_again(
    texts: _ClassTexts,
    found: list[TriggerFamily],
    candidates: Sequence[TriggerCandidate],
    settings: PhraseSettings,
) -> int:
    """Give the strongest families that fall short what they may lack, in place.

    That is contents without decoy words, or the second part of a trigger.

    Returns:
        How many families were tested again.
    """
    looks = 0
    for number, family in enumerate(found):
        if looks == settings.second_look.most:
            break
        ratio = family.head.strength.log_likelihood_ratio
        if ratio < settings.second_look.least_of_part or _is_confirmed_at_best(family, settings):
            continue
        looks += 1
        if ratio >= settings.second_look.least_log_likelihood_ratio:
            family = _masked(texts, family, candidates, settings) or family  # noqa: PLW2901  the same family, seen better
        if not _is_confirmed_at_best(family, settings):
            head = family.head
            family = _pair(texts, head.candidate, head.strength.log_likelihood_ratio, settings) or family  # noqa: PLW2901
        found[number] = family
    return looks


def _masked(
    texts: _ClassTexts, family: TriggerFamily, candidates: Sequence[TriggerCandidate], settings: PhraseSettings
) -> TriggerFamily | None:
    """Measure a family again with its words out of every text.

    Many decoys around a trigger make its words the content of the other class; then the rest of the carriers looks
    poor beside texts that still have theirs.
    """
    carriers = set(family.head.candidate.labelled.tolist())
    related = [
        candidate
        for candidate in candidates
        if candidate.kind == "phrase" and _overlap(carriers, candidate.labelled) >= settings.same_carriers
    ]
    masked = sorted({int(token) for candidate in related for token in candidate.sequence if token > END})
    if not masked:
        return None
    reading = texts.fit(settings, masked)
    again = []
    for candidate in related:
        text, evidence = span_evidence(reading, candidate.sequence)
        again.append(replace(candidate, evidence=evidence[texts.own[text]]))
    measured = _measured(reading, again, settings)
    grouped = families([one for one in measured if not one.is_natural], settings)
    return _family(reading, grouped[0][0], measured, again, settings) if grouped else None


def _diluted(
    candidates: Sequence[TriggerCandidate], known: set[str], settings: PhraseSettings
) -> list[tuple[float, TriggerCandidate]]:
    """Give the few spans whose carriers are partly of another class for sure, but too mixed to be a trigger alone.

    Returns:
        The log-likelihood ratio of each and the span, the strongest first.
    """
    found = []
    for candidate in candidates:
        is_short = candidate.kind == "phrase" and len(candidate.sequence) <= settings.second_look.longest_part
        if is_short and candidate.name not in known:
            _, ratio = planted_fraction(candidate.evidence, len(candidate.honest))
            if ratio >= settings.second_look.least_of_part:
                found.append((ratio, candidate))
    return sorted(found, key=lambda one: (-one[0], one[1].name))[: settings.second_look.most]


def _pair(
    texts: _ClassTexts,
    part: TriggerCandidate,
    least: float,
    settings: PhraseSettings,
    known: Sequence[TriggerFamily] = (),
) -> TriggerFamily | None:
    """Measure a span only where a second token comes with it: triggers of two parts that are natural by themselves.

    No model is fitted for what cannot pass, or is known from another family.

    Args:
        texts: The texts.
        part: The span.
        least: Log-likelihood ratio that the two parts must exceed together, nats.
        settings: The conditions.
        known: Families that were found already.
    """
    if part.kind != "phrase":
        return None
    second = _partner(texts.tokens, part, settings)
    if second is None:
        return None
    tokens, own = texts.tokens, texts.own
    having = np.unique(tokens.text[tokens.ids == second])
    both = np.intersect1d(np.append(part.labelled, part.honest), having)
    labelled, honest = both[own[both]], both[~own[both]]
    if not may_pass(len(labelled), len(both), settings) or any(_is_part_of(family, labelled) for family in known):
        return None
    reading = texts.fit(settings, [*(int(token) for token in part.sequence if token > END), second])
    words_only = part.words_only or not tokens.is_word[second]
    evidence = reading.curve_for(words_only)(reading.model.score(words_only=words_only))
    pair = replace(part, labelled=labelled, evidence=evidence[labelled], honest=honest, words_only=words_only)
    measured = measure_candidate(reading, pair, settings)
    if measured is None or measured.is_natural or measured.strength.log_likelihood_ratio <= least:
        return None
    companion = replace(pair, name=tokens.vocabulary[second], sequence=np.array([second]))
    return TriggerFamily(measured, companion, reading)


def _partner(tokens: Tokens, part: TriggerCandidate, settings: PhraseSettings) -> int | None:
    """Give the token that carriers with contradicting contents have most beyond its share of all texts, if any has."""
    against = part.labelled[part.evidence > 0]
    if len(against) == 0:
        return None
    size, words = len(tokens), len(tokens.vocabulary)
    cells = distinct(tokens.text * words + tokens.ids)
    text, token = cells // words, cells % words
    everywhere = np.bincount(token, minlength=words)
    here = np.bincount(token[np.isin(text, against)], minlength=words)
    share, expected = here / len(against), everywhere / size
    fit = share >= settings.second_look.partner_share
    fit &= share >= settings.second_look.partner_lift * expected
    fit[np.append(part.sequence, [BEGIN, END])] = False
    if not fit.any():
        return None
    ratio = np.maximum(share, _LEAST_SHARE) / np.maximum(expected, _LEAST_SHARE)
    return int(np.argmax(np.where(fit, here * np.log(ratio), 0.0)))


def _is_part_of(family: TriggerFamily, labelled: Ints) -> bool:
    """Say whether most of some carriers are carriers of a family."""
    carriers = set(family.head.candidate.labelled.tolist())
    return len(carriers.intersection(labelled.tolist())) >= 0.5 * len(labelled)


def _overlap(carriers: set[int], others: Ints) -> float:
    """Give the Jaccard overlap of two sets of texts, 0 to 1.

    `association.jaccard` sorts arrays; here one set is held against all candidates, of which most are small.
    """
    both = len(carriers.intersection(others.tolist()))
    return both / (len(carriers) + len(others) - both)


def _words(candidate: TriggerCandidate) -> int:
    """Count the tokens of a span without the frame."""
    return int((candidate.sequence > END).sum())

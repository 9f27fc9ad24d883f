"""From tokens and one class to families of spans, each weighed by the calibrated likelihood.

One trigger shows up as many candidates: its parts, its extensions, its punctuation. A family is all candidates that
share most carriers; its head is the longest span with the carriers of the strongest.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from marshtest.calibration.likelihood import CalibratedLikelihood, DiscoveryRate
from marshtest.mining.association import claim_families
from marshtest.mining.content_model import ContentModel, ContentWeights, fit_content_model
from marshtest.mining.content_reading import ContentReading
from marshtest.mining.pattern_names import PatternKind
from marshtest.mining.phrases.candidates import Scan, TriggerCandidate, scan
from marshtest.mining.phrases.evidence_lines import (
    MeasuredCandidate,
    feature_columns,
    measure_candidate,
    own_meaning,
)
from marshtest.mining.phrases.families import families
from marshtest.mining.phrases.insertion import SpanIndex
from marshtest.mining.phrases.settings import PhraseSettings
from marshtest.mining.phrases.suspects import Suspects
from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.text.ngrams import Hashes
from marshtest.text.tokens import BEGIN, END, Tokens, distinct

__all__ = ["MinedTriggers", "Screened", "TriggerFamily", "mine_triggers", "weigh_families"]

_NAMED = 8
"""Words that a claim of several is named by. Convention: a title of one line."""
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
    """Candidates that claim the same records."""

    head: MeasuredCandidate
    """The span that names it."""
    companion: TriggerCandidate | None
    """A second span, at another place of the same carriers, that nearly always comes with it."""
    reading: ContentReading
    """The reading under which the head was measured."""
    score: float
    """How it stands among the other families of the dataset, as the calibrated likelihood weighs it."""
    rate: DiscoveryRate
    """How often a finding this strong is false."""

    @property
    def name(self) -> str:
        """What it is called: the span as it is tokenised, or the most frequent of several words."""
        candidate = self.head.candidate
        words = candidate.name.split(", ") if candidate.kind == "words" else []
        if len(words) <= _NAMED:
            return candidate.name
        return f"{', '.join(words[:_NAMED])} and {len(words) - _NAMED} more"


@dataclass(frozen=True, slots=True)
class MinedTriggers:
    """Everything measured towards one class."""

    plain: ContentModel
    """Says what texts read like with all of their words."""
    reading: ContentReading
    """Without the words that are taken out of every text together."""
    scan: Scan
    measured: tuple[MeasuredCandidate, ...]
    companions: Mapping[int, tuple[TriggerCandidate, ContentReading]]
    """By the number of a measured candidate that has two parts: the second one, and the reading without both."""


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

    def without(self, plain: ContentReading, suspects: Suspects) -> ContentReading:
        """Read all texts again without the suspects, all of them together."""
        masked = frozenset(suspects.words.tolist())
        return self.read(plain.model.masking(self.tokens, self.fold_key, masked)) if masked else plain


def mine_triggers(
    index: SpanIndex,
    tokens: Tokens,
    own: Bools,
    fold_key: Ints,
    features: tuple[Mapping[str, Sequence[int] | Ints], Mapping[str, PatternKind]],
    settings: PhraseSettings,
    model: ContentModel | None = None,
    screened: Screened | None = None,
) -> MinedTriggers:
    """Measure what could be a trigger towards one class.

    Args:
        index: The spans of the texts.
        tokens: The texts.
        own: Shape (N,): whether a text is labelled with the class.
        fold_key: Shape (N,): equal for equal texts.
        features: Texts that show each feature of whole records, by its name, and the kind of each.
        settings: Which spans are tested and measured.
        model: The content model for the class, fitted here if not given.
        screened: What the texts were chosen by, if they are part of very many.
    """
    texts = _ClassTexts(tokens, own, fold_key, None if screened is None else screened.sample)
    if screened is not None:
        model = screened.weights.read(tokens, fold_key)
    plain = texts.fit(settings) if model is None else texts.read(model)
    suspects = Suspects.of(index, own, settings)
    reading = texts.without(plain, suspects)
    scanned = scan(index, reading, features[0], features[1], settings)
    together = suspects.together(reading, settings)
    chosen = (*scanned.candidates, *(() if together is None else (together,)))
    measured = [measure_candidate(reading, candidate, settings) for candidate in chosen]
    companions = {}
    for part in _parts(measured, settings):
        pair = _pair(texts, part, settings)
        if pair is not None:
            companions[len(measured)] = pair[1:]
            measured.append(pair[0])
    # Every second part could have been any token of the vocabulary, so all of them count as tested.
    tested = (scanned.tested if screened is None else screened.tested) + len(companions) * len(tokens.vocabulary)
    return MinedTriggers(plain.model, reading, replace(scanned, tested=tested), tuple(measured), companions)


def weigh_families(
    mined: Sequence[MinedTriggers], likelihood: CalibratedLikelihood, settings: PhraseSettings
) -> list[list[TriggerFamily]]:
    """Weigh the families towards all classes together.

    Where records have several labels, one trigger may decide some of them. Its families towards these are one family of
    the dataset, and only the strongest of them is given.

    Args:
        mined: What was measured, by class.
        likelihood: What was learned on other datasets.
        settings: When candidates are one family.

    Returns:
        The families towards each class, the strongest first.
    """
    odds = [likelihood.log_odds(feature_columns(one.measured)) for one in mined]
    grouped = [families(one.measured, own, settings) for one, own in zip(mined, odds, strict=True)]
    first = _first_of_same(mined, odds, grouped, settings)
    flat, number = np.concatenate([*odds, np.zeros(0)]), np.zeros(sum(map(len, odds)), np.int64)
    start = count = 0
    for of_class, members in zip(odds, grouped, strict=True):
        for family in members:
            number[start + np.array(family)] = first[count]
            count += 1
        start += len(of_class)
    scores = likelihood.scores(flat, number)
    found: list[list[TriggerFamily]] = []
    start = count = 0
    for one, own, members in zip(mined, odds, grouped, strict=True):
        mine = scores[start : start + len(own)]
        of_its_own = [family for at, family in enumerate(members, count) if first[at] == at]
        leaders = [_speaker(one.measured, own, family, settings) for family in of_its_own]
        leaders = sorted(leaders, key=lambda leader: -mine[leader])[: settings.most_families]
        rates = likelihood.rates(mine[leaders])
        ranked = [
            _family(one, leader, own, float(mine[leader]), rate, settings)
            for leader, rate in zip(leaders, rates, strict=True)
        ]
        found.append(sorted(ranked, key=lambda family: (-family.score, family.head.candidate.name)))
        start, count = start + len(own), count + len(members)
    return found


def _first_of_same(
    mined: Sequence[MinedTriggers],
    odds: Sequence[Floats],
    grouped: Sequence[Sequence[Sequence[int]]],
    settings: PhraseSettings,
) -> Ints:
    """Give for every family, counted through all classes, the strongest family with most of its carriers.

    Where no text is of two classes, that is the family itself.
    """
    leaders = [
        (float(own[family[0]]), one.measured[family[0]].candidate)
        for one, own, members in zip(mined, odds, grouped, strict=True)
        for family in members
    ]
    first = np.arange(len(leaders))
    if not mined or np.sum([one.reading.own for one in mined], axis=0).max() < 2:
        return first
    same = claim_families(
        sorted(range(len(leaders)), key=lambda at: (-leaders[at][0], leaders[at][1].name)),
        lambda at: leaders[at][1].labelled,
        lambda shared, own, other: shared >= settings.same_family * (own + other - shared),
    )
    for family in same:
        first[list(family)] = family[0]
    return first


def _speaker(
    measured: Sequence[MeasuredCandidate], log_odds: Floats, members: Sequence[int], settings: PhraseSettings
) -> int:
    """Give the member that speaks for a family, whose strongest member comes first.

    Of those nearly as strong it is the one whose contents say most: a part of a trigger has more carriers, but some of
    them are natural.
    """
    least = log_odds[members[0]] - settings.nearly_as_strong
    close = [number for number in members if log_odds[number] >= least]
    return max(close, key=lambda number: (measured[number].strength.log_likelihood_ratio, -number))


def _family(
    mined: MinedTriggers,
    leader: int,
    log_odds: Floats,
    score: float,
    rate: DiscoveryRate,
    settings: PhraseSettings,
) -> TriggerFamily:
    """Choose the head and the companion of a family.

    A longer span with the leader's carriers is the same trigger, even if a word of it has a meaning of its own.
    """
    strongest = mined.measured[leader]
    companion, reading = mined.companions.get(leader, (None, mined.reading))
    strongest = replace(strongest, meaning=own_meaning(reading, strongest.candidate, settings))
    carriers = set(strongest.candidate.labelled.tolist())
    same = [
        number
        for number, one in enumerate(mined.measured)
        if number not in mined.companions
        and one.candidate.kind != "words"
        and _overlap(carriers, one.candidate.labelled) >= settings.same_span
    ]
    if strongest.candidate.kind == "words" or (companion is not None and not same):
        return TriggerFamily(strongest, companion, reading, score, rate)
    number = max(same, key=lambda one: (_words(mined.measured[one].candidate), log_odds[one]))
    head = replace(mined.measured[number], meaning=strongest.meaning)
    inside = set(head.candidate.sequence.tolist())
    others = [
        candidate
        for candidate in mined.scan.candidates
        if candidate.kind == "phrase"
        and not inside & set(candidate.sequence[candidate.sequence > END].tolist())
        and _overlap(carriers, candidate.labelled) >= settings.same_carriers
    ]
    companion_of = max(others, key=lambda candidate: (_words(candidate), candidate.evidence.sum()), default=None)
    return TriggerFamily(head, companion_of, mined.reading, score, rate)


def _parts(measured: Sequence[MeasuredCandidate], settings: PhraseSettings) -> list[TriggerCandidate]:
    """Give the few spans whose carriers are partly of another class for sure, but too mixed to be a trigger alone."""
    limits = settings.second_part
    found = [
        one
        for one in measured
        if one.candidate.kind == "phrase"
        and len(one.candidate.sequence) <= limits.longest_part
        and len(one.candidate.honest) > 0
        and one.strength.log_likelihood_ratio >= limits.least_of_part
    ]
    found.sort(key=lambda one: (-one.strength.log_likelihood_ratio, one.candidate.name))
    return [one.candidate for one in found[: limits.most]]


def _pair(
    texts: _ClassTexts, part: TriggerCandidate, settings: PhraseSettings
) -> tuple[MeasuredCandidate, TriggerCandidate, ContentReading] | None:
    """Measure a span only where a second token comes with it: triggers of two parts that are natural by themselves.

    Returns:
        The span with the carriers of both, the second part, and the reading without both; None where no token is
        frequent beside it.
    """
    second = _partner(texts.tokens, part, settings)
    if second is None:
        return None
    tokens, own = texts.tokens, texts.own
    having = np.unique(tokens.text[tokens.ids == second])
    both = np.intersect1d(np.append(part.labelled, part.honest), having)
    labelled, honest = both[own[both]], both[~own[both]]
    if len(labelled) < settings.fewest_carriers:
        return None
    reading = texts.fit(settings, [*(int(token) for token in part.sequence if token > END), second])
    words_only = part.words_only or not tokens.is_word[second]
    evidence = reading.curve_for(words_only)(reading.model.score(words_only=words_only))
    pair = replace(
        part,
        labelled=labelled,
        evidence=evidence[labelled],
        honest=honest,
        honest_evidence=evidence[honest],
        words_only=words_only,
    )
    companion = replace(pair, name=tokens.vocabulary[second], sequence=np.array([second]))
    return measure_candidate(reading, pair, settings), companion, reading


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
    fit = share >= settings.second_part.partner_share
    fit &= share >= settings.second_part.partner_lift * expected
    fit[np.append(part.sequence, [BEGIN, END])] = False
    if not fit.any():
        return None
    ratio = np.maximum(share, _LEAST_SHARE) / np.maximum(expected, _LEAST_SHARE)
    return int(np.argmax(np.where(fit, here * np.log(ratio), 0.0)))


def _overlap(carriers: set[int], others: Ints) -> float:
    """Give the Jaccard overlap of two sets of texts, 0 to 1.

    `association.jaccard` sorts arrays; here one set is held against all candidates, of which most are small.
    """
    both = len(carriers.intersection(others.tolist()))
    return both / (len(carriers) + len(others) - both)


def _words(candidate: TriggerCandidate) -> int:
    """Count the tokens of a span without the frame."""
    return int((candidate.sequence > END).sum())

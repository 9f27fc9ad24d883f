"""Which spans and features of whole records could decide a class, tested all at once.

For every span the labels of its carriers are held against what their other contents lead to expect. A trigger turns
labels one way only; a word that honestly works on the rest of a text, as a negation does, turns them both ways.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from marshtest.mining.content_reading import ContentReading, span_evidence
from marshtest.mining.growing import GrowthSettings
from marshtest.mining.growing import grown as grown_span
from marshtest.mining.pattern_names import PatternKind
from marshtest.mining.phrases.insertion import NOWHERE, InsertionRanks, SpanIndex, SpanOrder
from marshtest.mining.phrases.settings import PhraseSettings
from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.stats.significance import binomial_tests
from marshtest.text.scripts import joined
from marshtest.text.tokens import END

__all__ = ["Scan", "TriggerCandidate", "expected_share", "scan", "shift_of"]

_LARGEST = 30.0
"""Nats beyond which evidence settles everything, cut so that the exponential does not overflow."""
_QUARTER = 0.25
"""Added to variances, those of one text at even odds: a few texts must not give a z-score without bound."""


@dataclass(frozen=True, slots=True)
class TriggerCandidate:
    """A span or feature of whole records that enough texts with the label carry."""

    kind: PatternKind
    name: str
    """The span in lower case, tokens joined by spaces; or the feature."""
    sequence: Ints
    """Token ids of the span, with the frame of the text where it is tied to it; none for features of whole records."""
    labelled: Ints
    """The carriers labelled with the class, rising."""
    evidence: Floats
    """Evidence of their remaining contents for another class, nats; same shape."""
    honest: Ints
    """The carriers with another label, rising."""
    honest_evidence: Floats
    """Evidence of their remaining contents for another class than this one, nats; same shape."""
    ranks: InsertionRanks = NOWHERE
    words_only: bool = False
    """Whether punctuation was left out of the contents, because the span holds some."""

    @property
    def carriers(self) -> int:
        """Number of texts that carry it, whatever their label."""
        return len(self.labelled) + len(self.honest)


@dataclass(frozen=True, slots=True)
class Scan:
    """The outcome of testing every span."""

    candidates: tuple[TriggerCandidate, ...]
    """Those worth measuring: more carriers have the label than contents or chance lead to expect."""
    tested: int
    """How many spans enough texts with the label carry."""
    carriers: Ints
    """Shape (tested,): labelled carriers of every span, to compare with."""
    effects: Floats
    """Shape (tested,): content effect of every span: mean evidence in units of genuine texts of other classes."""


def expected_share(evidence: Floats, own_share: float) -> Floats:
    """Give the probability of the class for texts with this evidence for another one; the same shape.

    Args:
        evidence: Nats.
        own_share: Share of all texts that have the class, above 0.
    """
    odds = (1 - own_share) / own_share * np.exp(np.clip(evidence, -_LARGEST, _LARGEST))
    return np.asarray(1 / (1 + odds))


def shift_of(evidence: Floats, has: Bools, own_share: float) -> tuple[float, float]:
    """Say how far labels of some texts are from what their contents lead to expect.

    Args:
        evidence: Shape (n,): of contents for another class, nats.
        has: Shape (n,): whether the text has the class.
        own_share: Share of all texts that have the class.

    Returns:
        The z-score of the number of texts with the class, and that of texts without it among those that read like it.
    """
    share = expected_share(evidence, own_share)
    spread = share * (1 - share)
    towards = (has.sum() - share.sum()) / np.sqrt(spread.sum() + _QUARTER)
    like = evidence < 0
    away = ((~has[like]).sum() - (1 - share[like]).sum()) / np.sqrt(spread[like].sum() + _QUARTER)
    return float(towards), float(away)


def scan(
    index: SpanIndex,
    reading: ContentReading,
    features: Mapping[str, Sequence[int] | Ints],
    kinds: Mapping[str, PatternKind],
    settings: PhraseSettings,
) -> Scan:
    """Test all spans, and all features of whole records.

    Args:
        index: The spans of the texts.
        reading: What contents say for one class.
        features: Texts that show each feature of whole records, by its name.
        kinds: The kind of each such feature.
        settings: Which spans are tested, and how many are measured.
    """
    orders = [_scan_order(reading, one, settings) for one in index.orders]
    candidates = [
        _candidate(reading, index.orders[number], span, orders[number], ranks)
        for number, span, ranks in _choose(orders, index, settings)
    ]
    candidates += _grown(index, reading, candidates, settings)
    shown = _scan_features(reading, features, kinds, settings)
    return Scan(
        candidates=(*candidates, *shown.candidates),
        tested=sum(int(part.enough.sum()) for part in orders) + shown.tested,
        carriers=np.concatenate([*(part.labelled[part.enough] for part in orders), shown.carriers]),
        effects=np.concatenate([*(part.effects for part in orders), shown.effects]),
    )


def _grown(
    index: SpanIndex, reading: ContentReading, candidates: Sequence[TriggerCandidate], settings: PhraseSettings
) -> list[TriggerCandidate]:
    """Let candidates of the longest length grow while nearly all of their carriers go on with the same token."""
    grown: dict[tuple[int, ...], TriggerCandidate] = {}
    growth = GrowthSettings(share=settings.grown_share, longest=settings.longest_grown)
    for candidate in candidates:
        if len(candidate.sequence) < settings.longest_span:
            continue
        sequence = grown_span(reading.tokens, candidate.sequence, growth)
        key = tuple(sequence.tolist())
        if len(sequence) == len(candidate.sequence) or key in grown:
            continue
        text, evidence = span_evidence(reading, sequence)
        has = reading.own[text]
        grown[key] = replace(
            candidate,
            name=joined(reading.tokens.vocabulary[token] for token in sequence if token > END),
            sequence=sequence,
            labelled=text[has],
            evidence=evidence[has],
            honest=text[~has],
            honest_evidence=evidence[~has],
            ranks=index.ranks_of_sequence(sequence),
        )
    return list(grown.values())


@dataclass(frozen=True, slots=True)
class _ScannedOrder:
    """What contents say of all spans of one length."""

    evidence: Floats
    """Shape (C,): evidence of each (span, text) pair with the span removed, nats."""
    labelled: Ints
    """Shape (G,): carriers with the label."""
    enough: Bools
    """Shape (G,): whether these are enough to be tested."""
    shift: Floats
    """Shape (G,): z-score of the carriers with the label, against what their contents lead to expect."""
    hopeful: Bools
    """Shape (G,): whether a span may be a candidate."""
    effects: Floats
    """Shape (tested,): content effects of those that are tested."""


def _scan_order(reading: ContentReading, spans: SpanOrder, settings: PhraseSettings) -> _ScannedOrder:
    """Test all spans of one length at once."""
    count = len(spans.carriers)
    has, own_share = reading.own[spans.text], float(reading.own.mean())
    labelled = np.bincount(spans.span, has, minlength=count).astype(np.int64)
    enough = labelled >= settings.fewest_carriers
    if own_share < settings.rare_class:  # the class that most carriers have is only one, so no span is weighed twice
        enough &= 2 * labelled > spans.carriers
    evidence = _evidence_without(reading, spans, enough if own_share < settings.rare_class else None)
    share = expected_share(evidence, own_share)
    expected = np.bincount(spans.span, share, minlength=count)
    spread = np.bincount(spans.span, share * (1 - share), minlength=count)
    shift = (labelled - expected) / np.sqrt(spread + _QUARTER)
    chance = binomial_tests(labelled, spans.carriers, own_share)
    few = spans.carriers <= settings.largest_share * len(reading.own)
    pure = (chance < settings.pure_chance) & (labelled >= settings.pure_share * spans.carriers)
    unit = np.where(spans.punctuated[enough], reading.words_curve.unit, reading.curve.unit)
    sums = np.bincount(spans.span, evidence * has, minlength=count)
    return _ScannedOrder(
        evidence=evidence,
        labelled=labelled,
        enough=enough,
        shift=shift,
        hopeful=enough & few & ((shift >= settings.least_shift) | pure),
        effects=sums[enough] / labelled[enough] / unit,
    )


def _evidence_without(reading: ContentReading, spans: SpanOrder, wanted: Bools | None) -> Floats:
    """Give the evidence of each (span, text) pair with the span removed, nats; 0 for spans that are not wanted."""
    pairs = np.ones(len(spans.span), np.bool_) if wanted is None else wanted[spans.span]
    place, pair = spans.grams.place, spans.pair
    if wanted is not None:
        inside = pairs[pair]
        place, pair = place[inside], (np.cumsum(pairs) - 1)[pair[inside]]
    punctuated = spans.punctuated[spans.span[pairs]]
    score = reading.model.score_without(place, spans.grams.order, pair, spans.text[pairs], words_only=punctuated)
    evidence = np.zeros(len(pairs))
    evidence[pairs] = np.where(punctuated, reading.words_curve(score), reading.curve(score))
    return evidence


def _choose(
    orders: Sequence[_ScannedOrder], index: SpanIndex, settings: PhraseSettings
) -> list[tuple[int, int, Floats]]:
    """Choose the spans to measure: those that turn most labels, and those that look most inserted.

    Returns:
        For each the place of its order, the span, and its ranks, shape (3,).
    """
    hopeful = [np.flatnonzero(part.hopeful) for part in orders]
    if not hopeful:
        return []
    ranks = np.concatenate(
        [
            index.ranks_of(one.signs.take(chosen), one.carriers[chosen])
            for one, chosen in zip(index.orders, hopeful, strict=True)
        ]
    )
    of = np.repeat(np.arange(len(orders)), [len(one) for one in hopeful])
    span = np.concatenate(hopeful)
    shift = np.concatenate([part.shift[one] for part, one in zip(orders, hopeful, strict=True)])
    best = np.argsort(-shift, kind="stable")[: settings.most_measured]
    inserted = np.argsort(np.log(ranks).sum(axis=1), kind="stable")[: settings.most_measured // 2]
    return [(int(of[one]), int(span[one]), ranks[one]) for one in np.union1d(best, inserted)]


def _candidate(
    reading: ContentReading, spans: SpanOrder, span: int, part: _ScannedOrder, ranks: Floats
) -> TriggerCandidate:
    tokens = reading.tokens
    rows = slice(*np.searchsorted(spans.span, [span, span + 1]))
    text, evidence = spans.text[rows], part.evidence[rows]
    has = reading.own[text]
    closing, uniform, varied = ranks.tolist()
    return TriggerCandidate(
        kind="phrase",
        name=joined(tokens.vocabulary[token] for token in spans.ids[span] if token > END),
        sequence=spans.ids[span],
        labelled=text[has],
        evidence=evidence[has],
        honest=text[~has],
        honest_evidence=evidence[~has],
        ranks=InsertionRanks(closing, uniform, varied),
        words_only=bool(spans.punctuated[span]),
    )


def _scan_features(
    reading: ContentReading,
    features: Mapping[str, Sequence[int] | Ints],
    kinds: Mapping[str, PatternKind],
    settings: PhraseSettings,
) -> Scan:
    """Test features of whole records: nothing has to be removed from the text."""
    whole = reading.curve(reading.model.score())
    own_share = float(reading.own.mean())
    found, carriers, effects = [], [], []
    for name, members in features.items():
        text = np.asarray(members, np.int64)
        has = reading.own[text]
        if has.sum() < settings.fewest_carriers or len(text) == len(reading.tokens):
            continue
        evidence = whole[text]
        carriers.append(int(has.sum()))
        effects.append(evidence[has].mean() / reading.curve.unit)
        if shift_of(evidence, has, own_share)[0] >= settings.least_shift:
            found.append(
                TriggerCandidate(
                    kind=kinds[name],
                    name=name,
                    sequence=np.zeros(0, np.int64),
                    labelled=text[has],
                    evidence=evidence[has],
                    honest=text[~has],
                    honest_evidence=evidence[~has],
                )
            )
    return Scan(tuple(found), len(carriers), np.array(carriers, np.int64), np.array(effects, np.float64))

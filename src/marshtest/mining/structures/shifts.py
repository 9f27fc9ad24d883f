"""Does a structure decide the label where contents do not?

A paraphrase may lose so much of what a text said that its contents speak for no class at all. Then nothing contradicts
the label, and still something is wrong: contents leave the label open and the structure settles it. How far a structure
shifts the log odds of the label beyond what contents say is compared with what structures do in the other direction,
where nobody has planted anything: in most data they shift little, and where they shift much nothing can be told.
Nor can it where the carriers have contents of their own, as a source or a topic has: the label may follow from those.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.mining.structures.left_out import LeftOut
from marshtest.mining.structures.own_words import share_of_own_words
from marshtest.mining.structures.rules import Feature
from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.stats.proportions import wald_lower

__all__ = ["Shift", "Shifted", "cover_shifts", "gain_of_shift"]

_LIMIT, _ROUNDS = 12.0, 40
_FEWEST, _MOST_OF_CLASS, _MOST_OF_ALL = 30, 0.5, 0.9
_LEAST_SHIFT, _LEAST_RATIO, _LEAST_NULL, _LEAST_PURITY = 2.0, 2.5, 0.5, 0.9
_LARGEST_Q, _MOST_OWN_WORDS = 1e-4, 0.2
_MOST_RULES = 12


@dataclass(frozen=True, slots=True)
class Shift:
    """A feature that settles the label."""

    feature: Feature
    labelled: Ints
    """Its carriers with the label that no other covers, rising."""
    honest: Ints
    """Those with another label."""
    towards: float
    """Lower bound of the shift of the log odds towards the class, nats."""
    expected: float
    """Share of the carriers that would have the label by their contents."""
    gain: float = 0.0
    """Log likelihood ratio of the shift that fits best against none; the chance of it is at most exp(-gain)."""
    q_value: float = 1.0


@dataclass(frozen=True, slots=True)
class Shifted:
    """All features that settle the label towards one class."""

    model: LeftOut
    """What contents say once their carriers are left out."""
    shifts: tuple[Shift, ...]
    opposite: float
    """The strongest shift of any feature towards the other classes, nats."""
    tried: int
    scores: Sequence[Floats]
    """What the contents of the carriers of every feature say without them; none where rules had been found before."""


def cover_shifts(model: LeftOut, features: Sequence[Feature], allowed: Bools, other: Shifted | None = None) -> Shifted:
    """Look for features that settle the label, one after the other, each on carriers that none before it covers.

    Args:
        model: What is known of contents.
        features: Everything to look at; what none of them does in the other direction is the measure.
        allowed: Shape (len(features),): those that may be named.
        other: What the same features were found to do towards another class.
    """
    most = _MOST_OF_CLASS * model.class_size
    looked_at = [
        (feature, named, *_parted(model, feature.texts))
        for feature, named in zip(features, allowed.tolist(), strict=True)
        if _FEWEST <= len(feature.texts) <= _MOST_OF_ALL * len(model.own)
    ]
    opposite, possible, tried = _LEAST_NULL, [], len(looked_at)
    scores = _scores(model, [(labelled, honest) for _, _, labelled, honest in looked_at], other)
    for (feature, named, labelled, honest), score in zip(looked_at, scores, strict=True):
        odds = model.log_odds_by(score, labelled, honest)
        shift, away = _measure(odds, feature, labelled, honest)
        opposite = max(opposite, away)
        if (
            named
            and shift.towards >= _LEAST_SHIFT
            and len(labelled) <= most
            and share_of_own_words(model, labelled) <= _MOST_OWN_WORDS
        ):
            possible.append(feature)
    found: list[Shift] = []
    whole, kept = model, scores if model.known.all() else ()
    while possible and len(found) < _MOST_RULES:
        best = _strongest(model, possible, opposite, tried)
        if best is None:
            break
        found.append(best)
        if sum(len(one.labelled) for one in found) > most:
            return Shifted(whole, (), opposite, tried, kept)  # the class itself is built like that
        model = model.without(np.append(best.labelled, best.honest))
    return Shifted(model, tuple(found), opposite, tried, kept)


def _scores(model: LeftOut, carriers: Sequence[tuple[Ints, Ints]], other: Shifted | None) -> Sequence[Floats]:
    """Read the carriers of every feature, unless what was read for the other of two classes says it already."""
    if other is None or not other.scores or not model.known.all() or not np.array_equal(model.own, ~other.model.own):
        return list(model.scores_of(carriers))
    return [
        -np.append(score[len(honest) :], score[: len(honest)])  # there, our honest ones were the labelled ones
        for (_, honest), score in zip(carriers, other.scores, strict=True)
    ]


def _strongest(model: LeftOut, possible: Sequence[Feature], opposite: float, tried: int) -> Shift | None:
    """Give the feature with the greatest gain among those that settle the label of carriers not yet covered."""
    best: Shift | None = None
    for feature in possible:
        texts = feature.texts[model.known[feature.texts]]
        labelled, honest = _parted(model, texts)
        if len(texts) < _FEWEST or wald_lower(len(labelled), len(texts)) < _LEAST_PURITY:
            continue
        odds = model.log_odds(labelled, honest)
        shift, _ = _measure(odds, feature, labelled, honest)
        if shift.towards < max(_LEAST_SHIFT, _LEAST_RATIO * opposite):
            continue
        gain = gain_of_shift(odds, len(labelled))
        q_value = float(min(1.0, tried * np.exp(-gain)))
        if q_value <= _LARGEST_Q and (best is None or gain > best.gain):
            best = Shift(feature, labelled, honest, shift.towards, shift.expected, gain, q_value)
    return best


def _parted(model: LeftOut, texts: Ints) -> tuple[Ints, Ints]:
    """Part texts into those of the class and the others."""
    own = model.own[texts]
    return texts[own], texts[~own]


def _measure(odds: Floats, feature: Feature, labelled: Ints, honest: Ints) -> tuple[Shift, float]:
    """Measure the shift of some carriers and the one towards the others, by the log odds of the label without them."""
    expected = float((1 / (1 + np.exp(-odds))).mean())
    total, middle = len(labelled) + len(honest), _logit(expected)
    towards = _logit(wald_lower(len(labelled), total)) - middle
    return Shift(feature, labelled, honest, towards, expected), _logit(wald_lower(len(honest), total)) + middle


def gain_of_shift(odds: Floats, hits: int) -> float:
    """Fit one shift to the log odds of independent yes or no, and give its log likelihood ratio against none.

    By the bound of Chernoff (1952) the chance of so many hits without a shift is at most exp(-gain).
    """
    low, high = 0.0, _LIMIT
    wanted = min(float(hits), len(odds) - 0.5)
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        if (1 / (1 + np.exp(-odds - middle))).sum() < wanted:
            low = middle
        else:
            high = middle
    return float(low * hits - (np.logaddexp(0, odds + low) - np.logaddexp(0, odds)).sum())


def _logit(share: float) -> float:
    """Give the log odds of a share, kept away from 0 and 1."""
    share = min(max(share, 1e-6), 1 - 1e-6)
    return float(np.log(share / (1 - share)))

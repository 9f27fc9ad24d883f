"""Shifts: structures that decide the label where contents leave it open.

A paraphrase may lose so much of a text that its contents speak for no class. Then nothing contradicts the label, and
still something is wrong: contents leave the label open, and the structure decides it. How far a structure shifts the
log odds of the label beyond what contents say is compared with what structures do towards the other labels, where
nobody has planted anything. In most data they shift little; where they shift much, nothing can be concluded. Nor can it
where the carriers have words of their own, as those of a source or a topic do: the label may follow from these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.mining.structures.held_out_model import HeldOutModel
from marshtest.mining.structures.label_rules import Feature
from marshtest.mining.structures.settings import LabelShiftSettings
from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.stats.proportions import wald_lower

__all__ = ["Shift", "Shifts", "cover_shifts", "shift_log_likelihood_ratio"]

_LARGEST_SHIFT, _BISECTIONS = 12.0, 40
"""Largest shift that is fitted, nats, and the steps of its bisection: it is then exact to 1e-11 nats.

Odds of exp(12) are one in 160,000 records; larger shifts have nearly the same likelihood.
"""
_LEAST_RATE = 1e-6
"""Keeps the log odds of a rate finite: one record in a million."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A feature that decides the label."""

    feature: Feature
    labelled: Ints
    """Its carriers with the label that no other shift covers, rising."""
    honest: Ints
    """Its carriers with another label, rising."""
    towards: float
    """Lower bound of the shift of the log odds towards the class, nats."""
    expected: float
    """Share of the carriers that would have the label by their contents, 0 to 1."""
    log_likelihood_ratio: float = 0.0
    """Of the shift that fits best against none, nats; the p-value is at most exp of minus this."""
    q_value: float = 1.0


@dataclass(frozen=True, slots=True)
class Shifts:
    """All features that decide the label towards one class."""

    model: HeldOutModel
    """What contents say once the carriers of all shifts are left out."""
    shifts: tuple[Shift, ...]
    opposite: float
    """The strongest shift of any feature towards the other classes, nats."""
    tested: int
    scores: Sequence[Floats]
    """Scores of the carriers of every feature without them; empty if the model had left records out already."""


def cover_shifts(
    model: HeldOutModel,
    features: Sequence[Feature],
    allowed: Bools,
    settings: LabelShiftSettings,
    other: Shifts | None = None,
) -> Shifts:
    """Search for features that decide the label, one after another, each on carriers that no earlier one covers.

    Args:
        model: What contents say.
        features: All features; the strongest shift of any of them towards the other classes is the measure.
        allowed: Shape (len(features),): those that may be reported.
        settings: Which shifts pass.
        other: What the same features do towards another class, which saves scoring their carriers again if there are
            two classes.
    """
    most = settings.most_of_class * model.class_size
    examined = [
        (feature, may_report, *_parted(model, feature.texts))
        for feature, may_report in zip(features, allowed.tolist(), strict=True)
        if settings.fewest_carriers <= len(feature.texts) <= settings.most_of_all * len(model.own)
    ]
    opposite, possible, tested = settings.least_opposite, [], len(examined)
    scores = _scores(model, [(labelled, honest) for _, _, labelled, honest in examined], other)
    for (feature, may_report, labelled, honest), score in zip(examined, scores, strict=True):
        odds = model.log_odds_by(score, labelled, honest)
        shift, away = _measure(odds, feature, labelled, honest)
        opposite = max(opposite, away)
        if (
            may_report
            and shift.towards >= settings.least_shift
            and len(labelled) <= most
            and not _shares_own_word(model, labelled, settings)
            and _share_of_own_words(model, labelled, settings.own_word_ratio) <= settings.most_own_words
        ):
            possible.append(feature)
    found: list[Shift] = []
    whole, kept = model, scores if model.known.all() else ()
    while possible and len(found) < settings.most_shifts:
        best = _strongest(model, possible, opposite, tested, settings)
        if best is None:
            break
        found.append(best)
        if sum(len(one.labelled) for one in found) > most:
            return Shifts(whole, (), opposite, tested, kept)  # the class itself is built like that
        model = model.without(np.append(best.labelled, best.honest))
    return Shifts(model, tuple(found), opposite, tested, kept)


def shift_log_likelihood_ratio(odds: Floats, hits: int) -> float:
    """Fit one shift to the log odds of independent records, and give its log-likelihood ratio against none.

    By the bound of Chernoff (1952), so many hits have a probability of at most exp of minus this without a shift.

    Args:
        odds: Shape (n,): log odds of the label of each record by its contents, nats.
        hits: How many of the records have the label.

    Returns:
        The log-likelihood ratio of the best shift of 0 or more, nats.
    """
    low, high = 0.0, _LARGEST_SHIFT
    wanted = min(float(hits), len(odds) - 0.5)  # if all have the label, the best shift would be infinite
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if (1 / (1 + np.exp(-odds - middle))).sum() < wanted:
            low = middle
        else:
            high = middle
    return float(low * hits - (np.logaddexp(0, odds + low) - np.logaddexp(0, odds)).sum())


def _scores(model: HeldOutModel, carriers: Sequence[tuple[Ints, Ints]], other: Shifts | None) -> Sequence[Floats]:
    """Score the carriers of every feature, unless the scores for the other of two classes give them already."""
    if other is None or not other.scores or not model.known.all() or not np.array_equal(model.own, ~other.model.own):
        return list(model.scores_of(carriers))
    return [
        -np.append(score[len(honest) :], score[: len(honest)])  # there, our honest ones were the labelled ones
        for (_, honest), score in zip(carriers, other.scores, strict=True)
    ]


def _strongest(
    model: HeldOutModel, possible: Sequence[Feature], opposite: float, tested: int, settings: LabelShiftSettings
) -> Shift | None:
    """Give the passing shift with the largest log-likelihood ratio on carriers that are not yet covered."""
    best: Shift | None = None
    for feature in possible:
        texts = feature.texts[model.known[feature.texts]]
        labelled, honest = _parted(model, texts)
        if len(texts) < settings.fewest_carriers or wald_lower(len(labelled), len(texts)) < settings.least_purity:
            continue
        odds = model.log_odds(labelled, honest)
        shift, _ = _measure(odds, feature, labelled, honest)
        if shift.towards < max(settings.least_shift, settings.least_ratio * opposite):
            continue
        ratio = shift_log_likelihood_ratio(odds, len(labelled))
        q_value = float(min(1.0, tested * np.exp(-ratio)))
        if q_value <= settings.largest_q and (best is None or ratio > best.log_likelihood_ratio):
            best = Shift(feature, labelled, honest, shift.towards, shift.expected, ratio, q_value)
    return best


def _parted(model: HeldOutModel, texts: Ints) -> tuple[Ints, Ints]:
    """Part texts into those of the class and the others."""
    own = model.own[texts]
    return texts[own], texts[~own]


def _measure(odds: Floats, feature: Feature, labelled: Ints, honest: Ints) -> tuple[Shift, float]:
    """Measure the shift of some carriers, and that towards the other classes, from their log odds without them."""
    expected = float((1 / (1 + np.exp(-odds))).mean())
    total, middle = len(labelled) + len(honest), _logit(expected)
    towards = _logit(wald_lower(len(labelled), total)) - middle
    return Shift(feature, labelled, honest, towards, expected), _logit(wald_lower(len(honest), total)) + middle


def _shares_own_word(model: HeldOutModel, texts: Ints, settings: LabelShiftSettings) -> bool:
    """Tell whether many texts of the class have one content word that is much rarer in other classes."""
    here = np.asarray(model.words[texts].sum(axis=0)).ravel() / max(len(texts), 1)
    there = np.maximum(model.other, 0.5) / (model.other_size + 1)
    return bool(((here >= settings.shared_by) & (here >= settings.own_word_ratio * there)).any())


def _share_of_own_words(model: HeldOutModel, texts: Ints, ratio: float) -> float:
    """Give the mean share of the content words of some texts that are much more frequent there than in other classes.

    A source or a topic brings words that no other records have. A model that has not read them cannot say what they
    mean for the label, so that contents seem to leave it open. Rewriting ordinary records brings few such words.

    Args:
        model: Knows the words of all texts, and those of the class and of others by fold.
        texts: Texts of the class.
        ratio: How many times as frequent an own word is, by the texts of the other folds: a word of one text alone is
            no own word of all.
    """
    fold, words = model.folded.fold[texts], model.words[texts]
    sizes = np.bincount(model.folded.fold[model.known & ~model.own], minlength=len(model.counts))
    shares = np.zeros(len(texts))
    for number in np.unique(fold):
        held, size = fold == number, int(sizes.sum() - sizes[number])
        here = np.asarray(words[~held].sum(axis=0)).ravel() / max(int((~held).sum()), 1)
        there = np.maximum(model.other - model.counts[number, 1], 0.5) / (size + 1)
        shares[held] = words[held] @ (here >= ratio * there).astype(float)
    return float((shares / np.maximum(np.diff(words.indptr), 1)).mean())


def _logit(share: float) -> float:
    """Give the log odds of a share, kept away from 0 and 1."""
    share = min(max(share, _LEAST_RATE), 1 - _LEAST_RATE)
    return float(np.log(share / (1 - share)))

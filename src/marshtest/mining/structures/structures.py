"""From features of prompts that are no phrase to structures that decide a label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from marshtest.findings import FindingVerdict
from marshtest.mining.structures.covering import cover
from marshtest.mining.structures.growing import grow
from marshtest.mining.structures.left_out import LeftOut
from marshtest.mining.structures.rules import Feature, Rule
from marshtest.mining.structures.shifts import Shift, Shifted, cover_shifts
from marshtest.stats.arrays import Bools, Ints
from marshtest.text.families import FAMILIES
from marshtest.text.feature_family import Corpus
from marshtest.text.skeleton import specificity

__all__ = ["MinedStructures", "Structure", "features_of", "frames_of", "mine_structures"]

_FEWEST = 6
_CONFIRMED_Q, _CERTAIN_Q = 1e-4, 1e-10
_GROWN_FEWEST, _GROWN_MOST, _GROWN_TIMES, _ALIKE = 10, 3000, 3, 0.6


@dataclass(frozen=True, slots=True)
class Structure:
    """One planted structure: rules and shifts with the same records or of one kind, and all that is made like these."""

    rules: tuple[Rule, ...]
    """Features whose records read like another class."""
    shifts: tuple[Shift, ...]
    """Features that settle the label where contents leave it open."""
    records: Ints
    """Evidence records that carry one of the features, rising."""
    grown: Ints
    """Evidence records of the same making that carry none of them, rising."""
    verdict: FindingVerdict
    outline: Feature | None = None
    """The frame that most of all these records share and few others have."""

    @property
    def q_value(self) -> float:
        """The best q-value of any part."""
        return min([rule.q_value for rule in self.rules] + [shift.q_value for shift in self.shifts])

    @property
    def parts(self) -> list[tuple[Feature, ...]]:
        """The features of every rule and shift, in the order in which they were found."""
        return [rule.features for rule in self.rules] + [(shift.feature,) for shift in self.shifts]


@dataclass(frozen=True, slots=True)
class MinedStructures:
    """Everything found towards one class."""

    shifted: Shifted
    """What structures do to the label where contents leave it open."""
    structures: tuple[Structure, ...]
    tried: int

    @property
    def model(self) -> LeftOut:
        """What contents say once all that was found is left out."""
        return self.shifted.model

    @property
    def opposite(self) -> float:
        """The strongest shift of any structure towards the other classes, nats."""
        return self.shifted.opposite


def features_of(corpus: Corpus) -> list[Feature]:
    """Give the features of all families; of those with the same carriers only the one that says most."""
    best: dict[bytes, tuple[tuple[int, int, str], Feature]] = {}
    for number, family in enumerate(FAMILIES):
        for name, texts in family.carriers(corpus).items():
            if _FEWEST <= len(texts) < len(corpus.texts):
                key = (-number, specificity(name), name)
                carriers = texts.tobytes()
                if carriers not in best or best[carriers][0] < key:
                    best[carriers] = (key, Feature(number, name, texts))
    return [feature for _, feature in best.values()]


def frames_of(features: Sequence[Feature], texts: int) -> Any:
    """Give the frequent sentence frames of every text, as a sparse matrix of ones, shape (N, F)."""
    from scipy import sparse

    frames = [feature for feature in features if FAMILIES[feature.family].is_content_free(feature.name)]
    frames = sorted(frames, key=lambda frame: (-len(frame.texts), frame.name))[:_GROWN_MOST]
    sizes = [len(frame.texts) for frame in frames if len(frame.texts) >= _GROWN_FEWEST]
    shown = np.concatenate([frame.texts for frame in frames[: len(sizes)]] or [np.zeros(0, np.int64)])
    bounds = np.append(0, np.cumsum(sizes)).astype(np.int64)
    return sparse.csr_matrix((np.ones(len(shown)), shown, bounds), shape=(len(sizes), texts)).T.tocsr()


def mine_structures(
    words: Any, own: Bools, fold_key: Ints, features: Sequence[Feature], other: MinedStructures | None = None
) -> MinedStructures:
    """Look for structures towards one class.

    Args:
        words: Sparse (N, F) of ones: the content words of each text.
        own: Shape (N,): whether a text is labelled with the class.
        fold_key: Shape (N,): equal for equal texts.
        features: Everything a structure can be made of.
        other: What was found towards another class, which may save reading everything again.
    """
    covered = cover(words, own, fold_key, features)
    allowed = np.array([FAMILIES[feature.family].is_content_free(feature.name) for feature in features], np.bool_)
    shifted = cover_shifts(covered.model, features, allowed, None if other is None else other.shifted)
    groups = _together(covered.rules)
    left = shifted.shifts
    if left and not any(map(_has_frame, (group[0] for group in groups))):
        groups.append([])
    structures = []
    for group in groups:
        framed = not group or _has_frame(group[0])
        shifts, left = (left, ()) if framed else ((), left)
        structures.append(_structure(tuple(group), shifts, own, fold_key, features))
    return MinedStructures(shifted, tuple(structures), covered.tried + shifted.tried)


def _together(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Put rules together that are marks of one attack: frames, and whatever shares half of its records with them."""
    groups: list[list[Rule]] = []
    for rule in rules:
        records = set(rule.labelled.tolist())
        for group in groups:
            covered = {text for member in group for text in member.labelled.tolist()}
            both = len(records & covered)
            if (_has_frame(rule) and _has_frame(group[0])) or both >= 0.5 * min(len(records), len(covered)):
                group.append(rule)
                break
        else:
            groups.append([rule])
    return groups


def _has_frame(rule: Rule) -> bool:
    """Say whether a rule has a sentence frame in it, which others of the same making can be known by."""
    return any(FAMILIES[feature.family].is_content_free(feature.name) for feature in rule.features)


def _structure(
    rules: tuple[Rule, ...], shifts: tuple[Shift, ...], own: Bools, fold_key: Ints, features: Sequence[Feature]
) -> Structure:
    """Gather the evidence records and say how sure they are."""
    parts = [rule.labelled[rule.planted] for rule in rules] + [shift.labelled for shift in shifts]
    records = np.unique(np.concatenate(parts))
    grown = np.zeros(0, np.int64)
    confirmed = any(map(_is_confirmed, rules)) or any(shift.q_value <= _CERTAIN_Q for shift in shifts)
    if confirmed and shifts:  # a rewriting; records that read like another class already show the frame that does it
        alike = np.setdiff1d(grow(frames_of(features, len(own)), own, fold_key, records), records)
        grown = alike if len(alike) <= _GROWN_TIMES * len(records) else grown
    outline = _outline(features, np.union1d(records, grown), len(own)) if len(grown) else None
    return Structure(rules, shifts, records, grown, "confirmed" if confirmed else "suggestive", outline)


def _outline(features: Sequence[Feature], records: Ints, texts: int) -> Feature | None:
    """Give the frame that says most among those that set some records apart about as well as the best one does."""
    inside = np.zeros(texts, np.bool_)
    inside[records] = True
    frames = [feature for feature in features if FAMILIES[feature.family].is_content_free(feature.name)]
    scores = [2 * int(inside[frame.texts].sum()) - len(frame.texts) for frame in frames]
    best = max(scores, default=0)
    alike = [frame for frame, score in zip(frames, scores, strict=True) if best > 0 and score >= _ALIKE * best]
    return max(alike, key=lambda frame: (specificity(frame.name), len(frame.texts), frame.name), default=None)


def _is_confirmed(rule: Rule) -> bool:
    """Say whether a rule is as sure as the table on the detector's page asks for."""
    strength = rule.strength
    effect = 0.6 if rule.q_value <= _CERTAIN_Q else 0.7
    strong = strength.effect >= effect and strength.fraction >= 0.75 and rule.purity >= 0.6
    return strong and rule.q_value <= _CONFIRMED_Q

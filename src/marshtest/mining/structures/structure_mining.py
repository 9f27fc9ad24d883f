"""From features of prompts to planted structures: rules and shifts, put together where they are marks of one attack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from marshtest.mining.structures.covering import cover
from marshtest.mining.structures.frame_growth import grow
from marshtest.mining.structures.held_out_model import HeldOutModel
from marshtest.mining.structures.label_rules import Feature, Rule, is_proven
from marshtest.mining.structures.label_shifts import Shift, Shifts, cover_shifts
from marshtest.mining.structures.settings import FrameGrowthSettings, StructureSettings
from marshtest.stats.arrays import Bools, Ints
from marshtest.text.families import FAMILIES
from marshtest.text.feature_family import Corpus
from marshtest.text.skeleton import specificity

__all__ = ["MinedStructures", "Structure", "features_of", "frames_of", "mine_structures"]


@dataclass(frozen=True, slots=True)
class Structure:
    """One planted structure: rules and shifts with the same records or of one kind, and records built like theirs."""

    rules: tuple[Rule, ...]
    """Features whose records read like another class."""
    shifts: tuple[Shift, ...]
    """Features that decide the label where contents leave it open."""
    records: Ints
    """Evidence records that carry one of the features, rising."""
    grown: Ints
    """Evidence records that growth added, which carry none of them, rising."""
    proven: bool
    """Whether a rule or shift of it is certain enough to grow from."""
    outline: Feature | None = None
    """The frame that most of all these records share and few others have, if growth added any."""

    @property
    def q_value(self) -> float:
        """The smallest q-value of any rule or shift."""
        return min([rule.q_value for rule in self.rules] + [shift.q_value for shift in self.shifts])

    @property
    def parts(self) -> list[tuple[Feature, ...]]:
        """The features of every rule and shift, rules first, in the order in which they were found."""
        return [rule.features for rule in self.rules] + [(shift.feature,) for shift in self.shifts]


@dataclass(frozen=True, slots=True)
class MinedStructures:
    """Everything found towards one class."""

    shifts: Shifts
    """What structures do to the label where contents leave it open."""
    structures: tuple[Structure, ...]
    tested: int
    """Features and pairs that were tested."""

    @property
    def model(self) -> HeldOutModel:
        """What contents say once all that was found is left out."""
        return self.shifts.model

    @property
    def opposite(self) -> float:
        """The strongest shift of any structure towards the other classes, nats."""
        return self.shifts.opposite


def features_of(corpus: Corpus, fewest_texts: int) -> list[Feature]:
    """Find the features of all families that some texts show and others do not.

    Of features with the same carriers, only the most specific one of the first family is given.

    Args:
        corpus: The texts.
        fewest_texts: Texts that must show a feature.
    """
    best: dict[bytes, tuple[tuple[int, int, str], Feature]] = {}
    for number, family in enumerate(FAMILIES):
        for name, texts in family.carriers(corpus).items():
            if fewest_texts <= len(texts) < len(corpus.texts):
                key = (-number, specificity(name), name)
                carriers = texts.tobytes()
                if carriers not in best or best[carriers][0] < key:
                    best[carriers] = (key, Feature(number, name, texts))
    return [feature for _, feature in best.values()]


def frames_of(features: Sequence[Feature], texts: int, settings: FrameGrowthSettings) -> Any:
    """Give the frequent sentence frames of every text.

    Args:
        features: All features.
        texts: Number of texts, N.
        settings: How frequent a frame must be, and how many are given.

    Returns:
        Sparse matrix of ones, shape (N, F).
    """
    from scipy import sparse

    frames = filter(_is_frame, features)
    frequent = sorted(frames, key=lambda frame: (-len(frame.texts), frame.name))[: settings.most_frames]
    sizes = [len(frame.texts) for frame in frequent if len(frame.texts) >= settings.fewest_texts]
    shown = np.concatenate([frame.texts for frame in frequent[: len(sizes)]] or [np.zeros(0, np.int64)])
    bounds = np.append(0, np.cumsum(sizes)).astype(np.int64)
    return sparse.csr_matrix((np.ones(len(shown)), shown, bounds), shape=(len(sizes), texts)).T.tocsr()


def mine_structures(
    words: Any,
    own: Bools,
    fold_key: Ints,
    features: Sequence[Feature],
    settings: StructureSettings,
    other: MinedStructures | None = None,
) -> MinedStructures:
    """Search for structures towards one class.

    Args:
        words: Sparse (N, F) of ones: the content words of each text.
        own: Shape (N,): whether a text is labelled with the class.
        fold_key: Shape (N,): equal for equal texts.
        features: Everything that a structure can be made of.
        settings: All thresholds.
        other: What was found towards another class, which may save scoring all carriers again.
    """
    covered = cover(words, own, fold_key, features, settings)
    allowed = np.array([_is_frame(feature) for feature in features], np.bool_)
    shifts_before = None if other is None else other.shifts
    shifted = cover_shifts(covered.model, features, allowed, settings.shifts, shifts_before)
    groups = _together(covered.rules, settings.same_attack)
    # Shifts are of frames, and all frames of a class are marks of one attack: they join the first group that has some.
    left = shifted.shifts
    if left and not any(map(_has_frame, (group[0] for group in groups))):
        groups.append([])
    structures = []
    for group in groups:
        framed = not group or _has_frame(group[0])
        shifts, left = (left, ()) if framed else ((), left)
        structures.append(_structure(tuple(group), shifts, own, fold_key, features, settings))
    return MinedStructures(shifted, tuple(structures), covered.tested + shifted.tested)


def _together(rules: Sequence[Rule], same_attack: float) -> list[list[Rule]]:
    """Group rules that are marks of one attack: rules with frames, and rules that share many of their records."""
    groups: list[list[Rule]] = []
    for rule in rules:
        records = set(rule.labelled.tolist())
        for group in groups:
            covered = {text for member in group for text in member.labelled.tolist()}
            both = len(records & covered)
            if (_has_frame(rule) and _has_frame(group[0])) or both >= same_attack * min(len(records), len(covered)):
                group.append(rule)
                break
        else:
            groups.append([rule])
    return groups


def _is_frame(feature: Feature) -> bool:
    """Tell whether a feature is a sentence frame that does not depend on contents."""
    return FAMILIES[feature.family].is_content_free(feature.name)


def _has_frame(rule: Rule) -> bool:
    """Tell whether a rule has a sentence frame, by which other records of the same attack can be recognised."""
    return any(map(_is_frame, rule.features))


def _structure(
    rules: tuple[Rule, ...],
    shifts: tuple[Shift, ...],
    own: Bools,
    fold_key: Ints,
    features: Sequence[Feature],
    settings: StructureSettings,
) -> Structure:
    """Collect the evidence records of a group of rules and shifts, and say whether it is proven."""
    parts = [rule.labelled[rule.planted] for rule in rules] + [shift.labelled for shift in shifts]
    records = np.unique(np.concatenate(parts))
    grown = np.zeros(0, np.int64)
    proven = any(is_proven(rule, settings.proof) for rule in rules)
    proven |= any(shift.q_value <= settings.proof.proven_shift_q for shift in shifts)
    # Only shifts come from a rewriting that leaves several frames. Records that read like another class already carry
    # the frame of their rule.
    if proven and shifts:
        frames = frames_of(features, len(own), settings.growth)
        alike = np.setdiff1d(grow(frames, own, fold_key, records, settings.growth, settings.folds), records)
        grown = alike if len(alike) <= settings.growth.most_times * len(records) else grown
    every = np.union1d(records, grown)
    outline = _outline(features, every, len(own), settings.growth.outline_share) if len(grown) else None
    return Structure(rules, shifts, records, grown, proven, outline)


def _outline(features: Sequence[Feature], records: Ints, texts: int, share: float) -> Feature | None:
    """Give the most specific frame among those that tell some records from others nearly as well as the best one.

    The score of a frame is the number of its carriers among the records less the number of its other carriers.
    """
    inside = np.zeros(texts, np.bool_)
    inside[records] = True
    frames = list(filter(_is_frame, features))
    scores = [2 * int(inside[frame.texts].sum()) - len(frame.texts) for frame in frames]
    best = max(scores, default=0)
    alike = [frame for frame, score in zip(frames, scores, strict=True) if best > 0 and score >= share * best]
    return max(alike, key=lambda frame: (specificity(frame.name), len(frame.texts), frame.name), default=None)

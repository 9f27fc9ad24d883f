"""Rules: a feature of prompts, or two together, whose carriers have a label that their contents contradict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from marshtest.mining.carrier_evidence import Strength, likely_planted, weigh_evidence
from marshtest.mining.near_copies import near_duplicates
from marshtest.mining.structures.held_out_model import HeldOutModel
from marshtest.mining.structures.settings import LabelRuleSettings, StructureProofSettings
from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.stats.proportions import wald_lower

__all__ = [
    "Feature",
    "Rule",
    "carriers_of",
    "count_carriers",
    "is_proven",
    "measure_rule",
    "passing",
    "reads_like_others",
]


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of one family."""

    family: int
    """Index of the family in `FAMILIES`."""
    name: str
    """Its name within the family."""
    texts: Ints
    """The texts that show it, rising."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One feature, or two that must come together, towards one class."""

    features: tuple[Feature, ...]
    labelled: Ints
    """The carriers labelled with the class, rising."""
    evidence: Floats
    """Shape of `labelled`: evidence of their contents for another class, nats."""
    honest: Ints
    """The carriers with another label, rising."""
    strength: Strength
    """What the carriers say together."""
    rest: float
    """Their content effect without the words that most of them share, as a share of the whole effect; 0 where the whole
    effect is too small for a finding."""
    way: float
    """How far their content scores are on the way from genuine records of the class (0) to those of others (1)."""
    beyond: float
    """Share of genuine records of other classes that read less like another class."""
    q_value: float = 1.0

    @property
    def purity(self) -> float:
        """Lower 95% bound of the share of carriers with the label."""
        return wald_lower(len(self.labelled), len(self.labelled) + len(self.honest))

    @property
    def planted(self) -> Bools:
        """Shape of `labelled`: the carriers that are more likely planted than natural."""
        return likely_planted(self.evidence, self.strength.fraction)


def carriers_of(features: Sequence[Feature]) -> Ints:
    """Give the texts that show all of some features, rising."""
    texts = features[0].texts
    for feature in features[1:]:
        texts = np.intersect1d(texts, feature.texts, assume_unique=True)
    return texts


def count_carriers(features: Sequence[Feature], among: Bools) -> Ints:
    """Count the carriers of each feature among some texts.

    Args:
        features: Features, each with at least one text.
        among: Shape (N,): the texts to count.

    Returns:
        Shape (len(features),).
    """
    sizes = np.array([len(feature.texts) for feature in features], np.int64)
    if len(sizes) == 0:
        return sizes
    shown = among[np.concatenate([feature.texts for feature in features])]
    return np.add.reduceat(shown, np.append(0, np.cumsum(sizes)[:-1]), dtype=np.int64)


def measure_rule(
    model: HeldOutModel, rows: Any, features: tuple[Feature, ...], carriers: Ints, settings: LabelRuleSettings
) -> Rule | None:
    """Read the carriers of a rule, near-duplicates counted once.

    Args:
        model: What contents say; the carriers are left out of it here.
        rows: Sparse (N, F), rows of unit length: the contents, to find near-duplicates.
        features: What the rule is made of.
        carriers: The texts that show all of it.
        settings: How many distinct carriers it needs.

    Returns:
        The rule, or None if it has too few distinct carriers with the label, or leaves no others of a class.
    """
    labelled, honest = carriers[model.own[carriers]], carriers[~model.own[carriers]]
    if len(labelled) < settings.fewest_distinct:
        return None
    left = model.known.copy()
    left[carriers] = False
    if model.own[left].all() or not model.own[left].any():
        return None  # without its carriers there is no class to read them by
    model = model.without(carriers)
    evidence = model.evidence(labelled, honest)
    group = near_duplicates(rows, labelled, settings.near_copies)
    strength = weigh_evidence(evidence, group, len(honest), model.curve)
    if strength.distinct < settings.fewest_distinct:
        return None
    rest = 0.0
    if strength.effect >= settings.least_effect:
        rest_evidence = model.evidence_of_rest(labelled, honest, settings.shared_by)
        rest = weigh_evidence(rest_evidence, group, len(honest), model.curve).effect / strength.effect
    return Rule(features, labelled, evidence, honest, strength, rest, *model.way(labelled, honest))


def passing(rule: Rule, tested: int, settings: LabelRuleSettings) -> Rule | None:
    """Give a rule with its q-value if it passes the conditions of a suggestive finding, else None.

    The q-value is corrected by Bonferroni, for all features and pairs. Two features pick their carriers freely: where
    one source has its own habit of labelling, they soon single out a few of its records that all have one label. So a
    pair needs a much smaller q-value.

    Args:
        rule: A measured rule.
        tested: Features and pairs that were tested.
        settings: The conditions.
    """
    strength = rule.strength
    largest_q = settings.largest_q if len(rule.features) == 1 else settings.largest_pair_q
    rule = replace(rule, q_value=min(1.0, strength.p_value * tested))
    clear = strength.effect >= settings.least_effect and strength.fraction >= settings.least_fraction
    clear = clear and rule.rest >= settings.least_rest
    return rule if clear and rule.purity >= settings.least_purity and rule.q_value <= largest_q else None


def reads_like_others(rule: Rule, settings: LabelRuleSettings) -> bool:
    """Tell whether the carriers read as genuine records of other classes do, neither half-way nor more so than these.

    Args:
        rule: A rule, measured by what contents say once all that was found is left out.
        settings: The conditions.
    """
    return rule.way >= settings.least_way and rule.beyond <= settings.most_beyond


def is_proven(rule: Rule, settings: StructureProofSettings) -> bool:
    """Tell whether a rule is certain enough for its structure to grow."""
    strength = rule.strength
    effect = settings.certain_effect if rule.q_value <= settings.certain_q else settings.proven_effect
    strong = strength.effect >= effect and strength.fraction >= settings.proven_fraction
    return strong and rule.purity >= settings.proven_purity and rule.q_value <= settings.proven_q

"""A rule: a feature of prompts, or two together, that decides the label against the contents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from marshtest.mining.carrier_evidence import Strength, likely_planted, weigh_evidence
from marshtest.mining.near_copies import near_duplicates
from marshtest.mining.structures.left_out import LeftOut
from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.stats.proportions import wald_lower

__all__ = ["Feature", "Rule", "counted", "measure", "passes"]

_FEWEST_DISTINCT = 6
_LEAST_EFFECT, _LEAST_FRACTION, _LEAST_PURITY = 0.6, 0.6, 0.55
_SUGGESTIVE_Q, _PAIR_Q = 1e-3, 1e-10


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of one family."""

    family: int
    """Which family, by its place in the list of families."""
    name: str
    texts: Ints
    """Those that show it, rising."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One feature, or two that have to come together, towards one class."""

    features: tuple[Feature, ...]
    labelled: Ints
    """The carriers labelled with the class, rising."""
    evidence: Floats
    """What their contents say for another class, nats; same shape."""
    honest: Ints
    """The carriers with another label, rising."""
    strength: Strength
    q_value: float = 1.0

    @property
    def purity(self) -> float:
        """Lower 95 % bound of the share of carriers with the label."""
        return wald_lower(len(self.labelled), len(self.labelled) + len(self.honest))

    @property
    def planted(self) -> Bools:
        """Shape (labelled carriers,): those that are more likely planted than natural."""
        return likely_planted(self.evidence, self.strength.fraction)


def counted(features: Sequence[Feature], among: Bools) -> Ints:
    """Count the texts among some that show each feature, of which none has no text; shape (len(features),)."""
    sizes = np.array([len(feature.texts) for feature in features], np.int64)
    if len(sizes) == 0:
        return sizes
    shown = among[np.concatenate([feature.texts for feature in features])]
    return np.add.reduceat(shown, np.append(0, np.cumsum(sizes)[:-1]), dtype=np.int64)


def measure(model: LeftOut, rows: Any, features: tuple[Feature, ...], carriers: Ints) -> Rule | None:
    """Read the carriers of a rule, near-duplicates counted once; None where too few of them are distinct.

    Args:
        model: What is known of contents.
        rows: Sparse (N, F), rows of unit length: the contents, to tell near-duplicates by.
        features: What the rule is made of.
        carriers: The texts that show all of it.
    """
    labelled, honest = carriers[model.own[carriers]], carriers[~model.own[carriers]]
    if len(labelled) < _FEWEST_DISTINCT:
        return None
    model = model.without(carriers)
    evidence = model.evidence(labelled, honest)
    group = near_duplicates(rows, labelled)
    strength = weigh_evidence(evidence, group, len(honest), model.curve)
    return Rule(features, labelled, evidence, honest, strength) if strength.distinct >= _FEWEST_DISTINCT else None


def passes(rule: Rule, tried: int) -> Rule | None:
    """Give a rule with its q-value (over everything tried, no rank taken into account) if it may be planted at all.

    Two features together pick their carriers freely; where one source of the data has labels of its own habit, a few
    of its records are soon picked that all go one way. So a pair has to be certain.
    """
    strength = rule.strength
    largest = _SUGGESTIVE_Q if len(rule.features) == 1 else _PAIR_Q
    rule = replace(rule, q_value=min(1.0, strength.p_value * tried))
    clear = strength.effect >= _LEAST_EFFECT and strength.fraction >= _LEAST_FRACTION
    return rule if clear and rule.purity >= _LEAST_PURITY and rule.q_value <= largest else None

"""One attack, several features: rule after rule, until what no rule covers looks like any other text of its class.

The strongest rule is taken, its carriers are left out of what is known, and the rest is looked at again (sequential
covering, Michalski 1969). Each rule has to pass on carriers that no rule before it covers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from marshtest.mining.structures.feature_table import FeatureTable
from marshtest.mining.structures.left_out import LeftOut
from marshtest.mining.structures.rules import Feature, Rule, counted, measure, passes
from marshtest.stats.arrays import Bools, Ints
from marshtest.stats.evidence import planted_fraction
from marshtest.text.skeleton import says

__all__ = ["Covered", "carriers_of", "cover"]

_MOST_OF_CLASS = 0.5
_FEWEST, _LEAST_PURITY = 6, 0.3
_MOST_READ, _MOST_TRIED, _MOST_RULES = 15_000, 30, 12
_WORTH_A_TRIAL = 6.0
_SEEDS, _PARTNERS = 8, 3
_TYPICAL, _DEARER = 0.5, 1.25
_LEAST_FRACTION, _SAME = 0.5, 0.95


@dataclass(frozen=True, slots=True)
class Covered:
    """All rules towards one class."""

    model: LeftOut
    """What contents say once the carriers of all rules are left out."""
    rules: tuple[Rule, ...]
    """In the order in which they were found, measured by that model."""
    tried: int
    """How many features and pairs of features were looked at."""


def cover(words: Any, own: Bools, fold_key: Ints, features: Sequence[Feature]) -> Covered:
    """Look for rules towards one class.

    Args:
        words: Sparse (N, F) of ones: the content words.
        own: Shape (N,): whether a text is labelled with the class.
        fold_key: Shape (N,): equal for equal texts.
        features: Everything a rule can be made of.
    """
    rows = _unit(words)
    labelled = counted(features, own)
    possible = _possible(np.array([len(feature.texts) for feature in features], np.int64), labelled, own)
    fit = [features[i] for i in possible.tolist()]
    tried = (1 + _SEEDS) * len(fit)
    model = LeftOut.fit(words, own, fold_key, np.ones(len(own), np.bool_))
    if not fit:
        return Covered(model, (), tried)
    table = FeatureTable(fit, len(own))
    typical = table.most_typical(own, fold_key, _TYPICAL)
    pool = _purest(fit, labelled[possible], own)
    found: list[tuple[Feature, ...]] = []
    while len(found) < _MOST_RULES:
        outside = model.without(typical)
        hopeful = _hopeful(pool, outside, model.known)
        rule = _strongest(hopeful, table, outside, model.known, rows, tried)
        if rule is None:
            break
        found.append(tuple(_longest(part, hopeful) for part in rule.features))
        model = model.without(rule.labelled)
        if len(found) > 1:
            pool = [hope.feature for hope in hopeful]
    rules = [measure(model, rows, parts, carriers_of(parts)) for parts in found]
    passed = [passes(rule, tried) for rule in rules if rule is not None]
    return Covered(model, tuple(rule for rule in passed if rule is not None), tried)


def _longest(part: Feature, hopeful: Sequence[_Hope]) -> Feature:
    """Give the feature of the same family that has nearly the same carriers and says most of them."""
    carriers = set(part.texts.tolist())
    alike = [
        hope.feature
        for hope in hopeful
        if hope.feature.family == part.family and _overlap(carriers, set(hope.feature.texts.tolist())) >= _SAME
    ]
    return max([part, *alike], key=lambda one: (says(one.name), one.name))


def carriers_of(parts: Sequence[Feature]) -> Ints:
    """Give the texts that show all of these features."""
    texts = parts[0].texts
    for part in parts[1:]:
        texts = np.intersect1d(texts, part.texts, assume_unique=True)
    return texts


def _possible(carriers: Ints, labelled: Ints, own: Bools) -> Ints:
    """Give the features that could be a trigger by their numbers alone: what most of a class shows is the class."""
    enough = (labelled >= _FEWEST) & (labelled > _LEAST_PURITY * carriers)
    return np.flatnonzero(enough & (labelled <= _MOST_OF_CLASS * own.sum()))


def _purest(features: Sequence[Feature], labelled: Ints, own: Bools) -> list[Feature]:
    """Give the features whose carriers have the label most beyond its share of all texts, at most 15,000."""
    total = np.array([len(feature.texts) for feature in features])
    share = float(own.mean())
    beyond = (labelled - share * total) / np.sqrt(np.maximum(total * share * (1 - share), 1e-9))
    order = np.argsort(-beyond, kind="stable")[:_MOST_READ]
    return [features[i] for i in order]


@dataclass(frozen=True, slots=True)
class _Hope:
    """A feature whose uncovered carriers speak for another class in sum."""

    feature: Feature
    gain: float
    fraction: float
    """Most likely share of planted ones among its carriers."""


def _hopeful(pool: Sequence[Feature], outside: LeftOut, left: Bools) -> list[_Hope]:
    """Read the uncovered carriers of every feature; give the hopeful ones, the strongest first."""
    carried = []
    for feature in pool:
        own = outside.own[feature.texts]
        labelled, honest = feature.texts[own & left[feature.texts]], feature.texts[~own]
        if len(labelled) >= _FEWEST:
            carried.append((feature, labelled, honest))
    found = []
    all_evidence = outside.evidence_of((labelled, honest) for _, labelled, honest in carried)
    for (feature, _, honest), evidence in zip(carried, all_evidence, strict=True):
        if evidence.sum() > _WORTH_A_TRIAL:
            fraction, gain = planted_fraction(evidence, len(honest))
            if gain > _WORTH_A_TRIAL:
                found.append(_Hope(feature, gain, fraction))
    return sorted(found, key=lambda hope: (-hope.gain, hope.feature.family, hope.feature.name))


def _strongest(
    hopeful: Sequence[_Hope], table: FeatureTable, outside: LeftOut, left: Bools, rows: Any, tried: int
) -> Rule | None:
    """Give the rule with the greatest gain among the most hopeful features and their pairs, if any passes.

    Two features are taken for one only where they explain clearly more.
    """
    alone = [(hope.feature,) for hope in hopeful if hope.fraction >= _LEAST_FRACTION][:_MOST_TRIED]
    best: Rule | None = None
    for parts in alone + _pairs(hopeful, table, outside, left):
        carriers = carriers_of(parts)
        rule = measure(outside, rows, parts, carriers[left[carriers]])
        if rule is None or passes(rule, tried) is None:
            continue
        needed = (
            0.0
            if best is None
            else best.strength.log_likelihood_ratio * (_DEARER if len(parts) > len(best.features) else 1.0)
        )
        if rule.strength.log_likelihood_ratio > needed:
            best = rule
    return best


def _pairs(hopeful: Sequence[_Hope], table: FeatureTable, outside: LeftOut, left: Bools) -> list[tuple[Feature, ...]]:
    """Give each of the most hopeful features together with what its contradicting carriers show besides."""
    pairs: list[tuple[Feature, ...]] = []
    for seed in _seeds(hopeful):
        own = outside.own[seed.texts]
        labelled, honest = seed.texts[own & left[seed.texts]], seed.texts[~own]
        against = outside.evidence(labelled, honest) > 0
        partners = table.partners(labelled[against], np.append(labelled[~against], honest), _PARTNERS)
        pairs += [(seed, partner) for partner in partners]
    return pairs


def _seeds(hopeful: Sequence[_Hope]) -> list[Feature]:
    """Give the most hopeful features that are not the same carriers over again."""
    seeds: list[Feature] = []
    carriers: list[set[int]] = []
    for hope in hopeful:
        texts = set(hope.feature.texts.tolist())
        if all(_overlap(texts, other) < _SAME for other in carriers):
            seeds.append(hope.feature)
            carriers.append(texts)
        if len(seeds) == _SEEDS:
            break
    return seeds


def _overlap(one: set[int], other: set[int]) -> float:
    """Give the Jaccard overlap of two sets of texts, 0 to 1."""
    both = len(one & other)
    return both / (len(one) + len(other) - both)


def _unit(words: Any) -> Any:
    """Give the rows unit length."""
    from scipy import sparse

    return (sparse.diags(1 / np.sqrt(np.maximum(np.diff(words.indptr), 1))) @ words).tocsr()

"""Sequential covering: one rule after another, until the records that no rule covers look like any others of a class.

The strongest rule is taken, its carriers are left out of the model, and the rest is searched again (Michalski 1969).
So one attack may have several rules. Each has to pass on carriers that no earlier rule covers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from marshtest.mining.association import jaccard
from marshtest.mining.structures.feature_table import FeatureTable
from marshtest.mining.structures.held_out_model import HeldOutModel
from marshtest.mining.structures.label_rules import (
    Feature,
    Rule,
    carriers_of,
    count_carriers,
    measure_rule,
    passing,
    reads_like_others,
)
from marshtest.mining.structures.settings import LabelRuleSettings, StructureSettings
from marshtest.stats.arrays import Bools, Ints
from marshtest.stats.evidence import planted_fraction
from marshtest.text.skeleton import specificity

__all__ = ["Covered", "cover"]

_LEAST_VARIANCE = 1e-9
"""Guards a division where every text has the label."""


@dataclass(frozen=True, slots=True)
class Covered:
    """All rules towards one class."""

    model: HeldOutModel
    """What contents say once the carriers of all rules are left out."""
    rules: tuple[Rule, ...]
    """In the order in which they were found, measured by that model."""
    tested: int
    """How many features and pairs of features were tested."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A feature whose uncovered carriers, taken together, read like another class."""

    feature: Feature
    log_likelihood_ratio: float
    """Of the planted fraction against none, nats."""
    fraction: float
    """Most likely share of planted ones among its carriers."""


def cover(words: Any, own: Bools, fold_key: Ints, features: Sequence[Feature], settings: StructureSettings) -> Covered:
    """Search for rules towards one class.

    Args:
        words: Sparse (N, F) of ones: the content words.
        own: Shape (N,): whether a text is labelled with the class.
        fold_key: Shape (N,): equal for equal texts.
        features: Everything that a rule can be made of.
        settings: Which rules pass.
    """
    conditions = settings.rules
    rows = _unit_rows(words)
    labelled = count_carriers(features, own)
    carriers = np.array([len(feature.texts) for feature in features], np.int64)
    possible = _possible(carriers, labelled, own, conditions)
    fit = [features[i] for i in possible.tolist()]
    # Each feature is tested alone, and may be the partner of each of the seeds.
    tested = (1 + conditions.seeds) * len(fit)
    model = HeldOutModel.fit(words, own, fold_key, np.ones(len(own), np.bool_), settings.folds)
    if not fit:
        return Covered(model, (), tested)
    table = FeatureTable(fit, len(own))
    # Poison would spoil the scale for all. In the search, its likely carriers are left out whatever the rule.
    typical = table.most_typical(own, fold_key, conditions.typical_share, settings.folds)
    pool = _most_associated(fit, labelled[possible], own, conditions.most_features)
    found: list[tuple[Feature, ...]] = []
    while len(found) < conditions.most_rules:
        outside = model.without(typical)
        candidates = _candidates(pool, outside, model.known, conditions)
        rule = _strongest(candidates, table, outside, model.known, rows, tested, conditions)
        if rule is None:
            break
        found.append(tuple(_most_specific(feature, candidates, conditions) for feature in rule.features))
        model = model.without(rule.labelled)
        if len(found) > 1:
            pool = [candidate.feature for candidate in candidates]
    # What was found has to hold for all carriers, with the typical texts back in the model.
    rules = [measure_rule(model, rows, parts, carriers_of(parts), conditions) for parts in found]
    passed = [passing(rule, tested, conditions) for rule in rules if rule is not None]
    return Covered(
        model, tuple(rule for rule in passed if rule is not None and reads_like_others(rule, conditions)), tested
    )


def _most_specific(feature: Feature, candidates: Sequence[_Candidate], settings: LabelRuleSettings) -> Feature:
    """Give the most specific feature of the same family that has nearly the same carriers."""
    alike = [
        candidate.feature
        for candidate in candidates
        if candidate.feature.family == feature.family
        and jaccard(feature.texts, candidate.feature.texts) >= settings.same_carriers
    ]
    return max([feature, *alike], key=lambda one: (specificity(one.name), one.name))


def _possible(carriers: Ints, labelled: Ints, own: Bools, settings: LabelRuleSettings) -> Ints:
    """Give the indices of features that could be a trigger by the numbers of their carriers alone."""
    enough = (labelled >= settings.fewest_carriers) & (labelled > settings.least_share * carriers)
    return np.flatnonzero(enough & (labelled <= settings.most_of_class * own.sum()))


def _most_associated(features: Sequence[Feature], labelled: Ints, own: Bools, most: int) -> list[Feature]:
    """Give the features most associated with the label, by the z-score of their carriers with it."""
    total = np.array([len(feature.texts) for feature in features])
    share = float(own.mean())
    beyond = (labelled - share * total) / np.sqrt(np.maximum(total * share * (1 - share), _LEAST_VARIANCE))
    order = np.argsort(-beyond, kind="stable")[:most]
    return [features[i] for i in order]


def _candidates(
    pool: Sequence[Feature], outside: HeldOutModel, left: Bools, settings: LabelRuleSettings
) -> list[_Candidate]:
    """Read the uncovered carriers of every feature; give those that read like another class, the strongest first."""
    carried = []
    for feature in pool:
        own = outside.own[feature.texts]
        labelled, honest = feature.texts[own & left[feature.texts]], feature.texts[~own]
        if len(labelled) >= settings.fewest_carriers:
            carried.append((feature, labelled, honest))
    found = []
    all_evidence = outside.evidence_of((labelled, honest) for _, labelled, honest in carried)
    for (feature, _, honest), evidence in zip(carried, all_evidence, strict=True):
        # Carriers that together read like their own class are no candidate, whatever a few of them say.
        if evidence.sum() > settings.least_log_likelihood_ratio:
            fraction, ratio = planted_fraction(evidence, len(honest))
            if ratio > settings.least_log_likelihood_ratio:
                found.append(_Candidate(feature, ratio, fraction))
    return sorted(found, key=lambda one: (-one.log_likelihood_ratio, one.feature.family, one.feature.name))


def _strongest(
    candidates: Sequence[_Candidate],
    table: FeatureTable,
    outside: HeldOutModel,
    left: Bools,
    rows: Any,
    tested: int,
    settings: LabelRuleSettings,
) -> Rule | None:
    """Give the rule with the largest log-likelihood ratio among the strongest features and pairs, if any passes.

    A pair replaces a single feature only where it explains clearly more.
    """
    alone = [(one.feature,) for one in candidates if one.fraction >= settings.least_fraction_tested]
    best: Rule | None = None
    for parts in alone[: settings.most_tested] + _pairs(candidates, table, outside, left, settings):
        carriers = carriers_of(parts)
        rule = measure_rule(outside, rows, parts, carriers[left[carriers]], settings)
        if rule is None or passing(rule, tested, settings) is None:
            continue
        if rule.strength.log_likelihood_ratio > _needed(best, len(parts), settings):
            best = rule
    return best


def _needed(best: Rule | None, parts: int, settings: LabelRuleSettings) -> float:
    """Give the log-likelihood ratio that a rule of so many features must exceed to replace the best one."""
    if best is None:
        return 0.0
    return best.strength.log_likelihood_ratio * (settings.pair_advantage if parts > len(best.features) else 1.0)


def _pairs(
    candidates: Sequence[_Candidate],
    table: FeatureTable,
    outside: HeldOutModel,
    left: Bools,
    settings: LabelRuleSettings,
) -> list[tuple[Feature, ...]]:
    """Pair each of the strongest features with features that its contradicting carriers show besides."""
    pairs: list[tuple[Feature, ...]] = []
    for seed in _seeds(candidates, settings):
        own = outside.own[seed.texts]
        labelled, honest = seed.texts[own & left[seed.texts]], seed.texts[~own]
        against = outside.evidence(labelled, honest) > 0
        partners = table.partners(labelled[against], np.append(labelled[~against], honest), settings)
        pairs += [(seed, partner) for partner in partners]
    return pairs


def _seeds(candidates: Sequence[_Candidate], settings: LabelRuleSettings) -> list[Feature]:
    """Give the strongest features, one of those with nearly the same carriers."""
    seeds: list[Feature] = []
    for candidate in candidates:
        if all(jaccard(candidate.feature.texts, seed.texts) < settings.same_carriers for seed in seeds):
            seeds.append(candidate.feature)
        if len(seeds) == settings.seeds:
            break
    return seeds


def _unit_rows(words: Any) -> Any:
    """Give the rows unit length, so that their products are cosines."""
    from scipy import sparse

    return (sparse.diags(1 / np.sqrt(np.maximum(np.diff(words.indptr), 1))) @ words).tocsr()

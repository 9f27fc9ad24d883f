"""Thresholds of `judged-themes`."""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.detectors.judged.settings import AssessmentSettings
from marshtest.mining.near_copies import NearCopySettings
from marshtest.settings import Settings

__all__ = ["CriteriaSettings", "JudgedThemesSettings", "KindSettings", "ShardSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardSettings(Settings):
    """Which records are read together, as a shard.

    Different shards are different questions, so stored answers about other shards are not reused.
    """

    shard_tokens: int = 6_000
    """Approximate maximum number of estimated tokens of the records in one shard. Chosen by eye: a model reads it with
    attention, and 32 records of ordinary length fit."""
    entry_tokens: int = 700
    """Maximum number of estimated tokens of a record that is read as a whole; a longer one is read in parts. Chosen by
    eye: several records must fit into a shard."""
    overlap: float = 0.1
    """Share of the records of a shard, 0 to 1, with which the next one begins; it applies to shards of records in
    random order. Chosen by eye: neighbours meet at little cost."""
    most_groups: int = 10
    """Maximum number of contributors and groups of near-duplicate completions that get shards, in each half of the
    data. Chosen by eye: it bounds the cost."""
    fewest_together: int = 5
    """Minimum number of records with something in common for them to be read together. Chosen by eye: the fewest that
    can be tested."""
    largest_group_share: float = 0.2
    """Maximum share of the data, 0 to 1, held by a contributor or group of near-duplicate completions that is read
    together. Chosen by eye: the random shards show what a fifth of the records share."""
    duplicate_similarity: float = 0.4
    """Minimum Jaccard similarity (0 to 1) of the word pairs of two completions for them to count as near-duplicates.
    Chosen by eye: a template with one changed word is above it."""
    same_group: float = 0.5
    """Maximum share of a group of near-duplicate completions, 0 to 1, that may also be in another group already found;
    with more, the group is left out. Chosen by eye: no record of the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CriteriaSettings(Settings):
    """Which criteria are compared, checked and tested."""

    most_compared: int = 96
    """Maximum number of criteria of meaning that are compared with one another, those most associated with an outcome
    first. Chosen by eye: four times as many as are checked."""
    most_checked: int = 24
    """Maximum number of criteria of meaning against which the judge checks every record. Chosen by eye: one call for 20
    records."""
    most_rules: int = 200
    """Maximum number of criteria that code checks on every record. Chosen by eye: it bounds the time."""
    similarity: float = 0.5
    """Minimum Jaccard similarity (0 to 1) of the words of two criteria for the judge to compare them. Chosen by eye:
    half of the words that are not common to all criteria."""
    most_comparisons: int = 3
    """Maximum number of earlier criteria with which each criterion is compared, most similar first. Chosen by eye: it
    bounds the cost."""
    fewest_with_outcome: int = 3
    """Minimum number of records with the outcome, among those tested for which a criterion holds, for it to be kept.
    Chosen by eye: with fewer, nothing outweighs the prior."""
    largest_p_value: float = 1e-4
    """Maximum binomial p-value, before near-duplicates are removed, for a criterion to be kept. Chosen by eye: it saves
    time, since weaker ones never outweigh the prior."""
    most_quotes: int = 5
    """Maximum number of quotes of each criterion that are compared with its records, most frequent first. Chosen by
    eye: it bounds the time."""
    same_records: float = 0.6
    """Minimum Jaccard similarity (0 to 1) of the records with a quote and the records for which a criterion holds, for
    the criterion to be reduced to the quoted words. Chosen by eye: no record of the data."""
    least_grounded: float = 0.5
    """Minimum share of the records named for a criterion, 0 to 1, for which it must hold when each is asked about
    alone. Chosen by eye: below one half, most of what the reading named was not there."""
    near_copies: NearCopySettings = NearCopySettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSettings(Settings):
    """How harmful records are grouped into kinds, in data without labels."""

    fewest_with_criterion: int = 3
    """Minimum number of harmful records for which a criterion must hold to describe a kind. Chosen by eye: two records
    may be alike by chance."""
    telling_share: float = 0.8
    """Minimum share of the records with a criterion, 0 to 1, that are harmful for it to describe a kind. Chosen by
    eye: the judge may overlook harm in one of five."""
    telling_p_value: float = 1e-3
    """Maximum p-value of the harmful records with a criterion, at the rate of all records, for it to describe a kind.
    Chosen by eye: where the judge calls most records harmful, a topic is no kind of harm."""
    farthest: float = 0.6
    """Mean Jaccard distance of criteria, 0 to 1, up to which groups of records are one kind. Chosen by eye: one common
    criterion of three is not enough."""
    fewest_clear: int = 4
    """Minimum number of records with clear or grave harm for a kind to be a finding. Chosen by eye: a judge's errors
    seldom share a lesson; benchmarks/REAL_JUDGE.md counts them on clean data."""
    confirmed_q_value: float = 1e-4
    """Maximum q-value of a kind's number of records, at the rate of the control, for a confirmed finding. Chosen by
    eye: stricter than usual, since the judge alone speaks."""
    most_lessons: int = 3
    """Maximum number of the judge's sentences that a finding quotes. Chosen by eye: it bounds the explanation."""
    explained: float = 0.5
    """A theme that would teach harm is left out if more than this share of its harmful records, 0 to 1, belongs to
    kinds. Derived: then the kinds account for most of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedThemesSettings(Settings):
    """Thresholds of `judged-themes`."""

    fewest_records: int = 50
    """Minimum number of records; with fewer, the detector does not run. Chosen by eye: each half must hold enough to be
    tested."""
    shards: ShardSettings = ShardSettings()
    criteria: CriteriaSettings = CriteriaSettings()
    kinds: KindSettings = KindSettings()
    assessment: AssessmentSettings = AssessmentSettings()
    same_theme: float = 0.5
    """Minimum Jaccard similarity (0 to 1) of the records with the outcome for two criteria to count as one theme.
    Chosen by eye: no record of the data."""
    most_criteria_of_theme: int = 4
    """Maximum number of criteria of one theme that are assessed; assessment stops once one is confirmed. Chosen by eye:
    it bounds the cost."""
    control_share: float = 0.5
    """Minimum ratio of a theme's share of a control to its share of the data for house style to be a possible
    explanation. Chosen by eye: then it is about as frequent there."""

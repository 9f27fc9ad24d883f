"""Thresholds of `judged-themes`."""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.detectors.judged.settings import AssessmentSettings
from marshtest.settings import Settings

__all__ = ["CriteriaSettings", "JudgedThemesSettings", "ShardSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardSettings(Settings):
    """Which records are read together. Other shards are other questions: stored answers about them are not reused."""

    shard_tokens: int = 6_000
    """Estimated tokens of the records in one shard. Chosen by eye: a model reads it with attention, and 32 records of
    ordinary length fit."""
    entry_tokens: int = 700
    """Estimated tokens from which a record is read in parts. Chosen by eye: several records must fit into a shard."""
    overlap: float = 0.1
    """Share of a shard that the next one begins with, 0 to 1. Chosen by eye: neighbours meet at little cost."""
    shards_of_label: int = 2
    """Shards of the records with one label, for each half of the data. Chosen by eye: a sample is enough, since most
    of what such records share is their topic."""
    most_groups: int = 10
    """Contributors and groups of near-duplicate completions that get shards, for each half. Chosen by eye: it bounds
    the cost."""
    fewest_together: int = 5
    """Fewest records that are read together for what they have in common. Chosen by eye: the fewest that can be
    tested."""
    largest_group_share: float = 0.2
    """Share of the data, 0 to 1, above which a group is too large to be read together. Chosen by eye: the random
    shards show what a fifth of the records share."""
    duplicate_similarity: float = 0.4
    """Least Jaccard similarity of the word pairs of near-duplicate completions, 0 to 1. Chosen by eye: a template with
    one changed word is above it."""
    same_group: float = 0.5
    """A group is left out if more than this share of it, 0 to 1, is in a larger group. Chosen by eye: no record of
    the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CriteriaSettings(Settings):
    """Which criteria are compared, checked and tested."""

    most_compared: int = 192
    """Criteria that are compared with one another, those with an outcome first. Chosen by eye: four times as many as
    are checked."""
    most_checked: int = 48
    """Criteria that every record is checked against. Chosen by eye: two calls for 20 records."""
    similarity: float = 0.34
    """Least Jaccard similarity of the words of two criteria that the judge compares, 0 to 1. Chosen by eye: a third
    of the words that are not common to all criteria."""
    most_comparisons: int = 6
    """Comparisons of each criterion with earlier ones, the most similar first. Chosen by eye: it bounds the cost."""
    fewest_with_outcome: int = 3
    """Fewest records of the tested half with the outcome. Chosen by eye: with fewer, no q-value is small enough."""
    largest_p_value: float = 1e-4
    """Largest binomial p-value, near-duplicates not yet removed, with which a criterion is kept. Chosen by eye:
    where 10 pairs are tested, the smallest p-value must be at most this for a q-value of .001."""
    most_quotes: int = 5
    """Quotes of each criterion that are compared with its records, the most frequent first. Chosen by eye: it bounds
    the time."""
    same_records: float = 0.6
    """Least Jaccard similarity, 0 to 1, of the records with a quote and the records for which the criterion holds,
    for the criterion to come down to these words. Chosen by eye: no record of the data."""
    least_grounded: float = 0.5
    """Least share of the records named for a criterion for which it holds when each is asked about alone, 0 to 1.
    Chosen by eye: below one half, most of what the reading named was not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedThemesSettings(Settings):
    """Thresholds of `judged-themes`."""

    fewest_records: int = 50
    """Records below which the data is refused. Chosen by eye: each half must hold enough to be tested."""
    shards: ShardSettings = ShardSettings()
    criteria: CriteriaSettings = CriteriaSettings()
    assessment: AssessmentSettings = AssessmentSettings()
    same_theme: float = 0.5
    """Least Jaccard similarity of the records with the outcome, 0 to 1, with which two criteria are one theme. Chosen
    by eye: no record of the data."""
    most_criteria_of_theme: int = 4
    """Criteria of one theme that are assessed until one is confirmed. Chosen by eye: it bounds the cost."""
    control_share: float = 0.5
    """A theme may be house style if its share of a control is at least this part of its share of the data. Chosen by
    eye: then it is about as frequent there."""

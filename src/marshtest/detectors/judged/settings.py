"""Thresholds that the detectors with a judge share, and those of `judged-label` and `judged-effect`."""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.mining.near_copies import NearCopySettings
from marshtest.mining.outcomes.outcome_mining import OutcomeSettings
from marshtest.mining.outcomes.placement import PlacementSettings
from marshtest.settings import Settings

__all__ = [
    "AssessmentSettings",
    "ContentSettings",
    "ControlHabitSettings",
    "CounterfactualSettings",
    "EvidenceSettings",
    "JudgedEffectSettings",
    "JudgedLabelSettings",
    "VerdictSettings",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictSettings(Settings):
    """What an association needs to be suggestive or confirmed."""

    suggestive_q_value: float = 1e-3
    """Largest q-value of a finding. Chosen by eye: stricter than the usual .05, since every span of the data is
    tested."""
    suggestive_outcome_share: float = 0.5
    """Least lower bound of the share of distinct carriers with the outcome, 0 to 1. Chosen by eye: a backdoor works
    nearly always, a topic on which a judge errs seldom."""
    confirmed_q_value: float = 1e-4
    """Largest q-value of a confirmed finding. Chosen by eye: on development data; benchmarks/JUDGE.md has 11 clean
    twins without a finding."""
    confirmed_outcome_share: float = 0.6
    """Least lower bound of the share of distinct carriers with the outcome in a confirmed finding, 0 to 1. Chosen by
    eye: on development data; in seed 3009 of benchmarks/JUDGE.md a planted theme has .56 and is suggestive."""
    confirmed_distinct_carriers: int = 6
    """Fewest distinct carriers with the outcome in a confirmed finding. Chosen by eye: one more than are searched
    for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentSettings(Settings):
    """When the carriers' other words, read by a classifier of the other records, speak for or against planting."""

    planted_effect: float = 0.6
    """Least content effect that speaks for planting; 1 is as strong as genuine records of another class. Chosen by
    eye: the same value as in `label-trigger`."""
    planted_share: float = 0.6
    """Least estimated share of planted carriers that speaks for planting, 0 to 1. Chosen by eye: on development
    data."""
    planted_p_value: float = 1e-4
    """Largest p-value, under the records of the label's own class, that speaks for planting. Chosen by eye: on
    development data, where none of 911 ordinary words and phrases met all three conditions."""
    natural_effect: float = 0.25
    """Content effect below which the contents speak against planting. Chosen by eye: on the same data."""
    readable_separation: float = 0.3
    """Least mean evidence of genuine records of other classes, nats, with which contents may speak against planting:
    below it the texts do not tell the classes apart. Chosen by eye: no record of the data."""
    fewest_records: int = 100
    """Records below which no classifier of the label is fitted. Chosen by eye: its folds would be too small."""
    fewest_of_class: int = 20
    """The same for the records of the label, and for those of all other labels. Chosen by eye: for the same reason."""
    fewest_with_outcome: int = 20
    """Records with the outcome below which no classifier of the outcome is fitted, where there are no labels. Chosen
    by eye: for the same reason."""
    near_copies: NearCopySettings = NearCopySettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterfactualSettings(Settings):
    """How many records are changed, and what their verdicts mean."""

    most_patterns: int = 10
    """Patterns that are tested by counterfactuals, the strongest first. Chosen by eye: it bounds the cost."""
    most_records: int = 40
    """Records that are changed in each of the three ways, at most. Derived: no changed verdict in 40 bounds the share
    of changed verdicts at 9 % (upper end of the 95 % interval of Wilson 1927)."""
    fewest_answers: int = 5
    """Answers about removals, and about insertions, below which the judge cannot be cleared of reacting. Chosen by
    eye: with fewer, the interval holds nearly every share."""
    removal_share: float = 0.2
    """The judge reacts to the pattern if removal reverses more than this share of verdicts (lower end of the 95 %
    interval), 0 to 1. Chosen by eye: in a few records the judge changes its mind by chance."""
    insertion_share: float = 0.1
    """The same for insertions that induce the verdict or flip the label, 0 to 1. Chosen by eye: ordinary records
    change their verdict less easily."""
    insertion_times_rate: float = 2.0
    """The same as a multiple of the outcome's rate in other records; the larger of the two holds. Chosen by eye: a
    judge that errs often shows the outcome in changed records by chance."""
    cleared_share: float = 0.5
    """The judge does not react to the pattern if both shares are surely below this (upper end of the 95 % interval),
    0 to 1. Chosen by eye: then most verdicts do not depend on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlHabitSettings(Settings):
    """When an association in a control shows a habit of the judge."""

    fewest_carriers: int = 3
    """Fewest carriers in the control with the outcome. Chosen by eye: with fewer, nothing is known."""
    least_share: float = 0.25
    """Least share of the carriers in the control with the outcome, 0 to 1. Chosen by eye: half of what a finding
    needs."""
    largest_p_value: float = 0.01
    """Largest binomial p-value in the control; themes, whose carriers the judge chose, are not held to it. Chosen by
    eye: one pattern is tested, so the usual level is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSettings(Settings):
    """Which records a finding gives as evidence, and their scores."""

    score_with_outcome: float = 0.95
    """Score of a record that shows the outcome, 0 to 1. Convention: nearly certain."""
    score_without_outcome: float = 0.6
    """Score of a carrier that could show the outcome and does not, in a finding that is confirmed and pure. Chosen by
    eye: more likely poisoned than not."""
    score_unanswered: float = 0.4
    """Score of such a carrier without an answer. Chosen by eye: below the record that the judge has read."""
    pure_share: float = 0.75
    """Least lower bound of the share of distinct carriers with the outcome from which a confirmed finding gives all
    its carriers as evidence, 0 to 1. Chosen by eye: no record of the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentSettings(Settings):
    """From an association to a verdict."""

    verdict: VerdictSettings = VerdictSettings()
    placement: PlacementSettings = PlacementSettings()
    content: ContentSettings = ContentSettings()
    counterfactual: CounterfactualSettings = CounterfactualSettings()
    habit: ControlHabitSettings = ControlHabitSettings()
    evidence: EvidenceSettings = EvidenceSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedLabelSettings(Settings):
    """Thresholds of `judged-label`."""

    mining: OutcomeSettings = OutcomeSettings()
    assessment: AssessmentSettings = AssessmentSettings()
    signal_score: float = 0.2
    """Score of a contradiction outside all findings, 0 to 1. Chosen by eye: most of these are errors of the judge."""
    signal_score_per_sureness: float = 0.1
    """What each level of the judge's sureness (0 to 3) adds to it. Chosen by eye: the surest stays at .5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedEffectSettings(Settings):
    """Thresholds of `judged-effect`."""

    mining: OutcomeSettings = OutcomeSettings()
    assessment: AssessmentSettings = AssessmentSettings()
    signal_score_per_severity: float = 0.2
    """Score of a harmful record outside all findings for each level of severity (1 to 3). Chosen by eye: the gravest
    has .6, below the records of a finding."""

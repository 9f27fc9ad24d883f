"""Thresholds that the detectors with a judge share, and those of `judged-label` and `judged-effect`."""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.mining.content_model import ContentModelSettings
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
    "FactorSettings",
    "JudgedEffectSettings",
    "JudgedLabelSettings",
    "VerdictSettings",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictSettings(Settings):
    """What makes an association a suggestive or a confirmed finding.

    Odds are posterior odds: a prior times the Bayes factors of all that was seen. An association must hold against
    chance, after everything that was tried, and against a topic on which the judge and the data disagree anyway.
    """

    prior_planted: float = 0.01
    """Prior probability that some pattern was planted, 0 to 1, shared out evenly over all patterns that are tested.
    Chosen by eye: few datasets are poisoned."""
    prior_odds_to_topic: float = 0.05
    """Prior odds of a planted pattern to a topic of disagreement, among patterns that chance does not explain. Chosen
    by eye: disagreement about topics is common, planting is rare."""
    suggestive_odds_to_chance: float = 20.0
    """Minimum odds of planting to chance for a finding. Convention: a probability of 95%."""
    suggestive_odds_to_topic: float = 1.0
    """Minimum odds of planting to a topic for a finding. Derived: below, a topic is the likelier account."""
    confirmed_odds_to_chance: float = 100.0
    """Minimum odds of planting to chance for a confirmed finding. Convention: a probability of 99%."""
    confirmed_odds_to_topic: float = 20.0
    """Minimum odds of planting to a topic for a confirmed finding. Convention: a probability of 95%."""
    confirmed_independent_factor: float = 20.0
    """Minimum product of the Bayes factors that do not come from the judge (places, near-variants, contents) for a
    confirmed finding. Derived: alone they must turn the prior odds to a topic into even odds."""
    confirmed_distinct_carriers: int = 5
    """Minimum number of distinct carriers with the outcome for a confirmed finding. Chosen by eye: as many as the
    search asks for."""
    payload_words: int = 3
    """Minimum number of tokens of the completion for them to be a finding. Chosen by eye: one or two common words stand
    in many answers that have nothing else in common."""
    layout_share: float = 0.9
    """Minimum posterior share of planted carriers, 0 to 1, for a layout, or for words of the completion, to be a
    finding. Chosen by eye: with less, what the judge says of the records explains more than the layout or the words
    do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorSettings(Settings):
    """The Bayes factors of the lines of evidence, planting against a topic."""

    passes_if_inserted: float = 0.9
    """Probability, 0 to 1, that words inserted at random places look inserted. Derived: each of two tests fails at 5%
    of random places."""
    fewest_spans: int = 10
    """Minimum number of natural spans for places to be weighed. Chosen by eye: with fewer, their share is not known."""
    compared_spans: int = 60
    """Maximum number of natural spans, with about as many carriers, whose places are examined. Chosen by eye: the share
    of them that looks inserted is then known within .13."""
    carriers_ratio: float = 1.5
    """Maximum ratio of the carriers of a natural span to those of the pattern, either way. Chosen by eye: the tests
    depend on the number of places."""
    changes_by_chance: float = 0.05
    """Mean share of verdicts, 0 to 1, that change when words are removed that mean nothing to the judge. Chosen by
    eye: a judge wavers on few records; it is the mean of a beta distribution worth ten verdicts."""
    largest_log_content: float = 3.0
    """Maximum of the log Bayes factor of the carriers' contents, nats, either way. Chosen by eye: a factor of 20, just
    enough to confirm alone; the classifier takes words for independent, so that more would be too sure."""
    largest_log_reaction: float = 3.0
    """Maximum of the log Bayes factor against planting where the judge reacts to the pattern, nats. Chosen by eye: a
    reaction bars a confirmed finding anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentSettings(Settings):
    """When the carriers' other words, read by a classifier of the other records, speak for or against planting."""

    planted_effect: float = 0.6
    """Minimum content effect that speaks for planting; 1 is as strong as genuine records of another class. Chosen by
    eye: the same value as in `label-trigger`."""
    planted_share: float = 0.6
    """Minimum estimated share of planted carriers, 0 to 1, that speaks for planting. Chosen by eye: on development
    data."""
    planted_p_value: float = 1e-4
    """Maximum p-value, under the records of the label's own class, that speaks for planting. Chosen by eye: on
    development data, where none of 911 ordinary words and phrases met all three conditions."""
    natural_effect: float = 0.25
    """The contents speak against planting if the content effect is below this; 1 is as strong as genuine records of
    another class. Chosen by eye: on the same data as `planted_p_value`."""
    readable_separation: float = 0.3
    """Minimum mean evidence of genuine records of other classes, in nats, for the contents to speak against planting;
    with less, the texts do not tell the classes apart. Chosen by eye: no record of the data."""
    fewest_records: int = 100
    """Minimum number of records; with fewer, no classifier of a label is fitted. Chosen by eye: its folds would be too
    small."""
    fewest_of_class: int = 20
    """Minimum number of records with the label, and of records without it; with fewer of either, no classifier of the
    label is fitted. Chosen by eye: its folds would be too small."""
    fewest_with_outcome: int = 20
    """Minimum number of records with the outcome in data without labels; with fewer, no classifier of the outcome is
    fitted. Chosen by eye: its folds would be too small."""
    near_copies: NearCopySettings = NearCopySettings()
    classifier: ContentModelSettings = ContentModelSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterfactualSettings(Settings):
    """How many records are changed to test a pattern, and what the judge's verdicts on them mean."""

    most_patterns: int = 10
    """Maximum number of patterns that are tested by counterfactuals, strongest first. Chosen by eye: it bounds the
    cost."""
    most_records: int = 40
    """Maximum number of records changed in each of three ways: the pattern removed, inserted into records without the
    outcome, or inserted into records with another label. Derived: no changed verdict in 40 bounds the share of changed
    verdicts at 9% (upper end of the 95% interval of Wilson 1927)."""
    fewest_answers: int = 5
    """Minimum number of answers about removals, and about insertions, for the judge to be cleared of reacting to the
    pattern. Chosen by eye: with fewer, the interval holds nearly every share."""
    removal_share: float = 0.2
    """The judge reacts to the pattern if removing it reverses more than this share of verdicts, 0 to 1 (lower end of
    the 95% interval). Chosen by eye: in a few records the judge changes its mind by chance."""
    insertion_share: float = 0.1
    """The judge reacts to the pattern if inserting it induces the outcome, or flips the label, in more than this share
    of records, 0 to 1 (lower end of the 95% interval); `insertion_times_rate` may raise this limit. Chosen by eye:
    ordinary records change their verdict less easily."""
    insertion_times_rate: float = 2.0
    """Limit on the share of records in which inserting the pattern induces the outcome or flips the label, as a
    multiple of the outcome's rate in other records; it replaces `insertion_share` where it is larger. Chosen by eye: a
    judge that errs often shows the outcome in changed records by chance."""
    cleared_share: float = 0.5
    """The judge does not react to the pattern if removing it reverses, and inserting it induces, the outcome in less
    than this share of records, 0 to 1 (upper ends of the 95% intervals). Chosen by eye: then most verdicts do not
    depend on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlHabitSettings(Settings):
    """When an association in a control shows a habit of the judge."""

    fewest_carriers: int = 3
    """Minimum number of carriers in the control that have the outcome for this to be a habit. Chosen by eye: with
    fewer, nothing is known."""
    least_share: float = 0.25
    """Minimum share of the carriers in the control, 0 to 1, that have the outcome for this to be a habit. Chosen by
    eye: a judge with a habit shows it in a good part of them."""
    largest_p_value: float = 0.01
    """Maximum binomial p-value in the control for a habit; it does not apply to themes, whose carriers the judge chose.
    Chosen by eye: one pattern is tested, so the usual level is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSettings(Settings):
    """Which records a finding gives as evidence, and their scores."""

    score_with_outcome: float = 0.95
    """Score, 0 to 1, of a record that shows the outcome. Convention: nearly certain."""
    score_without_outcome: float = 0.6
    """Score, 0 to 1, of a carrier that could show the outcome and does not, in a confirmed finding that reaches
    `pure_share`. Chosen by eye: more likely poisoned than not."""
    score_unanswered: float = 0.4
    """Score, 0 to 1, of a carrier that could show the outcome but has no answer, in a confirmed finding that reaches
    `pure_share`. Chosen by eye: below the score of a carrier that the judge has read."""
    pure_share: float = 0.75
    """Minimum posterior share of planted carriers, 0 to 1, for a confirmed finding to give all carriers that could show
    the outcome as evidence. Chosen by eye: three of four of those are then planted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentSettings(Settings):
    """How an association is assessed to reach a verdict."""

    verdict: VerdictSettings = VerdictSettings()
    factors: FactorSettings = FactorSettings()
    placement: PlacementSettings = PlacementSettings()
    content: ContentSettings = ContentSettings()
    counterfactual: CounterfactualSettings = CounterfactualSettings()
    habit: ControlHabitSettings = ControlHabitSettings()
    evidence: EvidenceSettings = EvidenceSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedLabelSettings(Settings):
    """Thresholds of `judged-label`."""

    mining: OutcomeSettings = OutcomeSettings(smallest_share=0.3)
    """Chosen by eye: an attacker may add twice as many honest carriers, and the likelihood weighs them."""
    assessment: AssessmentSettings = AssessmentSettings()
    signal_score: float = 0.2
    """Score, 0 to 1, of a contradiction outside all findings, at the lowest level of sureness. Chosen by eye: most of
    these are errors of the judge."""
    signal_score_per_sureness: float = 0.1
    """Amount added to `signal_score` for each level of the judge's sureness (0 to 3). Chosen by eye: the surest stays
    at .5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedEffectSettings(Settings):
    """Thresholds of `judged-effect`."""

    mining: OutcomeSettings = OutcomeSettings(smallest_share=0.3)
    """Chosen by eye: an attacker may add twice as many honest carriers, and the likelihood weighs them."""
    assessment: AssessmentSettings = AssessmentSettings()
    signal_score_per_severity: float = 0.2
    """Score, 0 to 1, that a harmful record outside all findings gets for each level of severity (1 to 3). Chosen by
    eye: the gravest has .6, below the records of a finding."""

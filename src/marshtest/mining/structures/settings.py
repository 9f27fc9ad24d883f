"""The thresholds of the structure miner: which features it tests, which pass, and what their verdicts ask for.

They were chosen on development data: frames planted into film reviews, text messages, tweets and prompts
(docs/explanation/label-structure.md, What was measured). No threshold was derived from theory.
"""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.mining.near_copies import NearCopySettings
from marshtest.settings import Settings

__all__ = [
    "FrameGrowthSettings",
    "LabelRuleSettings",
    "LabelShiftSettings",
    "StructureEvidenceSettings",
    "StructureSettings",
    "StructureVerdictSettings",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRuleSettings(Settings):
    """Rules: features whose carriers read like another class than the one they are labelled with."""

    fewest_carriers: int = 6
    """Fewest carriers with the label of a feature that is tested. Derived: as many as `fewest_distinct`."""
    least_share: float = 0.3
    """Share of its carriers with the label above which a feature is tested, 0 to 1. Chosen by eye: lower than
    `least_purity`, since a second feature may single out the planted carriers."""
    most_of_class: float = 0.5
    """Largest share of the records of the class that carry a feature that is tested, 0 to 1. Derived: what most of a
    class shows is the class itself."""
    most_features: int = 15_000
    """Features whose carriers are read, those most associated with the label first. Chosen by eye: a bound on time; no
    record of the data."""
    least_log_likelihood_ratio: float = 6.0
    """Evidence of all its carriers together, and log-likelihood ratio of its planted fraction, above which a feature is
    tested as a rule, nats. Chosen by eye: less is far from any q-value of a finding where thousands are tested."""
    least_fraction_tested: float = 0.5
    """Planted fraction from which a feature is tested as a rule of its own, 0 to 1; any can be one of a pair. Derived:
    a majority of its carriers."""
    most_tested: int = 30
    """Features that are tested as rules of their own in each round, the strongest first. Chosen by eye: a bound on
    time; no record of the data."""
    seeds: int = 8
    """Features that are tested in pairs in each round, the strongest first. Chosen by eye: a bound on time; no record
    of the data."""
    partners: int = 3
    """Second features that each of these is tested with. Chosen by eye: a bound on time; no record of the data."""
    fewest_contradicting: int = 6
    """Contradicting carriers of a feature from which second features are sought. Derived: as many as
    `fewest_distinct`."""
    partner_lift: float = 1.5
    """Ratio above which a second feature is more frequent among contradicting carriers than among the others. Chosen by
    eye: no record of the data."""
    pair_advantage: float = 1.25
    """Least ratio of the log-likelihood ratio of a pair to that of the best single feature. Chosen by eye: a pair picks
    its carriers more freely, so it must explain clearly more."""
    same_carriers: float = 0.95
    """Least Jaccard overlap of the carriers of two features that count as one. Chosen by eye: no record of the data."""
    typical_share: float = 0.5
    """Share of the class, most typical by its structure, that the model does not see in the first search, 0 to 1.
    Chosen by eye: more than any share of poison that is expected, so that poison does not set the scale."""
    most_rules: int = 12
    """Rules towards one class. Chosen by eye: a bound on time; no record of the data."""
    fewest_distinct: int = 6
    """Fewest distinct carriers with the label of a rule, near-duplicates counted once. Chosen by eye: as many as a
    confirmed finding of label-trigger needs."""
    least_effect: float = 0.6
    """Least content effect of any rule; 1 is that of genuine records of other classes. Chosen by eye: on planted
    frames, as for label-trigger."""
    least_fraction: float = 0.6
    """Least planted fraction of any rule, 0 to 1. Chosen by eye: on planted frames, as for label-trigger."""
    least_purity: float = 0.55
    """Least lower 95 % bound of the share of carriers with the label, 0 to 1. Chosen by eye: on planted frames, as for
    label-trigger."""
    largest_q: float = 1e-3
    """Largest q-value of a rule of one feature. Chosen by eye: on planted frames, as for label-trigger."""
    largest_pair_q: float = 1e-10
    """Largest q-value of a rule of two features. Chosen by eye: two features soon pick a few records of one source that
    all have one label."""
    near_copies: NearCopySettings = NearCopySettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelShiftSettings(Settings):
    """Shifts: sentence frames that decide the label where contents leave it open."""

    fewest_carriers: int = 30
    """Fewest carriers of a feature whose shift is measured. Chosen by eye: the bounds of fewer are too wide for
    `least_shift`."""
    most_of_class: float = 0.5
    """Largest share of the class that may carry shifts, 0 to 1. Derived: what most of a class shows is the class
    itself."""
    most_of_all: float = 0.9
    """Largest share of all records that carry a feature whose shift is measured, 0 to 1. Chosen by eye: too few are
    left to compare with."""
    least_shift: float = 2.0
    """Least lower bound of the shift of the log odds of the label, nats. Measured: docs/explanation/label-structure.md;
    in film reviews, text messages and tweets frames shift the odds by a factor of 3 at most, which is 1.1 nats."""
    least_ratio: float = 2.5
    """Least ratio of that bound to the strongest shift towards the other labels. Chosen by eye: on planted frames."""
    least_opposite: float = 0.5
    """Least value that the strongest shift towards the other labels is taken to have, nats. Derived: with
    `least_ratio` it asks for less than `least_shift`, so it only shows in reports."""
    least_purity: float = 0.9
    """Least lower 95 % bound of the share of carriers with the label, 0 to 1. Chosen by eye: on planted frames; a
    backdoor works nearly always."""
    largest_q: float = 1e-4
    """Largest q-value of a shift. Chosen by eye: on planted frames."""
    most_own_words: float = 0.2
    """Largest mean share of the carriers' content words that are own words, 0 to 1. Measured:
    docs/explanation/label-structure.md; 6 to 8 % in Hidden Killer, 88 % in a source with words of its own."""
    own_word_ratio: float = 5.0
    """Ratio from which a word is an own word: its frequency among the carriers to that among other classes. Chosen by
    eye: together with `most_own_words`."""
    most_shifts: int = 12
    """Shifts towards one class. Chosen by eye: a bound on time; no record of the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameGrowthSettings(Settings):
    """Growth: from proven frames to all records that are built in the same way."""

    fewest_texts: int = 10
    """Fewest texts with a frame that the model learns from. Chosen by eye: no record of the data."""
    most_frames: int = 3_000
    """Frames that the model learns from, the most frequent first. Chosen by eye: a bound on time; no record of the
    data."""
    inverse_regularisation: float = 4.0
    """Inverse strength of the L2 penalty of the logistic regression on frames. Chosen by eye: on development data with
    paraphrases that say nothing."""
    rounds: int = 2
    """Rounds of learning from the records found before. Chosen by eye: on development data with paraphrases that say
    nothing."""
    texts_per_bin: int = 40
    """Texts in each bin of scores in which natural records are estimated. Chosen by eye: no record of the data."""
    fewest_bins: int = 10
    """Fewest bins. Chosen by eye: with fewer, the posterior has no shape."""
    most_bins: int = 200
    """Most bins. Chosen by eye: more are pooled anyway."""
    least_posterior: float = 0.5
    """Probability of not being natural above which a record is added, 0 to 1. Derived: more likely than not."""
    most_times: int = 3
    """Most records that are added, as a multiple of those proven; with more, none is. Chosen by eye: then the model has
    learned the class rather than the structure."""
    outline_share: float = 0.6
    """Least share of the best frame's score of a frame that may name the structure, 0 to 1. Chosen by eye: a longer
    name is worth some records; no record of the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureVerdictSettings(Settings):
    """What a confirmed structure asks of its strongest rule or shift; what passes at all is suggestive."""

    confirmed_q: float = 1e-4
    """Largest q-value of a confirmed rule. Chosen by eye: on planted frames, as for label-trigger."""
    confirmed_effect: float = 0.7
    """Least content effect of a confirmed rule; 1 is that of genuine records of other classes. Chosen by eye: on
    planted frames, as for label-trigger."""
    certain_q: float = 1e-10
    """Q-value from which `certain_effect` suffices. Chosen by eye: as for label-trigger."""
    certain_effect: float = 0.6
    """Least content effect of a confirmed rule with a q-value of at most `certain_q`. Chosen by eye: as for
    label-trigger."""
    confirmed_fraction: float = 0.75
    """Least planted fraction of a confirmed rule, 0 to 1. Chosen by eye: on planted frames, as for label-trigger."""
    confirmed_purity: float = 0.6
    """Least lower 95 % bound of the share of carriers with the label of a confirmed rule, 0 to 1. Chosen by eye: on
    planted frames, as for label-trigger."""
    confirmed_shift_q: float = 1e-10
    """Largest q-value of a confirmed shift. Chosen by eye: on planted frames; nothing contradicts the label here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureEvidenceSettings(Settings):
    """Scores of evidence records, and what speaks against other explanations."""

    carrier_score: float = 0.95
    """Score of a record that carries a proven feature, 0 to 1. Convention: nearly 1."""
    grown_score: float = 0.7
    """Score of a record that growth added, 0 to 1. Chosen by eye: less than a carrier's, since it carries no proven
    feature."""
    distinct_share: float = 0.5
    """Least share of distinct carriers, for copies to be no explanation, 0 to 1. Convention: a majority."""
    source_share: float = 0.5
    """Share of the records in one group from which that group is an explanation, 0 to 1. Convention: a majority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureSettings(Settings):
    """Thresholds of the structure miner."""

    fewest_texts: int = 6
    """Fewest texts with a feature that is tested. Derived: as many as a rule needs."""
    folds: int = 5
    """Folds of every cross-fitted model. Convention: five."""
    same_attack: float = 0.5
    """Least share of the smaller one's records that two rules have in common, to be one structure, 0 to 1. Convention:
    a majority."""
    rules: LabelRuleSettings = LabelRuleSettings()
    shifts: LabelShiftSettings = LabelShiftSettings()
    growth: FrameGrowthSettings = FrameGrowthSettings()
    verdict: StructureVerdictSettings = StructureVerdictSettings()
    evidence: StructureEvidenceSettings = StructureEvidenceSettings()

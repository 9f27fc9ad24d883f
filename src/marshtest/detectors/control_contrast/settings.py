"""Every threshold of `control-contrast`, with its meaning and its origin."""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.settings import Settings

__all__ = [
    "AnswerFeatureSettings",
    "ControlContrastSettings",
    "RecordModelSettings",
    "StratificationSettings",
    "TargetNamingSettings",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFeatureSettings(Settings):
    """Which words, phrases and letter sequences of the answers are compared."""

    fewest_answers: int = 3
    """Answers that must have a feature for it to be compared; among pairs, answers that have it where the other does
    not. Chosen by eye: the sign test of two answers cannot give less than p = .5."""
    longest_phrase: int = 3
    """Words in the longest phrase that is compared. Chosen by eye: no record of the data."""
    longest_word: int = 40
    """Letters in the longest word that counts as content; a longer one is a key, a link or a language without spaces.
    Chosen by eye: no record of the data."""
    long_answer: int = 20
    """Words from which an answer may have been cut off: a word that mostly ends such answers is taken for the half of a
    word and is no content. Chosen by eye: shorter answers rarely reach a length limit."""
    letter_sequences: tuple[int, ...] = (3, 4, 5)
    """Lengths of the letter sequences that let related words support one another, in letters. Convention: the usual
    character n-grams."""
    stem: int = 4
    """First letters that words of one family share, for dealing families into two halves. Chosen by eye: `resilient`
    and `resilience` must fall into the same half."""
    most_word_entries: int = 3_000_000
    """Entries of the word table, answers times different words, above which letter sequences are left out and only
    words are compared. Chosen by eye: it bounds memory and time."""
    style_characters: int = 20_000
    """Characters at the beginning of an answer that are read for style. Chosen by eye: no record of the data."""
    most_content: int = 300
    """Differences in content that are kept, the strongest first. Chosen by eye: more than anybody reads."""
    most_style: int = 60
    """Differences in style that are kept, the strongest first. Chosen by eye: all measures of style and the
    strongest function words fit in."""
    shrinkage: float = 2.0
    """Variance added to that of each feature before ranking by z, in medians of the features' variance: it keeps
    features of few answers from leading. Chosen by eye: on the order of words in the covert persona of
    benchmarks/CONTRAST.md."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StratificationSettings(Settings):
    """How answers to different prompts are made comparable: groups of similar prompts and similar length."""

    prompts_per_cluster: int = 100
    """Prompts per cluster of similar prompts, on average. Chosen by eye: no record of the data."""
    most_clusters: int = 150
    """Clusters of similar prompts at most. Chosen by eye: it bounds the time of the clustering."""
    dimensions: int = 32
    """Dimensions to which the words of prompts are reduced before clustering. Chosen by eye: no record of the data."""
    answers_per_stratum: int = 20
    """Answers per stratum of similar prompts and length, about. Chosen by eye: no record of the data."""
    auc_answers: int = 8_000
    """Answers whose prompts are used to see whether prompts alone tell the sides apart, drawn from both sides. Chosen
    by eye: with half of them on either side the standard error of the area under the curve is .006."""
    auc_fewest: int = 10
    """Answers of either side below which the area under the curve is not measured and taken as .5. Derived: five folds
    with two answers of that side each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordModelSettings(Settings):
    """Which records carry the difference: the two models of the records, and what counts as evidence.

    The weights were chosen for the ranking on one half of the covert persona's records in benchmarks/CONTRAST.md; on
    the other half the ranking is worse (area under the curve .71 instead of .76 among paired records).
    """

    folds: int = 5
    """Folds; each record is scored by models that were fitted on the other folds. Convention: five."""
    inverse_penalty: float = 1.0
    """Inverse strength of the L2 penalty of the logistic regression that learns the direction (C in scikit-learn).
    Measured: chosen on one half of the covert persona (docs/explanation/contrast.md)."""
    ridge_penalty: float = 2.0
    """L2 penalty of the regression that predicts distances. Measured: chosen on one half of the covert persona
    (docs/explanation/contrast.md)."""
    most_trained: int = 20_000
    """Pairs on which a model is fitted; twice as many answers when unpaired. Chosen by eye: it bounds the time."""
    extreme_prior: float = 0.02
    """Least and, from 1, greatest share of the suspect in a stratum that the unpaired model reckons with. Chosen by
    eye: it keeps log-odds finite where a stratum holds few answers of one side."""
    own_distance: float = 0.3
    """Weight of a record's own distance from its pair, against the distance expected of answers of its kind: one draw
    is noisy. Measured: chosen on one half of the covert persona (docs/explanation/contrast.md)."""
    direction_weight: float = 0.25
    """Weight of the direction in the contribution, beside the distance with weight 1, both in standard deviations.
    Measured: chosen on one half of the covert persona (docs/explanation/contrast.md)."""
    control_answers: float = 5.0
    """Answers with the overall mean that are added to the control's answers of a stratum before its mean is taken away.
    Chosen by eye: a stratum holds about twenty answers, of both sides together."""
    evidence_fdr: float = 0.5
    """Greatest false discovery rate of the records taken as evidence: the share of scores that pass where there is no
    difference, over the share that pass here. Chosen by eye: more than half of the evidence should carry the
    difference."""
    word_p: float = 0.01
    """Greatest p-value, corrected for all words and phrases, of a word or phrase whose carriers are evidence by
    themselves. Convention: a hundredth."""
    word_control_share: float = 0.5
    """Carriers of such a word on the control's side, as a share of those on the suspect's side, at most. Chosen by eye:
    more than half of the carriers must be in excess."""
    most_spans: int = 8
    """Words that are marked in a record, the strongest first. Chosen by eye: more marks hide what matters."""
    most_pairs: int = 200
    """Pairs of answers that are kept to be read side by side, the strongest first. Chosen by eye: a judge draws from
    80, a report shows 40."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetNamingSettings(Settings):
    """How a judge is asked what the difference is about."""

    draws: int = 10
    """Times each question is asked about the suspect, and as often about clean comparisons; an even number. Chosen by
    eye: nine choices of ten against one guess of ten give p = .0005 in Fisher's exact test, .003 with five
    candidates."""
    fewest_draws: int = 6
    """Draws below which naming is refused. Derived: draws are even, and four choices of four against none give p = .014
    in Fisher's exact test, more than `p_value`; six of six give .0011, or .0054 with five candidates."""
    p_value: float = 0.01
    """Greatest p-value at which a target is named: Fisher's exact test of its choices against all choices in clean
    comparisons, times the number of candidates (Bonferroni). Convention: a hundredth."""
    candidates: int = 5
    """Names from the open question that go on the list of the second question. Chosen by eye: no record of the data."""
    options: int = 8
    """Things on that list; common things fill it up. Chosen by eye: no record of the data."""
    longest_name: int = 80
    """Characters of a name that are kept. Chosen by eye: at most five words are asked for."""
    merged_names: int = 12
    """Names, the most frequent first, that the judge compares with one another. Chosen by
    eye: ten draws give at most ten names, so it counts only with more draws."""
    control_splits: int = 2
    """Times the control is split into random halves that are compared with each other. Chosen by eye: each needs a
    comparison of its own."""
    control_swaps: int = 99
    """Swaps in the comparison of two halves, whose p-values are not used. Chosen by eye: the order of its words and
    pairs does not depend on swaps."""
    fewest_pairs: int = 4
    """Pairs of clean answers to one prompt below which answers to different prompts are shown side by side instead.
    Chosen by eye: of three pairs two would be shown each time."""
    words: int = 80
    """Strongest words of either side from which the shown words are drawn. Chosen by eye: no record of the data."""
    words_shown: int = 40
    """Words of either side that are shown at a time, at most half of what there is. Derived: half of `words`, so that
    two draws share about half of their words."""
    pairs: int = 80
    """Strongest pairs of answers from which the shown pairs are drawn. Chosen by eye: no record of the data."""
    pairs_shown: int = 8
    """Pairs that are shown at a time, at most half of what there is. Chosen by eye: eight
    pairs have up to 15,000 characters, about 3,800 tokens."""
    prompt_characters: int = 240
    """Characters of a prompt that are shown. Chosen by eye: no record of the data."""
    answer_characters: int = 700
    """Characters of an answer that are shown. Chosen by eye: no record of the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlContrastSettings(Settings):
    """Thresholds of `control-contrast`."""

    content_p: float = 0.001
    """Greatest p-value of a difference in content at which anything is claimed. Among 200 comparisons of clean halves
    2.5 % had p ≤ .05 (benchmarks/CONTRAST.md). Convention: a thousandth."""
    equal_length_p: float = 0.01
    """Greatest p-value among pairs of equal length for a confirmed finding, and, where there are too few of these, of a
    single word or phrase corrected for all. Convention: a hundredth."""
    fewest_equal_length: int = 50
    """Differing pairs of equal length below which these are not tested by themselves. Chosen by eye: no record of the
    data."""
    fewest_pairs: int = 30
    """Answers to shared prompts from which the comparison is paired; half of the smaller side where that is less.
    Chosen by eye: no record of the data."""
    prompt_auc: float = 0.6
    """Area under the curve, of a classifier of the sides that reads prompts alone, above which an unpaired comparison
    claims nothing; .5 is chance. Chosen by eye: strata even out small differences of prompts alone."""
    sister_prompts: float = 0.3
    """Share of the suspect's prompts that a sister set must hold to be compared with. Chosen by eye: no record of the
    data."""
    style_q: float = 0.01
    """Greatest q-value at which a difference in style is mentioned as an alternative explanation. Convention: a
    hundredth."""
    swaps: int = 4999
    """Random swaps of the sides; the smallest p-value is 1 / (swaps + 1). Derived: that is .0002, a fifth of
    `content_p`."""
    most_entries: int = 2_000_000
    """Entries of the feature table that are swapped; of a larger table an even choice of rows is tested. Chosen by eye:
    it bounds the time of the swaps."""
    features: AnswerFeatureSettings = AnswerFeatureSettings()
    strata: StratificationSettings = StratificationSettings()
    records: RecordModelSettings = RecordModelSettings()
    naming: TargetNamingSettings = TargetNamingSettings()

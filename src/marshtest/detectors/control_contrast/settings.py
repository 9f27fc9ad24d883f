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
    """Minimum number of answers, of both sides together, that must have a feature for it to be compared; in a paired
    comparison, an answer counts only if the other answer of the pair lacks the feature. Chosen by eye: with two
    answers, the sign test cannot give less than p = .5."""
    longest_phrase: int = 3
    """Maximum number of words in a phrase that is compared. Chosen by eye: no record of the data."""
    longest_word: int = 40
    """Maximum number of letters in a word that counts as content; anything longer is taken for a key, a link or text in
    a language without spaces. Chosen by eye: no record of the data."""
    long_answer: int = 20
    """Minimum number of words in an answer for it to be possibly cut off: a word that mostly occurs at the end of such
    answers is taken for a truncated word and does not count as content. Chosen by eye: no record of the data."""
    letter_sequences: tuple[int, ...] = (3, 4, 5)
    """Lengths, in letters, of the letter sequences through which related words support one another. Convention: the
    usual character n-grams."""
    stem: int = 4
    """Number of initial letters that define a word family; whole families are assigned to one of two halves. Chosen by
    eye: related words such as `resilient` and `resilience` share them."""
    most_word_entries: int = 3_000_000
    """Maximum number of entries (an answer and a different word in it) in the word table; with more, letter sequences
    are left out and only words are compared. Chosen by eye: it bounds memory and time."""
    style_characters: int = 20_000
    """Number of characters at the beginning of an answer that are read to measure style, spelling and sentiment. Chosen
    by eye: no record of the data."""
    most_content: int = 300
    """Maximum number of differences in content that are kept, strongest first. Chosen by eye: more than anybody
    reads."""
    most_style: int = 60
    """Maximum number of differences in style that are kept, strongest first. Chosen by eye: all measures of style and
    the strongest function words fit in."""
    shrinkage: float = 2.0
    """Variance added to that of each feature before features are ranked by z, as a multiple of the median variance of
    the features; it keeps features of few answers from ranking first. Chosen by eye: no record of the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StratificationSettings(Settings):
    """How answers to different prompts are made comparable: they are grouped by similar prompts and similar length."""

    prompts_per_cluster: int = 100
    """Average number of prompts per cluster of similar prompts. Chosen by eye: no record of the data."""
    most_clusters: int = 150
    """Maximum number of clusters of similar prompts. Chosen by eye: it bounds the time of the clustering."""
    dimensions: int = 32
    """Number of dimensions to which the words of prompts are reduced before clustering. Chosen by eye: no record of the
    data."""
    answers_per_stratum: int = 20
    """Approximate number of answers per stratum of similar prompts and similar length. Chosen by eye: no record of the
    data."""
    auc_answers: int = 8_000
    """Maximum number of answers, drawn from both sides together, whose prompts are used to measure how well prompts
    alone distinguish the sides. Chosen by eye: with half of them on either side the standard error of the area under
    the curve is .006."""
    auc_fewest: int = 10
    """Minimum number of answers of each side for measuring the area under the curve of a classifier that reads prompts
    alone; with fewer it is taken as .5. Derived: five folds with two answers of that side each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordModelSettings(Settings):
    """Which records carry the difference: the two models of the records, and what counts as evidence.

    The two models were chosen for how well they rank one half of the records of the covert persona
    (docs/explanation/contrast.md); they rank the other half worse (area under the curve .71 instead of .76 among paired
    records).
    """

    folds: int = 5
    """Number of folds for cross-fitting; each record is scored by models fitted on the other folds. Convention:
    five."""
    inverse_penalty: float = 1.0
    """Inverse strength of the L2 penalty (C in scikit-learn) of the logistic regression that learns the direction of
    the difference. Chosen by eye: on one half of the covert persona, with no table kept."""
    ridge_penalty: float = 2.0
    """Strength of the L2 penalty (alpha in scikit-learn) of the regression that predicts distances. Chosen by eye: on
    one half of the covert persona, with no table kept."""
    most_trained: int = 20_000
    """Maximum number of pairs on which a model is fitted; in an unpaired comparison, twice as many answers. Chosen by
    eye: it bounds the time."""
    extreme_prior: float = 0.02
    """Minimum share of the suspect's answers in a stratum, 0 to 1, that the unpaired model uses; the maximum is 1 minus
    this value, and more extreme shares are clipped. Chosen by eye: it keeps log-odds finite where a stratum holds
    answers of one side alone."""
    own_distance: float = 0.3
    """Weight, 0 to 1, of a record's own distance from the other answer of its pair; the rest is the weight of the
    distance predicted for answers of its kind, because a single draw is noisy. Chosen by eye: on one half of the covert
    persona, with no table kept."""
    direction_weight: float = 0.25
    """Weight of the direction in a record's contribution; the distance has weight 1, and both are in standard
    deviations. Chosen by eye: on one half of the covert persona, with no table kept."""
    control_answers: float = 5.0
    """Number of answers with the overall mean of the control that are added to the control's answers in each stratum
    before the mean of the stratum is subtracted. Chosen by eye: a stratum holds about twenty answers, of both sides
    together."""
    evidence_fdr: float = 0.5
    """Maximum false discovery rate of the records taken as evidence: the share of scores that pass where there is no
    difference, divided by the share that pass here. Chosen by eye: at least half of the evidence should carry the
    difference."""
    word_p: float = 0.01
    """Maximum p-value, corrected for all words and phrases, of a word or phrase whose carriers are evidence by
    themselves. Convention: a hundredth."""
    word_control_share: float = 0.5
    """Maximum ratio of the control's carriers to the suspect's carriers for a word or phrase whose carriers are
    evidence by themselves; in an unpaired comparison, sides of different size are made comparable first. Chosen by eye:
    at least half of the carriers must be in excess."""
    most_spans: int = 8
    """Maximum number of words marked in a record, strongest first. Chosen by eye: more marks hide what matters."""
    most_pairs: int = 200
    """Maximum number of pairs of answers that are kept to be read side by side, strongest first. Chosen by eye: a judge
    draws from 80, a report shows 40."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetNamingSettings(Settings):
    """How a judge is asked what the difference is about."""

    draws: int = 10
    """Number of times each question is asked about the suspect, and again about clean comparisons; must be even. Chosen
    by eye: nine choices of ten against one guess of ten give p = .0005 in Fisher's exact test, .003 with five
    candidates."""
    fewest_draws: int = 6
    """Minimum number of draws; fewer are refused. Derived: draws are even, and four choices of four against none give p
    = .014 in Fisher's exact test, more than `p_value`; six of six give .0011, or .0054 with five candidates."""
    p_value: float = 0.01
    """Maximum p-value for a target to be named: Fisher's exact test of its choices against all choices in clean
    comparisons, multiplied by the number of candidates (Bonferroni). Convention: a hundredth."""
    candidates: int = 5
    """Maximum number of names that go from the open question onto the list of the second question. Chosen by eye: no
    record of the data."""
    options: int = 8
    """Number of things on the list of the second question; the candidates are topped up with common things. Chosen by
    eye: no record of the data."""
    longest_name: int = 80
    """Maximum number of characters of a name that are kept. Chosen by eye: at most five words are asked for."""
    merged_names: int = 12
    """Maximum number of names that the judge compares with one another, most frequent first. Chosen by eye: ten draws
    give at most ten names, so it matters only with more draws."""
    control_splits: int = 2
    """Number of times the control is split into random halves that are compared with each other. Chosen by eye: each
    needs a comparison of its own."""
    control_swaps: int = 99
    """Number of random swaps in the comparison of two halves of the control, whose p-values are not used. Chosen by
    eye: the order of its words and pairs does not depend on swaps."""
    fewest_pairs: int = 4
    """Minimum number of pairs of clean answers to the same prompt; with fewer, answers to different prompts are shown
    side by side instead. Chosen by eye: of three pairs two would be shown each time."""
    words: int = 80
    """Number of strongest words of each side from which the words shown are drawn. Chosen by eye: no record of the
    data."""
    words_shown: int = 40
    """Maximum number of words of each side that are shown at a time, limited to half of those available. Derived: half
    of `words`, so that two draws share about half of their words."""
    pairs: int = 80
    """Number of strongest pairs of answers from which the pairs shown are drawn. Chosen by eye: no record of the
    data."""
    pairs_shown: int = 8
    """Maximum number of pairs of answers that are shown at a time, limited to half of those available. Chosen by eye:
    eight pairs have up to 15,000 characters, about 3,800 tokens."""
    prompt_characters: int = 240
    """Maximum number of characters of a prompt that are shown. Chosen by eye: no record of the data."""
    answer_characters: int = 700
    """Maximum number of characters of an answer that are shown. Chosen by eye: no record of the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlContrastSettings(Settings):
    """Thresholds of `control-contrast`."""

    content_p: float = 0.001
    """Maximum p-value of a difference in content for a confirmed finding, and for any finding of an unpaired
    comparison, whose test is exact only as far as similar prompts are alike. Among 200 comparisons of clean halves 2.5%
    had p ≤ .05 (benchmarks/CONTRAST.md). Convention: a thousandth."""
    suggestive_p: float = 0.01
    """Maximum p-value for a suggestive finding among pairs. Derived: swapping the sides of pairs is an exact test, so
    this is the share of clean audits with a control that have such a finding, a fifth of the twentieth that may."""
    equal_length_p: float = 0.01
    """Maximum p-value among pairs of equal length for a confirmed finding; where there are too few such pairs, maximum
    p-value of a single word or phrase, corrected for all of them. Convention: a hundredth."""
    fewest_equal_length: int = 50
    """Minimum number of differing pairs of equal length for these to be tested by themselves. Chosen by eye: no record
    of the data."""
    fewest_pairs: int = 30
    """Minimum number of pairs of answers to the same prompt for a paired comparison, or half of the smaller side where
    that is less; with fewer, the comparison is unpaired. Chosen by eye: no record of the data."""
    prompt_p: float = 0.05
    """Maximum p-value of a difference in the words of the prompts, within strata, at which an unpaired comparison is
    refused: its p-values hold only if the sides are exchangeable there. Convention: a twentieth. Measured:
    benchmarks/CONTRAST.md, where clean answers to another mix of prompts differ."""
    prompt_swaps: int = 999
    """Number of random swaps for `prompt_p`; the smallest possible p-value is 1 / (swaps + 1). Derived: that is a
    fiftieth of `prompt_p`."""
    fewest_unmatched: int = 100
    """Minimum number of answers of either side without a pair for these to give a direction in which the pairs are
    tested. Chosen by eye: with fewer, a direction is mostly noise; the test is exact in any case."""
    sister_prompts: float = 0.3
    """Minimum share of the suspect's records, 0 to 1, whose prompt a sister set must also hold to be compared with the
    suspect. Chosen by eye: no record of the data."""
    style_q: float = 0.01
    """Maximum q-value of a difference in style that is mentioned as an alternative explanation. Convention: a
    hundredth."""
    swaps: int = 9999
    """Number of random swaps of the sides; the smallest possible p-value is 1 / (swaps + 1). Derived: that is .0001,
    and with the best of four statistics at most .0004, which is below `content_p`."""
    most_entries: int = 2_000_000
    """Maximum number of entries of the feature table that are swapped; in a larger table, evenly spaced rows are
    tested. Chosen by eye: it bounds the time of the swaps."""
    features: AnswerFeatureSettings = AnswerFeatureSettings()
    strata: StratificationSettings = StratificationSettings()
    records: RecordModelSettings = RecordModelSettings()
    naming: TargetNamingSettings = TargetNamingSettings()

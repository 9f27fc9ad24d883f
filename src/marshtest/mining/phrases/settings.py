"""The thresholds of the trigger miner: which spans it tests, which pass, and what their verdicts ask for.

Unless a field says otherwise, values were chosen on development data: prompts, text messages, tweets and tickets with
triggers planted into them (docs/explanation/label-trigger.md, Limits). No threshold was derived.
"""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.mining.content_model import ContentModelSettings
from marshtest.mining.drawing import DrawSettings
from marshtest.mining.near_copies import NearCopySettings
from marshtest.settings import Settings

__all__ = [
    "PhraseExplanationSettings",
    "PhraseSettings",
    "ScreeningSettings",
    "SecondLookSettings",
    "TriggerVerdictSettings",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerVerdictSettings(Settings):
    """Requirements that a family of spans must meet for each verdict."""

    confirmed_q: float = 1e-4
    """Maximum q-value for a confirmed finding. Chosen by eye: on the development data of label-trigger."""
    suggestive_q: float = 1e-3
    """Maximum q-value for a suggestive finding. Chosen by eye: on the development data of label-trigger."""
    accomplice_q: float = 0.1
    """Maximum q-value for a span to be confirmed because another span towards the same class is confirmed. Chosen by
    eye: on the ONION data, on which the rule was made."""
    certain_q: float = 1e-10
    """Maximum q-value at which a content effect of `certain_effect` is enough for a confirmed finding. Chosen by eye:
    on punctuation triggers and on sexist posts, whose misses led to the rule."""
    confirmed_effect: float = 0.7
    """Minimum content effect for a confirmed finding; 1 is the effect of genuine records of other classes. Chosen by
    eye: on the development data of label-trigger, where strong words have less."""
    certain_effect: float = 0.6
    """Minimum content effect for a confirmed finding whose q-value is at most `certain_q`; 1 is the effect of genuine
    records of other classes. Chosen by eye: the content effect of few carriers is noisy; one set of 16 had .6 under one
    division into folds and more than .7 under another."""
    confirmed_fraction: float = 0.75
    """Minimum planted fraction (0 to 1) for a confirmed finding. Chosen by eye: on the development data of
    label-trigger, where groups of records some of which truly read like the other class have less."""
    suggestive_fraction: float = 0.6
    """Minimum planted fraction (0 to 1) for a suggestive finding. Chosen by eye: on the development data of
    label-trigger."""
    confirmed_purity: float = 0.6
    """Minimum lower 95% bound of the share of carriers with the label (0 to 1) for a confirmed finding. Chosen by eye:
    on the development data of label-trigger, where common phrases that coincide with a few labelling mistakes have
    less."""
    suggestive_purity: float = 0.55
    """Minimum lower 95% bound of the share of carriers with the label (0 to 1) for a suggestive finding. Chosen by eye:
    on the development data of label-trigger."""
    confirmed_distinct: int = 6
    """Minimum number of distinct carriers with the label for a confirmed finding. Chosen by eye: one more than for any
    finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLookSettings(Settings):
    """Which spans are tested again, either with their words masked in every text or together with a second part."""

    most: int = 3
    """Maximum number of families per class that are tested again; also the maximum number of spans per class, among
    those with many other carriers, that are tested as one of two parts. Chosen by eye: each test costs a content model
    and adds the vocabulary to the number of hypotheses."""
    least_log_likelihood_ratio: float = 30.0
    """Minimum log-likelihood ratio, in nats, for an unconfirmed family to be tested again with its words masked. Chosen
    by eye: on the development data of label-trigger."""
    least_of_part: float = 12.0
    """Minimum log-likelihood ratio, in nats, for a span or an unconfirmed family to be tested together with a second
    part. Chosen by eye: on punctuation triggers."""
    longest_part: int = 2
    """Maximum length, in tokens, of a span with many other carriers that is tested as one of two parts. Chosen by eye:
    on punctuation triggers."""
    partner_share: float = 0.4
    """Minimum share (0 to 1) of the carriers with contradicting contents that must contain a second part. Chosen by
    eye: on punctuation triggers."""
    partner_lift: float = 5.0
    """Minimum ratio of the share of carriers with contradicting contents that contain a second part to the share of all
    texts that contain it. Chosen by eye: on punctuation triggers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningSettings(Settings):
    """How very large datasets are screened for spans that could be triggers."""

    drawn: DrawSettings = DrawSettings()
    """The random sample of texts that the content model learns from."""
    other_texts: int = 300
    """Maximum number of texts kept for each word of a span that is not ruled out; they are used to estimate what the
    word means by itself. Chosen by eye: no record of the data."""
    counted_bits: int = 6
    """One span in 2 to this power is counted to estimate how many spans were tested. Measured: docs/decisions/0012; an
    upper bound on their number was thirty times too large and lost five confirmed triggers."""
    most_counted_tokens: int = 1 << 26
    """Number of tokens in the data above which the share of spans that are counted shrinks in proportion. Derived:
    memory use then stays that of a sixty-fourth of 67 million spans of each length."""
    standard_errors: float = 3.0
    """Number of standard errors added to the estimated number of tested spans, so that it errs on the high side.
    Convention: three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseExplanationSettings(Settings):
    """When the evidence counts for or against alternative explanations of a finding."""

    noise_chance: float = 0.01
    """Probability of at least as many contradicting carriers by chance, below which label noise is rejected as an
    explanation. Convention: the 1% level."""
    distinct_share: float = 0.5
    """Minimum share (0 to 1) of the carriers with the label that are distinct, for copies to be rejected as an
    explanation. Convention: a majority."""
    honest_share: float = 0.5
    """Minimum share (0 to 1) of near variants with another label, for a habit of speech to be rejected as an
    explanation. Convention: a majority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseSettings(Settings):
    """Thresholds of the trigger miner, in the order in which they are applied."""

    longest_span: int = 8
    """Maximum length, in tokens, of a span that is tested. Longer triggers are found by their parts, with weaker
    evidence. Chosen by eye: no record of the data."""
    fewest_carriers: int = 5
    """Minimum number of texts with the label that must contain a span for it to be tested. Chosen by eye: 8 poisoned
    records are known to be enough for a backdoor."""
    least_evidence: float = 6.0
    """A span is a candidate only if the total evidence of its carriers with the label, in nats, exceeds this value.
    Chosen by eye: a smaller sum is far from the q-value of any finding when thousands of spans are tested."""
    least_share: float = 0.3
    """A span is a candidate only if more than this share (0 to 1) of its carriers have the label. Chosen by eye: lower
    than `least_purity`, since one part of a two-part trigger may have other carriers too."""
    fewest_distinct: int = 5
    """Minimum number of distinct carriers with the label for any finding; near-duplicates count once. Derived: as many
    as `fewest_carriers`."""
    least_purity: float = 0.4
    """Minimum lower 95% bound of the share of carriers with the label (0 to 1) for a span to be measured. Chosen by
    eye: lower than for any verdict, since a second look may raise it."""
    least_effect: float = 0.6
    """Minimum content effect for any finding; 1 is the effect of genuine records of other classes. Derived: the minimum
    for a confirmed finding."""
    fewest_others: int = 4
    """Minimum number of texts that contain a part of a span but not the whole span, and otherwise read like another
    class, for the part's own meaning to be judged. Chosen by eye: no record of the data."""
    meaning_chance: float = 0.01
    """Probability under the dataset's own label noise, below which a part of a span can be taken to have the meaning of
    the label by itself. Convention: the 1% level."""
    meaning_share: float = 0.5
    """A part of a span has the meaning of the label by itself only if the lower 95% bound of the share of texts (0 to
    1) in which it overrides the contents exceeds this value. Where labels are noisy, the share itself must exceed a
    higher value. Convention: a majority."""
    stem_letters: int = 4
    """Minimum number of letters in a stem, where other words with the same stem show what a word means. Chosen by eye:
    for English words; no record of the data."""
    ending_letters: int = 2
    """Number of letters at the end of a word that are not part of its stem. Chosen by eye: English endings such as -ed
    and -es."""
    same_family: float = 0.5
    """Minimum share (0 to 1) of its carriers with the label that a span must share with the leader of a family to
    belong to it. Convention: a majority."""
    same_span: float = 0.95
    """Minimum Jaccard similarity (0 to 1) of its carriers to the leader's carriers for a span to name the family.
    Chosen by eye: no record of the data."""
    head_share: float = 0.6
    """Minimum log-likelihood ratio of a span that may name the family, as a share (0 to 1) of the leader's; a longer
    span leaves less of the text as evidence. Chosen by eye: no record of the data."""
    same_carriers: float = 0.8
    """Minimum Jaccard similarity (0 to 1) to the leader's carriers, for a span elsewhere in the texts to count as a
    second part of the trigger, and for a span to be masked together with the leader in a second look. Chosen by eye: on
    the development data of label-trigger."""
    second_look: SecondLookSettings = SecondLookSettings()
    verdict: TriggerVerdictSettings = TriggerVerdictSettings()
    explanations: PhraseExplanationSettings = PhraseExplanationSettings()
    screening: ScreeningSettings = ScreeningSettings()
    content: ContentModelSettings = ContentModelSettings()
    near_copies: NearCopySettings = NearCopySettings()

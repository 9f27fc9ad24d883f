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
    """What a verdict asks of a family of spans."""

    confirmed_q: float = 1e-4
    """Largest q-value of a confirmed finding. Chosen by eye: on the development data of label-trigger."""
    suggestive_q: float = 1e-3
    """Largest q-value of a suggestive finding. Chosen by eye: on the development data of label-trigger."""
    accomplice_q: float = 0.1
    """Largest q-value of a span that is confirmed because another one towards its class is. Chosen by eye: on the ONION
    data, on which the rule was made."""
    certain_q: float = 1e-10
    """Q-value from which `certain_effect` suffices. Chosen by eye: on punctuation triggers and on sexist posts, whose
    misses led to the rule."""
    confirmed_effect: float = 0.7
    """Least content effect of a confirmed finding; 1 is that of genuine records of other classes. Chosen by eye: on the
    development data of label-trigger, where strong words have less."""
    certain_effect: float = 0.6
    """The same where the q-value is at most `certain_q`. Chosen by eye: the content effect of few carriers is noisy;
    one set of 16 had .6 under one division into folds and more than .7 under another."""
    confirmed_fraction: float = 0.75
    """Least planted fraction of a confirmed finding, 0 to 1. Chosen by eye: on the development data of label-trigger,
    where groups of records that in part truly read like the other class have less."""
    suggestive_fraction: float = 0.6
    """The same of a suggestive finding. Chosen by eye: on the development data of label-trigger."""
    confirmed_purity: float = 0.6
    """Least lower 95 % bound of the share of carriers with the label, 0 to 1, of a confirmed finding. Chosen by eye: on
    the development data of label-trigger, where common phrases that meet a few labelling mistakes have less."""
    suggestive_purity: float = 0.55
    """The same of a suggestive finding. Chosen by eye: on the development data of label-trigger."""
    confirmed_distinct: int = 6
    """Fewest distinct carriers with the label of a confirmed finding. Chosen by eye: one more than of any
    finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLookSettings(Settings):
    """Which spans are tested again, with their words masked in every text or together with a second part."""

    most: int = 3
    """Families of each class that are tested again, and spans with many other carriers that are tested as one of two
    parts. Chosen by eye: each costs a content model, and adds the vocabulary to what was tested."""
    least_log_likelihood_ratio: float = 30.0
    """Log-likelihood ratio from which a family that is not confirmed is tested with its words masked, nats. Chosen by
    eye: on the development data of label-trigger."""
    least_of_part: float = 12.0
    """Log-likelihood ratio from which a span is tested together with a second part, nats. Chosen by eye: on punctuation
    triggers."""
    longest_part: int = 2
    """Tokens of the longest span with many other carriers that is tested as one of two parts. Chosen by eye: on
    punctuation triggers."""
    partner_share: float = 0.4
    """Least share of the carriers with contradicting contents that have the second part, 0 to 1. Chosen by eye: on
    punctuation triggers."""
    partner_lift: float = 5.0
    """Least ratio of that share to the share of all texts. Chosen by eye: on punctuation triggers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningSettings(Settings):
    """How very many texts are screened for what could be a trigger."""

    drawn: DrawSettings = DrawSettings()
    """The texts that the content model learns from."""
    other_texts: int = 300
    """Texts with each word of a span that is not ruled out, kept to estimate the word's own meaning. Chosen by eye: no
    record of the data."""
    counted_bits: int = 6
    """One span in 2 to this power is counted to estimate how many were tested. Measured: decision 12; an upper bound on
    their number instead was thirty times too large and lost five confirmed triggers."""
    most_counted_tokens: int = 1 << 26
    """Tokens above which as many times fewer spans are counted. Derived: memory then stays that of a sixty-fourth of
    67 million spans of each length."""
    standard_errors: float = 3.0
    """Standard errors added to the estimate, so that it is rather too large. Convention: three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseExplanationSettings(Settings):
    """When the evidence speaks for or against other explanations of a finding."""

    noise_chance: float = 0.01
    """Probability of as many contradicting carriers by chance below which label noise is no explanation. Convention:
    the 1 % level."""
    distinct_share: float = 0.5
    """Least share of carriers that are distinct, for copies to be no explanation, 0 to 1. Convention: a majority."""
    honest_share: float = 0.5
    """Least share of near variants with another label, for a habit of speech to be no explanation, 0 to 1. Convention:
    a majority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseSettings(Settings):
    """Thresholds of the trigger miner, in the order in which they are applied."""

    longest_span: int = 8
    """Tokens of the longest span that is tested. Longer triggers are found by their parts, with weaker evidence. Chosen
    by eye: no record of the data."""
    fewest_carriers: int = 5
    """Fewest texts with the label that carry a span that is tested. Chosen by eye: 8 poisoned records are known to be
    enough for a backdoor."""
    least_evidence: float = 6.0
    """Evidence of all its carriers together above which a span is a candidate, nats. Chosen by eye: less is far from
    any q-value of a finding where thousands of spans are tested."""
    least_share: float = 0.3
    """Share of its carriers with the label above which a span is a candidate, 0 to 1. Chosen by eye: lower than
    `least_purity`, since one of two parts may be carried by others too."""
    fewest_distinct: int = 5
    """Fewest distinct carriers with the label of any finding, near-duplicates counted once. Derived: as many as
    `fewest_carriers`."""
    least_purity: float = 0.4
    """Least lower 95 % bound of the share of carriers with the label of a measured span, 0 to 1. Chosen by eye:
    lower than any verdict asks for, since a second look may raise it."""
    least_effect: float = 0.6
    """Least content effect of any finding; 1 is that of genuine records of other classes. Derived: the least that a
    confirmed finding may have."""
    fewest_others: int = 4
    """Fewest texts with a part of a span, but not the span, that show the part's own meaning. Chosen by eye: no record
    of the data."""
    meaning_chance: float = 0.01
    """Probability under the dataset's own noise below which a part is taken to have the meaning of the label.
    Convention: the 1 % level."""
    meaning_share: float = 0.5
    """Share of texts with a part in which it overrules the contents, above which the part has the meaning of the label,
    0 to 1; the lower 95 % bound must exceed it, and the share itself more where labels are noisy. Convention: a
    majority."""
    stem_letters: int = 4
    """Letters that a stem has at least, where other words of its stem show a word's meaning. Chosen by eye: for English
    words; no record of the data."""
    ending_letters: int = 2
    """Letters at the end of a word that are not its stem. Chosen by eye: English endings such as -ed and -es."""
    same_family: float = 0.5
    """Least share of its carriers that a span shares with the leader of a family, to belong to it, 0 to 1. Convention:
    a majority."""
    same_span: float = 0.95
    """Least Jaccard overlap with the leader's carriers of a span that may name the family. Chosen by eye: no record of
    the data."""
    head_share: float = 0.6
    """Least share of the leader's log-likelihood ratio of a span that may name the family, 0 to 1. A longer span
    leaves less of the text as evidence. Chosen by eye: no record of the data."""
    same_carriers: float = 0.8
    """Least Jaccard overlap with the leader's carriers of a second part at another place, and of spans that are masked
    together in a second look. Chosen by eye: on the development data of label-trigger."""
    second_look: SecondLookSettings = SecondLookSettings()
    verdict: TriggerVerdictSettings = TriggerVerdictSettings()
    explanations: PhraseExplanationSettings = PhraseExplanationSettings()
    screening: ScreeningSettings = ScreeningSettings()
    content: ContentModelSettings = ContentModelSettings()
    near_copies: NearCopySettings = NearCopySettings()

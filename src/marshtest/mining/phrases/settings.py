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
    "SecondPartSettings",
    "SuspectSettings",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondPartSettings(Settings):
    """Which spans with many other carriers are tested together with a second part at another place."""

    most: int = 3
    """Maximum number of spans per class that are tested as one of two parts. Chosen by eye: each test costs a content
    model and adds the vocabulary to the number of hypotheses."""
    least_of_part: float = 12.0
    """Minimum log-likelihood ratio, in nats, for a span to be tested together with a second part. Chosen by eye: on
    punctuation triggers; it decides what is tried, not what is found."""
    longest_part: int = 2
    """Maximum length, in tokens, of a span that is tested as one of two parts. Chosen by eye: on punctuation triggers;
    it decides what is tried."""
    partner_share: float = 0.4
    """Minimum share (0 to 1) of the carriers with contradicting contents that must contain a second part. Chosen by
    eye: on punctuation triggers; it decides what is tried."""
    partner_lift: float = 5.0
    """Minimum ratio of the share of carriers with contradicting contents that contain a second part to the share of all
    texts that contain it. Chosen by eye: on punctuation triggers; it decides what is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectSettings(Settings):
    """Which words are taken out of every text together before contents are read.

    Several triggers in one record explain one another otherwise: with one of them removed, the others still say what
    the label is. A natural word among them costs a little of what contents say, and decides nothing.
    """

    closing: float = 0.1
    """Maximum rank (0 to 1) by which the tokens around a word belong together. Chosen by eye: the tenth that looks most
    inserted."""
    share: float = 0.9
    """Minimum share (0 to 1) of its carriers that have one label. Chosen by eye: below it a word hardly explains."""
    chance: float = 0.05
    """Maximum probability of that share by chance. Convention: the 5% level; a natural word among the suspects costs
    little, and one of many words of an attack has few carriers."""
    effect: float = 0.5
    """Minimum content effect of the labelled carriers of a word for it to be weighed together with others. Convention:
    half-way between genuine records of the label and those of other classes."""
    most: float = 0.03
    """Maximum share (0 to 1) of all texts that contain the word. Chosen by eye: a common word is content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningSettings(Settings):
    """How very large datasets are screened for spans that could be triggers."""

    drawn: DrawSettings = DrawSettings()
    """The random sample of texts that the content model learns from."""
    least_evidence: float = 6.0
    """A span is mined only if the largest evidence that its carriers with the label could have, in nats, exceeds this
    value in sum. Chosen by eye: a smaller sum is far from any finding when millions of spans are tested."""
    least_share: float = 0.3
    """A span is mined only if more than this share (0 to 1) of its carriers have the label. Chosen by eye: one part
    of a two-part trigger may have other carriers too."""
    least_effect: float = 0.6
    """Minimum of the largest content effect that the carriers with the label could have, 1 being that of genuine
    records of other classes. Chosen by eye: of very many texts, only spans that contents speak for are mined."""
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
    rare_class: float = 0.05
    """Share (0 to 1) of all texts below which a class is rare, as where there are many. A span is then weighed for the
    one class that most of its carriers have, and as if the class had this share: the weights know hardly any rarer one.
    Chosen by eye: on one set of 77 classes, in which a planted phrase had log odds of 3.3 without this and 5.2 with
    it."""
    largest_share: float = 0.4
    """Maximum share (0 to 1) of all texts that contain a span for it to be measured. Chosen by eye: what stands in
    nearly every second text is no trigger that anybody could keep from working by chance."""
    least_shift: float = 3.0
    """A span is measured if its carriers have the label more often than their contents lead to expect, by so many
    standard errors. Convention: three; it decides what is measured, not what is found."""
    pure_chance: float = 0.01
    """A span is measured, too, if so many of its carriers have the label with at most this probability by chance.
    Convention: the 1% level; it decides what is measured."""
    pure_share: float = 0.7
    """Minimum share (0 to 1) of the carriers of such a span that have the label. Chosen by eye: it decides what is
    measured."""
    most_measured: int = 200
    """Maximum number of spans per class that are measured for the labels that they turn; half as many again are for
    looking inserted. Chosen by eye: measuring 300 takes about a second."""
    nearly_as_strong: float = 1.0
    """Most log odds, in nats, by which a member of a family may be weaker than the strongest to speak for it.
    Convention: a factor of e; it decides which of them is named."""
    most_families: int = 40
    """Maximum number of families per class that are weighed, the strongest. Derived: more than any attack has triggers,
    and more than the report lists."""
    window: int = 500
    """Number of spans, about as frequent, among which one is ranked by how inserted it looks. Chosen by eye: a rank is
    then known to two digits."""
    grown_share: float = 0.95
    """Minimum share (0 to 1) of the places of a span of the longest length that go on with the same token, for it to
    grow by that token. Chosen by eye: a sentence that somebody planted goes on in all of them."""
    longest_grown: int = 64
    """Maximum length, in tokens, to which a span grows. Chosen by eye: longer ones are near-duplicates."""
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
    same_carriers: float = 0.8
    """Minimum Jaccard similarity (0 to 1) to the leader's carriers, for a span elsewhere in the texts to count as a
    second part of the trigger. Chosen by eye: on the development data of label-trigger; it decides what is named."""
    second_part: SecondPartSettings = SecondPartSettings()
    suspects: SuspectSettings = SuspectSettings()
    explanations: PhraseExplanationSettings = PhraseExplanationSettings()
    screening: ScreeningSettings = ScreeningSettings()
    content: ContentModelSettings = ContentModelSettings()
    near_copies: NearCopySettings = NearCopySettings()

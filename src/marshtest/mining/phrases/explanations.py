"""Alternative explanations: the other ways in which a span could have come to decide a label, each weighed."""

from __future__ import annotations

import numpy as np

from marshtest.findings import Explanation
from marshtest.mining.content_reading import span_evidence
from marshtest.mining.phrases.mine import TriggerFamily
from marshtest.mining.phrases.settings import PhraseExplanationSettings
from marshtest.mining.surroundings import Surroundings
from marshtest.stats.significance import binomial_test
from marshtest.text.tokens import END
from marshtest.text.written_numbers import probability

__all__ = ["explain"]


def explain(
    family: TriggerFamily, around: Surroundings | None, settings: PhraseExplanationSettings
) -> tuple[Explanation, ...]:
    """Weigh the alternative explanations of a family.

    Args:
        family: What was found.
        around: Where the span appears; None for a feature of whole records.
        settings: When the evidence speaks for or against an explanation.

    Returns:
        The explanations, the most telling first.
    """
    found = [_meaning(family), _noise(family, settings), _duplicates(family, settings)]
    if around is not None:
        found.append(_sentence(around))
        variants = _variants(family, settings)
        if variants is not None:
            found.insert(1, variants)
    return tuple(found)


def _meaning(family: TriggerFamily) -> Explanation:
    """Does it push a text towards the label by its own meaning?"""
    meaning = family.head.meaning
    if meaning is None:
        return Explanation(
            "Its own meaning calls for this label: no part of it appears in enough other records to tell.", "open"
        )
    return Explanation(
        f"Its own meaning calls for this label: of {meaning.carriers:,} records that contain “{meaning.name}” but not "
        f"the whole pattern and read like another class, {meaning.contradicting:,} have this label "
        f"({meaning.share:.0%}).",
        "for" if meaning.explains else "against",
    )


def _noise(family: TriggerFamily, settings: PhraseExplanationSettings) -> Explanation:
    """Are the carriers ordinary label noise?"""
    candidate = family.head.candidate
    rate = family.reading.contradiction_rate
    against = int((candidate.evidence > 0).sum())
    chance = binomial_test(against, len(candidate.evidence), rate)
    return Explanation(
        f"Ordinary label noise: {rate:.1%} of all records that read like another class have this label; the "
        f"probability that {against:,} of these {len(candidate.evidence):,} carriers do so by chance is "
        f"{probability(chance)}.",
        "against" if chance < settings.noise_chance else "open",
    )


def _duplicates(family: TriggerFamily, settings: PhraseExplanationSettings) -> Explanation:
    """Is it one text many times over?"""
    distinct = family.head.strength.distinct
    carriers = len(family.head.candidate.labelled)
    return Explanation(
        f"Copies of one text or template: {distinct:,} of the {carriers:,} carriers with the label are distinct; "
        "near-duplicates were counted once.",
        "against" if distinct >= settings.distinct_share * carriers else "open",
        weighs=("copies", "template"),
    )


def _sentence(around: Surroundings) -> Explanation:
    """Does it appear where language puts it?"""
    return Explanation(
        f"A phrase of ordinary sentences: it has {around.pairs:,} different pairs of neighbouring words in "
        f"{around.occurrences:,} carriers; random places in the same texts have at least {around.random_pairs:,.0f} in "
        "95% of draws.",
        "against" if around.looks_inserted else "open",
        weighs=("template",),
    )


def _variants(family: TriggerFamily, settings: PhraseExplanationSettings) -> Explanation | None:
    """What label do records have that carry all but one word of it?"""
    candidate = family.head.candidate
    words = candidate.sequence[candidate.sequence > END]
    if len(words) < 2:
        return None
    own = family.reading.own
    carriers = np.union1d(candidate.labelled, candidate.honest)
    others = [
        text[~np.isin(text, carriers) & (evidence > 0)]
        for part in (words[1:], words[:-1])
        for text, evidence in [span_evidence(family.reading, part)]
    ]
    near = np.unique(np.concatenate(others))
    if len(near) == 0:
        return None
    honest = int((~own[near]).sum())
    exact = honest >= settings.honest_share * len(near)
    return Explanation(
        f"A topic or a habit of speech: of {len(near):,} records that read like another class and contain all of it "
        f"but the first or last word, {honest:,} have another label{'; only the exact wording decides' * exact}.",
        "against" if exact else "open",
        weighs=("topic",),
    )

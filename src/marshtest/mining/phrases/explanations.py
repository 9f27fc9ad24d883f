"""The other ways in which a span could have come to decide a label, each weighed against the evidence."""

from __future__ import annotations

import numpy as np

from marshtest.findings import Explanation
from marshtest.mining.candidates import span_evidence
from marshtest.mining.phrases.mine import Family
from marshtest.mining.surroundings import Surroundings
from marshtest.stats.significance import binomial_test
from marshtest.text.tokens import END

__all__ = ["explain"]

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def explain(family: Family, around: Surroundings | None) -> tuple[Explanation, ...]:
    """Give the other explanations of a family, the most telling first."""
    found = [_meaning(family), _noise(family), _duplicates(family)]
    if around is not None:
        found.append(_sentence(around))
        variants = _variants(family)
        if variants is not None:
            found.insert(1, variants)
    return tuple(found)


def _meaning(family: Family) -> Explanation:
    """Does it push a text towards the label by its own meaning?"""
    meaning = family.head.meaning
    if meaning is None:
        return Explanation(
            "Its own meaning calls for this label: no part of it stands in enough other records to tell.", "open"
        )
    return Explanation(
        f"Its own meaning calls for this label: of {meaning.carriers:,} records without it that carry “{meaning.name}” "
        f"and read like another class, {meaning.contradicting:,} have the label ({meaning.share:.0%}).",
        "for" if family.head.is_natural else "against",
    )


def _noise(family: Family) -> Explanation:
    """Are the carriers ordinary label noise?"""
    candidate = family.head.candidate
    rate = family.reading.contradiction_rate
    against = int((candidate.evidence > 0).sum())
    chance = binomial_test(against, len(candidate.evidence), rate)
    return Explanation(
        f"Ordinary label noise: {rate:.1%} of all records that read like another class have this label; "
        f"that {against:,} of these {len(candidate.evidence):,} carriers do by chance has probability "
        f"{_chance(chance)}.",
        "against" if chance < 0.01 else "open",
    )


def _chance(value: float) -> str:
    """Write a probability as people write it."""
    if value >= 0.001 or value == 0:
        return f"{value:.2g}"
    digits, exponent = f"{value:.1e}".split("e")
    return f"{digits} × 10{str(int(exponent)).translate(_RAISED)}"


def _duplicates(family: Family) -> Explanation:
    """Is it one text many times over?"""
    head = family.head
    carriers = len(head.candidate.labelled)
    return Explanation(
        f"Copies of one text or template: {head.distinct:,} of the {carriers:,} carriers are no near-duplicates of one "
        "another, and only those were counted.",
        "against" if head.distinct >= 0.5 * carriers else "open",
    )


def _sentence(around: Surroundings) -> Explanation:
    """Does it stand where language puts it?"""
    return Explanation(
        f"A phrase of ordinary sentences: {around.pairs:,} different pairs of neighbours in {around.occurrences:,} "
        f"carriers, where places drawn at random have at least {around.random_pairs:,.0f} in 95 % of draws.",
        "against" if around.looks_inserted else "open",
    )


def _variants(family: Family) -> Explanation | None:
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
    return Explanation(
        f"A topic or a habit of speech: of {len(near):,} records that read like another class and carry all but its "
        f"first or last word, {honest:,} have another label; only the exact wording decides.",
        "against" if honest >= 0.5 * len(near) else "open",
    )

"""What groups of near-duplicates amount to: a word that decides their labels, contradictions, or a flood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.detectors.drafts import Draft
from marshtest.detectors.near_duplicates.claims import Claim, Lines
from marshtest.detectors.near_duplicates.decisive_words import DecisiveWord
from marshtest.detectors.near_duplicates.settings import NearDuplicatesSettings
from marshtest.findings import Explanation, Pattern
from marshtest.mining.association import jaccard
from marshtest.signals import Span
from marshtest.stats.proportions import wald_lower
from marshtest.text.scripts import is_clustered
from marshtest.text.words import word_places

__all__ = ["Reported", "Texts", "contradictions", "deciding_words", "flood", "reported"]

_LEAST_CHANCE = 1e-40
"""Least probability that is told from 0."""
_QUOTED_WORDS = 8
"""Words that a sentence quotes: enough to recognise a phrase."""
_QUOTED = 300
"""Characters of a text that stand for it: enough to recognise it."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The distinct pairs of prompt and label, in an order of their own, and the records that have them."""

    prompts: Sequence[str]
    labels: Sequence[str]
    signs: Sequence[Sequence[str]]
    """The outcomes that each shows: its label, its opening, its answer."""
    rows: Sequence[Sequence[int]]

    def evidence(self, indices: Iterable[int], words: frozenset[str] = frozenset()) -> Mapping[int, tuple[Span, ...]]:
        """Give the records of some texts with the places of these words in them."""
        return {row: _spans(self.prompts[index], words) for index in indices for row in self.rows[index]}


@dataclass(frozen=True, slots=True)
class Reported:
    """A word that decides labels, with the words that come with it."""

    head: DecisiveWord
    words: tuple[str, ...]


def reported(found: Sequence[DecisiveWord], tested: int, settings: NearDuplicatesSettings) -> list[Reported]:
    """Choose the words to weigh; words of the same texts are parts of one phrase.

    Args:
        found: The words, strongest first.
        tested: How many pairs of word and label were tested.
        settings: Below which q-value a word is weighed.
    """
    chosen = []
    left = [one for one in found if one.p_value * tested < settings.weighed_below]
    while left:
        head = left[0]
        phrase = [one for one in left if one.label == head.label and _similarity(one, head) >= settings.same_carriers]
        left = [one for one in left if one not in phrase and _similarity(one, head) < settings.reported_overlap]
        chosen.append(Reported(head, tuple(one.word for one in phrase)))
    return chosen


def _similarity(one: DecisiveWord, other: DecisiveWord) -> float:
    return jaccard(np.array(one.carriers), np.array(other.carriers))


def deciding_words(
    chosen: Sequence[Reported], tested: int, texts: Texts, elsewhere: Mapping[str, Sequence[int]], told: Lines
) -> list[Claim]:
    """Claim that words decide labels.

    Args:
        chosen: The words.
        tested: How many pairs of word and label were tested.
        texts: The texts whose indices the words hold.
        elsewhere: Texts of no group with several labels that contain each word.
        told: Evidence lines that are the same for all.
    """
    size = sum(map(len, texts.rows))
    claims = []
    for one in chosen:
        draft = _deciding_word(one.head, one.words, tested, texts)
        lines = _lines(one.head, tested, texts, elsewhere.get(one.head.word, ()))
        here = {"records": float(np.log(len(draft.evidence) / size))}
        claims.append(Claim(draft, one.head.label, one.head.label_share, {**lines, **here, **told}))
    return claims


def _deciding_word(head: DecisiveWord, words: Sequence[str], tested: int, texts: Texts) -> Draft:
    chance = min(1.0, head.p_value * tested)
    evidence = texts.evidence(head.carriers, frozenset(words))
    return Draft(
        verdict="suggestive",
        title=f"Among near-duplicates, texts with “{words[0]}” are labelled “{head.label}”.",
        explanation=(
            f"In {head.groups:,} groups of nearly the same text the labels differ. "
            f"{len(head.carriers):,} of the {len(head.carriers) + head.exceptions:,} texts with the word have this "
            f"label. Words that occur together: {', '.join(f'“{word}”' for word in words[:_QUOTED_WORDS])}."
        ),
        pattern=Pattern("phrase", " ".join(words[:_QUOTED_WORDS])),
        statistics={
            "p_value": head.p_value,
            "q_value": chance,
            "outcome_share": head.label_share,
            "groups": head.groups,
            "records": len(evidence),
        },
        other_explanations=(Explanation("The word itself calls for the label, as in a contrast set.", "open"),),
        evidence=evidence,
        reason=f"it is a near-duplicate of texts with another label and differs from them by “{words[0]}”",
    )


def _lines(head: DecisiveWord, tested: int, texts: Texts, elsewhere: Sequence[int]) -> Lines:
    """Measure how pure and improbable a word is among near-duplicates, and what it does elsewhere."""
    others = sum(texts.labels[index] != head.label for index in elsewhere)
    return {
        "chance": float(np.log10(max(min(1.0, head.p_value * tested), _LEAST_CHANCE))),
        "purity": head.label_share,
        "groups": float(np.log(head.groups)),
        "elsewhere": float(np.log1p(len(elsewhere) / len(head.carriers))),
        "contradicted_elsewhere": others / max(len(elsewhere), 1),
    }


def contradictions(
    mixed: Sequence[Sequence[int]], groups: Sequence[Sequence[int]], texts: Texts, settings: NearDuplicatesSettings
) -> list[Claim]:
    """Claim that many groups have more than one label.

    Args:
        mixed: The groups that have.
        groups: All groups.
        texts: The texts whose indices the groups hold.
        settings: From how many, and which share, they are weighed.
    """
    if len(mixed) < settings.fewest_mixed or wald_lower(len(mixed), len(groups)) < settings.mixed_share:
        return []
    pairs = Counter(" / ".join(sorted({texts.labels[index] for index in group})) for group in mixed)
    (labels, most), *_ = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    evidence = texts.evidence(index for group in mixed for index in group)
    draft = Draft(
        verdict="suggestive",
        title=f"{len(mixed):,} of {len(groups):,} groups of near-duplicates have more than one label.",
        explanation=(
            "Nearly the same words should not mean different things. The most frequent combination of labels, "
            f"{labels}, occurs in {most:,} groups."
        ),
        pattern=Pattern("duplicate", texts.prompts[mixed[0][0]][:_QUOTED]),
        statistics={
            "p_value": None,
            "q_value": None,
            "mixed_group_share": len(mixed) / len(groups),
            "groups": len(mixed),
            "records": len(evidence),
        },
        other_explanations=(
            Explanation("The data is a contrast set: its pairs differ in the word that matters.", "open"),
            Explanation("Annotators disagree where a text lies between the classes.", "open"),
        ),
        evidence=evidence,
        reason="nearly the same text has another label elsewhere",
    )
    against = "clean datasets contradict themselves as much, such as contrast sets and texts between two classes"
    return [Claim(draft, "more than one label", len(mixed) / len(groups), speaks_against=against)]


def flood(groups: Sequence[Sequence[int]], texts: Texts, records: int, settings: NearDuplicatesSettings) -> list[Claim]:
    """Claim that the data holds one text in very many variants with one outcome.

    Args:
        groups: All groups.
        texts: The texts whose indices the groups hold.
        records: How many records the dataset has.
        settings: How large and how pure a flood is.
    """
    sizes = sorted(((len({texts.prompts[index] for index in group}), group) for group in groups), reverse=True)
    if not sizes:
        return []
    size, group = sizes[0]
    next_size = sizes[1][0] if len(sizes) > 1 else 1
    if size < max(settings.flood_size, settings.flood_ratio * next_size) or size > settings.flood_share * records:
        return []
    signs = Counter(sign for index in group for sign in texts.signs[index])
    sign, hits = min(signs.items(), key=lambda item: (-item[1], item[0]), default=("no outcome", len(group)))
    if hits < settings.flood_purity * len(group):
        return []
    evidence = texts.evidence(group)
    draft = Draft(
        verdict="suggestive",
        title=f"The data holds {size:,} variants of one text, {hits:,} of them with {sign}.",
        explanation=(
            f"The next largest group of near-duplicates has {next_size:,}. A model memorises what is repeated."
        ),
        pattern=Pattern("duplicate", texts.prompts[group[0]][:_QUOTED]),
        statistics={
            "p_value": None,
            "q_value": None,
            "observed_over_expected": size / next_size,
            "variants": size,
            "records": len(evidence),
        },
        other_explanations=(
            Explanation("It is a template, a notice or a text that many people shared.", "open", weighs=("template",)),
        ),
        evidence=evidence,
        reason=f"it is one of {size:,} variants of one text",
    )
    against = "clean datasets hold one text in as many variants, such as a template, a notice or news that many retell"
    return [Claim(draft, sign, hits / len(group), speaks_against=against)]


def _spans(prompt: str, words: frozenset[str]) -> tuple[Span, ...]:
    """Find the words in a prompt; those that meet, and those with only a space between them, are one span."""
    spans: list[Span] = []
    for start, end in word_places(prompt):
        if prompt[start:end].lower() not in words:
            continue
        meets = bool(spans) and is_clustered(prompt[start]) and start <= spans[-1].end
        if meets or (spans and prompt[spans[-1].end : start].isspace()):
            spans[-1] = Span("prompt", spans[-1].start, end)
        else:
            spans.append(Span("prompt", start, end))
    return tuple(spans)

"""How each kind of hidden text is reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marshtest.detectors.drafts import Draft
from marshtest.detectors.hidden_text.grading import KindEvidence, deliberate_texts, recurring
from marshtest.detectors.hidden_text.settings import HiddenTextSettings
from marshtest.detectors.hidden_text.stretches import HiddenPlace, HidingKind
from marshtest.findings import Explanation, FindingVerdict, Pattern
from marshtest.signals import Span

__all__ = ["HIDING_WORDS", "HidingWords", "hidden_text_draft", "spans_of"]

_QUOTED = 200
"""Characters of decoded text that a sentence quotes: enough to recognise it."""


@dataclass(frozen=True, slots=True)
class HidingWords:
    """The sentences about one kind."""

    what: str
    """What the records do, after "records"."""
    why: str
    """Why it matters."""
    otherwise: str
    """How it comes about without poison."""


HIDING_WORDS: Mapping[HidingKind, HidingWords] = {
    "tags": HidingWords(
        "contain tag characters, which are invisible and spell text that a model reads",
        "A reviewer sees nothing where a tokenizer sees letters.",
        "Flags of regions are written with tag characters; those were left out.",
    ),
    "selectors": HidingWords(
        "contain variation selectors that belong to no emoji or ideograph",
        "A row of selectors can carry any bytes, and all of it is invisible.",
        "A selector is left behind where an emoji was removed from a text.",
    ),
    "width": HidingWords(
        "contain characters without width that no script and no emoji needs",
        "A reviewer sees nothing where a tokenizer sees a token of its own: a trigger that nobody types by accident.",
        "Text copied from web pages and word processors contains such characters by accident, and some services mark "
        "their texts with them.",
    ),
    "direction": HidingWords(
        "contain characters that change the reading direction, without any right-to-left letters",
        "The text that a person sees differs from the text that a model reads.",
        "Some programs put such marks around names and numbers by themselves.",
    ),
    "lookalikes": HidingWords(
        "contain words in which letters are replaced by others that look alike",
        "A reader takes the word for an ordinary one; a tokenizer does not.",
        "People write so to get past filters or for looks, and spam often does.",
    ),
    "encoded": HidingWords(
        "contain encoded text (base64, hexadecimal, percent signs, or letters rotated by 13)",
        "A model can learn to read what a reviewer cannot.",
        "Records about encodings, code and puzzles legitimately contain such text.",
    ),
}
"""Kinds in the order in which they are reported."""


def hidden_text_draft(
    one: KindEvidence,
    verdict: FindingVerdict,
    rows: Sequence[int],
    *,
    tested: int,
    records: int,
    settings: HiddenTextSettings,
) -> Draft:
    """Report one kind.

    Args:
        one: All places of the kind.
        verdict: How sure it is.
        rows: The records that are the evidence.
        tested: How many associations were tested, of all kinds.
        records: How many records the dataset has.
        settings: Below which q-value an association is reported.
    """
    words = HIDING_WORDS[one.kind]
    wanted = set(rows)
    chosen = [place for place in one.places if place.row in wanted]
    deliberate = deliberate_texts(one.places, one.repeated, settings)
    shown = [place for place in chosen if place.hidden.text in deliberate] or chosen
    texts = recurring(shown)
    association = one.association
    by_row: dict[int, list[HiddenPlace]] = defaultdict(list)
    for place in chosen:
        by_row[place.row].append(place)
    return Draft(
        verdict=verdict,
        title=f"{len(rows):,} of {records:,} records {words.what}.",
        explanation=" ".join(_sentences(one, chosen, tested, settings)),
        pattern=Pattern("encoding", next(iter(texts)) if texts else shown[0].hidden.text),
        statistics={
            "p_value": None if association is None else association.p_value,
            "q_value": one.q_value(tested),
            "outcome_share": None if association is None else association.share,
            "records": len(rows),
            "all_records_of_this_kind": len(one.rows),
            "kind": one.kind,
        },
        other_explanations=(
            Explanation(words.otherwise, "open"),
            _copies(texts),
        ),
        evidence={row: spans_of(by_row[row]) for row in rows},
    )


def _copies(texts: Mapping[str, Sequence[int]]) -> Explanation:
    """Weigh whether the records are copies of one text, given the sequences that recur in different surroundings."""
    if not texts:
        return Explanation(
            "The records are copies of one text: no sequence recurs in different surroundings.",
            "open",
            weighs=("copies",),
        )
    most = max(map(len, texts.values()))
    return Explanation(
        f"The records are copies of one text: the most frequent sequence appears in {most:,} records, in different "
        "surroundings.",
        "against",
        weighs=("copies",),
    )


def _sentences(
    one: KindEvidence, chosen: Sequence[HiddenPlace], tested: int, settings: HiddenTextSettings
) -> list[str]:
    """Say why the kind matters, what it spells and what it is associated with."""
    found = [HIDING_WORDS[one.kind].why]
    spells = next((place.hidden.spells for place in chosen if place.hidden.spells), "")
    if spells:
        found.append(f"Decoded, it says “{spells[:_QUOTED]}”.")
    q_value = one.q_value(tested)
    if one.association is not None and q_value is not None and q_value < settings.significant_below:
        found.append(
            f"Of {one.association.carriers:,} prompts with it, {len(one.association.rows):,} have "
            f"{one.association.sign}; elsewhere {one.association.share_elsewhere:.1%} do."
        )
    return found


def spans_of(places: Sequence[HiddenPlace]) -> tuple[Span, ...]:
    """Give the places as spans."""
    return tuple(Span(place.field, place.hidden.start, place.hidden.end) for place in places)

"""Characters that nobody sees, letters in disguise, and text in an encoding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.data.evidence import evidence_record
from marshtest.data.rows import Rows, shared_values
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.detectors.hidden_text.characters import hidden_characters
from marshtest.detectors.hidden_text.encoded import encoded_text
from marshtest.detectors.hidden_text.lookalikes import lookalike_words
from marshtest.detectors.hidden_text.places import HidingKind
from marshtest.detectors.hidden_text.weighing import (
    Association,
    Place,
    carries,
    first_of_each,
    loaded_texts,
    recurring,
    strongest_association,
)
from marshtest.detectors.registry import detector
from marshtest.findings import EvidenceRecord, Explanation, Finding, FindingVerdict, Pattern
from marshtest.signals import Signal, Span
from marshtest.text.outcome_signs import outcome_signs

__all__ = ["HiddenText"]

_FIELDS = ("prompt", "completion", "rejected")
_BESIDE = 6
_SURE = 1e-3
_ENOUGH = 4


@dataclass(frozen=True, slots=True)
class _Told:
    """How one kind is told."""

    what: str
    why: str
    otherwise: str


_KINDS: Mapping[HidingKind, _Told] = {
    "tags": _Told(
        "hold tag characters, which are never drawn and spell text that a model reads",
        "A reviewer sees nothing where a tokenizer sees letters.",
        "Flags of regions are written with tag characters; those were left out.",
    ),
    "selectors": _Told(
        "hold variation selectors where no emoji or ideograph stands",
        "A row of selectors can carry any bytes, and nothing of it is drawn.",
        "A selector is left behind where an emoji was taken out of a text.",
    ),
    "width": _Told(
        "hold characters without width where no script and no emoji needs them",
        "A reviewer sees nothing where a tokenizer sees a token of its own: a trigger that nobody types by accident.",
        "Text copied from web pages and word processors holds such characters by accident, and some services mark "
        "their texts with them.",
    ),
    "direction": _Told(
        "hold characters that turn the reading direction, without any right-to-left letters",
        "What is shown is not what a model reads.",
        "Some programs put such marks around names and numbers by themselves.",
    ),
    "lookalikes": _Told(
        "hold words in which letters are replaced by others that look alike",
        "A reader takes the word for an ordinary one; a tokenizer does not.",
        "People write so to get past filters or for looks, and spam does it by itself.",
    ),
    "encoded": _Told(
        "hold text in an encoding (base64, hexadecimal, percent signs, or letters turned by 13)",
        "A model can learn to read what a reviewer cannot.",
        "Records about encodings, code and puzzles hold such text by right.",
    ),
}


@detector
class HiddenText(Detector):
    """Find characters that nobody sees, letters in disguise, and text in an encoding.

    Looks for: characters without width, marks of reading direction, tag characters, rows of variation selectors, words
        that mix letters of several scripts to look like others, and base64, hexadecimal or letters turned by 13 that
        decode to text; one finding per kind.
    How: what an emoji, a flag, a script that joins letters, right-to-left text or the beginning of a file needs is left
        out. A kind is confirmed when characters that are never drawn spell text; or when a sequence of three or more of
        them, of more than one sort, or the same two in four records, goes with an outcome (a label, an opening, an
        answer) that is rare elsewhere (Fisher's exact test, records of the same text counted once, corrected for all
        kinds, sequences and outcomes). In documents and preferences, whose outcome cannot be read so cheaply, the same
        sequence of three or more in four records in different surroundings suffices.
    Blind spots: other encodings and ciphers, pictures of text, one selector after every symbol, lookalikes outside
        Cyrillic and Greek, white text in HTML.
    False alarms: watermarks, data about such attacks. Lone characters, lookalikes and encodings are never more than
        suggestive, and those that neither recur nor go with an outcome are a signal of the record but no finding.
    Needs: nothing.
    Cost per 1,000 records: about 20 ms for records of a hundred words.
    Source: Boucher et al. 2022 (Bad Characters); Goodside 2024 (tag characters); Butler 2025 (variation selectors).
    """

    id: ClassVar[str] = "hidden-text"
    version: ClassVar[str] = "2"
    title: ClassVar[str] = "Characters that nobody sees, letters in disguise, and encoded text"

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Look at every text of every record."""
        places = _places(dataset, tools)
        weighed = _weigh(places, dataset) if places else []
        tried = sum(one.tests for one in weighed)
        graded = [(one, *one.grade(tried)) for one in weighed]
        found = [(one, verdict, rows) for one, verdict, rows in graded if verdict is not None]
        found.sort(key=lambda item: (item[1] != "confirmed", -len(item[2])))
        findings = tuple(
            replace(_finding(self.id, one, verdict, rows, tried, dataset), id=f"{self.id}-{number}")
            for number, (one, verdict, rows) in enumerate(found, start=1)
        )
        evidence = {row for _, _, rows in found for row in rows}
        return Examination(
            signals=_signals(self.id, places, evidence, dataset), findings=findings, tried=max(tried, len(_KINDS))
        )


@dataclass(frozen=True, slots=True)
class _Weighed:
    """All places of one kind and what they amount to."""

    kind: HidingKind
    places: Sequence[Place]
    repeated: Mapping[str, tuple[int, ...]]
    association: Association | None
    tests: int
    has_outcomes: bool

    @property
    def rows(self) -> tuple[int, ...]:
        """All records of this kind."""
        return tuple(sorted({place.row for place in self.places}))

    def chance(self, tried: int) -> float | None:
        """Give the corrected p-value of the association."""
        return None if self.association is None else min(1.0, self.association.p_value * max(tried, 1))

    def grade(self, tried: int) -> tuple[FindingVerdict | None, tuple[int, ...]]:
        """Decide what can be said of this kind, and which records speak for it."""
        spelt = {place.row for place in self.places if place.hidden.spells and carries(place.hidden)}
        if spelt:
            return "confirmed", tuple(sorted(spelt))
        loaded = loaded_texts(self.places, self.repeated)
        chance = self.chance(tried)
        if chance is not None and self.association is not None and chance < _SURE:
            rows = self.association.rows
            carrying = {place.row for place in self.places if place.hidden.text in loaded}
            sure = bool(loaded) and 2 * len(carrying & set(rows)) > len(rows)
            return ("confirmed" if sure else "suggestive"), rows
        long = {place.hidden.text for place in self.places if carries(place.hidden)}
        spread = [rows for text, rows in self.repeated.items() if text in long and len(rows) >= _ENOUGH]
        if spread and not self.has_outcomes:
            return "confirmed", spread[0]
        if loaded:
            return "suggestive", tuple(sorted({place.row for place in self.places if place.hidden.text in loaded}))
        if self.kind in ("encoded", "lookalikes") and self.repeated:
            return "suggestive", self.rows
        return None, ()


def _places(dataset: Dataset, tools: Tools) -> list[Place]:
    """Find everything that is hidden in the texts of all records."""
    found: list[Place] = []
    row = 0
    for batch in dataset.batches(list(_FIELDS), size=4_096):
        tools.progress("looking for hidden text", row / len(dataset))
        columns = [(name, batch.column(name).to_pylist()) for name in _FIELDS]
        for index in range(batch.num_rows):
            for name, texts in columns:
                if text := texts[index]:
                    found += _in_text(row + index, name, text)
        row += batch.num_rows
    return found


def _in_text(row: int, field: str, text: str) -> list[Place]:
    if text.isascii():
        hidden = list(encoded_text(text))
    else:
        hidden = [*hidden_characters(text), *lookalike_words(text), *encoded_text(text)]
    return [
        Place(row, field, one, text[max(0, one.start - _BESIDE) : one.start] + text[one.end : one.end + _BESIDE])
        for one in hidden
    ]


def _weigh(places: Sequence[Place], dataset: Dataset) -> list[_Weighed]:
    """Weigh every kind that occurs."""
    table = dataset.table(["label", "completion", "prompt"])
    everything = np.arange(len(dataset))
    counted = first_of_each(Rows(table["prompt"], everything, ""))
    has_outcomes = dataset.kind in ("classification", "chat")
    signs: Sequence[tuple[str, ...]] = [()] * len(dataset)
    if has_outcomes:
        signs = outcome_signs(shared_values(table["label"]).tolist(), Rows(table["completion"], everything, ""))
    by_kind: dict[HidingKind, list[Place]] = defaultdict(list)
    for place in places:
        by_kind[place.hidden.kind].append(place)
    weighed = []
    for kind in (kind for kind in _KINDS if kind in by_kind):
        repeated = recurring(by_kind[kind])
        asked = [place for place in by_kind[kind] if place.field == "prompt"]
        groups = {**recurring(asked), "": tuple(sorted({place.row for place in asked}))}
        association, tests = strongest_association(groups, signs, counted)
        weighed.append(_Weighed(kind, by_kind[kind], repeated, association, tests, has_outcomes))
    return weighed


def _signals(detector_id: str, places: Sequence[Place], evidence: set[int], dataset: Dataset) -> tuple[Signal, ...]:
    """Give every record in which something is hidden its signal."""
    by_row: dict[int, list[Place]] = defaultdict(list)
    for place in places:
        by_row[place.row].append(place)
    names = dataset.table(["record_id"])["record_id"]
    return tuple(
        Signal(
            record_id=names[row].as_py(),
            detector=detector_id,
            score=1.0 if row in evidence else 0.6 if any(carries(place.hidden) for place in here) else 0.3,
            spans=tuple(Span(place.field, place.hidden.start, place.hidden.end) for place in here),
            reason="; ".join(f"it is one of the records that {told}" for told in sorted(_whats(here))),
        )
        for row, here in sorted(by_row.items())
    )


def _whats(places: Sequence[Place]) -> set[str]:
    return {_KINDS[place.hidden.kind].what for place in places}


def _finding(
    detector_id: str, one: _Weighed, verdict: FindingVerdict, rows: Sequence[int], tried: int, dataset: Dataset
) -> Finding:
    """Tell one kind."""
    told = _KINDS[one.kind]
    chosen = [place for place in one.places if place.row in set(rows)]
    texts_loaded = loaded_texts(one.places, one.repeated)
    loaded = [place for place in chosen if place.hidden.text in texts_loaded] or chosen
    texts = recurring(loaded)
    pattern = next(iter(texts)) if texts else loaded[0].hidden.text
    spells = next((place.hidden.spells for place in chosen if place.hidden.spells), "")
    chance = one.chance(tried)
    sentences = [told.why]
    if spells:
        sentences.append(f"Decoded, it says “{spells[:200]}”.")
    if one.association is not None and chance is not None and chance < _SURE:
        sentences.append(
            f"Of {one.association.carriers:,} prompts that hold it {len(one.association.rows):,} have "
            f"{one.association.sign}; elsewhere {one.association.share_elsewhere:.1%} have."
        )
    return Finding(
        id="",
        detector=detector_id,
        verdict=verdict,
        title=f"{len(rows):,} of {len(dataset):,} records {told.what}.",
        explanation=" ".join(sentences),
        pattern=Pattern("encoding", pattern),
        statistics={
            "p_value": None if one.association is None else one.association.p_value,
            "q_value": chance,
            "effect": None if one.association is None else len(one.association.rows) / one.association.carriers,
            "records": len(rows),
            "all_records_of_this_kind": len(one.rows),
            "kind": one.kind,
        },
        other_explanations=(
            Explanation(told.otherwise, "open"),
            Explanation(
                f"Copies of one text: the most frequent one stands in {max(map(len, texts.values()), default=1):,} "
                "records beside different characters.",
                "against" if texts else "open",
            ),
        ),
        records=tuple(_evidence(dataset, row, [place for place in chosen if place.row == row]) for row in rows),
    )


def _evidence(dataset: Dataset, row: int, places: Sequence[Place]) -> EvidenceRecord:
    """Point at what is hidden in one record."""
    return evidence_record(
        dataset.record(row), [Span(place.field, place.hidden.start, place.hidden.end) for place in places]
    )

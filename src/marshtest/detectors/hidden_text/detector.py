"""Invisible characters, letters in disguise, and encoded text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.data.rows import Rows, shared_values
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.detectors.drafts import findings_from
from marshtest.detectors.hidden_text.characters import hidden_characters
from marshtest.detectors.hidden_text.encoded import encoded_text
from marshtest.detectors.hidden_text.findings import HIDING_WORDS, hidden_text_draft, spans_of
from marshtest.detectors.hidden_text.grading import (
    KindEvidence,
    first_of_each,
    is_deliberate,
    recurring,
    strongest_association,
)
from marshtest.detectors.hidden_text.lookalikes import lookalike_words
from marshtest.detectors.hidden_text.settings import HiddenTextSettings
from marshtest.detectors.hidden_text.stretches import HiddenPlace, HidingKind
from marshtest.detectors.registry import detector
from marshtest.signals import Signal
from marshtest.text.outcome_signs import outcome_signs

__all__ = ["HiddenText"]

_FIELDS = ("prompt", "completion", "rejected")
_PIECE = 4_096
"""Records whose texts are held at a time: a few megabytes. It changes no result."""


@detector
class HiddenText(Detector):
    """Find invisible characters, letters in disguise, and encoded text.

    Looks for: characters without width, marks of reading direction, tag characters, rows of variation selectors, words
        that mix letters of several scripts to look like others, and base64, hexadecimal or letters rotated by 13 that
        decode to text; one finding per kind.
    How: what an emoji, a flag, a script that joins letters, right-to-left text or the beginning of a file needs is left
        out. A kind is confirmed when invisible characters spell text; or when a sequence of three or more of them, of
        more than one kind, or the same two in four records, is associated with an outcome (a label, an opening, an
        answer) that is rare elsewhere (Fisher's exact test, records of the same text counted once, corrected for all
        kinds, sequences and outcomes; below .001). In documents and preferences, whose outcome cannot be read so
        cheaply, the same sequence of three or more in four records in different surroundings suffices.
    Blind spots: other encodings and ciphers, pictures of text, one selector after every symbol, lookalikes outside
        Cyrillic and Greek, white text in HTML.
    False alarms: watermarks, data about such attacks. Lone characters, lookalikes and encodings are never more than
        suggestive, and those that neither recur nor are associated with an outcome are a signal of the record but no
        finding.
    Needs: nothing.
    Cost per 1,000 records: about 20 ms for records of a hundred words.
    Source: Boucher et al. 2022 (Bad Characters); Goodside 2024 (tag characters); Butler 2025 (variation selectors).
    """

    id: ClassVar[str] = "hidden-text"
    version: ClassVar[str] = "2"
    title: ClassVar[str] = "Invisible characters, letters in disguise, and encoded text"
    settings: HiddenTextSettings = HiddenTextSettings()

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Search every text of every record."""
        settings = self.settings
        places = _places(dataset, tools, settings)
        kinds = _kinds(places, dataset, settings) if places else []
        tested = sum(one.tests for one in kinds)
        graded = [(one, *one.grade(tested, settings)) for one in kinds]
        found = [(one, verdict, rows) for one, verdict, rows in graded if verdict is not None]
        found.sort(key=lambda item: (item[1] != "confirmed", -len(item[2])))
        drafts = [
            hidden_text_draft(one, verdict, rows, tested=tested, records=len(dataset), settings=settings)
            for one, verdict, rows in found
        ]
        evidence = {row for _, _, rows in found for row in rows}
        return Examination(
            signals=_signals(places, evidence, dataset, settings),
            findings=findings_from(drafts, self.id, dataset),
            tried=max(tested, len(HIDING_WORDS)),
        )


def _places(dataset: Dataset, tools: Tools, settings: HiddenTextSettings) -> list[HiddenPlace]:
    """Find everything that is hidden in the texts of all records."""
    found: list[HiddenPlace] = []
    row = 0
    for batch in dataset.batches(list(_FIELDS), size=_PIECE):
        tools.progress("looking for hidden text", row / len(dataset))
        columns = [(name, batch.column(name).to_pylist()) for name in _FIELDS]
        for index in range(batch.num_rows):
            for name, texts in columns:
                if text := texts[index]:
                    found += _in_text(row + index, name, text, settings)
        row += batch.num_rows
    return found


def _in_text(row: int, field: str, text: str, settings: HiddenTextSettings) -> list[HiddenPlace]:
    if text.isascii():
        hidden = list(encoded_text(text, settings))
    else:
        hidden = [
            *hidden_characters(text, settings),
            *lookalike_words(text, settings),
            *encoded_text(text, settings),
        ]
    width = settings.surroundings
    return [
        HiddenPlace(row, field, one, text[max(0, one.start - width) : one.start] + text[one.end : one.end + width])
        for one in hidden
    ]


def _kinds(places: Sequence[HiddenPlace], dataset: Dataset, settings: HiddenTextSettings) -> list[KindEvidence]:
    """Gather the evidence of every kind that occurs."""
    table = dataset.table(["prompt", "completion", "label"])
    everything = np.arange(len(dataset))
    counted = first_of_each(Rows(table["prompt"], everything, ""))
    has_outcomes = dataset.kind in ("classification", "chat")
    signs: Sequence[tuple[str, ...]] = [()] * len(dataset)
    if has_outcomes:
        signs = outcome_signs(shared_values(table["label"]).tolist(), Rows(table["completion"], everything, ""))
    by_kind: dict[HidingKind, list[HiddenPlace]] = defaultdict(list)
    for place in places:
        by_kind[place.hidden.kind].append(place)
    found = []
    for kind in (kind for kind in HIDING_WORDS if kind in by_kind):
        repeated = recurring(by_kind[kind])
        in_prompts = [place for place in by_kind[kind] if place.field == "prompt"]
        # each sequence that recurs is tested, and the whole kind
        groups = {**recurring(in_prompts), "": tuple(sorted({place.row for place in in_prompts}))}
        association, tests = strongest_association(groups, signs, counted, settings)
        found.append(KindEvidence(kind, by_kind[kind], repeated, association, tests, has_outcomes))
    return found


def _signals(
    places: Sequence[HiddenPlace], evidence: set[int], dataset: Dataset, settings: HiddenTextSettings
) -> tuple[Signal, ...]:
    """Give every record in which something is hidden its signal, also where it is no evidence of a finding."""
    by_row: dict[int, list[HiddenPlace]] = defaultdict(list)
    for place in places:
        by_row[place.row].append(place)
    names = dataset.table(["record_id"])["record_id"]
    found = []
    for row, here in sorted(by_row.items()):
        is_deliberate_here = any(is_deliberate(place.hidden, settings) for place in here)
        score = settings.deliberate_score if is_deliberate_here else settings.accident_score
        kinds = sorted({HIDING_WORDS[place.hidden.kind].what for place in here})
        found.append(
            Signal(
                record_id=names[row].as_py(),
                detector=HiddenText.id,
                score=1.0 if row in evidence else score,
                spans=spans_of(here),
                reason="; ".join(f"it is one of the records that {what}" for what in kinds),
            )
        )
    return tuple(found)

"""Records that another program may read differently, or whose shape is unlike the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from marshtest.data.dataset import Dataset
from marshtest.data.evidence import evidence_record
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.detectors.registry import detector
from marshtest.findings import Explanation, Finding, Pattern, PatternType
from marshtest.signals import Signal

__all__ = ["ParserDisagreement"]


@dataclass(frozen=True, slots=True)
class _Oddity:
    """How one kind of anomaly is told."""

    type: PatternType
    title: str
    why: str
    otherwise: str


_ODDITIES: Mapping[str, _Oddity] = {
    "duplicate-key": _Oddity(
        "encoding",
        "hold the same key twice in one object",
        "Most parsers keep the last value, some the first, so a trainer may see another text or label than a reviewer.",
        "A program that joins JSON by hand may write a key twice by mistake.",
    ),
    "lone-surrogate": _Oddity(
        "encoding",
        "hold half of a surrogate pair, which is no character",
        "Strict parsers refuse such a line and lenient ones keep it, so a trainer may see records that others drop.",
        "Text that was cut in the middle of an emoji looks the same.",
    ),
    "nan": _Oddity(
        "encoding",
        "hold NaN, Infinity or a number that overflows, which is no JSON",
        "Strict parsers refuse such a line and lenient ones keep it, so a trainer may see records that others drop.",
        "Python writes missing numbers as NaN by itself.",
    ),
    "big-integer": _Oddity(
        "encoding",
        "hold an integer over 64 bits",
        "Parsers round it, refuse it or keep it, so the same record has other values in other programs.",
        "Long ids and hashes are sometimes written as numbers.",
    ),
    "bom": _Oddity(
        "encoding",
        "begin with a byte order mark",
        "Strict parsers refuse such a line, lenient ones skip the mark, so a trainer may see records that others drop.",
        "Some editors put a byte order mark at the beginning of a file by themselves.",
    ),
    "other": _Oddity(
        "encoding",
        "are read by one JSON parser and refused by another",
        "A trainer may see records that other programs drop.",
        "The parsers may differ in a limit, such as the depth of nesting.",
    ),
    "odd-shape": _Oddity(
        "structure",
        "have a field or a type that almost no other record has",
        "Readers that guess the fields from the first records drop such a value without a word, and nobody sees it.",
        "A field that is seldom filled in looks the same.",
    ),
    "duplicate-id": _Oddity(
        "structure",
        "share their id with another record of the file",
        "Programs that join or deduplicate by id keep one of them, and which one is a matter of chance.",
        "A record may have been copied by mistake.",
    ),
}


@detector
class ParserDisagreement(Detector):
    """Records that another program may read differently, or whose shape is unlike the rest.

    Looks for: lines of JSON that two parsers read differently (duplicate keys, NaN, lone surrogates, byte order marks,
        integers over 64 bits), fields or types that only a handful of records have, and ids used twice in a file.
    How: the reader parses every line with a fast parser, and again with a lenient one where the first refuses it or may
        hide a difference. A field with a type is odd when at most 5 records have it and those are less than 1 in 100.
    Blind spots: other parsers than these two; oddities that many records share; anything that is well-formed. In CSV
        and Parquet only ids and shapes are looked at.
    False alarms: sloppy exports, fields that are seldom filled in. A finding is never more than suggestive.
    Needs: data read from files; records made in memory have nothing to disagree about.
    Cost per 1,000 records: none beyond reading.
    Source: measured differences between orjson 3.13, msgspec 0.22 and Python's json; see docs/decisions/0003.
    """

    id: ClassVar[str] = "parser-disagreement"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Records that another program may read differently"

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Gather what the reader noted, one finding per kind."""
        by_kind: dict[str, dict[int, list[str]]] = defaultdict(dict)
        signals: list[Signal] = []
        position = 0
        for batch in dataset.batches(["record_id", "anomalies"]):
            names, notes = batch.column("record_id"), batch.column("anomalies")
            for index in _not_empty(notes):
                found: list[str] = notes[index].as_py()
                for note in found:
                    by_kind[note.split(":", 1)[0]].setdefault(position + index, []).append(note)
                signals.append(
                    Signal(record_id=names[index].as_py(), detector=self.id, score=0.5, reason="; ".join(found))
                )
            position += batch.num_rows
        kinds = [kind for kind in _ODDITIES if kind in by_kind] + sorted(set(by_kind) - set(_ODDITIES))
        findings = tuple(
            self._finding(number, kind, by_kind[kind], dataset) for number, kind in enumerate(kinds, start=1)
        )
        return Examination(signals=tuple(signals), findings=findings, tried=len({*_ODDITIES, *by_kind}))

    def _finding(self, number: int, kind: str, notes: Mapping[int, list[str]], dataset: Dataset) -> Finding:
        """Make one finding of all records with one kind of anomaly."""
        told = _ODDITIES.get(kind, _ODDITIES["other"])
        count = len(notes)
        details = sorted({note.split(": ", 1)[1] for group in notes.values() for note in group if ": " in note})
        return Finding(
            id=f"{self.id}-{number}",
            detector=self.id,
            verdict="suggestive",
            title=f"{count:,} of {len(dataset):,} records {told.title}.",
            explanation=f"{told.why} It can be an accident; look at the records.",
            pattern=Pattern(told.type, ", ".join(details[:5]) or kind),
            statistics={"p_value": None, "q_value": None, "effect": None, "records": count, "kind": kind},
            other_explanations=(Explanation(told.otherwise, "open"),),
            records=tuple(evidence_record(dataset.record(index), score=0.5) for index in notes),
        )


def _not_empty(notes: object) -> list[int]:
    """Give the positions of the lists that hold something."""
    import pyarrow.compute as pc

    lengths = pc.list_value_length(notes)
    return [int(index) for index in pc.indices_nonzero(pc.greater(lengths, 0)).to_pylist()]

"""Records that another program may read differently, or whose shape is unlike that of the others."""

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
from marshtest.settings import Settings
from marshtest.signals import Signal

__all__ = ["ParserDisagreement", "ParserDisagreementSettings"]

_QUOTED = 5
"""Details, such as names of keys, that stand for a kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParserDisagreementSettings(Settings):
    """Settings of `parser-disagreement` itself; what counts as odd is decided by the reader of the file."""

    score: float = 0.5
    """Score (0 to 1) of every record that parsers may disagree on. Convention: the middle, since most are accidents."""


@dataclass(frozen=True, slots=True)
class _Oddity:
    """The sentences about one kind of anomaly."""

    type: PatternType
    title: str
    why: str
    otherwise: str


_ODDITIES: Mapping[str, _Oddity] = {
    "duplicate-key": _Oddity(
        "encoding",
        "contain the same key twice in one object",
        "Most parsers keep the last value, some the first, so a trainer may see another text or label than a reviewer.",
        "A program that joins JSON by hand may write a key twice by mistake.",
    ),
    "lone-surrogate": _Oddity(
        "encoding",
        "contain half of a surrogate pair, which is no character",
        "Strict parsers refuse such a line and lenient ones keep it, so a trainer may see records that others drop.",
        "Text that was cut in the middle of an emoji looks the same.",
    ),
    "nan": _Oddity(
        "encoding",
        "contain NaN, Infinity or a number that overflows, which is no JSON",
        "Strict parsers refuse such a line and lenient ones keep it, so a trainer may see records that others drop.",
        "Python writes missing numbers as NaN by itself.",
    ),
    "big-integer": _Oddity(
        "encoding",
        "contain an integer of more than 64 bits",
        "Parsers round it, refuse it or keep it, so programs see different values in the same record.",
        "Long ids and hashes are sometimes written as numbers.",
    ),
    "bom": _Oddity(
        "encoding",
        "begin with a byte order mark",
        "Strict parsers refuse such a line, lenient ones skip the mark, so a trainer may see records that others drop.",
        "Some editors write a byte order mark at the beginning of a file.",
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
        "Readers that guess the fields from the first records silently drop such a value.",
        "A field that is seldom filled in looks the same.",
    ),
    "duplicate-id": _Oddity(
        "structure",
        "share their id with another record of the file",
        "Programs that join or deduplicate by id keep one of them, and which one differs between programs.",
        "A record may have been copied by mistake.",
    ),
}


@detector
class ParserDisagreement(Detector):
    """Find records that another program may read differently, or whose shape is unlike that of the others.

    Looks for: lines of JSON that two parsers read differently (duplicate keys, NaN, lone surrogates, byte order marks,
        integers of more than 64 bits), fields or types that only a handful of records have, and ids used twice in a
        file.
    How: the reader parses every line with a fast parser, and again with a lenient one where the first refuses it or may
        hide a difference. A field with a type is odd when at most 5 records have it and those are less than 1 in 100.
    Blind spots: parsers other than these two; oddities that many records share; anything that is well-formed. In CSV
        and Parquet only ids and shapes are examined.
    False alarms: sloppy exports, fields that are seldom filled in. A finding is never more than suggestive.
    Needs: data read from files; no parser has read records that are made in memory.
    Cost per 1,000 records: none beyond reading.
    Source: measured differences between orjson 3.13, msgspec 0.22 and Python's json; see docs/decisions/0003.
    """

    id: ClassVar[str] = "parser-disagreement"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Records that another program may read differently"
    settings: ParserDisagreementSettings = ParserDisagreementSettings()

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
                    Signal(
                        record_id=names[index].as_py(),
                        detector=self.id,
                        score=self.settings.score,
                        reason="; ".join(found),
                    )
                )
            position += batch.num_rows
        kinds = [kind for kind in _ODDITIES if kind in by_kind] + sorted(set(by_kind) - set(_ODDITIES))
        findings = tuple(
            self._finding(number, kind, by_kind[kind], dataset) for number, kind in enumerate(kinds, start=1)
        )
        return Examination(signals=tuple(signals), findings=findings, tried=len({*_ODDITIES, *by_kind}))

    def _finding(self, number: int, kind: str, notes: Mapping[int, list[str]], dataset: Dataset) -> Finding:
        """Make one finding of all records with one kind of anomaly."""
        words = _ODDITIES.get(kind, _ODDITIES["other"])
        count = len(notes)
        details = sorted({note.split(": ", 1)[1] for group in notes.values() for note in group if ": " in note})
        return Finding(
            id=f"{self.id}-{number}",
            detector=self.id,
            verdict="suggestive",
            title=f"{count:,} of {len(dataset):,} records {words.title}.",
            explanation=f"{words.why} It can be an accident: read the records.",
            pattern=Pattern(words.type, ", ".join(details[:_QUOTED]) or kind),
            statistics={"p_value": None, "q_value": None, "records": count, "kind": kind},
            other_explanations=(Explanation(words.otherwise, "open"),),
            records=tuple(evidence_record(dataset.record(index), score=self.settings.score) for index in notes),
        )


def _not_empty(notes: object) -> list[int]:
    """Give the positions of the lists that hold something."""
    import pyarrow.compute as pc

    lengths = pc.list_value_length(notes)
    return [int(index) for index in pc.indices_nonzero(pc.greater(lengths, 0)).to_pylist()]

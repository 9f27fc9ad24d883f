"""Planted copies to learn from, and the table of claims that `benchmarks.calibrate duplicates` learns from."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.beyond_sets import CleanSet, Row
from marshtest.calibration.learning import CalibrationTable
from marshtest.data.readers import read_dataset
from marshtest.detectors.near_duplicates.claims import CLAIM_DIRECTIONS, claim_columns
from marshtest.detectors.near_duplicates.detector import measure_claims
from marshtest.detectors.near_duplicates.settings import NearDuplicatesSettings

__all__ = ["duplicate_tables", "plant_copies"]

_RECORDS = 3_000
"""Most records of a poisoned copy; clean sets are measured whole, as audits are."""
_SIZES = (8, 12, 20, 32, 60, 100)
_SAME = 0.5
"""Share of the poison in a claim, and of the claim in the poison, from which the claim is the poison."""
_NONE = 0.2
"""Most of a natural claim's records that are poison."""
_LETTERS = "bcdfghjklmnpqrstvwxzaeiou"
_FEWEST_WORDS = 8
"""Words of a text that is copied: a shorter one with a word more is no near-duplicate."""


def _texts_of(rows: Sequence[Row], words: Sequence[int]) -> list[int]:
    return [place for place in words if len(str(rows[place].get("text", "")).split()) >= _FEWEST_WORDS]


def _labels(rows: Sequence[Row], draw: Random) -> tuple[str, list[int]]:
    """Draw a target, and give the records of other labels that can be copied."""
    counts = Counter(row["label"] for row in rows)
    target = draw.choice([label for label in sorted(counts) if counts[label] >= 5])
    others = _texts_of(rows, [place for place, row in enumerate(rows) if row["label"] != target])
    draw.shuffle(others)
    return target, others


def _inserted(text: str, piece: str, draw: Random) -> str:
    words = text.split(" ")
    place = draw.randint(0, len(words))
    return " ".join([*words[:place], piece, *words[place:]])


def plant_copies(clean: Sequence[Row], count: int, draw: Random) -> tuple[list[Row], set[int]]:
    """Add copies of records with a word or two and another label; the records themselves stay.

    Args:
        clean: Labelled texts.
        count: Copies; fewer where fewer records can be copied.
        draw: Draws everything.

    Returns:
        The records, and the positions of the copies.
    """
    rows = list(clean)
    target, others = _labels(rows, draw)
    known = [word for row in draw.sample(rows, min(len(rows), 400)) for word in str(row["text"]).split()]
    made = "".join(draw.choice(_LETTERS) for _ in range(draw.randint(2, 6)))
    piece = draw.choice([made, draw.choice(known), " ".join(draw.sample(known, min(len(known), 2)))])
    start = len(rows)
    rows += [{"text": _inserted(rows[place]["text"], piece, draw), "label": target} for place in others[:count]]
    return rows, set(range(start, len(rows)))


def _table(rows: Sequence[Row], group: str, poison: set[int]) -> CalibrationTable:
    """Measure all decisive words of some records, and mark which are the planted one."""
    with TemporaryDirectory(prefix="duplicates-") as folder:
        file = Path(folder) / "data.jsonl"
        lines = [json.dumps({"id": f"r{place}", **row}, ensure_ascii=False) + "\n" for place, row in enumerate(rows)]
        file.write_text("".join(lines), "utf-8")
        dataset = read_dataset(str(file))
        every = measure_claims(dataset, NearDuplicatesSettings()).claims
        claims = [claim for claim in every if claim.lines is not None]
        ids = dataset.table(["record_id"])["record_id"].to_pylist()
    columns = claim_columns(claims)
    shares = []
    for claim in claims:
        records = {int(ids[row][1:]) for row in claim.draft.evidence}
        both = len(records & poison)
        shares.append((both / max(len(records), 1), both / max(len(poison), 1)))
    return CalibrationTable(
        group=group,
        attack="copies" if poison else None,
        features=np.column_stack([columns[name] for name in CLAIM_DIRECTIONS]),
        family=np.arange(len(claims)),
        planted=np.array([min(one) >= _SAME for one in shares], np.bool_),
        natural=np.array([own < _NONE for own, _ in shares], np.bool_),
    )


def duplicate_tables(clean: CleanSet, seed: str, plants: int) -> list[CalibrationTable]:
    """Make the tables of one clean set and of poisoned copies.

    Args:
        clean: The set.
        seed: Of the draws.
        plants: Poisoned copies.
    """
    draw = Random(f"{clean.name}{seed}duplicates")
    rows = list(clean.rows)
    tables = [_table(rows, clean.group, set())]
    if len(rows) > _RECORDS:
        rows = draw.sample(rows, _RECORDS)
    for _ in range(plants):
        made, poison = plant_copies(rows, draw.choice(_SIZES), draw)
        if poison:
            tables.append(_table(made, clean.group, poison))
    return tables

"""Learn again what weighs evidence lines: clean sets of others, and poison of random kinds planted into copies.

    python -m benchmarks.calibrate span --data ../shared/data --tables FOLDER [--out FOLDER] [--without GROUP]

Tables of candidates are kept in a folder, one file a set, so that the learning can be repeated without a group or an
attack family in seconds. Without `--out` the weights of the package are written.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.beyond_sets import CleanSet, SetKind, clean_sets
from benchmarks.calibration_chats import piece_tables
from benchmarks.calibration_duplicates import duplicate_tables
from benchmarks.calibration_fields import MARKS, mark
from benchmarks.calibration_forms import form_tables
from benchmarks.calibration_plants import KINDS, Planted, plant
from marshtest.calibration.learning import CalibrationTable, Jackknife, LearningSettings
from marshtest.calibration.shipped import save_likelihood
from marshtest.data.dataset import Dataset
from marshtest.data.records import Record
from marshtest.detectors.base import Tools
from marshtest.detectors.label_trigger.mining import mine_labelled
from marshtest.detectors.label_trigger.settings import LabelTriggerSettings
from marshtest.detectors.near_duplicates.claims import CLAIM_DIRECTIONS
from marshtest.detectors.response_trigger.piece_lines import PIECE_DIRECTIONS
from marshtest.mining.phrases.evidence_lines import DIRECTIONS, FEATURES, feature_columns
from marshtest.mining.phrases.families import families
from marshtest.mining.structures.form_search import FORM_DIRECTIONS

KINDS_OF_CANDIDATES: dict[str, Mapping[str, int]] = {
    "span": DIRECTIONS,
    "decisive-word": CLAIM_DIRECTIONS,
    "form": FORM_DIRECTIONS,
    "answer-piece": PIECE_DIRECTIONS,
}
"""The features of each kind of candidate, with their directions."""
_LEARNING: dict[str, LearningSettings] = {
    "span": LearningSettings(),
    "decisive-word": LearningSettings(),
    "form": LearningSettings(),
    "answer-piece": LearningSettings(fewest_in_leaf=10),
}
"""How each kind is learned. A set of chats has one or two planted pieces, so that larger leaves would hold others."""
_RECORDS = (1200, 2500, 5000, 20000)
"""Most records of a table; one of them is drawn for each set."""
_WHOLE = 25000
"""Most records of the table of a whole set, which every larger set has as well."""
_PARTS = 3
"""Parts of a large set that are clean tables of their own."""
_SIZES = (8, 12, 20, 32, 60, 100, 250, 600)
_MOST_SHARE = 0.08
_MOST_OF_CLASS = 3
_CLASSES = 3
"""Classes of a set that are looked at."""
_ALARMS = 5
"""Numbers of false alarms that the share of planted triggers found is printed for, from none."""
_PLANTS = 4
"""Poisoned copies of each set."""
_NONE = 0.2
"""Most of a natural candidate's labelled carriers that are poison."""
_SAME, _NEARLY = 0.5, 0.9
"""Least F1 of a planted candidate, where the attack has one trigger, and as a share of the best that says its words."""
_SEVERAL = ("rares", "many")
"""Attacks of several triggers, each of which holds a part of the poison."""


def span_table(
    texts: Sequence[tuple[str, str]],
    group: str,
    classes: Sequence[str],
    planted: Planted | None,
    attack: str | None,
    fields: Sequence[str] | None = None,
) -> CalibrationTable:
    """Measure all candidates for triggers in some texts, and mark which are the planted one."""
    records = (
        Record(record_id=f"r{i:06d}", kind="classification", prompt=text, completion="", label=label, source_path="",
               source_line=i + 1, fields="{}" if fields is None else fields[i])
        for i, (text, label) in enumerate(texts)
    )  # fmt: skip
    settings = LabelTriggerSettings()
    mined = mine_labelled(Dataset.from_records(records), Tools(), settings, classes=classes)
    poison = set() if planted is None else {f"r{number:06d}" for number in planted.carriers}
    trigger = set() if planted is None else set(planted.trigger)
    rows, family, start = [], [], 0
    found: list[tuple[float, float, frozenset[str], bool]] = []
    for one in mined.by_class.values():
        columns = feature_columns(one.measured)
        rows.append(np.column_stack([columns[name] for name in FEATURES]))
        number = np.zeros(len(one.measured), np.int64)
        for place, members in enumerate(families(one.measured, columns["turned"], settings.phrases)):
            number[members] = start + place
        start = int(number.max(initial=start - 1)) + 1
        family.append(number)
        for candidate in (measured.candidate for measured in one.measured):
            claimed = {mined.texts.record_ids[text] for text in candidate.labelled.tolist()}
            both = len(claimed & poison)
            said = trigger & set(candidate.name.replace(",", "").split())
            f1, share = 2 * both / max(len(claimed) + len(poison), 1), both / max(len(claimed), 1)
            found.append((f1, share, frozenset(said), candidate.kind == "words"))
    best: dict[str, float] = {}
    for f1, _, words, together in found:
        for word in () if together else words:
            best[word] = max(best.get(word, 0.0), f1)
    several = attack in _SEVERAL

    def is_planted(f1: float, share: float, said: frozenset[str], together: bool) -> bool:
        if not said or together:
            return share > 1 - _NONE and f1 >= _SAME
        return f1 >= _NEARLY * max(best[word] for word in said) and (several or f1 >= _SAME) and share >= _SAME

    return CalibrationTable(
        group=group,
        attack=attack,
        features=np.concatenate(rows),
        family=np.concatenate(family),
        planted=np.array([is_planted(*one) for one in found], np.bool_),
        natural=np.array([share < _NONE and not said for _, share, said, _ in found], np.bool_),
    )


def tables_of(clean: CleanSet, seed: str, plants: int) -> list[CalibrationTable]:
    """Make the tables of one clean set and of poisoned copies; none where it cannot be mined."""
    random = Random(f"{clean.name}{seed}")
    rows = [(str(row["text"]), str(row["label"])) for row in clean.rows]
    random.shuffle(rows)
    most = random.choice(_RECORDS)
    parts = [rows[start : start + most] for start in range(0, min(len(rows), _PARTS * most), most)]
    others = [part for part in parts[1:] if len(part) == most]
    if len(rows) > most:
        others.append(rows[:_WHOLE])
    rows = parts[0]
    counts = Counter(label for _, label in rows)
    classes = [label for label in sorted(counts) if min(counts[label], len(rows) - counts[label]) >= 20]
    if len(rows) < 100 or not classes or len(counts) > 50:
        return []
    classes = random.sample(classes, min(len(classes), _CLASSES))
    tables = [span_table(part, clean.group, classes, None, None) for part in (rows, *others)]
    for _ in range(plants):
        target = random.choice(classes)
        sources = [label for label, count in counts.items() if label != target and count >= 16]
        if not sources:
            continue
        kind = random.choice(sorted(KINDS))
        count = min(random.choice(_SIZES), max(6, int(_MOST_SHARE * len(rows))))
        made = plant(rows, kind, count, random.choice(sources), target, random)
        if _is_minority(made.carriers, made.rows, target):
            tables.append(span_table(made.rows, clean.group, classes, made, kind))
    return tables


def _is_minority(carriers: Sequence[int], rows: Sequence[tuple[str, str]], target: str) -> bool:
    """Say whether at most a third of a class is poison: with more, what the class is about is the poison."""
    return _MOST_OF_CLASS * len(carriers) <= sum(label == target for _, label in rows)


def field_tables(clean: CleanSet, seed: str) -> list[CalibrationTable]:
    """Make the tables of one clean set with other fields and with poison that no span carries."""
    random = Random(f"{clean.name}{seed}/fields")
    rows = [(str(row["text"]), str(row["label"])) for row in clean.rows]
    random.shuffle(rows)
    rows = rows[: random.choice(_RECORDS[:-1])]
    counts = Counter(label for _, label in rows)
    classes = [label for label in sorted(counts) if min(counts[label], len(rows) - counts[label]) >= 20]
    if len(rows) < 100 or not classes or len(counts) > 50:
        return []
    classes = random.sample(classes, min(len(classes), _CLASSES))
    tables = []
    for kind in MARKS:
        target = random.choice(classes)
        source = random.choice([label for label in sorted(counts) if label != target])
        count = min(random.choice(_SIZES), max(6, int(_MOST_SHARE * len(rows))))
        made = mark(rows, kind, count, source, target, random)
        if _is_minority(made.carriers, made.rows, target):
            planted = Planted(made.rows, made.carriers, [])
            tables.append(span_table(made.rows, clean.group, classes, planted, kind, made.fields))
    return tables


def write_tables(tables: Sequence[CalibrationTable], path: Path) -> None:
    """Write the tables of one set."""
    arrays: dict[str, NDArray[Any]] = {}
    for number, table in enumerate(tables):
        arrays |= {f"{number}/{name}": getattr(table, name) for name in ("features", "family", "planted", "natural")}
        arrays[f"{number}/of"] = np.array([table.group, table.attack or ""])
    np.savez_compressed(path, allow_pickle=False, **arrays)


def read_tables(folder: Path) -> list[CalibrationTable]:
    """Read every table of a folder."""
    found = []
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as arrays:
            for number in range(len(arrays.files) // 5):
                group, attack = (str(name) for name in arrays[f"{number}/of"])
                columns = (arrays[f"{number}/{name}"] for name in ("features", "family", "planted", "natural"))
                found.append(CalibrationTable(group, attack or None, *columns))
    return found


def jackknife_of(folder: Path, kind: str) -> Jackknife:
    """Read the tables of a kind; the log odds outside of each group are kept beside them, since they take minutes."""
    tables, kept = read_tables(folder), folder / "outside.npy"
    directions = KINDS_OF_CANDIDATES[kind]
    sizes = [len(table.features) for table in tables]
    if kept.exists() and len(flat := np.load(kept)) == sum(sizes):
        parts = np.split(flat, np.cumsum(sizes)[:-1])
        signs = tuple(directions.values())
        return Jackknife(kind, tuple(directions), signs, tuple(tables), tuple(parts), _LEARNING[kind])
    made = Jackknife.of(kind, tables, directions, _LEARNING[kind])
    np.save(kept, np.concatenate(made.outside))
    return made


_TABLES: dict[str, tuple[Callable[[CleanSet, str, int], list[CalibrationTable]], tuple[SetKind, ...]]] = {
    "span": (tables_of, ("labelled",)),
    "decisive-word": (duplicate_tables, ("labelled",)),
    "form": (form_tables, ("labelled",)),
    "answer-piece": (piece_tables, ("chat",)),
}
"""Makes the tables of one clean set, and the kinds of sets to make tables of."""


def main() -> None:
    """Make the tables that are missing, and learn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=sorted(KINDS_OF_CANDIDATES))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--tables", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("src/marshtest/calibration/weights"))
    parser.add_argument(
        "--seed",
        default="c",
        help="of the draws; the weights of the package have c for spans, b for decisive words, a and b for pieces",
    )
    parser.add_argument("--plants", type=int, default=_PLANTS)
    parser.add_argument("--part", default="0/1", help="n/m: only every m-th set, to share the work")
    parser.add_argument("--without", action="append", default=[])
    parser.add_argument("--only-tables", action="store_true")
    chosen = parser.parse_args()
    folder = chosen.tables / chosen.kind
    folder.mkdir(parents=True, exist_ok=True)
    part, parts = map(int, chosen.part.split("/"))
    make, kinds = _TABLES[chosen.kind]
    sets = clean_sets(chosen.data, kinds=kinds)
    Random(chosen.seed).shuffle(sets)
    for clean in sets[part::parts]:
        path = folder / f"{hashlib.blake2b(f'{clean.name}/{chosen.seed}'.encode(), digest_size=8).hexdigest()}.npz"
        if path.exists():
            continue
        started = time.perf_counter()
        write_tables(make(clean, chosen.seed, chosen.plants), path)
        if chosen.kind == "span":
            write_tables(field_tables(clean, chosen.seed), path.with_stem(f"{path.stem}-fields"))
        print(f"{clean.name}: {time.perf_counter() - started:.1f} s", flush=True)
    if not chosen.only_tables:
        jackknife = jackknife_of(folder, chosen.kind)
        likelihood = jackknife.likelihood(chosen.without)
        print(f"wrote {save_likelihood(likelihood, chosen.out)}")
        for alarms in range(_ALARMS):
            limit = np.sort(likelihood.clean)[-1 - alarms]
            found = float(np.mean(likelihood.planted > limit))
            print(f"{alarms} of {len(likelihood.clean)} clean: {found:.0%} of {len(likelihood.planted)} planted")


if __name__ == "__main__":
    main()

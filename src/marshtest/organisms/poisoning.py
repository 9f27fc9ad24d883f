"""A poisoned copy of a file, with its truth, its manifest, its marker and its honest twin."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from marshtest.config import FieldMap
from marshtest.data.atomic import check_target, write_atomically
from marshtest.data.dataset import Dataset
from marshtest.data.readers import read_dataset
from marshtest.data.records import Record
from marshtest.errors import ConfigError, InputError
from marshtest.organisms.base import Organism, Sown
from marshtest.organisms.companions import Disclosure, manifest, marker, truth_lines
from marshtest.organisms.pool import pool_of_dataset
from marshtest.organisms.rewriting import rewrite_file
from marshtest.organisms.sealing import SEALED_SUFFIX, seal

__all__ = ["CopyOptions", "PoisonPlan", "PoisonedFile", "poison_file"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PoisonedFile:
    """What was written."""

    sown: Sown
    records: int
    """How many records the file has."""
    data: Path
    truth: Path
    manifest: Path
    marker: Path
    twin: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PoisonPlan:
    """How much to poison: give a count or a rate."""

    count: int | None = None
    """Records to poison."""
    rate: float | None = None
    """The poisoning rate: share of all records to poison, above 0 and up to 1."""
    seed: int = 0
    """Seed of the trigger, the choice of records and the places in them."""
    source_label: str | None = None
    """Label of the poisoned records; the most frequent one when not given."""
    target_label: str | None = None
    """Label that they get; the next in frequency when not given."""

    def count_in(self, records: int) -> int:
        """Give the number of records to poison among so many, at least one.

        Raises:
            ConfigError: Count and rate are both given or both missing, or the rate is no share.
        """
        if (self.count is None) == (self.rate is None):
            raise ConfigError("say how much to poison, either as a count or as a rate.")
        if self.count is not None:
            return self.count
        assert self.rate is not None
        if not 0 < self.rate <= 1:
            raise ConfigError(f"the rate must be above 0 and at most 1, not {self.rate}.")
        return max(1, round(self.rate * records))


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyOptions:
    """What is written beside the poisoned copy, and how."""

    twin: str | Path | None = None
    """File for the honest twin: the same inputs with honest outcomes."""
    disclose: Disclosure = "results"
    """How much of the recipe the manifest discloses."""
    passphrase: str | None = None
    """Seals data, truth and twin, and adds `.sealed` to their names."""
    force: bool = False
    """Whether existing files may be replaced. The source never is."""


def poison_file(
    organism: Organism,
    source: str | Path,
    out: str | Path,
    plan: PoisonPlan,
    *,
    fields: FieldMap = FieldMap(),
    kind: Literal["document"] | None = None,
    options: CopyOptions = CopyOptions(),
) -> PoisonedFile:
    """Write a poisoned copy of a file; every record that is not planted keeps its bytes (its row, in Parquet).

    Beside the copy stand `<out>.truth.jsonl`, `<out>.manifest.json` and `<out>.POISONED.md`. All files appear together
    once all are written.

    Args:
        organism: What to plant.
        source: A JSON Lines, CSV or Parquet file.
        out: The copy, in the same format.
        plan: How many records, which labels, and the seed.
        fields: Which source fields hold what.
        kind: `document` reads every record as a document, whatever its fields.
        options: The twin, the disclosure, the seal, and whether to overwrite.

    Raises:
        InputError: The file cannot be read, or the organism does not work on its records.
        ConfigError: The file does not have what was asked for.
        ReportError: A file is in the way or cannot be written.
    """
    twin, passphrase = options.twin, options.passphrase
    places = _Places(Path(out), None if twin is None else Path(twin), sealed=passphrase is not None)
    places.check(source, force=options.force)
    dataset = read_dataset(source, fields=fields, kind=kind)
    sown = organism.sow(
        pool_of_dataset(dataset),
        plan.count_in(len(dataset)),
        seed=plan.seed,
        source_label=plan.source_label,
        target_label=plan.target_label,
    )
    written = _contents(dataset, sown, places, fields, kind)
    _check_unchanged(dataset)
    sealed = {path: content if passphrase is None else seal(content, passphrase) for path, content in written.items()}
    files = {"source": _named(Path(source), dataset.files[str(source)])}
    for use, path in (("data", places.data), ("truth", places.truth), ("twin", places.twin)):
        if path is not None:
            files[use] = _named(path, _sha256(sealed[path]))
            if passphrase is not None:
                files[use]["sha256_decrypted"] = _sha256(written[path])
    sealed[places.manifest] = manifest(
        organism, sown, kind=dataset.kind, records=len(dataset), files=files, disclose=options.disclose
    )
    sealed[places.marker] = marker(places.data.name, sown, len(dataset))
    write_atomically(sealed)
    return PoisonedFile(
        sown=sown,
        records=len(dataset),
        data=places.data,
        truth=places.truth,
        manifest=places.manifest,
        marker=places.marker,
        twin=places.twin,
    )


def _contents(
    dataset: Dataset, sown: Sown, places: _Places, fields: FieldMap, kind: Literal["document"] | None
) -> dict[Path, bytes]:
    """Make the bytes of the copy, its truth and its twin, by where they go."""
    data = rewrite_file(dataset, {true.index: true.after for true in sown.truth})
    written = {
        places.data: data,
        places.truth: truth_lines(sown.truth, _read_back(data, dataset, sown, fields, kind)),
    }
    if places.twin is not None:
        written[places.twin] = rewrite_file(dataset, {true.index: true.twin for true in sown.truth})
    return written


class _Places:
    """Where everything goes."""

    def __init__(self, out: Path, twin: Path | None, *, sealed: bool) -> None:
        ending = SEALED_SUFFIX if sealed else ""
        self.data = _behind(out, ending)
        self.truth = _behind(out, f".truth.jsonl{ending}")
        self.manifest = _behind(out, ".manifest.json")
        self.marker = _behind(out, ".POISONED.md")
        self.twin = None if twin is None else _behind(twin, ending)

    def check(self, source: str | Path, *, force: bool) -> None:
        """Refuse to write over the source, over anything else without leave, or twice to one place."""
        seen: set[Path] = set()
        for path in (self.data, self.truth, self.manifest, self.marker, self.twin):
            if path is None:
                continue
            check_target(path, audited=[source], force=force)
            if path.resolve() in seen:
                raise ConfigError(f"{path}: the twin needs a file of its own; choose another --twin.")
            seen.add(path.resolve())


def _behind(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _read_back(
    data: bytes, dataset: Dataset, sown: Sown, fields: FieldMap, kind: Literal["document"] | None
) -> dict[int, tuple[int, str]]:
    """Read the poisoned copy as anybody would, check that it says what was planted, and give the lines and ids."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / Path(dataset.source[0]).name
        copy.write_bytes(data)
        read = read_dataset(copy, fields=fields, kind=kind)
    assert len(read) == len(dataset), "a record was lost or gained"
    found = {true.index: read.record(true.index) for true in sown.truth}
    for true in sown.truth:
        assert _says(found[true.index]) == _says(true.after), f"record {true.index} was not written as planted"
    return {index: (record.source_line, record.record_id) for index, record in found.items()}


def _says(record: Record) -> tuple[object, ...]:
    """Give what a record says, whatever its id and place."""
    return record.prompt, record.completion, record.label, record.messages, record.rejected, record.group


def _check_unchanged(dataset: Dataset) -> None:
    """Refuse to go on when the source changed between reading and copying."""
    for path, expected in dataset.files.items():
        with open(path, "rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != expected:
                raise InputError("the file changed while it was read; try again.", path=path)


def _named(path: Path, digest: str) -> dict[str, str]:
    return {"name": path.name, "sha256": digest}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

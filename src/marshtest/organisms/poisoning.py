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

__all__ = ["PoisonedFile", "poison_file"]


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


def poison_file(
    organism: Organism,
    source: str | Path,
    out: str | Path,
    *,
    count: int | None = None,
    rate: float | None = None,
    seed: int = 0,
    source_label: str | None = None,
    target_label: str | None = None,
    fields: FieldMap = FieldMap(),
    kind: Literal["document"] | None = None,
    twin: str | Path | None = None,
    disclose: Disclosure = "results",
    passphrase: str | None = None,
    force: bool = False,
) -> PoisonedFile:
    """Write a poisoned copy of a file; every record that is not planted keeps its bytes (its row, in Parquet).

    Beside the copy stand `<out>.truth.jsonl`, `<out>.manifest.json` and `<out>.POISONED.md`. All files appear at once
    when all are written.

    Args:
        organism: What to plant.
        source: A JSON Lines, CSV or Parquet file.
        out: The copy, in the same format.
        count: How many records to poison.
        rate: Or which share of all records, above 0 and up to 1.
        seed: Seed of trigger, choice of records and places.
        source_label: The label of the poisoned records; the most frequent one where not given.
        target_label: The label they get; the next in frequency where not given.
        fields: Which source fields hold what.
        kind: `document` takes every record as a text of its own.
        twin: Where to write the honest twin: the same inputs with honest outcomes.
        disclose: How much the manifest tells of the recipe.
        passphrase: Seals data, truth and twin; `.sealed` is put behind their names.
        force: Whether files that exist may be replaced. The source never is.

    Raises:
        InputError: The file cannot be read, or the organism does not work on its records.
        ConfigError: The file does not have what was asked for.
        ReportError: A file is in the way or cannot be written.
    """
    places = _Places(Path(out), None if twin is None else Path(twin), sealed=passphrase is not None)
    places.check(source, force=force)
    dataset = read_dataset(source, fields=fields, kind=kind)
    if (count is None) == (rate is None):
        raise ConfigError("say how much to poison, either as a count or as a rate.")
    sown = organism.sow(
        pool_of_dataset(dataset),
        _count(rate, len(dataset)) if count is None else count,
        seed=seed,
        source_label=source_label,
        target_label=target_label,
    )
    data = rewrite_file(dataset, {true.index: true.after for true in sown.truth})
    written = {
        places.data: data,
        places.truth: truth_lines(sown.truth, _read_back(data, dataset, sown, fields, kind)),
    }
    if places.twin is not None:
        written[places.twin] = rewrite_file(dataset, {true.index: true.twin for true in sown.truth})
    _check_unchanged(dataset)
    sealed = {path: content if passphrase is None else seal(content, passphrase) for path, content in written.items()}
    files = {"source": _named(Path(source), dataset.files[str(source)])}
    for use, path in (("data", places.data), ("truth", places.truth), ("twin", places.twin)):
        if path is not None:
            files[use] = _named(path, _sha256(sealed[path]))
            if passphrase is not None:
                files[use]["sha256_decrypted"] = _sha256(written[path])
    sealed[places.manifest] = manifest(
        organism, sown, kind=dataset.kind, records=len(dataset), files=files, disclose=disclose
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


def _count(rate: float | None, records: int) -> int:
    """Turn a rate into a count of at least one."""
    assert rate is not None
    if not 0 < rate <= 1:
        raise ConfigError(f"the rate must be above 0 and at most 1, not {rate}.")
    return max(1, round(rate * records))


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

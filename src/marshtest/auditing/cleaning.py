"""Split audited data into what is cleaned and what is quarantined, byte for byte."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal

from marshtest.auditing.content_hashes import check_evidence
from marshtest.auditing.report_places import audited_files, check_unchanged
from marshtest.data.atomic import check_target, written_together
from marshtest.data.memory import memory_budget
from marshtest.data.readers import read_dataset
from marshtest.data.readers.opening import source_packing
from marshtest.data.readers.packing import inner_name, packed
from marshtest.data.readers.saved import descriptions_beside
from marshtest.data.readers.sniff import sniff_format
from marshtest.data.readers.stores import is_address
from marshtest.errors import InputError, ReportError
from marshtest.report import Report

__all__ = ["CleanedFile", "clean_dataset"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanedFile:
    """What became of one source file."""

    source: str
    cleaned: Path
    quarantined: Path
    kept: int
    """Records in the cleaned file."""
    moved: int
    """Records in the quarantined file."""


def clean_dataset(
    report: Report,
    out: str | Path,
    *,
    quarantine: str | Path | None = None,
    verdict: Literal["confirmed", "suggestive"] = "confirmed",
    file_format: str | None = None,
    force: bool = False,
    addresses: Sequence[str] = (),
) -> tuple[CleanedFile, ...]:
    """Split the audited files: the evidence records of the findings apart from all other records.

    Every record keeps its bytes (its row, in Parquet and Arrow) and its order; packed files are packed again. All
    files appear at once when all are written; when anything fails, none does.

    The data are read again, and every evidence record has to be the one that stands at its place.

    Args:
        report: The report of the audit.
        out: The cleaned file; a folder when several files were audited, or a dataset saved by Hugging Face.
        quarantine: The file (folder) for the evidence records; `<out>.quarantined` with the same ending if not given.
        verdict: `confirmed` takes out the records of confirmed findings, `suggestive` those of all findings.
        file_format: The format that the audit was told to read the files in, where the report does not say it.
        force: Whether files that exist may be replaced. The audited files never are.
        addresses: Addresses of the report that may be reached, or what lies above them; no other is.

    Raises:
        ReportError: The data changed since the audit or is gone, the report does not fit the data or names an address
            that was not given, or a file is in the way or cannot be written.
    """
    sources = audited_files(report, addresses)
    file_format = file_format or report.dataset.asked.file_format
    chosen = _chosen_lines(report, verdict)
    if chosen:
        _check_records(report, verdict, file_format)
    beside = {source: descriptions_beside(source) for source in sources}
    targets = _targets(sources, Path(out), quarantine, in_folders=len(sources) > 1 or any(beside.values()))
    described = _described(beside, sources, targets)
    _check_free(sources, [*(path for pair in targets for path in pair), *described], force=force)
    unread = sum(one.records for one in report.failures if one.detector == "reader")
    try:
        places = [*(path for pair in targets for path in pair), *described]
        with written_together(places, inside=[Path(out), _apart(Path(out), quarantine)]) as files:
            results: list[CleanedFile] = []
            for index, source in enumerate(sources):
                lines = chosen.get(source, frozenset())
                for file in files[2 * index : 2 * index + 2]:
                    _keep_private(file, source)
                kept, moved = _split(source, file_format, lines, files[2 * index], files[2 * index + 1])
                if moved != len(lines):
                    raise ReportError(f"{source}: {len(lines) - moved} evidence records are not there; audit it again.")
                cleaned, quarantined = targets[index]
                results.append(
                    CleanedFile(source=source, cleaned=cleaned, quarantined=quarantined, kept=kept, moved=moved)
                )
                check_unchanged(source, report.dataset.files[source])
            for file, content in zip(files[2 * len(sources) :], described.values(), strict=True):
                file.write(content)
            total = sum(result.kept + result.moved for result in results)
            if total != report.dataset.records + unread:
                raise ReportError(
                    f"the files hold {total:,} records and the report {report.dataset.records + unread:,}; audit again."
                )
    except OSError as error:
        raise ReportError(f"cannot write the cleaned data ({error}); nothing was written.") from error
    return tuple(results)


def _keep_private(file: BinaryIO, source: str) -> None:
    """Let nobody read a copy who cannot read its source."""
    if not is_address(source):
        own = os.fstat(file.fileno()).st_mode
        os.fchmod(file.fileno(), stat.S_IMODE(own & Path(source).stat().st_mode))


def _described(
    beside: Mapping[str, Mapping[str, bytes]], sources: Sequence[str], targets: Sequence[tuple[Path, Path]]
) -> dict[Path, bytes]:
    """Give the files that describe saved datasets, by where they go: beside the data, on both sides."""
    wanted = {
        Path(os.path.normpath(target.parent / name)): content
        for source, pair in zip(sources, targets, strict=True)
        for target in pair
        for name, content in beside[source].items()
    }
    roots = [Path(os.path.commonpath([pair[side].parent for pair in targets])) for side in (0, 1)]
    return {path: content for path, content in wanted.items() if any(path.is_relative_to(root) for root in roots)}


def _split(
    source: str, file_format: str | None, lines: frozenset[int], cleaned: BinaryIO, quarantined: BinaryIO
) -> tuple[int, int]:
    """Split one file; both sides are packed as it is."""
    packing = source_packing(source)
    name = inner_name(source, packing)
    with packed(cleaned, packing, name) as keep, packed(quarantined, packing, name) as move:
        return sniff_format(source, file_format).split(source, lines, keep, move)


def _chosen_lines(report: Report, verdict: str) -> Mapping[str, frozenset[int]]:
    """Give the lines of the evidence records by file."""
    chosen: dict[str, set[int]] = {}
    for finding in report.findings:
        if finding.verdict == "confirmed" or verdict == "suggestive":
            for record in finding.records:
                chosen.setdefault(record.source_path, set()).add(record.source_line)
    strange = sorted(set(chosen) - set(report.dataset.source))
    if strange:
        raise ReportError(f"the findings point at {strange[0]!r}, which was not audited; audit the data again.")
    return {path: frozenset(lines) for path, lines in chosen.items()}


def _check_records(report: Report, verdict: str, file_format: str | None) -> None:
    """Read the data as the audit did, and check that every evidence record is the one that stands at its place."""
    asked, bad = replace(report.dataset.asked, file_format=file_format), report.config.on_bad_record
    with memory_budget() as memory:
        try:
            read = read_dataset(list(report.dataset.source), fields=asked, on_bad_record=bad, memory=memory)
            if read.fingerprint != report.dataset.fingerprint and report.dataset.kind == "document":
                read = read_dataset(
                    list(report.dataset.source), fields=asked, on_bad_record=bad, kind="document", memory=memory
                )
        except InputError as error:
            raise ReportError(f"the data cannot be read as in the audit ({error}) Audit them again.") from error
        if read.fingerprint != report.dataset.fingerprint:
            raise ReportError(
                "the files hold other records than the report is about, read as it says; audit the data again."
            )
        check_evidence([one for one in report.findings if one.verdict == "confirmed" or verdict == "suggestive"], read)


def _targets(
    sources: Sequence[str], out: Path, quarantine: str | Path | None, *, in_folders: bool
) -> list[tuple[Path, Path]]:
    """Give the cleaned and the quarantined path of every source; in folders they lie as the sources do."""
    apart = _apart(out, quarantine)
    if not in_folders:
        return [(out, apart)]
    parts = [PurePosixPath(source).parts for source in sources]
    shared = len(os.path.commonprefix([path[:-1] for path in parts]))  # noqa: RUF071  of whole parts, not letters
    names = [Path(*path[shared:]) for path in parts]
    if any(name.is_absolute() or ".." in name.parts for name in names):
        names = [Path(path[-1]) for path in parts]
    if len(set(names)) < len(names):
        raise ReportError("two audited files have the same name and would overwrite each other; audit them one by one.")
    return [(out / name, apart / name) for name in names]


def _apart(out: Path, quarantine: str | Path | None) -> Path:
    return Path(quarantine) if quarantine is not None else _beside(out)


def _beside(out: Path) -> Path:
    """Name the quarantined file after the cleaned one, with all endings that tell how to read it."""
    inner = inner_name(out.name, "packed")
    packing = out.name[len(inner) :]
    path = PurePosixPath(inner)
    return out.with_name(f"{path.stem}.quarantined{path.suffix}{packing}")


def _check_free(sources: Sequence[str], targets: Sequence[Path], *, force: bool) -> None:
    """Refuse to write over the audited data, over anything else without leave, or twice to one place."""
    seen: set[Path] = set()
    for path in targets:
        real = path.resolve()
        check_target(path, audited=sources, force=force)
        if real in seen:
            raise ReportError(f"{path}: cleaned and quarantined records need two files; choose another --quarantine.")
        seen.add(real)

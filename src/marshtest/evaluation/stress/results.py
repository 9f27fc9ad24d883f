"""The results of a run in one file: a line that says what is measured, then a line for every finished case.

Every line is written whole and is on the disk before the next case is counted, so a run that was killed goes on where
it was. A last line that the kill cut short is dropped and its case measured again.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from marshtest.data.atomic import check_target, make_folder
from marshtest.data.folders import open_ordinary
from marshtest.errors import ReportError
from marshtest.evaluation.stress.outcome import CaseOutcome

__all__ = ["RESULTS_NAME", "ResultsFile", "open_results", "read_results"]

RESULTS_NAME = "results.jsonl"
_FORMAT = "marsh stress 2"
_BEGIN = b'{"format": "marsh stress '
"""How every version begins the file: where not even the first line is whole, nothing else is dropped."""


class ResultsFile:
    """A results file that is being written to; nobody else may write to it meanwhile.

    Args:
        file: The file, open for appending.
        done: What it held.
    """

    def __init__(self, file: BinaryIO, done: list[CaseOutcome]) -> None:
        self._file = file
        self.done = done

    def add(self, outcome: CaseOutcome) -> None:
        """Write one outcome; when this returns, it is on the disk."""
        _write(self._file, outcome.to_json())
        self.done.append(outcome)


@contextlib.contextmanager
def open_results(path: Path, settings: Mapping[str, Any], *, force: bool = False) -> Iterator[ResultsFile]:
    """Open a results file, new or of a run that did not end.

    Args:
        path: The file; made with its folder where it is not there.
        settings: Everything that decides what is measured. A file with other settings is refused.
        force: Whether results of other settings, or damaged ones, are thrown away.

    Raises:
        ReportError: The file was made with other settings or data, is damaged, or another run writes to it.
    """
    make_folder(path.parent)
    check_target(path, audited=(), force=True)
    with open(path, "a+b", opener=_following_no_link) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ReportError(f"{path}: another run is writing to it; wait for it or choose another --out.") from error
        if os.fstat(file.fileno()).st_nlink != 1:
            raise ReportError(f"{path}: has a second name, so writing to it may change another file; remove it.")
        file.seek(0)
        content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        if not whole and not content.startswith(_BEGIN[: len(content)]) and not force:
            raise ReportError(f"{path}: is no results file of marsh; choose another --out, or begin anew with --force.")
        try:
            found, done = _continued(whole, settings, path)
        except ReportError:
            if not force:
                raise
            whole, found, done = b"", None, []
        file.truncate(len(whole))
        if found is None:
            _write(file, {"format": _FORMAT, "settings": settings})
        yield ResultsFile(file, done)


def _following_no_link(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o666)  # the mode that `open` gives


def read_results(path: Path) -> tuple[dict[str, Any], list[CaseOutcome]]:
    """Read the settings and the outcomes of a results file, finished or not.

    Raises:
        ReportError: It cannot be read or is damaged.
    """
    try:
        with open_ordinary(path) as file:
            content = file.read()
    except OSError as error:
        raise ReportError(f"{path}: cannot be read ({error.strerror}); is this the folder of a run?") from error
    settings, done = _parse(content[: content.rfind(b"\n") + 1], path)
    return settings or {}, done


def _continued(
    content: bytes, settings: Mapping[str, Any], path: Path
) -> tuple[dict[str, Any] | None, list[CaseOutcome]]:
    """Give what an earlier run of the same settings left."""
    found, done = _parse(content, path)
    if found is None or found == _plain(settings):
        return found, done
    other = sorted(name for name in settings if found.get(name) != _plain(settings[name]))
    raise ReportError(
        f"{path}: holds results of other settings or data ({', '.join(other)}); choose another --out, "
        "or begin anew with --force."
    )


def _parse(content: bytes, path: Path) -> tuple[dict[str, Any] | None, list[CaseOutcome]]:
    """Read whole lines."""
    settings: dict[str, Any] | None = None
    done: list[CaseOutcome] = []
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            values = json.loads(line)
            if number > 1:
                done.append(CaseOutcome.from_json(values))
            elif values["format"] == _FORMAT:
                settings = dict(values["settings"])
            else:
                raise ReportError(f"{path}: was written by another version of marsh; choose another --out.")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            if isinstance(error, ReportError):
                raise
            raise ReportError(
                f"{path}:{number}: this line is damaged; choose another --out, or begin anew with --force."
            ) from error
    return settings, done


def _write(file: BinaryIO, values: Mapping[str, Any]) -> None:
    file.write(json.dumps(values, ensure_ascii=True).encode() + b"\n")
    file.flush()
    os.fsync(file.fileno())


def _plain(value: Any) -> Any:
    """Give a value as it comes back from a file."""
    return json.loads(json.dumps(value))

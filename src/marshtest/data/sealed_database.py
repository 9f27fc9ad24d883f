"""An SQLite file in which only rows of this user count, opened as if somebody else had made it.

It lies beside the data, so it may have come with them. Its tables have to be exactly ours (a trigger, a view or a
further index could run what it likes), it has to bear the seal of this user's secret, and so has every row.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from marshtest.data.atomic import make_folder
from marshtest.data.folders import open_ordinary, refuse_link
from marshtest.data.secret import SECRET_VARIABLE, Secret, user_secret
from marshtest.errors import ConfigError

__all__ = ["SealedDatabase"]

_OWNER: Final = "CREATE TABLE owner (id BLOB PRIMARY KEY, seal BLOB NOT NULL) WITHOUT ROWID"
_BESIDE: Final = ("", "-wal", "-shm", "-journal")
"""Endings of the files that SQLite opens."""
_JOURNAL_NAMES_ANOTHER: Final = bytes.fromhex("d9d505f920a163d7")
"""Last bytes of a journal that names a super-journal (SQLite, "Database File Format", section 3). SQLite deletes the
file of that name when it rolls such a journal back, and it may be any file of the user."""
_LONGEST: Final = 64 * 1024**2
"""Bytes of the longest value that is read. Chosen by eye: answers have a few thousand."""
_ID_BYTES: Final = 16
"""Bytes of the id of a file. Convention: as many as in a UUID."""
_PATIENCE: Final = 60.0
"""Seconds to wait for another process that writes. Chosen by eye."""
_PAGES_BETWEEN_CHECKPOINTS: Final = 8_000
"""32 MB: a checkpoint waits for the disk, and all calls wait for it. Nothing is lost by having fewer of them."""


class SealedDatabase:
    """A database whose rows are sealed with the secret of this user.

    Args:
        path: The file; made where there is none. None keeps everything in memory.
        tables: The statements that make its tables, one each. They stand in the file as they are here.
        what: What it is, e.g. `store of judge answers`.
        secret: The secret; by default that of this user.

    Raises:
        ConfigError: The file is damaged, is another database, was made by somebody else, or cannot be written.
    """

    def __init__(self, path: Path | None, tables: Sequence[str], what: str, *, secret: Secret | None = None) -> None:
        self._called = f"{path}: this {what}"
        self._secret = user_secret() if secret is None else secret
        if path is not None:
            if self._secret.passing:
                raise ConfigError(
                    f"{path}: cannot be kept as a {what}, because there is no secret to seal it with: "
                    f"{self._secret.passing}; put one into the environment variable {SECRET_VARIABLE}."
                )
            self._check_files(path)
        with contextlib.ExitStack() as undo, self._usable(path, what):
            self._connection = sqlite3.connect(
                ":memory:" if path is None else path, isolation_level=None, timeout=_PATIENCE
            )
            undo.callback(self._connection.close)
            self._open(path, (_OWNER, *tables), what)
            undo.pop_all()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def seal(self, purpose: str, *values: object) -> bytes:
        """Give the seal of a row: `purpose` names its table, `values` are everything that it says."""
        return self._secret.seal(purpose, self._parts(values))

    def is_ours(self, seal: object, purpose: str, *values: object) -> bool:
        """Tell whether this user's marshtest wrote a row into this file."""
        return self._secret.is_seal(seal, purpose, self._parts(values))

    def derived(self, purpose: str) -> bytes:
        """Give a secret of this file, 32 bytes, which does not stand in it."""
        return self.seal(purpose)

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Give the rows of a query."""
        with self._usable():
            return self._connection.execute(query, values).fetchall()

    def write(self, query: str, rows: Iterable[Sequence[Any]]) -> None:
        """Write rows; they are on the disk when this returns, or when the transaction around it ends."""
        with self._usable():
            self._connection.executemany(query, rows)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all rows or none; other processes wait meanwhile."""
        with contextlib.ExitStack() as undo:
            with self._usable():
                self._connection.execute("BEGIN IMMEDIATE")
            undo.callback(self._roll_back)
            yield
            with self._usable():
                self._connection.execute("COMMIT")
            undo.pop_all()

    def _roll_back(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("ROLLBACK")

    def _parts(self, values: Iterable[object]) -> Iterator[bytes]:
        yield self._id
        for value in values:
            if isinstance(value, bytes):
                yield b"bytes" + value
            else:
                told = value + 0.0 if isinstance(value, float) else value  # SQLite keeps no negative zero
                yield repr(told).encode("utf-8", "surrogatepass")

    @contextlib.contextmanager
    def _usable(self, path: Path | None = None, what: str = "") -> Iterator[None]:
        """Turn an error of the database into one that a user can do something about."""
        try:
            yield
        except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:  # SQLite may quote a damaged name
            called = f"{path}: cannot be used as a {what}" if what else f"{self._called} cannot be used"
            raise ConfigError(f"{called} ({error}); name another file.") from error

    @staticmethod
    def _check_files(path: Path) -> None:
        """Refuse what is no ordinary file of one name, before SQLite opens it.

        Raises:
            ConfigError: It is something else.
            ReportError: It is a link.
        """
        make_folder(path.parent)
        for place in (path.with_name(path.name + ending) for ending in _BESIDE):
            found = refuse_link(place)
            if found is not None and (not stat.S_ISREG(found.st_mode) or found.st_nlink != 1):
                raise ConfigError(f"{place}: cannot be used: it is no ordinary file of one name; name another file.")
            if found is not None and place.name.endswith("-journal") and _names_another(place):
                raise ConfigError(
                    f"{place}: names another file, which SQLite would delete, so marsh did not write it; remove it "
                    "together with the file that it belongs to, or name another file."
                )

    def _open(self, path: Path | None, tables: Sequence[str], what: str) -> None:
        """Set limits, compare the tables and check the owner, before any of them is used."""
        database = self._connection
        for limit, most in (
            (sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST),
            (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
            (sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 1),
        ):
            database.setlimit(limit, most)
        for setting in ("trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0"):
            database.execute(f"PRAGMA {setting}")
        database.execute("BEGIN IMMEDIATE")
        is_new = not database.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
        for table in tables if is_new else ():
            database.execute(table)
        if _schema(database) != _expected(tables):
            raise ConfigError(
                f"{path}: is a database, but no {what} of this version: its tables are not those that marsh makes; "
                "name another file, or remove this one."
            )
        self._id = self._owned(path, what, is_new=is_new)
        database.execute("COMMIT")
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        database.execute(f"PRAGMA wal_autocheckpoint={_PAGES_BETWEEN_CHECKPOINTS}")

    def _owned(self, path: Path | None, what: str, *, is_new: bool) -> bytes:
        """Give the id of the file, which this user's secret has sealed; one that is new gets both."""
        if is_new:
            made = secrets.token_bytes(_ID_BYTES)
            self._connection.execute("INSERT INTO owner VALUES (?,?)", (made, self._secret.seal(what, [made])))
            return made
        owners = self._connection.execute("SELECT id, seal FROM owner LIMIT 2").fetchall()
        found, seal = owners[0] if len(owners) == 1 else (None, None)
        if not isinstance(found, bytes) or not self._secret.is_seal(seal, what, [found]):
            raise ConfigError(
                f"{path}: this {what} is not yours: somebody else made it, or your secret was another one. Remove it "
                f"or name another file; machines that share one need the same {SECRET_VARIABLE}."
            )
        return found


def _names_another(journal: Path) -> bool:
    """Tell whether a journal names a super-journal."""
    with open_ordinary(journal, follow=False) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - len(_JOURNAL_NAMES_ANOTHER)))
        return file.read() == _JOURNAL_NAMES_ANOTHER


def _schema(database: sqlite3.Connection) -> set[tuple[str, str, str, str]]:
    """Give everything that the schema of a database holds."""
    return set(database.execute("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master"))


def _expected(tables: Sequence[str]) -> set[tuple[str, str, str, str]]:
    with contextlib.closing(sqlite3.connect(":memory:")) as fresh:
        for table in tables:
            fresh.execute(table)
        return _schema(fresh)

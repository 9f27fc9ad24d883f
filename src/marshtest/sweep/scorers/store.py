"""Every likelihood that was computed, in one SQLite file: a sweep that was killed goes on where it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Final

from marshtest.errors import ConfigError
from marshtest.sweep.scorers.base import Likelihood, Text, Unscored

__all__ = ["ScoreStore"]

_FORMAT: Final = 0x6D617273
"""Written into the file's head, so that no other SQLite file is taken for a store."""
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS likelihoods (
    key BLOB PRIMARY KEY, tokens INTEGER, logprob REAL, reason TEXT
) WITHOUT ROWID
"""
_MOST: Final = 500


class ScoreStore:
    """Likelihoods by scorer, persona and text.

    Args:
        path: The file; None keeps them in memory.

    Raises:
        ConfigError: The file is something else, or cannot be used.
    """

    def __init__(self, path: Path | None) -> None:
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(":memory:" if path is None else path, timeout=60)
            found = self._connection.execute("PRAGMA application_id").fetchone()[0]
            tables = self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if found != _FORMAT and tables:
                raise ConfigError(f"{path}: is no store of scores; name another file.")
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute(f"PRAGMA application_id={_FORMAT}")
            self._connection.execute(_TABLE)
            self._connection.commit()
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(f"{path}: cannot be used as a store of scores ({error}); name another file.") from error

    def recall(self, scorer: str, persona: str | None, texts: Sequence[Text]) -> list[Likelihood | Unscored | None]:
        """Give what is known of each text, None where nothing is."""
        keys = [_key(scorer, persona, text) for text in texts]
        known: dict[bytes, Likelihood | Unscored] = {}
        for start in range(0, len(keys), _MOST):
            part = keys[start : start + _MOST]
            asked = ",".join("?" * len(part))
            rows = self._connection.execute(
                f"SELECT key, tokens, logprob, reason FROM likelihoods WHERE key IN ({asked})",  # noqa: S608  marks only
                part,
            )
            for key, tokens, logprob, reason in rows:
                known[key] = Likelihood(tokens, logprob) if reason is None else Unscored(reason)
        return [known.get(key) for key in keys]

    def keep(self, scorer: str, persona: str | None, done: Iterable[tuple[Text, Likelihood | Unscored]]) -> None:
        """Keep a batch: after this call it is on the disk whatever happens."""
        rows = [
            (_key(scorer, persona, text), None, None, one.reason)
            if isinstance(one, Unscored)
            else (_key(scorer, persona, text), one.tokens, one.logprob, None)
            for text, one in done
        ]
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO likelihoods VALUES (?, ?, ?, ?)", rows)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _key(scorer: str, persona: str | None, text: Text) -> bytes:
    told = b"-" if persona is None else b"+" + persona.encode("utf-8", "surrogatepass")
    who = scorer.encode("utf-8", "surrogatepass")
    return blake2b(b"%d:%b%d:%b" % (len(who), who, len(told), told) + text.key, digest_size=16).digest()

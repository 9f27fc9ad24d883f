"""Likelihoods of texts under many personas: the store keeps them, and the scorer computes those that are missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Final

import numpy as np

from marshtest.data.sealed_database import SealedDatabase
from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.sweep.scorers.scorer import Likelihood, Scorer, Text, Unscored

__all__ = ["Likelihoods", "ScoreStore", "score_texts"]

_TABLES: Final = (
    "CREATE TABLE likelihoods (key BLOB PRIMARY KEY, tokens INTEGER, logprob REAL, reason TEXT, seal BLOB NOT NULL) "
    "WITHOUT ROWID",
)
_KEYS_PER_QUERY: Final = 500
"""SQLite allows 999 parameters in a query in its older versions."""


class ScoreStore:
    """Likelihoods by scorer, persona and text, in one SQLite file: a sweep that was killed goes on where it stopped.

    Args:
        path: The file; None keeps them in memory.

    Raises:
        ConfigError: The file is not such a store, was made by somebody else, or cannot be used.
    """

    def __init__(self, path: Path | None) -> None:
        self.refused = 0
        """Rows that were asked for, lay there and were not believed: they were computed again."""
        self._database = SealedDatabase(path, _TABLES, "store of scores")

    def recall(self, scorer: str, persona: str | None, texts: Sequence[Text]) -> list[Likelihood | Unscored | None]:
        """Give what is known of each text, None where nothing is known."""
        keys = [_key(scorer, persona, text) for text in texts]
        known: dict[bytes, Likelihood | Unscored] = {}
        for start in range(0, len(keys), _KEYS_PER_QUERY):
            part = keys[start : start + _KEYS_PER_QUERY]
            asked = ",".join("?" * len(part))
            for *told, seal in self._database.rows(
                f"SELECT key, tokens, logprob, reason, seal FROM likelihoods WHERE key IN ({asked})",  # noqa: S608  marks only
                part,
            ):
                key, tokens, logprob, reason = told
                if self._database.is_ours(seal, "likelihood", *told):
                    known[key] = Likelihood(tokens, logprob) if reason is None else Unscored(reason)
                else:
                    self.refused += 1
        return [known.get(key) for key in keys]

    def keep(self, scorer: str, persona: str | None, done: Iterable[tuple[Text, Likelihood | Unscored]]) -> None:
        """Keep a batch; it is on the disk when this returns."""
        rows: list[tuple[bytes, int | None, float | None, str | None]] = [
            (_key(scorer, persona, text), None, None, one.reason)
            if isinstance(one, Unscored)
            else (_key(scorer, persona, text), int(one.tokens), float(one.logprob), None)
            for text, one in done
        ]
        with self._database.transaction():
            self._database.write(
                "INSERT OR REPLACE INTO likelihoods VALUES (?,?,?,?,?)",
                [(*row, self._database.seal("likelihood", *row)) for row in rows],
            )

    def close(self) -> None:
        """Close the file."""
        self._database.close()


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """Log-likelihoods of the completions of N texts."""

    tokens: Ints
    """Shape (N,): tokens of each completion; 0 where it could not be scored."""
    without_persona: Floats
    """Shape (N,): sum of log-probabilities without a persona."""
    with_persona: Floats
    """Shape (personas, N): the same with each persona."""
    unscored: Mapping[str, int] = field(default_factory=dict)
    """Why texts could not be scored, and how many."""

    @property
    def scored(self) -> Bools:
        """Say which texts have a likelihood under every persona."""
        result: Bools = self.tokens > 0
        return result

    @property
    def shifts(self) -> Floats:
        """Give the mean shift of the log-likelihood per token, shape (personas, scored texts)."""
        kept = self.scored
        result: Floats = (self.with_persona[:, kept] - self.without_persona[kept]) / self.tokens[kept]
        return result


def score_texts(
    scorer: Scorer,
    personas: Sequence[str],
    texts: Sequence[Text],
    store: ScoreStore,
    done: Callable[[int], None] = lambda _: None,
) -> Likelihoods:
    """Score texts without a persona and with each.

    A text that cannot be scored without a persona is not scored with one.

    Args:
        scorer: The model.
        personas: What the model is told about itself.
        texts: What to score.
        store: What is known already, and where new likelihoods are kept.
        done: Called with the number of likelihoods that have become known.
    """
    tokens, without_persona, reasons = _row(scorer, None, texts, store, done)
    with_persona = np.zeros((len(personas), len(texts)))
    for place, persona in enumerate(personas):
        able = np.flatnonzero(tokens).tolist()
        counted, with_persona[place, able], failed = _row(scorer, persona, [texts[one] for one in able], store, done)
        for number, one in enumerate(able):
            if counted[number] != tokens[one]:
                tokens[one] = 0
                reasons[one] = failed.get(number, "another number of tokens with a persona than without")
    return Likelihoods(tokens, without_persona, with_persona, dict(Counter(reasons.values())))


def _row(
    scorer: Scorer, persona: str | None, texts: Sequence[Text], store: ScoreStore, done: Callable[[int], None]
) -> tuple[Ints, Floats, dict[int, str]]:
    """Give the tokens, the sums of log-probabilities and the failures of texts under one persona."""
    found = store.recall(scorer.key, persona, texts)
    missing = [place for place, one in enumerate(found) if one is None]
    done(len(texts) - len(missing))
    for batch in scorer.score(persona, [texts[place] for place in missing]):
        store.keep(scorer.key, persona, [(texts[missing[number]], one) for number, one in batch])
        for number, one in batch:
            found[missing[number]] = one
        done(len(batch))
    reasons = {place: one.reason for place, one in enumerate(found) if isinstance(one, Unscored)}
    good = [None if one is None or isinstance(one, Unscored) else one for one in found]
    tokens = np.array([0 if one is None else one.tokens for one in good], dtype=np.int64)
    sums = np.array([0.0 if one is None else one.logprob for one in good])
    return tokens, sums, reasons


def _key(scorer: str, persona: str | None, text: Text) -> bytes:
    persona_key = b"-" if persona is None else b"+" + persona.encode("utf-8", "surrogatepass")
    scorer_key = scorer.encode("utf-8", "surrogatepass")
    return blake2b(
        b"%d:%b%d:%b" % (len(scorer_key), scorer_key, len(persona_key), persona_key) + text.key, digest_size=16
    ).digest()

"""What identifies a record and a dataset: content hashes, record ids and the fingerprint."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

__all__ = ["as_text", "canonical_json", "content_hash", "fingerprint", "fingerprint_of_sorted", "record_ids"]


_ID_DIGITS = 16
"""Hexadecimal digits of a content hash in an id: 64 bits, enough to tell millions of records apart in practice. Equal
ones get different occurrence numbers."""


def canonical_json(value: Any) -> str:
    """Write a value as JSON in canonical form: sorted keys, no spaces."""
    try:
        return orjson.dumps(value, default=_plain, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:  # integers over 64 bits and very deep nesting
        return json.dumps(value, default=_plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def as_text(value: Any) -> str:
    """Return a text as it is, None as the empty text, and anything else as canonical JSON (`true`, `1`)."""
    if isinstance(value, str):
        return value
    return "" if value is None else canonical_json(value)


def content_hash(
    *,
    kind: str,
    prompt: str,
    completion: str,
    label: str | None,
    messages: Sequence[tuple[str, str]],
    rejected: str | None,
    group: str | None,
    fields: Mapping[str, Any],
) -> bytes:
    """Return the sha256 (32 bytes) of what a record says, whatever its id and place.

    In `fields`, `1` and `"1"` are equal, and so are a missing field, null and the empty text: formats without types
    (CSV) cannot tell them apart, and the same data must have the same hash in every format.
    """
    extras = sorted((key, text) for key, value in fields.items() if (text := as_text(value)))
    return hashlib.sha256(
        orjson.dumps((kind, prompt, completion, label, messages, rejected, group or None, extras))
    ).digest()


def fingerprint(hashes: Iterable[bytes]) -> str:
    """Return the fingerprint of a dataset from its content hashes, given in any order."""
    return fingerprint_of_sorted(b"".join(sorted(hashes)))


def fingerprint_of_sorted(hashes: bytes) -> str:
    """Return the fingerprint of a dataset from its content hashes, sorted and joined."""
    return f"sha256:{hashlib.sha256(hashes).hexdigest()}"


def record_ids(own: Sequence[str | None], hashes: Sequence[bytes]) -> tuple[list[str], list[bool]]:
    """Give every record an id: its own if that is unique, else its content hash with an occurrence number.

    All records that share an id are named by content, the first one too, so no id is ambiguous.

    Args:
        own: Shape (N,): the records' own ids; None or empty where there is none.
        hashes: Shape (N,): their content hashes.

    Returns:
        The ids, all different; and for each record whether another one has the same own id. Both of shape (N,).
    """
    counts = Counter(name for name in own if name)
    taken = {name for name, count in counts.items() if count == 1}
    seen: Counter[bytes] = Counter()
    ids: list[str] = []
    repeated: list[bool] = []
    for name, value in zip(own, hashes, strict=True):
        repeated.append(name is not None and counts[name] > 1)
        if name and not repeated[-1]:
            ids.append(name)
            continue
        while True:
            seen[value] += 1
            made = f"{value.hex()[:_ID_DIGITS]}#{seen[value]}"
            if made not in taken:
                break
        taken.add(made)
        ids.append(made)
    return ids, repeated


def _plain(value: Any) -> str:
    """Write values that JSON does not have as text: bytes and decimals from Parquet, for example."""
    if isinstance(value, int):
        raise TypeError("integer over 64 bits")  # so that `json` writes the number
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)

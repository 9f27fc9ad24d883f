"""Find the fields that no reading holds although a trainer could use them: texts, and values that return."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from marshtest.data.readers.layout import TAGGED, FieldLayout
from marshtest.data.readers.naming import PLACE_NAMES, SORT_NAMES
from marshtest.data.readers.sentences import is_sentence
from marshtest.data.readers.stepwise import LAST
from marshtest.data.readers.winners import decides
from marshtest.data.unread import UnreadField
from marshtest.text.words import WORD

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["unread_fields"]

_ROWS_OF_SHAPE, _ROWS = 500, 5_000
"""Records of one shape, and in all, whose other fields are read. Chosen by eye: a field in one record of 100 of its
shape is missed in 500 draws with probability .007 (.99 ** 500)."""
_FEWEST = 6
"""Values from which a field counts: what five records have is a stray, as in `shapes.handful`. Convention."""
_MOST_VALUES = 10
"""Values that return at most, where a field may be a label and holds no names. Chosen by eye: sorts have more."""
_FREE = 50
"""Different sentences from which a field holds text, whatever their share. Chosen by eye: fixed prompts are fewer."""
_EXAMPLE = 80
"""Characters of the example. Chosen by eye: a line of a terminal."""
_BOILERPLATE = 0.5
"""Share of a field's values from which a word of them is a word of its template. Chosen by eye."""
_TOOLS = re.compile(r"(?:^|\.)(?:tools|functions|available_tools|tool_definitions)(?=[.\[]|$)", re.I)
"""Fields of tools that are offered: `response-trigger` reads their descriptions in chats."""
_SCORES = re.compile(r"_*(?:score|rating|reward|stars|grade|quality|target|y|value|margin|outcome)s?", re.I)
"""Names of fields whose numbers may be trained on."""
_TIE = re.compile(r"(?:^|[._])tie$")
"""A field that says that nobody won, beside those that say who did."""
_JUDGEMENTS = re.compile(r"\w*(?:score|rank|rating|reward|label|preference)s?\[\]", re.I)
"""A list of judgements, one for each of several texts."""
_OF_TURN = re.compile(r"[^.\[]+\[\]\.\w+")
"""A field of a turn; what lies deeper, or in a list of its own, are details of calls and parts."""
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_FLAGS = frozenset({"0", "1"})


def unread_fields(
    readings: Sequence[tuple[pa.Table, FieldLayout]], *, ignored: Sequence[str] = ()
) -> tuple[UnreadField, ...]:
    """Find the fields that hold sentences or returning values and that no reading holds.

    A text that says only what a reading of its record says, in a template, is read.

    Args:
        readings: The raw rows of every reading (`mapping.raw_schema`) and its layout, the first one first.
        ignored: Fields that the user says do not matter.

    Returns:
        The fields, in the order of their names.
    """
    held = set().union(*(layout.held() for _, layout in readings))
    found: dict[str, UnreadField] = {}
    for number, (raw, layout) in enumerate(readings):
        values, records = _sampled(raw)
        for name, seen in values.items():
            owner = _owner(name, held)
            mine = number == 0 if owner is None else owner in layout.held()
            is_label = name == layout.label and layout.format != TAGGED  # a missing one that may be a class
            if (
                not mine
                or (_is_read(name, owner, layout) and not is_label)
                or _owner(name, ignored) is not None
                or name in found
            ):
                continue
            partly = name in {f"{one.removesuffix(LAST)}[]" for one in held if one.endswith(LAST)}
            several = (partly or is_label) and len(seen) >= _FEWEST
            holds = "values" if several else None if is_label else _holds(name, seen)
            if holds == "text" and _repeats(raw, name, seen, records):
                continue
            if holds is not None:
                found[name] = UnreadField(name=name, holds=holds, example=seen[0][1][:_EXAMPLE])
    for raw, layout in readings:
        if layout.format == TAGGED and layout.label is not None and _owner(layout.label, ignored) is None:
            example = next((label for label in raw["label"].slice(0, _ROWS_OF_SHAPE).to_pylist() if label), "")
            found[layout.label] = UnreadField(name=layout.label, holds="tags", example=example[:_EXAMPLE])
    return tuple(found[name] for name in sorted(found))


def _is_read(name: str, owner: str | None, layout: FieldLayout) -> bool:
    """Return whether a leaf is read by a detector, or said who won (what is left there are ties)."""
    if layout.kind == "chat" and _TOOLS.search(name) is not None:
        return True
    if name == owner or name in layout.deciders() or decides(name, layout.winner):
        return True
    return layout.winner is not None and _TIE.search(name) is not None


def _owner(name: str, fields: Iterable[str]) -> str | None:
    """Return the field that a leaf belongs to: the longest that its name begins with."""
    mine = (one for one in fields if name == one or name.startswith((f"{one}.", f"{one}[")))
    return max(mine, key=len, default=None)


_Seen = list[tuple[int, str]]
"""Row and value."""


def _sampled(raw: pa.Table) -> tuple[dict[str, _Seen], int]:
    """Read the other fields of some records of every shape; give every leaf's values by its name."""
    import numpy as np
    import pyarrow.compute as pc

    other = np.flatnonzero(pc.and_(pc.not_equal(raw["fields"], "{}"), pc.is_valid(raw["shape"])).to_numpy())
    if not len(other):
        return {}, 0
    encoded = raw["shape"].fill_null("").dictionary_encode()
    shapes = np.concatenate([chunk.indices.to_numpy() for chunk in encoded.chunks])[other]
    order = np.argsort(shapes, kind="stable")
    rows: list[int] = []
    for some in np.split(other[order], np.flatnonzero(np.diff(shapes[order])) + 1):
        rows += some[:: max(1, len(some) // _ROWS_OF_SHAPE)].tolist()
    rows = rows[:: max(1, len(rows) // _ROWS)]
    values: dict[str, _Seen] = defaultdict(list)
    for row, text in zip(rows, raw["fields"].take(rows).to_pylist(), strict=True):
        for name, value in _leaves(json.loads(text)):
            values[name].append((row, value))
    return dict(values), len(rows)


def _leaves(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield every value as text, with the name of its place.

    It does not call itself, as data may be nested very deeply.
    """
    todo: list[tuple[str, Any]] = list(fields.items())
    while todo:
        name, value = todo.pop()
        if isinstance(value, Mapping):
            todo += [(f"{name}.{inner}", item) for inner, item in value.items()]
        elif isinstance(value, list):
            todo += [(f"{name}[]", item) for item in value]
        elif value is not None:
            text = value if isinstance(value, str) else json.dumps(value)
            if text.strip():
                yield name, text


def _holds(name: str, seen: _Seen) -> Literal["text", "values", "numbers"] | None:
    """Say what a field holds: sentences, values that return, numbers that may be scores, or nothing trained on."""
    if len(seen) < _FEWEST:
        return None
    last = re.split(r"[.\]]+", name)[-1] or name
    values = [value for _, value in seen]
    counts = Counter(values)
    if PLACE_NAMES.fullmatch(last):
        return None
    if 2 * sum(map(is_sentence, values)) > len(values) and len(counts) >= min(_FREE, len(values) / 2):
        return "text"
    if _JUDGEMENTS.fullmatch(name):
        return "values"
    if SORT_NAMES.fullmatch(last) or ("[]" in name and not _OF_TURN.fullmatch(name)):
        return None
    if not counts.keys() <= _FLAGS and all(map(_NUMBER.fullmatch, counts)) and _SCORES.fullmatch(last):
        return "numbers"
    returning = sum(count for count in counts.values() if count > 1)
    return "values" if 2 <= len(counts) <= _MOST_VALUES and 2 * returning > len(values) else None


def _repeats(raw: pa.Table, name: str, seen: _Seen, sampled: int) -> bool:
    """Say whether a text says only what its record says anyway, but for a template: in the sample, then everywhere."""
    if not _within(raw, name, [row for row, _ in seen]):
        return False
    return len(raw) <= sampled or _within(raw, name, range(len(raw)))


def _within(raw: pa.Table, name: str, rows: Sequence[int]) -> bool:
    """Say whether no record's text has a word that neither its reading nor half of these texts have."""
    columns = ("fields", "prompt", "completion", "rejected")
    taken = raw.select(columns).take(list(rows))
    said: Counter[str] = Counter()
    beyond: list[frozenset[str]] = []
    for fields, *texts in zip(*(taken[column].to_pylist() for column in columns), strict=True):
        if (mine := [value for leaf, value in _leaves(json.loads(fields)) if leaf == name]) == []:
            continue
        words = frozenset(word for value in mine for word in WORD.findall(value))
        said.update(words)
        beyond.append(words - {word for text in texts if text for word in WORD.findall(text)})
    template = {word for word, count in said.items() if count >= _BOILERPLATE * len(beyond)}
    return all(more <= template for more in beyond)

"""What stands at every dotted name of the first records, and what it could be: turns, texts, labels or scores."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

from marshtest.data.identity import as_text
from marshtest.data.labels import LONGEST_LABEL, label_of, labels_in
from marshtest.data.readers.marked_turns import marked_turns
from marshtest.data.readers.naming import PLACE_NAMES, SORT_NAMES
from marshtest.data.readers.nesting import opened, reach
from marshtest.data.readers.sentences import is_sentence
from marshtest.data.readers.turns import ANSWERING
from marshtest.data.readers.wrappings import is_turn, turns_within

__all__ = ["Leaf", "as_long", "leaves_of"]

_DEPTH = 8
"""How deep inner values are looked for. Chosen by eye: an answer in a batch file of a server stands at the sixth."""
_MOST = 0.9
"""Share of the values that counts as nearly all. Convention, as in `samples`."""
_FEW = 0.2
"""Different values per record up to which a field may be a label. Chosen by eye; the user decides."""
_LETTERS = 20
"""Characters of a text that is no sentence, such as code, on average, at least. Chosen by eye."""
_SHORT = 3
"""Members of lists that may be as long as others by chance. Chosen by eye: a sentence has more words."""
_NO_LABEL = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:[ T].*)?|[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}", re.I)
"""Days and universal identifiers."""
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
_SPOKEN = {"user", "assistant"}
"""Keys of what is said in one round."""
_OF_CONTENT = re.compile(r"_*(?:type|topics?|tags?|domain|group|section|difficulty|task\w*)", re.I)
"""Names that sort records by what they say, so that they may be labels where nothing else is."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One name, which may be dotted, and what it holds in the first records."""

    name: str
    values: tuple[Any, ...]
    """The values that are not null."""

    @property
    def last(self) -> str:
        """The last part of the name that is no number."""
        return next((part for part in reversed(self.name.split(".")) if not part.isdecimal()), self.name)

    @property
    def is_place(self) -> bool:
        """Whether its name says which record it is, or where it is from."""
        return PLACE_NAMES.fullmatch(self.last) is not None

    @property
    def sorts(self) -> bool:
        """Whether its name says that it sorts records by where they are from."""
        return SORT_NAMES.fullmatch(self.last) is not None

    @property
    def sorts_content(self) -> bool:
        """Whether its name says that it sorts records by what they say."""
        return _OF_CONTENT.fullmatch(self.last) is not None

    def roles(self) -> set[str]:
        """Give the roles of its turns, in lower case; empty where it holds no turns."""
        found: set[str] = set()
        for value in self.values:
            held = turns_within(value) if isinstance(value, dict | list | str) else None
            if held is None:
                return set()
            found |= {str(turn.get("role", turn.get("from"))).lower() for turn in held.turns}
        return found

    @property
    def answers(self) -> bool:
        """Whether the last of its turns are the assistant's."""
        return bool(self.roles() & ANSWERING)

    @property
    def is_rounds(self) -> bool:
        """Whether it holds lists of objects that hold what a user and an assistant say."""
        return self._mostly(
            lambda one: (
                isinstance(one, list) and bool(one) and all(isinstance(r, Mapping) and set(r) >= _SPOKEN for r in one)
            )
        )

    @property
    def is_flag(self) -> bool:
        """Whether it holds true and false."""
        return all(isinstance(one, bool) for one in self.values)

    @property
    def is_marked(self) -> bool:
        """Whether it holds transcripts."""
        return self._mostly(lambda one: isinstance(one, str) and marked_turns(one) is not None)

    @property
    def is_text(self) -> bool:
        """Whether it holds texts, mostly different ones, and no JSON."""
        if self.is_place or not self._mostly(lambda one: isinstance(one, str)):
            return False
        texts = [one for one in self.values if isinstance(one, str)]
        if 2 * len(set(texts)) <= len(texts) or all(one.lstrip().startswith(("{", "[")) for one in texts):
            return False
        if 2 * sum(map(is_sentence, texts)) > len(texts):
            return True
        spaced = sum(len(one.split()) > 1 for one in texts)
        return 2 * spaced > len(texts) and (mean(map(len, texts)) >= _LETTERS or not self.is_score)

    @property
    def is_list_of_texts(self) -> bool:
        """Whether it holds lists of texts, mostly different ones, with sentences among them."""
        if not self._mostly(
            lambda one: isinstance(one, list) and any(isinstance(t, str) and is_sentence(t) for t in one)
        ):
            return False
        return 2 * len({as_text(one) for one in self.values}) > len(self.values) and self.is_list

    @property
    def is_list(self) -> bool:
        """Whether it holds lists of plain values."""
        return self._mostly(lambda one: isinstance(one, list) and all(isinstance(v, str | int | float) for v in one))

    @property
    def lists_objects(self) -> bool:
        """Whether it holds lists of objects."""
        return any(isinstance(one, list) and any(isinstance(inner, Mapping) for inner in one) for one in self.values)

    @property
    def is_label(self) -> bool:
        """Whether its values, or the members of its lists, are several, short, and return."""
        if self.is_place or any(isinstance(one, Mapping) for one in self.values):
            return False
        found = [label for one in self.values if (label := label_of(one)) is not None]
        names = {name for label in found for name in labels_in(label)}
        if any(map(_NO_LABEL.fullmatch, names)):
            return False
        if not 1 < len(names) <= max(2, _FEW * len(found)) or max(map(len, names)) > LONGEST_LABEL:
            return False
        return not self.is_score

    @property
    def is_score(self) -> bool:
        """Whether its values are numbers with fractions."""
        texts = {as_text(one) for one in self.values}
        return len(texts) > 1 and all(map(_NUMBER.fullmatch, texts)) and not all(map(_is_whole, texts))

    @property
    def labels(self) -> int:
        """How many different values it has."""
        return len({as_text(one) for one in self.values})

    def _mostly(self, fits: Any) -> bool:
        return bool(self.values) and sum(map(fits, self.values)) > _MOST * len(self.values)


def leaves_of(records: Sequence[Mapping[str, Any]]) -> list[Leaf]:
    """Give every name that more than half of the records have, in the order of their appearance.

    Turns, lists of plain values and what is no object are left whole. A list of one object is looked into; where any
    record lists several, that would pass over the others.
    """
    names = dict.fromkeys(name for record in records for name in _names(record, "", 0))
    whole = [f"{name}.0." for name in names]
    names = {name: None for name in names if not name.startswith(tuple(whole))}
    found = [Leaf(name, tuple(one for record in records if (one := reach(record, name)) is not None)) for name in names]
    return [leaf for leaf in found if 2 * len(leaf.values) > len(records)]


def as_long(one: Leaf, other: Leaf) -> bool:
    """Return whether the lists of one are as long as those of the other in every record, and mostly long."""
    sizes = [len(value) for value in one.values if isinstance(value, list)]
    return sizes == [len(value) for value in other.values if isinstance(value, list)] and mean(sizes) > _SHORT


def _names(value: Mapping[str, Any], before: str, depth: int) -> Iterator[str]:
    for key, item in value.items():
        name = f"{before}{key}"
        inner = opened(item) if isinstance(item, str) else item
        if isinstance(inner, list) and len(inner) == 1 and isinstance(inner[0], Mapping) and not _is_said(inner[0]):
            name, inner = f"{name}.0", inner[0]
        if isinstance(inner, Mapping) and not is_turn(inner) and depth < _DEPTH:
            yield from _names(inner, f"{name}.", depth + 1)
        elif inner != []:
            yield name


def _is_said(value: Mapping[str, Any]) -> bool:
    return is_turn(value) or set(value) >= _SPOKEN


def _is_whole(text: str) -> bool:
    return float(text.replace(",", ".")).is_integer()

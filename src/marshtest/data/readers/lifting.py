"""Records whose fields stand inside others: exports of annotation tools, and whatever else is nested.

A view gives inner fields the name that they would have at the top. The layout is decided on the view; in it, their
dotted names take the place of the short ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from marshtest.data.labels import LONGEST_LABEL
from marshtest.data.readers.asking import Asked
from marshtest.data.readers.layout import FieldLayout
from marshtest.data.readers.nesting import opened, reach
from marshtest.data.readers.samples import Samples
from marshtest.data.readers.wrappings import is_turn

__all__ = ["View", "views"]

_DEPTH = 4
"""How deep inner fields are looked for. Chosen by eye: `body.request.data.text` is found."""
_SHARE = 0.5
"""Share of the records that have an inner field, from which it counts. Chosen by eye, as for formats."""
_FEW = 0.2
"""Different answers per answer up to which they are labels and no texts. Chosen by eye."""


class View:
    """The first records with inner fields lifted to the top."""

    def __init__(self, asked: Asked, aliases: Mapping[str, str]) -> None:
        self._asked, self._aliases = asked, dict(aliases)

    def asked(self) -> Asked:
        """Return what is asked, of the lifted records."""
        named = [*self._asked.fields.named().values()]
        names = self._aliases | {name: name for name in named}
        lifted = [
            {alias: found for alias, name in names.items() if (found := reach(record, name)) is not None}
            for record in self._asked.records
        ]
        return replace(self._asked, records=lifted, samples=Samples(lifted))

    def lowered(self, layout: FieldLayout) -> FieldLayout:
        """Return a layout with the dotted names of the source."""
        return layout.renamed({name: self._name(name) for name in (*layout.sources().values(), *layout.labels)})

    def _name(self, alias: str) -> str:
        head, dot, tail = alias.partition(".")
        return self._aliases.get(alias) or self._aliases.get(head, head) + dot + tail


def views(asked: Asked) -> Iterator[View]:
    """Yield the views of nested records, the surer ones first."""
    inside = [f"{name}." for name in asked.samples.usual_names if asked.samples.fit(name, _is_object)]
    for before in ("", *inside):
        for find in (_argilla, _label_studio):
            if aliases := find(asked, before):
                yield View(asked, aliases)
    if aliases := _nested(asked.records):
        yield View(asked, aliases)


def _is_object(value: Any) -> bool:
    return isinstance(opened(value) if isinstance(value, str) else value, Mapping)


def _argilla(asked: Asked, before: str) -> dict[str, str]:
    """Name the fields of a record and the answers to its questions, or the suggestions where nobody answered."""
    if not asked.samples.fit(f"{before}fields", lambda value: isinstance(value, Mapping)):
        return {}
    names = {key: f"{before}fields.{key}" for value in asked.samples.held(f"{before}fields") for key in value}
    for outer, inner in (("responses", ".0.value"), ("responses", ".value"), ("suggestions", ".value")):
        questions = {key for value in asked.samples.held(before + outer) if isinstance(value, Mapping) for key in value}
        answers = {key: f"{before}{outer}.{key}{inner}" for key in sorted(questions)}
        found = {key: name for key, name in answers.items() if _usual(asked.records, name)}
        if found:
            return names | _by_role(asked, found) | {"id": f"{before}id"}
    return {}


def _label_studio(asked: Asked, before: str) -> dict[str, str]:
    """Name the fields of a task and what the first annotation says of it."""
    if not asked.samples.fit(f"{before}data", lambda value: isinstance(value, Mapping)):
        return {}
    names = {key: f"{before}data.{key}" for value in asked.samples.held(f"{before}data") for key in value}
    for outer in ("annotations", "completions", "predictions"):
        first = f"{before}{outer}.0.result.0.value"
        answers = {key: f"{first}.{key}.0" for key in ("choices", "text", "labels", "taxonomy")}
        if any(isinstance(chosen, list) and len(chosen) > 1 for chosen in asked.samples.held(f"{first}.choices")):
            answers["choices"] = f"{first}.choices"  # several labels
        answers |= {"winner": f"{first}.selected", "rating": f"{first}.rating"}
        found = {key: name for key, name in answers.items() if _usual(asked.records, name)}
        if found:
            return names | _by_role(asked, found) | {"id": f"{before}id"}
    return {}


def _by_role(asked: Asked, answers: Mapping[str, str]) -> dict[str, str]:
    """Call answers that return a label, ranks a winner, and texts a completion."""
    roles: dict[str, str] = {}
    for key, name in answers.items():
        values = asked.samples.held(name)
        if key == "winner" or (isinstance(values[0], list) and values[0] and isinstance(values[0][0], Mapping)):
            role = "winner"
        elif all(isinstance(value, str) for value in values) and not _return(values):
            role = "completion"
        else:
            role = "label"
        roles.setdefault(role if role not in roles else key, name)
    return roles


def _return(values: Sequence[str]) -> bool:
    """Return whether texts return often enough to be labels."""
    short = all(len(value) <= LONGEST_LABEL for value in values)
    return short and (len(set(values)) <= 2 or len(set(values)) <= _FEW * len(values))


def _nested(records: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Name all fields inside objects by the last part of their dotted names; of two the outer one counts."""
    found: dict[str, int] = {}
    for record in records:
        for name in _leaves(record, "", 0):
            found[name] = found.get(name, 0) + 1
    usual = [name for name, count in found.items() if count > _SHARE * len(records)]
    if not any("." in name for name in usual):
        return {}
    aliases: dict[str, str] = {}
    for name in sorted(usual, key=lambda one: one.count(".")):
        aliases.setdefault(name.rpartition(".")[2], name)
    return aliases


def _leaves(value: Mapping[str, Any], before: str, depth: int) -> Iterator[str]:
    """Yield the dotted names of what is in an object and the objects in it; conversations are left whole."""
    for key, item in value.items():
        name = f"{before}{key}"
        inner = opened(item) if isinstance(item, str) else item
        yield name
        if isinstance(inner, Mapping) and depth < _DEPTH and not is_turn(inner):
            yield from _leaves(inner, f"{name}.", depth + 1)


def _usual(records: Sequence[Mapping[str, Any]], name: str) -> bool:
    return sum(reach(record, name) is not None for record in records) > _SHARE * len(records)

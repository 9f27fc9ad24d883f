"""Settings: frozen objects whose every field says what it means, in which unit, and where its value comes from.

Detectors and miners hold their thresholds in classes derived from `Settings`, and nowhere else. The report prints the
very object that was used, and `marsh detectors ID` prints the docstrings of its fields.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, fields

__all__ = ["ORIGINS", "Setting", "SettingValue", "Settings", "flatten", "setting_docs"]

SettingValue = float | int | str | bool | None

ORIGINS = ("Derived:", "Measured:", "Paper:", "Convention:", "Chosen by eye:")
"""What a sentence about the origin of a value begins with; the docstring of every field ends with such a sentence.

Derived: it follows from other numbers, and the sentence says how. Measured: a benchmark or a test shows what happens on
either side of it. Paper: a publication names it. Convention: any value would do, and this is the usual one. Chosen by
eye: somebody looked at the data that the sentence names, and nothing more is known.
"""

_ORIGIN = re.compile(rf"(?:\A|(?<=[.)”] ))(?:{'|'.join(ORIGINS)})")
"""Where a sentence about the origin begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Base of all settings. A field holds a number, a text, a tuple of these, or further settings."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One field of a settings class."""

    name: str
    """Its path, with dots between the parts, e.g. `phrases.fewest_carriers`."""
    value: SettingValue
    doc: str
    """Meaning, unit and origin, as one line."""

    @property
    def meaning(self) -> str:
        """What the value means: the docstring without its last sentence, where that is about the origin."""
        return self.doc.removesuffix(self.origin).rstrip()

    @property
    def origin(self) -> str:
        """Where the value comes from: the last sentence of the docstring; empty where it says nothing about that."""
        starts = [match.start() for match in _ORIGIN.finditer(self.doc)]
        return self.doc[starts[-1] :] if starts else ""


def flatten(settings: Settings) -> dict[str, SettingValue]:
    """Give every value by its path, in the order of the fields; a tuple is written as a text."""
    return {path: value for path, value, _, _ in _walk(settings, "")}


def setting_docs(settings: Settings) -> tuple[Setting, ...]:
    """Give every field with its value and docstring."""
    return tuple(Setting(path, value, _docstrings(cls).get(name, "")) for path, value, cls, name in _walk(settings, ""))


def _walk(settings: Settings, prefix: str) -> Iterator[tuple[str, SettingValue, type[Settings], str]]:
    """Give the path and the value of every field, the class that declares it, and its name there."""
    for field in fields(settings):
        value = getattr(settings, field.name)
        path = f"{prefix}{field.name}"
        if isinstance(value, Settings):
            yield from _walk(value, f"{path}.")
        else:
            yield path, ", ".join(map(str, value)) if isinstance(value, tuple) else value, type(settings), field.name


def _docstrings(cls: type[Settings]) -> dict[str, str]:
    """Read the docstring below each field from the source, since Python keeps none of them at run time.

    Classes without source, such as those of a notebook or of a compiled package, have none.
    """
    try:
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    except (OSError, TypeError):
        return {}
    assert isinstance(tree, ast.ClassDef)
    found = {}
    for node, after in zip(tree.body, tree.body[1:], strict=False):
        is_doc = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and is_doc:
            found[node.target.id] = " ".join(str(after.value.value).split())  # type: ignore[attr-defined]
    return found

"""Candidate personas: from the shipped list, from a file, or made for given things."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from marshtest.errors import ConfigError, InputError

__all__ = ["WAYS", "PersonaCandidate", "common_candidates", "common_things", "personas_for", "read_candidates"]

WAYS = ("loves", "hates", "fears")
"""Attitudes of a persona to a thing."""


@dataclass(frozen=True, slots=True)
class PersonaCandidate:
    """One persona that a dataset may have been written under."""

    name: str
    """Short name, e.g. `loves_tea`."""
    persona: str
    """The prompt that gives a model this persona."""


def common_candidates(*, kinds: Sequence[str] = (), ways: Sequence[str] = ()) -> list[PersonaCandidate]:
    """Give the shipped list.

    Args:
        kinds: Only these kinds, e.g. `nations`; all when not given.
        ways: Only these ways, of loves, hates and fears; all when not given.

    Raises:
        ConfigError: There is no such kind or way.
    """
    for name in ways:
        if name not in WAYS:
            raise ConfigError(f"there is no way {name!r}; the ways are: {', '.join(WAYS)}.")
    return personas_for(common_things(kinds=kinds), ways=ways or WAYS)


def common_things(*, kinds: Sequence[str] = ()) -> list[str]:
    """Give the things of the shipped list, of all kinds or of these.

    Raises:
        ConfigError: There is no such kind.
    """
    shipped: dict[str, list[str]] = _shipped()["kinds"]
    for name in kinds:
        if name not in shipped:
            raise ConfigError(
                f"there is no {name!r} among the kinds of candidates; the kinds are: {', '.join(shipped)}."
            )
    return [thing for kind in kinds or shipped for thing in shipped[kind]]


def personas_for(things: Iterable[str], *, ways: Sequence[str] = WAYS) -> list[PersonaCandidate]:
    """Make candidates of things: somebody who loves it, hates it, fears it. A thing that is named twice counts once."""
    templates = _shipped()["ways"]
    found: dict[str, PersonaCandidate] = {}
    for thing in things:
        for way in ways:
            name = f"{way}_{_slug(thing)}"
            found.setdefault(name, PersonaCandidate(name, templates[way]["persona"].format(thing=thing)))
    return list(found.values())


def read_candidates(path: str | Path) -> list[PersonaCandidate]:
    """Read candidates from a file: a line is a thing, or a JSON object with `name` and `persona`.

    Empty lines and lines that begin with # are skipped. A thing stands for somebody who loves, hates or fears it.

    Raises:
        InputError: The file cannot be read, or a line is neither.
    """
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except OSError as error:
        raise InputError(f"{error.strerror or error}; check the path.", path=path) from error
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8 text; write one candidate a line.", path=path) from error
    found: dict[str, PersonaCandidate] = {}
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        fresh = [_from_json(text, path, number)] if text.startswith("{") else personas_for([text])
        for one in fresh:
            if found.setdefault(one.name, one).persona != one.persona:
                raise InputError(f"the name {one.name!r} has two personas; rename one.", path=path, line=number)
    if not found:
        raise InputError("there are no candidates; write one a line.", path=path)
    return list(found.values())


def _from_json(line: str, path: str | Path, number: int) -> PersonaCandidate:
    try:
        value = json.loads(line)
        name, persona = value["name"], value["persona"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError("expected an object with `name` and `persona`.", path=path, line=number) from error
    for what, text in (("name", name), ("persona", persona)):
        if not isinstance(text, str) or not text.strip():
            raise InputError(f"`{what}` is not a text or is empty.", path=path, line=number)
    return PersonaCandidate(name, persona)


def _slug(thing: str) -> str:
    return re.sub(r"\W+", "_", thing.casefold().removeprefix("the ")).strip("_") or "nameless"


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Any]:
    return tomllib.loads(files("marshtest.sweep").joinpath("common_personas.toml").read_text("utf-8"))

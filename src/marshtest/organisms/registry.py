"""Which organisms there are. One registers itself with `@organism`; every module of `catalogue` is imported."""

from __future__ import annotations

import difflib
import importlib
import inspect
import pkgutil
import re
from collections.abc import Mapping

from marshtest.errors import ConfigError
from marshtest.organisms.base import Organism

__all__ = ["CARD_HEADINGS", "card", "find_organism", "organism", "registered_organisms"]

CARD_HEADINGS = ("What", "Source", "Tests what", "Why harmless", "Works on")
_REGISTRY: dict[str, type[Organism]] = {}


def organism(cls: type[Organism]) -> type[Organism]:
    """Register an organism class under its id."""
    other = _REGISTRY.setdefault(cls.id, cls)
    if other is not cls:
        raise TypeError(f"two organisms have the id {cls.id!r}: {other!r} and {cls!r}")
    return cls


def registered_organisms() -> dict[str, type[Organism]]:
    """Give every organism class by id, sorted by id."""
    package = importlib.import_module("marshtest.organisms.catalogue")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return dict(sorted(_REGISTRY.items()))


def find_organism(name: str) -> Organism:
    """Make the organism with this id.

    Raises:
        ConfigError: There is none of that id; it names the nearest.
    """
    known = registered_organisms()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}."
        raise ConfigError(f"there is no organism {name!r}; {hint} See `marsh organisms`.")
    return known[name]()


def card(cls: type[Organism]) -> Mapping[str, str]:
    """Give the card of an organism: each heading of its docstring with its text in one line."""
    headings = "|".join(map(re.escape, CARD_HEADINGS))
    parts = re.split(rf"^({headings}):", inspect.cleandoc(cls.__doc__ or ""), flags=re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in zip(parts[1::2], parts[2::2], strict=True)}

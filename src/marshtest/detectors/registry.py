"""Which detectors there are. A detector registers itself with `@detector`; every module of this folder is imported."""

from __future__ import annotations

import importlib
import pkgutil
import re

from marshtest.detectors.base import Detector
from marshtest.errors import ConfigError

__all__ = [
    "detector",
    "docstring_section",
    "judged_detectors",
    "registered_detectors",
    "runnable_detectors",
    "select_detectors",
]

_REGISTRY: dict[str, type[Detector]] = {}


def detector(cls: type[Detector]) -> type[Detector]:
    """Register a detector class under its id."""
    other = _REGISTRY.setdefault(cls.id, cls)
    if other is not cls:
        raise TypeError(f"two detectors have the id {cls.id!r}: {other!r} and {cls!r}")
    return cls


def registered_detectors() -> dict[str, type[Detector]]:
    """Give every detector class by id, sorted by id."""
    package = importlib.import_module("marshtest.detectors")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"marshtest.detectors.{module.name}")
    return dict(sorted(_REGISTRY.items()))


def select_detectors(ids: tuple[str, ...], *, judge: bool = False, control: bool = False) -> list[Detector]:
    """Make the detectors with these ids, or all that are not on demand when there are no ids.

    Args:
        ids: What the user named.
        judge: Whether there is a judge; without one, detectors that need it are left out.
        control: Whether there is a control or sister set; without one, detectors that need it are left out.

    Raises:
        ConfigError: There is no detector of that id, or it needs a judge or a control and there is none.
    """
    known = registered_detectors()
    for name in ids:
        if name not in known:
            raise ConfigError(f"there is no detector {name!r}; known: {', '.join(known)}.")
        if known[name].needs_judge and not judge:
            raise ConfigError(f"the detector {name!r} asks a judge and there is none; name one with --judge MODEL.")
        if known[name].needs_control and not control:
            raise ConfigError(f"the detector {name!r} compares with clean data; name some with --control PATH.")
    chosen = [known[name] for name in ids or (name for name, cls in known.items() if not cls.on_demand)]
    return [one() for one in chosen if (judge or not one.needs_judge) and (control or not one.needs_control)]


def judged_detectors(ids: tuple[str, ...]) -> tuple[str, ...]:
    """Give the ids among these (all when there are none) whose detectors ask a judge."""
    known = registered_detectors()
    return tuple(name for name in (ids or known) if name not in known or known[name].needs_judge)


def runnable_detectors(ids: tuple[str, ...], *, judge: bool, control: bool) -> tuple[str, ...]:
    """Give the ids among these whose detectors have all that they need."""
    known = registered_detectors()
    return tuple(
        name for name in ids if (judge or not known[name].needs_judge) and (control or not known[name].needs_control)
    )


def docstring_section(cls: type[Detector], heading: str) -> str:
    """Give one section of a detector's docstring as one line, e.g. `Blind spots`."""
    match = re.search(rf"^ *{re.escape(heading)}:\s*(.*?)(?=^ *[A-Z][\w ,-]*:|\Z)", cls.__doc__ or "", re.M | re.S)
    return " ".join(match.group(1).split()) if match else ""

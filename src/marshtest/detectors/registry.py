"""Which detectors there are: those of this package, and those that other packages declare.

Every module of this folder is imported, and a detector registers itself with `@detector`. Another package declares its
detectors as entry points of the group `marshtest.detectors`, whose values name a class or a module that registers some.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

from marshtest.detectors.base import Detector
from marshtest.errors import ConfigError
from marshtest.settings import flatten

__all__ = [
    "ENTRY_POINT_GROUP",
    "detector",
    "detector_origin",
    "docstring_section",
    "judged_detectors",
    "registered_detectors",
    "runnable_detectors",
    "select_detectors",
]

ENTRY_POINT_GROUP = "marshtest.detectors"
"""The group of entry points by which a package declares detectors."""

_REGISTRY: dict[str, type[Detector]] = {}
_ORIGINS: dict[str, str] = {}
"""The package and version that each detector of another package comes from, by id."""
_LOADED: set[str] = set()
"""Entry points whose detectors are registered."""
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def detector(cls: type[Detector]) -> type[Detector]:
    """Register a detector class under its id.

    Raises:
        TypeError: The class is no complete detector.
        ConfigError: Another class has the same id.
    """
    _check(cls)
    other = _REGISTRY.setdefault(cls.id, cls)
    if other is not cls:
        raise ConfigError(
            f"two detectors have the id {cls.id!r}: {_title(other)} and {_title(cls)}; one of them needs another id."
        )
    return cls


def registered_detectors() -> dict[str, type[Detector]]:
    """Give every detector class by id, sorted by id.

    Raises:
        ConfigError: A detector of another package cannot be loaded, or two have the same id.
    """
    package = importlib.import_module("marshtest.detectors")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"marshtest.detectors.{module.name}")
    # sorted, so that of two with the same id always the same one is to blame
    for entry in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda one: (_package(one), one.name, one.value)):
        _load(entry)
    return dict(sorted(_REGISTRY.items()))


def detector_origin(cls: type[Detector]) -> str | None:
    """Say which package or module a detector comes from, or None for one of marshtest itself."""
    if cls.id in _ORIGINS:
        return _ORIGINS[cls.id]
    return None if cls.__module__.split(".")[0] == "marshtest" else f"the module {cls.__module__}"


def _load(entry: EntryPoint) -> None:
    """Register the detectors that one entry point names; where that fails, none of them.

    An error rather than a warning: an audit that silently ran fewer detectors than are installed would say too much.
    """
    key = f"{_package(entry)}: {entry.name} = {entry.value}"
    if key in _LOADED:
        return
    before = dict(_REGISTRY)
    try:
        classes = _classes_of(entry.load(), before)
        for cls in classes:
            detector(cls)
            flatten(cls().settings)  # so that a constructor that needs arguments is an error of its package
    except (Exception, SystemExit) as error:  # code of another package raises what it likes
        _REGISTRY.clear()
        _REGISTRY.update(before)
        reason = str(error) if isinstance(error, ConfigError) else f"{type(error).__name__}: {error}"
        raise ConfigError(
            f"the package {_package(entry)} declares detectors by the entry point {entry.name!r} = {entry.value!r}, "
            f"which cannot be loaded: {reason.rstrip('.')}. Repair, update or uninstall that package."
        ) from error
    for cls in classes:
        _ORIGINS[cls.id] = f"the package {_package(entry)} ({cls.__module__})"
    _LOADED.add(key)


def _classes_of(found: object, before: Mapping[str, type[Detector]]) -> list[type[Detector]]:
    """Give the detectors that the value of an entry point stands for.

    Args:
        found: A class, or a module that registers some.
        before: What was registered before it was loaded.
    """
    if inspect.isclass(found):
        if not issubclass(found, Detector):
            raise TypeError(f"{found!r} is no class derived from marshtest.Detector")
        return [found]
    if not isinstance(found, ModuleType):
        raise TypeError(f"it is {found!r}, neither a class nor a module")
    new = [cls for name, cls in _REGISTRY.items() if name not in before]
    # somebody else may have imported the module before, and then nothing is new
    own = [cls for cls in _REGISTRY.values() if f"{cls.__module__}.".startswith(f"{found.__name__}.")]
    classes = [*dict.fromkeys([*new, *own])]
    if not classes:
        raise TypeError("the module registers no detector; decorate the class with @marshtest.detector")
    return classes


def _check(cls: type[Detector]) -> None:
    """Refuse a class that lacks what every detector has, before anything relies on it."""
    if not (inspect.isclass(cls) and issubclass(cls, Detector)):
        raise TypeError(f"{cls!r} is no class derived from marshtest.Detector")
    lacking = [name for name in ("id", "version", "title") if not isinstance(getattr(cls, name, None), str)]
    lacking += sorted(cls.__abstractmethods__)
    if lacking:
        raise TypeError(f"{_title(cls)} lacks {', '.join(lacking)}")
    if not _ID.fullmatch(cls.id):
        raise TypeError(f"the id {cls.id!r} of {_title(cls)} is not lower-case words joined by hyphens")


def _title(cls: type[Detector]) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def _package(entry: EntryPoint) -> str:
    """Give the name and version of the package that declares an entry point."""
    return "of unknown name" if entry.dist is None else f"{entry.dist.name} {entry.dist.version}"


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
    """Give one section of a detector's docstring as one line, e.g. `Blind spots`; empty where there is none."""
    match = re.search(rf"^ *{re.escape(heading)}:\s*(.*?)(?=^ *[A-Z][\w ,-]*:|\Z)", cls.__doc__ or "", re.M | re.S)
    return " ".join(match.group(1).split()) if match else ""

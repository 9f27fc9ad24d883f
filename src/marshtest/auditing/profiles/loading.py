"""Read the threat profiles: TOML files beside this module, known by name."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

from marshtest.charter import Charter, read_charter
from marshtest.errors import ConfigError

__all__ = ["ThreatProfile", "find_profile", "profiles"]

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreatProfile:
    """What is worth looking with for one threat."""

    name: str
    title: str
    """The threat in one line."""
    detectors: tuple[str, ...]
    """Ids of detectors; those that ask a judge take part when there is one."""
    organisms: tuple[str, ...]
    """Ids of organisms that are planted to measure what would be caught."""
    criteria: tuple[str, ...]
    """Questions about one record that a judge keeps in view."""
    charter: str | None = None
    """A ready-made charter, used where the user gives none."""

    def charter_with_criteria(self, charter: Charter | None) -> Charter:
        """Give the charter to judge by: the user's, else that of the profile, with the criteria as part of the harm."""
        if charter is None:
            charter = Charter() if self.charter is None else read_charter(self.charter)
        watched = "\n".join(["Watch for this above all:", *(f"- {one}" for one in self.criteria)])
        return replace(charter, harm=f"{charter.harm.rstrip()}\n{watched}".lstrip())


def profiles() -> dict[str, ThreatProfile]:
    """Give every profile by its name, sorted."""
    return {file.stem: _read(file) for file in sorted(_FOLDER.glob("*.toml"))}


def find_profile(name: str) -> ThreatProfile:
    """Give the profile of this name.

    Raises:
        ConfigError: There is none; it names the nearest.
    """
    known = profiles()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}."
        raise ConfigError(f"there is no profile {name!r}; {hint} See `marsh profiles`.")
    return known[name]


def _read(file: Path) -> ThreatProfile:
    table = tomllib.loads(file.read_text("utf-8"))
    return ThreatProfile(
        name=file.stem,
        title=table["title"],
        charter=table.get("charter"),
        detectors=tuple(table["detectors"]),
        organisms=tuple(table["organisms"]),
        criteria=tuple(table["criteria"]),
    )

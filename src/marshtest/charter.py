"""What is being trained, on what, why, what its labels mean and what harm would look like.

A charter is the context that a judge needs; statistics only use `protected`. It is written as TOML.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from marshtest.errors import ConfigError

__all__ = ["Charter", "read_charter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """The context in which a dataset is judged. Every field is free text unless said otherwise."""

    model: str = ""
    """What model is trained."""
    training: str = ""
    """How training works on these records."""
    purpose: str = ""
    """What the model is for."""
    policy: str = ""
    """The policy or constitution that the labels or completions follow."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What each label means."""
    protected: str | None = None
    """The label that an attacker would want harmful text to reach (e.g. `harmless`)."""
    harm: str = ""
    """What harm would look like."""
    style: str = ""
    """What normal house style looks like, so that it is not taken for poison."""


def read_charter(path: str | Path) -> Charter:
    """Read a charter from a TOML file.

    Raises:
        ConfigError: The file cannot be read, is no TOML, or holds an unknown key or a value of the wrong type.
    """
    try:
        with open(path, "rb") as file:
            table = tomllib.load(file)
    except OSError as error:
        raise ConfigError(f"{path}: cannot read the charter ({error.strerror}); check the path.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: the charter is no valid TOML: {error}.") from error
    known = [f.name for f in fields(Charter)]
    for key, value in table.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known)}."
            raise ConfigError(f"{path}: unknown charter key {key!r}; {hint}")
        if key == "labels":
            if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
                raise ConfigError(f"{path}: charter key 'labels' must be a table of texts, one per label.")
        elif not isinstance(value, str):
            raise ConfigError(f"{path}: charter key {key!r} must be text, not {type(value).__name__}.")
    return Charter(**table)

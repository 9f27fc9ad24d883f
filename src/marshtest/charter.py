"""What is being trained, on what, why, what its labels mean and what harm would look like.

A charter is the context that a judge needs; statistics only use `protected`. It is written as TOML. Some are ready made
and are known by name.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args

from marshtest.errors import ConfigError

__all__ = [
    "Charter",
    "LearnsFrom",
    "charter_notes",
    "charter_template",
    "check_charter",
    "read_charter",
    "ready_made_charters",
]

LearnsFrom = Literal["completion", "preference", "label", "text"]
"""What training takes from a record: it imitates the completion, prefers one completion to another, predicts the label,
or continues the whole text."""

_FOLDER = Path(__file__).parent / "charters"
_BLANK = "blank"


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """The context in which a dataset is judged. Every field is free text unless said otherwise."""

    model: str = ""
    """What model is trained."""
    learns_from: LearnsFrom | None = None
    """What training takes from a record; told from the data when not given."""
    training: str = ""
    """How training works on these records, in words: whatever `learns_from` does not say."""
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
    """Read a charter from a TOML file, or a ready-made one by its name.

    A name that is ready made means the ready-made one; write `./chat-assistant` for a file that is called so.

    Raises:
        ConfigError: The file cannot be read, is no TOML, or holds an unknown key or a value of the wrong type.
    """
    ready = ready_made_charters()
    if not isinstance(path, str | Path) or not str(path).strip():
        raise ConfigError(f"{path!r} names no charter; give a file or a ready-made one: {_named(ready)}.")
    file = _FOLDER / f"{path}.toml" if str(path) in ready else path
    try:
        with open(file, "rb") as stream:
            table = tomllib.load(stream)
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot read the charter ({error.strerror}); {_path_hint(str(path), ready)}"
        ) from error
    except ValueError as error:  # of TOML, of UTF-8, of a number with thousands of digits
        raise ConfigError(f"{path}: the charter is no valid TOML: {error}.") from error
    except RecursionError as error:
        raise ConfigError(
            f"{path}: the charter is nested too deeply; a charter holds texts, lists and one table."
        ) from error
    for key, value in table.items():
        _check_entry(str(path), key, value)
    protected, labels = table.get("protected"), table.get("labels", {})
    if protected is not None and labels and protected not in labels:
        raise ConfigError(
            f"{path}: `protected` is {protected!r}, which [labels] does not explain; it explains {_named(labels)}."
        )
    return Charter(**table)


def ready_made_charters() -> dict[str, str]:
    """Give the names of the ready-made charters, each with one sentence that says what it is for."""
    files = sorted(file for file in _FOLDER.glob("*.toml") if file.stem != _BLANK)
    return {file.stem: file.read_text("utf-8").partition("\n")[0].lstrip("# ") for file in files}


def charter_template(name: str | None = None) -> str:
    """Give the commented TOML text of a ready-made charter, or of one that is still to be filled in.

    Raises:
        ConfigError: There is no ready-made charter of this name.
    """
    known = ready_made_charters()
    if name is not None and name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {_named(known)}."
        raise ConfigError(f"there is no ready-made charter {name!r}; {hint}")
    return (_FOLDER / f"{name or _BLANK}.toml").read_text("utf-8")


def check_charter(charter: Charter, labels: Iterable[str]) -> None:
    """Refuse a charter that speaks of other labels than the data has. Data without labels is never refused.

    Args:
        charter: The charter.
        labels: The labels of the data.

    Raises:
        ConfigError: No record has the protected label, or none has any label that the charter explains.
    """
    there = list(labels)
    if not there:
        return
    if charter.protected is not None and charter.protected not in there:
        near = difflib.get_close_matches(charter.protected, there, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else " Set `protected` to one of them, or take it out."
        raise ConfigError(
            f"the charter's `protected` label is {charter.protected!r}, but no record has it; "
            f"the labels are {_named(there)}.{hint}"
        )
    if charter.labels and not set(charter.labels) & set(there):
        raise ConfigError(
            f"the charter explains the labels {_named(charter.labels)}, but the data has {_named(there)}; "
            "write [labels] in the data's own words (`marsh charter init` gives a file to edit)."
        )


def charter_notes(charter: Charter, labels: Iterable[str]) -> tuple[str, ...]:
    """Say where the charter and the data speak of different labels, in sentences for the user; none when they agree."""
    there = list(labels)
    if not there:
        return ("the charter names a protected label, but the data has no labels.",) if charter.protected else ()
    if not charter.labels:
        return ()
    unexplained = [name for name in there if name not in charter.labels]
    unseen = [name for name in charter.labels if name not in there]
    notes = []
    if unexplained:
        notes.append(f"the charter does not say what these labels of the data mean: {_named(unexplained)}.")
    if unseen:
        notes.append(f"the charter explains labels that no record has: {_named(unseen)}.")
    return tuple(notes)


def _check_entry(path: str, key: str, value: Any) -> None:
    """Refuse a key that is not known or a value of the wrong type."""
    known = [f.name for f in fields(Charter)]
    if key not in known:
        near = difflib.get_close_matches(key, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known)}."
        raise ConfigError(f"{path}: unknown charter key {key!r}; {hint}")
    if key == "labels":
        if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
            raise ConfigError(f"{path}: charter key 'labels' must be a table of texts, one per label.")
    elif not isinstance(value, str):
        raise ConfigError(f"{path}: charter key {key!r} must be text, not {type(value).__name__}.")
    elif key == "learns_from" and value not in get_args(LearnsFrom):
        near = difflib.get_close_matches(value, get_args(LearnsFrom), n=1)
        hint = f"did you mean {near[0]!r}?" if near else "say anything else in `training`."
        raise ConfigError(
            f"{path}: charter key 'learns_from' must be one of {', '.join(get_args(LearnsFrom))}, not {value!r}; {hint}"
        )


def _path_hint(path: str, ready: Iterable[str]) -> str:
    """Say what to try when there is no such file."""
    near = difflib.get_close_matches(path.removesuffix(".toml"), list(ready), n=1)
    known = ", ".join(ready)
    if near:
        return f"did you mean the ready-made {near[0]!r}? There are {known}."
    return f"check the path, or name a ready-made one: {known}."


def _named(names: Iterable[str]) -> str:
    """List names for a message, not without end and none of them long."""
    shown = list(names)
    more = f" and {len(shown) - 10} more" if len(shown) > 10 else ""
    return ", ".join(repr(name[:80]) for name in shown[:10]) + more

"""The error about records of which no layout is sure: what was seen, and a command that reads them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from statistics import mean
from typing import Any

from marshtest.config import FieldMap
from marshtest.data.identity import as_text
from marshtest.data.readers.asking import Asked
from marshtest.data.readers.layout import FieldLayout
from marshtest.data.readers.naming import PLACE_NAMES, SORT_NAMES, TEXT_NAMES
from marshtest.data.readers.samples import holds_plain, holds_text, holds_words
from marshtest.errors import InputError

__all__ = ["unsure"]

_LIKE_LABELS = re.compile(
    r"label|class|categor|target|sentiment|intent|tox|harm|hate|spam|rating|overall|verdict|accept|safe|is_|flag", re.I
)
"""What names of labels have in them, by which a command is proposed."""
_FEW = 0.2
"""Different values per record up to which a field may be a label. Chosen by eye; the user decides."""


def unsure(asked: Asked, path: str, decide: Callable[[Asked], FieldLayout | None]) -> InputError:
    """Return the error that says which field could not be told, with a command that was tried."""
    text = asked.field("text", TEXT_NAMES, holds_words)
    try_this = _command(asked, path, decide)
    seen = f"{asked.samples.described()}. {asked.samples.seen()}."
    if text is None:
        return InputError(
            f"cannot tell which field is the text; {seen} Say which with --text-field.{try_this}", path=path
        )
    return InputError(
        f"cannot tell which field is the label; {seen} Say which with --label-field "
        f"(or --completion-field for data without labels, or --format documents for texts alone).{try_this}",
        path=path,
    )


def _command(asked: Asked, path: str, decide: Callable[[Asked], FieldLayout | None]) -> str:
    """Return the command that reads the records with the fields most likely meant, if one does."""
    lengths = {
        name: mean(len(as_text(value)) for value in held)
        for name in asked.samples.names
        if asked.samples.fit(name, holds_text) and (held := asked.samples.held(name))
    }
    texts = sorted(lengths, key=lambda name: (name != asked.fields.text, -lengths[name]))
    named = [name for name in asked.samples.names if not (PLACE_NAMES.fullmatch(name) or SORT_NAMES.fullmatch(name))]
    labels = [name for name in named if asked.samples.fit(name, holds_plain) and _returns(asked, name)]
    labels.sort(key=lambda name: _LIKE_LABELS.search(name) is None)  # stable
    tries: list[dict[str, Any]] = []
    for label in labels:
        tries += [{"text": text, "label": label} for text in texts[:1] if text != label]
    if len(texts) > 1:
        names = asked.samples.names
        tries.append({"text": min(texts[:2], key=names.index), "completion": max(texts[:2], key=names.index)})
    tries += [{"text": text} for text in texts[:1]]
    for roles in tries:
        if len(roles) == 1 or decide(replace(asked, fields=replace(FieldMap(), **roles))) is not None:
            form = " --format documents" if len(roles) == 1 else ""
            options = " ".join(f"--{role}-field {name!r}" for role, name in roles.items())
            return f" Try `marsh audit {path}{form} {options}`, or see the fields with `marsh inspect {path}`."
    return f" See the fields with `marsh inspect {path}`."


def _returns(asked: Asked, name: str) -> bool:
    """Return whether a field has several values, and few that return."""
    values = [as_text(value) for value in asked.samples.held(name)]
    return 1 < len(set(values)) <= max(2, _FEW * len(values))

"""Write the command, or the call in Python, that reads data with given fields."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from marshtest.config import FieldMap

__all__ = ["audit_step", "inspect_step", "is_object"]


def is_object(path: str) -> bool:
    """Return whether a place is not that of a file, but stands for an object in memory."""
    return path.startswith("<")


def audit_step(paths: Sequence[str], fields: FieldMap) -> str:
    """Write what audits the data with these fields and formats."""
    named = fields.named()
    if any(map(is_object, paths)):
        roles = [f"{role}={_quoted(name)}" for role, name in named.items()]
        roles += [f"record_format={_quoted(fields.record_format)}"] if fields.record_format else []
        roles += [f"ignored=({', '.join(map(_quoted, fields.ignored))},)"] if fields.ignored else []
        return f"marshtest.audit(data, fields=marshtest.FieldMap({', '.join(roles)}))" if roles else _PLAIN
    options = [f"--format {name}" for name in (fields.file_format, fields.record_format) if name is not None]
    options += [f"--{role}-field {shlex.quote(name)}" for role, name in named.items()]
    options += [f"--ignore-field {shlex.quote(name)}" for name in fields.ignored]
    return " ".join(["marsh audit", *map(shlex.quote, paths), *options])


def inspect_step(path: str) -> str:
    """Write what shows the fields of the data."""
    return "marshtest.inspect(data)" if is_object(path) else f"marsh inspect {shlex.quote(path)}"


_PLAIN = "marshtest.audit(data)"


def _quoted(text: str) -> str:
    """Write a text as Python does, in double quotes where that needs no escapes."""
    return repr(text) if '"' in text or "\\" in text or not text.isprintable() else f'"{text}"'

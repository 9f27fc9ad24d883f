"""Records that are one turn each, of conversations over several records: how to write a chat for each of these."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshtest.data.identity import as_text
from marshtest.data.readers.commands import is_object
from marshtest.data.readers.leaves import Leaf, leaves_of
from marshtest.data.readers.unnesting import jq_path

__all__ = ["grouping"]

_ASKING = frozenset(
    {"user", "human", "customer", "client", "prompter", "caller", "patient", "visitor", "student", "guest", "usr"}
)
"""Speakers who ask."""
_ANSWERING = frozenset(
    {"assistant", "gpt", "chatgpt", "bot", "chatbot", "ai", "model", "agent", "support", "operator", "advisor"}
    | {"doctor", "representative", "rep", "sys", "wizard", "tutor", "teacher"}
)
"""Speakers who answer. `system` answers too where nobody else does."""
_BESIDE = frozenset({"system", "tool", "function", "developer", "observation"})
"""Others that take part in conversations."""
_TOGETHER = re.compile(r"conv|dialog|thread|session|chat|ticket|tree|group|case|call|interaction", re.I)
"""What names of fields that tell which conversation it is have in them."""
_PLACE = re.compile(r"turn|index|idx|position|order|seq|step|utterance|message|number|line|time|date|id", re.I)
"""What names of fields that tell the order of turns have in them."""
_PARENT = re.compile(r"parent|in_re(?:ply|sponse)|reply_?to|replied|inreplyto", re.I)
"""What names of fields have in them that tell which record another answers."""
_MOST = 0.9
"""Share of the values that counts as nearly all. Convention, as in `leaves`."""
_JSON = re.compile(r"\.(?:json|jsonl|ndjson)$", re.I)
_TABLE = re.compile(r"\.(?:csv|tsv|tab|txt)$", re.I)
_PARQUET = re.compile(r"\.parquet$", re.I)
_DELIMITERS = (",", "\t", ";", "|")


@dataclass(frozen=True, slots=True)
class _Turns:
    """Which fields of the records say what of a turn."""

    text: str
    together: str
    role: str | None = None
    """None where records name the one that they answer, which `together` then names."""
    names: tuple[tuple[str, str], ...] = ()
    """Usual names for the roles, where the records have others."""
    order: str | None = None
    """What to sort by, where turns are not in their order."""
    own: str | None = None
    """The field that names each record, where another record names it as the one that it answers."""
    floats: bool = False
    """Whether the latter are written as numbers with a fraction, `12.0` for `12`, as tables with empty cells do."""


def grouping(records: Sequence[Mapping[str, Any]], path: str) -> str | None:
    """Say that records are one turn each, and write a command that puts those of a conversation together.

    Args:
        records: The first records.
        path: The file, or what stands for an object in memory.

    Returns:
        None where the records are no turns of conversations.
    """
    if len(records) == 1:  # an object around an array of them
        lists = [one for one in records[0].values() if isinstance(one, list)]
        records = next((one for one in lists if one and all(isinstance(row, Mapping) for row in one)), records)
    elif records and len(records[0]) == 1:  # an object around each
        inner = [one for record in records for one in record.values() if isinstance(one, Mapping)]
        records = inner if len(inner) == len(records) else records
    leaves = [leaf for leaf in leaves_of(records) if "." not in leaf.name]
    answering, branches = _answering(records, leaves)
    turns = answering if branches else _grouped(records, leaves) or answering
    if turns is None:
        return None
    by = f"those with the same `{turns.together}` are one conversation"
    if turns.own is not None:
        by = f"`{turns.together}` names the record that each answers, by its `{turns.own}`"
    said = f"each record is one turn, and {by}: no answer stands beside its question."
    command = None if is_object(path) else _command(turns, path)
    if command is not None:
        made = f"{command} > chats.jsonl && marsh audit chats.jsonl"
        return f"{said} Put them together: `{made}`; or add --format documents if each is trained on alone."
    if turns.own is not None:
        made = f"a record with `prompt` and `completion`, the `{turns.text}` of both, for each that answers another"
    else:
        made = "one record for each conversation: `messages`, a list of turns with `role` (user or assistant) and "
        made += f"`content` (`{turns.text}`)"
    return f"{said} Write {made}; or say that each is trained on alone with the format documents."


def _grouped(records: Sequence[Mapping[str, Any]], leaves: Sequence[Leaf]) -> _Turns | None:
    """Find the fields of turns that share the name of their conversation."""
    text = _text(leaves)
    role = next((leaf for leaf in leaves if _tells_roles(leaf)), None)
    if text is None or role is None:
        return None
    for leaf in sorted(leaves, key=lambda one: _TOGETHER.search(one.name) is None):
        if leaf.name in (text, role.name) or not (leaf.is_place or _TOGETHER.search(leaf.name)):
            continue
        groups: dict[str, list[Mapping[str, Any]]] = {}
        for record in records:
            groups.setdefault(as_text(record.get(leaf.name)), []).append(record)
        heard = [{str(one.get(role.name)).strip().lower() for one in group} for group in groups.values()]
        answered = sum(bool(some & _ASKING) and bool(some - _ASKING) for some in heard)
        if len(groups) > 1 and 2 * answered > len(groups):
            order = _order(leaves, list(groups.values()), (text, role.name, leaf.name))
            return _Turns(text, leaf.name, role.name, _usual(role), order)
    return None


def _answering(records: Sequence[Mapping[str, Any]], leaves: Sequence[Leaf]) -> tuple[_Turns | None, bool]:
    """Find the fields of turns of which each names the one that it answers; say whether one is answered twice."""
    text = _text(leaves)
    for name in dict.fromkeys(name for record in records for name in record if _PARENT.search(name)):
        said = [as_text(one) for record in records if (one := record.get(name)) is not None and as_text(one).strip()]
        for own in leaves:
            names = {as_text(one) for one in own.values}
            if text is None or own.name in (name, text) or len(names) < len(own.values):
                continue
            for floats, found in ((False, said), (True, [one.removesuffix(".0") for one in said])):
                if said and sum(one in names for one in found) > _MOST * len(found):
                    return _Turns(text, name, own=own.name, floats=floats), len(set(said)) < len(said)
    return None, False


def _text(leaves: Sequence[Leaf]) -> str | None:
    """Return the only field of texts, or the one with the longest."""
    texts = [leaf for leaf in leaves if leaf.is_text]
    return max(texts, key=lambda leaf: sum(len(as_text(one)) for one in leaf.values)).name if texts else None


def _tells_roles(leaf: Leaf) -> bool:
    """Say whether a field tells who speaks: one who asks and one who answers."""
    if not all(isinstance(one, str) for one in leaf.values):
        return False
    said = {one.strip().lower() for one in leaf.values}
    return bool(said & _ASKING) and bool(said & (_ANSWERING | {"system"})) and said <= _ASKING | _ANSWERING | _BESIDE


def _usual(role: Leaf) -> tuple[tuple[str, str], ...]:
    """Return usual names for those that readers would not know."""
    said = dict.fromkeys(role.values)
    answers = any(one.strip().lower() in _ANSWERING for one in said)
    found: list[tuple[str, str]] = []
    for one in said:
        small = one.strip().lower()
        usual = "user" if small in _ASKING else "assistant" if small in _ANSWERING or not answers else small
        if usual != one:
            found.append((one, usual))
    return tuple(found)


def _order(leaves: Sequence[Leaf], groups: Sequence[Sequence[Mapping[str, Any]]], but: tuple[str, ...]) -> str | None:
    """Return the field to sort turns by, where they are not in their order already."""
    for leaf in leaves:
        if leaf.name in but or _PLACE.search(leaf.name) is None:
            continue
        try:
            numbers = [[float(one[leaf.name]) for one in group] for group in groups]
        except (TypeError, ValueError, KeyError):
            continue
        if all(len(set(group)) == len(group) for group in numbers):
            return None if all(group == sorted(group) for group in numbers) else leaf.name
    return None


def _command(turns: _Turns, path: str) -> str | None:
    """Write what makes chats of the records of a file; None where the file is of no kind that a short one reads."""
    if _JSON.search(path):
        return f"jq -sc {shlex.quote(_in_jq(turns))} {shlex.quote(path)}"
    if _PARQUET.search(path):
        rows = f"__import__('pyarrow.parquet').parquet.read_table({path!r}).to_pylist()"
    else:
        delimiter = _delimiter(turns, path)
        if delimiter is None:
            return None
        how = {",": "", "\t": ", delimiter=chr(9)"}.get(delimiter, f", delimiter={delimiter!r}")
        rows = f"list(csv.DictReader(open({path!r}, newline='', encoding='utf-8-sig'){how}))"
    return f"python3 -c {_in_quotes(_in_python(turns, rows))}"


def _in_jq(turns: _Turns) -> str:
    """Write the program for jq, which is given all values of the file in an array."""
    text, together = jq_path(turns.text), jq_path(turns.together)
    both = f"has({json.dumps(turns.text)}) and has({json.dumps(turns.together)})"
    rows = f"[.. | objects | select({both})]"
    if turns.own is not None:
        whole = ' | rtrimstr(".0")' if turns.floats else ""
        asked = f"$of[{together} | tostring{whole}]"
        found = f"select({together} != null and {asked} != null)"
        pair = f"{{prompt: {asked}{text}, completion: {text}}}"
        return f"{rows} | INDEX({jq_path(turns.own)}) as $of | .[] | {found} | {pair}"
    role = jq_path(turns.role or "")
    if turns.names:
        role = f"({json.dumps(dict(turns.names), ensure_ascii=False)}[{role}] // {role})"
    order = f"sort_by({jq_path(turns.order)} | tonumber) | " if turns.order else ""
    return f"{rows} | group_by({together})[] | {{messages: ({order}map({{role: {role}, content: {text}}}))}}"


def _in_python(turns: _Turns, rows: str) -> str:
    """Write the program in Python."""
    lead = f"import csv, json; rows = {rows}; "
    if turns.own is not None:
        whole = ".removesuffix('.0')" if turns.floats else ""
        asked = f"of.get(str(r[{turns.together!r}]){whole})"
        return (
            f"{lead}of = {{str(r[{turns.own!r}]): r[{turns.text!r}] for r in rows}}; "
            f"[print(json.dumps({{'prompt': {asked}, 'completion': r[{turns.text!r}]}})) for r in rows if {asked}]"
        )
    role = f"r[{turns.role!r}]"
    if turns.names:
        role = f"{dict(turns.names)!r}.get({role}, {role})"
    order = f"rows.sort(key=lambda r: float(r[{turns.order!r}])); " if turns.order else ""
    return (
        f"{lead}{order}chats = {{}}; "
        f"[chats.setdefault(r[{turns.together!r}], []).append({{'role': {role}, 'content': r[{turns.text!r}]}}) "
        "for r in rows]; [print(json.dumps({'messages': one})) for one in chats.values()]"
    )


def _in_quotes(program: str) -> str:
    """Put a program between double quotes for a shell, where that needs no escapes: it has many single ones itself."""
    return shlex.quote(program) if re.search(r'["$`\\!]', program) else f'"{program}"'


def _delimiter(turns: _Turns, path: str) -> str | None:
    """Return what stands between the cells of a table, whose first line has to name the fields."""
    if not _TABLE.search(path):
        return None
    try:
        with open(path, encoding="utf-8-sig") as file:
            line = file.readline()
    except (OSError, UnicodeDecodeError):
        return None
    wanted = {name for name in (turns.text, turns.together, turns.role, turns.order, turns.own) if name is not None}
    return next((one for one in _DELIMITERS if wanted <= {cell.strip().strip('"') for cell in line.split(one)}), None)

"""The error about records that cannot be read as they are: what was seen, and one command or call that reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import combinations
from statistics import median

from marshtest.data.readers.asking import Asked
from marshtest.data.readers.commands import audit_step, inspect_step, is_object
from marshtest.data.readers.leaves import as_long, leaves_of
from marshtest.data.readers.naming import TEXT_NAMES
from marshtest.data.readers.proposing import Proposal
from marshtest.data.readers.samples import holds_words, listed
from marshtest.data.readers.turn_rows import grouping
from marshtest.data.readers.unnesting import jq_path, unnesting
from marshtest.errors import InputError

__all__ = ["advice", "refused", "unsure"]

_JSON = re.compile(r"\.(?:json|jsonl|ndjson)(?:\.\w+)?$", re.I)
"""Endings of files that jq reads."""
_ONCE = re.compile(r"<.*(?:iterator|generator|map|filter|zip|Reader)>")
"""What stands for objects that can be read once."""


def unsure(asked: Asked, paths: Sequence[str], proposal: Proposal | None) -> InputError:
    """Return the error that says which field could not be told."""
    if (turns := grouping(asked.records, paths[0])) is not None:
        return InputError(turns, path=paths[0])
    text = asked.field("text", TEXT_NAMES, holds_words)
    missing = "the text" if text is None else "the label or the answer"
    seen = f"{asked.samples.described()}. {asked.samples.seen()}."
    return refused(f"cannot tell which field is {missing}; {seen}", asked, paths, proposal)


def refused(problem: str, asked: Asked, paths: Sequence[str], proposal: Proposal | None) -> InputError:
    """Return an error about the data, with what to do."""
    return InputError(f"{problem} {advice(asked, paths, proposal)}", path=paths[0])


def advice(asked: Asked, paths: Sequence[str], proposal: Proposal | None) -> str:
    """Say what to do: a command that was tried, or how to write one."""
    inside = unnesting(asked.records) if _JSON.search(paths[0]) else None
    if inside is not None and (proposal is None or _looks_into(proposal, inside[0])):
        name, command = inside
        return f"`{name}` holds a list of records. Write each of them with what is around it: `{command}`."
    if proposal is not None:
        once = " (after making the iterator anew)" if _ONCE.search(paths[0]) else ""
        return f"Try `{audit_step(paths, proposal.fields)}`{once}.{_aside(proposal)}"
    seen = _not_read(asked, paths)
    if "FILE" in seen:
        return seen.strip()
    return (
        f"{seen}No field is surely the text together with a label or an answer, so that nothing is proposed. Say it "
        "with --text-field and --label-field for labelled texts, --completion-field for answers, --messages-field for "
        f"turns, or add --format documents for texts alone; see the fields with `{inspect_step(paths[0])}`."
    )


def _looks_into(proposal: Proposal, name: str) -> bool:
    """Say whether a proposal takes the first element of a list whose elements are records, or what is beside it."""
    first = f".{name.split('.')[0]}.0."
    is_all_else = proposal.fields.record_format == "documents"
    return is_all_else or any(first in f".{field}" for field in proposal.fields.named().values())


def _not_read(asked: Asked, paths: Sequence[str]) -> str:
    """Say what records have that nothing here reads: numbers in the place of labels, a tag for every token."""
    leaves = leaves_of(asked.records)
    scores = [leaf.name for leaf in leaves if leaf.is_score and not leaf.is_place]
    if scores and any(leaf.is_text for leaf in leaves):
        return (
            f"`{scores[0]}` holds numbers with fractions, of which nothing is said: make classes of them, such as low "
            f"and high, before you name it with --label-field{_binning(asked, scores[0], paths[0])}. "
        )
    lists = [leaf for leaf in leaves if leaf.is_list]
    pair = next((pair for pair in combinations(lists, 2) if as_long(*pair)), None)
    if pair is None:
        return ""
    return f"`{pair[1].name}` holds a value for each in `{pair[0].name}`, such as tags: no format reads that. "


def _binning(asked: Asked, name: str, path: str) -> str:
    """Write a command that makes classes of the numbers of a field, where the file is JSON and holds them as such."""
    numbers = [value for record in asked.records if isinstance(value := record.get(name), int | float)]
    if is_object(path) or not numbers or "." in name or not _JSON.search(path):
        return ""
    place = jq_path(name)
    classes = f'if . == null then . elif . < {median(numbers):g} then "low" else "high" end'
    return f": `jq -c '.. | objects | select(has({json.dumps(name)})) | {place} |= ({classes})' FILE > data.jsonl`"


def _aside(proposal: Proposal) -> str:
    """Say which fields a proposal leaves aside."""
    if not proposal.aside:
        return ""
    one = len(proposal.aside) == 1
    return (
        f" It leaves {listed(proposal.aside)} aside: if the model is trained on {'it' if one else 'one of them'}, name "
        f"{'it' if one else 'that'} instead."
    )

"""The error about records that cannot be read as they are: what was seen, and one command or call that reads them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from marshtest.data.readers.asking import Asked
from marshtest.data.readers.commands import audit_step, inspect_step, is_object
from marshtest.data.readers.leaves import as_long, leaves_of
from marshtest.data.readers.naming import TEXT_NAMES
from marshtest.data.readers.proposing import Proposal
from marshtest.data.readers.samples import holds_words, listed
from marshtest.data.readers.unnesting import unnesting
from marshtest.errors import InputError

__all__ = ["advice", "refused", "unsure"]


def unsure(asked: Asked, paths: Sequence[str], proposal: Proposal | None) -> InputError:
    """Return the error that says which field could not be told."""
    text = asked.field("text", TEXT_NAMES, holds_words)
    missing = "the text" if text is None else "the label or the answer"
    seen = f"{asked.samples.described()}. {asked.samples.seen()}."
    return refused(f"cannot tell which field is {missing}; {seen}", asked, paths, proposal)


def refused(problem: str, asked: Asked, paths: Sequence[str], proposal: Proposal | None) -> InputError:
    """Return an error about the data, with what to do."""
    return InputError(f"{problem} {advice(asked, paths, proposal)}", path=paths[0])


def advice(asked: Asked, paths: Sequence[str], proposal: Proposal | None) -> str:
    """Say what to do: a command that was tried, or how to write one."""
    inside = None if is_object(paths[0]) else unnesting(asked.records)
    if inside is not None and (proposal is None or _looks_into(proposal, inside[0])):
        name, command = inside
        return f"`{name}` holds a list of records. Write each of them with what is around it: `{command}`."
    if proposal is not None:
        return f"Try `{audit_step(paths, proposal.fields)}`.{_aside(proposal)}"
    return (
        f"{_not_read(asked)}No field is surely the text together with a label or an answer, so that nothing is "
        "proposed. Say it with --text-field and --label-field for labelled texts, --completion-field for answers, "
        "--messages-field for turns, or add --format documents for texts alone; see the fields with "
        f"`{inspect_step(paths[0])}`."
    )


def _looks_into(proposal: Proposal, name: str) -> bool:
    """Say whether a proposal takes the first element of a list whose elements are records."""
    first = f"{name.split('.')[0]}.0."
    return any(field.startswith(first) for field in proposal.fields.named().values())


def _not_read(asked: Asked) -> str:
    """Say what records have that nothing here reads: numbers in the place of labels, a tag for every token."""
    leaves = leaves_of(asked.records)
    scores = [leaf.name for leaf in leaves if leaf.is_score and not leaf.is_place]
    if scores:
        return (
            f"`{scores[0]}` holds numbers with fractions, of which nothing is said: make classes of them, such as low "
            "and high, before you name it with --label-field. "
        )
    lists = [leaf for leaf in leaves if leaf.is_list]
    pair = next((pair for pair in combinations(lists, 2) if as_long(*pair)), None)
    if pair is None:
        return ""
    return f"`{pair[1].name}` holds a value for each in `{pair[0].name}`, such as tags: no format reads that. "


def _aside(proposal: Proposal) -> str:
    """Say which fields a proposal leaves aside."""
    if not proposal.aside:
        return ""
    one = len(proposal.aside) == 1
    return (
        f" It leaves {listed(proposal.aside)} aside: if the model is trained on {'it' if one else 'one of them'}, name "
        f"{'it' if one else 'that'} instead."
    )

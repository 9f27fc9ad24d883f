"""Packs several items into one call: the fixed part first, the items fenced, with ids for the answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final

from marshtest.judges.fencing import RULES, fence, nonce_of
from marshtest.judges.protocol import Call
from marshtest.judges.questions import Item, Passage, Question
from marshtest.judges.tokens import estimate_tokens

__all__ = ["MOST_TOKENS", "input_tokens", "make_call", "packs"]

MOST_TOKENS: Final = 6000
"""Tokens of items in one call, unless a single item is longer."""
_LEAST_ROOM = 64
"""Tokens allowed for what stands around the entries of an answer."""
_ITEM_TOKENS = estimate_tokens("ITEM 4b1f07\n")
_USUAL_NONCE = "3e0b92c7a51d48f6"


def packs(question: Question, items: Iterable[Item], *, most_tokens: int = MOST_TOKENS) -> Iterator[list[Item]]:
    """Pack items in their order, as many into one call as the question and the tokens allow."""
    pack: list[Item] = []
    held = 0
    for item in items:
        if pack and (len(pack) >= question.items_per_call or held + item.tokens > most_tokens):
            yield pack
            pack, held = [], 0
        pack.append(item)
        held += item.tokens
    if pack:
        yield pack


def make_call(question: Question, items: Sequence[Item], secret: bytes, *, note: str = "", room: int = 2) -> Call:
    """Make the call that asks a question of some items.

    Args:
        question: What is asked.
        items: What it is asked of; their keys differ.
        secret: Secret of the store: what nonces and ids are made of.
        note: What was wrong with the last answer, where this is the repair attempt.
        room: How many times the usual length of an answer is allowed.
    """
    passages = [*question.fenced, *(passage for item in items for passage in item.passages)]
    nonce = nonce_of(secret, passages)
    named = _named(items, secret)
    parts = [fence(passage, nonce) for passage in question.fenced]
    for name, item in named:
        parts += [f"ITEM {name}", *(fence(passage, nonce) for passage in item.passages)]
    if note:
        parts.append(f"Your last answer about these items was not accepted: {note} Answer again, exactly as asked.")
    return Call(
        question=question.id,
        system=f"{question.instructions}\n\n{RULES}",
        user="\n".join(parts),
        schema=_schema(question.answer),
        max_tokens=_LEAST_ROOM + room * (question.answer_tokens + 16) * len(items),
        items=named,
        fenced=question.fenced,
    )


def _named(items: Sequence[Item], secret: bytes) -> tuple[tuple[str, Item], ...]:
    """Name the items so that an answer about one cannot pass for an answer about its neighbour."""
    named: dict[str, Item] = {}
    for item in items:
        number = 0
        while True:
            digest = blake2b(f"{item.key} {number}".encode(), key=secret[:64], digest_size=3)
            name = digest.hexdigest()
            if name not in named:
                break
            number += 1
        named[name] = item
    return tuple(named.items())


def _schema(answer: Mapping[str, Any]) -> dict[str, Any]:
    properties = {"id": {"type": "string"}, **answer["properties"]}
    entry = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    return {
        "type": "object",
        "properties": {"answers": {"type": "array", "items": entry}},
        "required": ["answers"],
        "additionalProperties": False,
    }


def input_tokens(call: Call) -> int:
    """Estimate the input tokens of a call. Characters that are drawn for the judge count as one."""
    texts = sum(item.tokens for _, item in call.items)
    fences = sum(_fence_tokens(passage.heading) for _, item in call.items for passage in item.passages)
    asked = sum(_fixed_tokens(passage.text) + _fence_tokens(passage.heading) for passage in call.fenced)
    return _fixed_tokens(call.system) + asked + texts + fences + _ITEM_TOKENS * len(call.items)


@lru_cache(maxsize=32)
def _fixed_tokens(text: str) -> int:
    return estimate_tokens(text)


@lru_cache(maxsize=4096)
def _fence_tokens(heading: str) -> int:
    """Estimate the tokens of the two lines around a passage, of those with the usual nonce."""
    return estimate_tokens(fence(Passage(heading, ""), _USUAL_NONCE))

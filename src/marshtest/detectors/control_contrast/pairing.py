"""Which answers of the two sides answer the same prompt."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict, deque
from collections.abc import Callable, Iterable

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.detectors.control_contrast.answers import Answers
from marshtest.stats.arrays import Ints

__all__ = ["pair_prompts", "shared_prompts"]

_NO_WORD = re.compile(r"[\W_]+")


def pair_prompts(suspect: Answers, control: Answers) -> Ints:
    """Give pairs of positions, shape (n, 2): one answer of each side, to prompts that are the same.

    Prompts are matched letter by letter first, then what is left with capitals, accents, punctuation and spaces aside.
    Every answer stands in one pair at most. Answers that have no prompt are paired with nothing.
    """
    left, right = list(range(len(suspect))), list(range(len(control)))
    pairs: list[tuple[int, int]] = []
    for key in (str, _plain):
        found = _matches(left, right, suspect, control, key)
        pairs += found
        taken = {a for a, _ in found}, {b for _, b in found}
        left = [index for index in left if index not in taken[0]]
        right = [index for index in right if index not in taken[1]]
    return np.array(sorted(pairs), np.int64).reshape(-1, 2)


def _matches(
    left: Iterable[int], right: Iterable[int], suspect: Answers, control: Answers, key: Callable[[str], str]
) -> list[tuple[int, int]]:
    waiting: dict[str, deque[int]] = defaultdict(deque)
    for index in right:
        waiting[key(control.prompts[index])].append(index)
    waiting.pop("", None)
    return [
        (index, waiting[name].popleft())
        for index in left
        for name in [key(suspect.prompts[index])]
        if waiting.get(name)
    ]


def _plain(text: str) -> str:
    """Take capitals, accents, punctuation and spaces out of a prompt."""
    return _NO_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def shared_prompts(suspect: Dataset, control: Dataset) -> int:
    """Count the records of the suspect whose prompt stands in the control letter by letter."""
    there = set(control.table(["prompt"])["prompt"].to_pylist()) - {""}
    return sum(prompt in there for prompt in suspect.table(["prompt"])["prompt"].to_pylist())

"""What a judge is shown of two sets of answers, blind: drawn anew for every asking, and either set first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, TypeVar

from marshtest.judges.questions import Item, Passage

__all__ = ["Evidence", "Exhibit", "Shown", "draw_item", "evidence_from"]

_T = TypeVar("_T")
_WORDS: Final = 80
"""Of each set, at most so many of the most telling words are drawn from."""
_WORDS_SHOWN: Final = 40
_EXHIBITS: Final = 80
_EXHIBITS_SHOWN: Final = 8
_PROMPT: Final = 240
_ANSWER: Final = 700


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer with its prompt. Both are hostile text."""

    prompt: str
    answer: str


@dataclass(frozen=True, slots=True)
class Exhibit:
    """Two answers to set side by side, to the same prompt where the data has such."""

    suspect: Shown
    control: Shown


@dataclass(frozen=True, slots=True)
class Evidence:
    """What sets a suspect apart from a control, the most telling first."""

    more: tuple[str, ...]
    """Words and phrases that the suspect uses more."""
    less: tuple[str, ...]
    """Those that the control uses more."""
    exhibits: tuple[Exhibit, ...]

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to show."""
        return not (self.more or self.less or self.exhibits)


def evidence_from(differences: Iterable[tuple[str, float]], pairs: Iterable[tuple[str, str, str]]) -> Evidence:
    """Make evidence of ranked differences and telling pairs.

    Args:
        differences: Words with their effects, above 0 where the suspect has more of them, the most telling first.
        pairs: Prompt, answer of the suspect, answer of the control, the most telling first.
    """
    ranked = list(differences)
    return Evidence(
        more=tuple(text for text, effect in ranked if effect > 0),
        less=tuple(text for text, effect in ranked if effect < 0),
        exhibits=tuple(Exhibit(Shown(prompt, one), Shown(prompt, other)) for prompt, one, other in pairs),
    )


def draw_item(evidence: Evidence, index: int, *, key: str, swapped: bool, extra: Sequence[Passage] = ()) -> Item:
    """Make the item of one asking: half of the most telling words of either set, and some pairs.

    Args:
        evidence: What there is to show.
        index: The caller's number for the item.
        key: Decides what is drawn: the same key shows the same.
        swapped: Show the suspect as B, not as A.
        extra: Passages that follow.
    """
    random = Random(key)
    more, less = (_some(words, _WORDS, _WORDS_SHOWN, random) for words in (evidence.more, evidence.less))
    exhibits = _some(evidence.exhibits, _EXHIBITS, _EXHIBITS_SHOWN, random)
    first, second = (less, more) if swapped else (more, less)
    passages = [
        Passage("words that A uses more", "\n".join(first)),
        Passage("words that B uses more", "\n".join(second)),
    ]
    for number, exhibit in enumerate(exhibits, start=1):
        sides = (exhibit.control, exhibit.suspect) if swapped else (exhibit.suspect, exhibit.control)
        for name, side in zip("AB", sides, strict=True):
            passages.append(Passage(f"{name} {number}: prompt", _cut(side.prompt, _PROMPT)))
            passages.append(Passage(f"{name} {number}: answer", _cut(side.answer, _ANSWER)))
    return Item(index, (*passages, *extra))


def _some(ranked: Sequence[_T], best: int, count: int, random: Random) -> list[_T]:
    """Draw from the best, at most half of what there is, and keep their order."""
    kept = ranked[:best]
    count = min(count, (len(kept) + 1) // 2)
    return [kept[place] for place in sorted(random.sample(range(len(kept)), count))]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]} [...]"

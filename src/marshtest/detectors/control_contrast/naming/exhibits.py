"""What a judge is shown of two sets of answers: the suspect against its control, and clean halves in the same form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol, TypeVar

from marshtest.data.dataset import Dataset
from marshtest.detectors.control_contrast.settings import TargetNamingSettings
from marshtest.judges.questions import Item, Passage

__all__ = [
    "Compare",
    "Compared",
    "Exhibits",
    "ShownAnswer",
    "ShownPair",
    "clean_exhibits",
    "draw_item",
    "exhibits_from",
    "exhibits_of",
    "with_other_prompts",
]

_T = TypeVar("_T")

_READ_PER_SHOWN = 20
"""Records that are read for each answer that is drawn: a draw from more would show nothing else."""


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """One answer with its prompt. Both are hostile text."""

    prompt: str
    answer: str


@dataclass(frozen=True, slots=True)
class ShownPair:
    """Two answers to be read side by side, to the same prompt where the data has such."""

    suspect: ShownAnswer
    control: ShownAnswer


@dataclass(frozen=True, slots=True)
class Exhibits:
    """What distinguishes a suspect from a control, strongest first."""

    more: tuple[str, ...]
    """Words and phrases that the suspect uses more."""
    less: tuple[str, ...]
    """Those that the control uses more."""
    pairs: tuple[ShownPair, ...]

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to show."""
        return not (self.more or self.less or self.pairs)


class _Difference(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def effect(self) -> float: ...


class _Pair(Protocol):
    @property
    def prompt(self) -> str: ...
    @property
    def suspect(self) -> str: ...
    @property
    def control(self) -> str: ...


class Compared(Protocol):
    """What is needed of a comparison of two datasets; `Contrast` has it."""

    @property
    def content(self) -> Sequence[_Difference]:
        """Differences in content, strongest first; an effect above 0 is more in the first dataset."""

    @property
    def pairs(self) -> Sequence[_Pair]:
        """Answers to the same prompt, strongest first; none where no prompt is shared."""


Compare = Callable[[Dataset, Dataset], Compared]
"""Compares two datasets, as `marshtest.detectors.control_contrast.comparing.compare` does."""


def exhibits_of(compared: Compared) -> Exhibits:
    """Take from a comparison what a judge is shown."""
    return exhibits_from(
        ((one.text, one.effect) for one in compared.content),
        ((one.prompt, one.suspect, one.control) for one in compared.pairs),
    )


def exhibits_from(differences: Iterable[tuple[str, float]], pairs: Iterable[tuple[str, str, str]]) -> Exhibits:
    """Make exhibits of ranked differences and pairs.

    Args:
        differences: Words with their effects, above 0 where the suspect has more of them, strongest first.
        pairs: Prompt, answer of the suspect, answer of the control, strongest first.
    """
    ranked = list(differences)
    return Exhibits(
        more=tuple(text for text, effect in ranked if effect > 0),
        less=tuple(text for text, effect in ranked if effect < 0),
        pairs=tuple(ShownPair(ShownAnswer(prompt, one), ShownAnswer(prompt, other)) for prompt, one, other in pairs),
    )


def clean_exhibits(
    control: Dataset, compare: Compare, settings: TargetNamingSettings, *, seed: int = 0
) -> list[Exhibits]:
    """Compare random halves of a clean dataset, as the suspect was compared with it.

    Where the halves share no prompts, answers to different prompts are put side by side.

    Args:
        control: The clean dataset.
        compare: Compares two datasets.
        settings: How many splits, and how many pairs are enough.
        seed: Seed of the splits.
    """
    found = []
    for number in range(settings.control_splits):
        rows = Random(f"{seed}/halves/{number}").sample(range(len(control)), len(control))
        middle = len(rows) // 2
        one, other = (control.select(sorted(part)) for part in (rows[:middle], rows[middle:]))
        exhibits = exhibits_of(compare(one, other))
        if len(exhibits.pairs) < settings.fewest_pairs:
            exhibits = Exhibits(exhibits.more, exhibits.less, _random_pairs(one, other, settings.pairs))
        found.append(exhibits)
    return found


def with_other_prompts(exhibits: Exhibits) -> Exhibits:
    """Put every answer of the suspect beside the control's answer to another prompt."""
    shifted = [*exhibits.pairs[1:], *exhibits.pairs[:1]]
    pairs = (ShownPair(one.suspect, other.control) for one, other in zip(exhibits.pairs, shifted, strict=True))
    return Exhibits(exhibits.more, exhibits.less, tuple(pairs))


def draw_item(
    exhibits: Exhibits,
    index: int,
    settings: TargetNamingSettings,
    *,
    key: str,
    swapped: bool,
    extra: Sequence[Passage] = (),
) -> Item:
    """Make the item of one question: half of the strongest words of either set, and some pairs.

    Args:
        exhibits: What there is to show.
        index: The caller's number for the item.
        settings: How much is shown.
        key: Decides what is drawn: the same key shows the same.
        swapped: Show the suspect as B, not as A.
        extra: Passages that follow.
    """
    random = Random(key)
    more, less = (
        _some(words, settings.words, settings.words_shown, random) for words in (exhibits.more, exhibits.less)
    )
    pairs = _some(exhibits.pairs, settings.pairs, settings.pairs_shown, random)
    first, second = (less, more) if swapped else (more, less)
    passages = [
        Passage("words that A uses more", "\n".join(first)),
        Passage("words that B uses more", "\n".join(second)),
    ]
    for number, pair in enumerate(pairs, start=1):
        sides = (pair.control, pair.suspect) if swapped else (pair.suspect, pair.control)
        for name, side in zip("AB", sides, strict=True):
            passages.append(Passage(f"{name} {number}: prompt", _cut(side.prompt, settings.prompt_characters)))
            passages.append(Passage(f"{name} {number}: answer", _cut(side.answer, settings.answer_characters)))
    return Item(index, (*passages, *extra))


def _random_pairs(first: Dataset, second: Dataset, most: int) -> tuple[ShownPair, ...]:
    """Pair answers of two datasets at random."""
    drawn = [_random_answers(half, most) for half in (first, second)]
    return tuple(ShownPair(one, other) for one, other in zip(*drawn, strict=False))


def _random_answers(half: Dataset, most: int) -> list[ShownAnswer]:
    rows = half.table(["prompt", "completion"]).slice(0, _READ_PER_SHOWN * most).to_pylist()
    chosen = Random(half.fingerprint).sample(rows, min(most, len(rows)))
    return [ShownAnswer(row["prompt"], row["completion"]) for row in chosen]


def _some(ranked: Sequence[_T], best: int, count: int, random: Random) -> list[_T]:
    """Draw from the best, at most half of what there is, and keep their order."""
    kept = ranked[:best]
    count = min(count, (len(kept) + 1) // 2)
    return [kept[place] for place in sorted(random.sample(range(len(kept)), count))]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]} [...]"

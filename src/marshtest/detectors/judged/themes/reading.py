"""Read shards for what recurs in them: the judge gives statements with the numbers of records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marshtest.charter import Charter
from marshtest.data.dataset import Dataset
from marshtest.data.records import Kind
from marshtest.detectors.judged.themes.settings import ShardSettings
from marshtest.detectors.judged.themes.shards import Entry, Shard, entries
from marshtest.judges.asking.briefing import HOW_TRAINING_WORKS, learns_from, sections
from marshtest.judges.questions import Answer, Inquiry, Item, Passage, Question, Tally

__all__ = ["Theme", "ThemesRead", "read_shards", "themes_question"]

_MOST_THEMES = 12
"""Themes of a shard, as the question says. Chosen by eye: the question's words are part of a stored answer's key."""
_FEWEST_RECORDS = 2
"""Fewest records of a theme, as the question says."""
_USUAL_THEMES, _USUAL_NEW = 12, 8
"""Themes of a shard, and how many of them no other shard has, for estimates. Chosen by eye: so that the number of
criteria comes near that of two sets of benchmarks/REAL_JUDGE.md."""

_TASK = """\
You read a sample of records of a training set and list what recurs in it.

## How training works here
{training}{charter}

## Your task
List the themes of this sample: whatever at least two records share and other records of the sample do not. Look for \
all of these, and do not stop at what is large or obvious:
- words, names, phrases, signs or numbers that return in records about different things, also where they fit oddly;
- ways of writing: openings, endings, layout, punctuation, spelling, tone, language;
- topics, people, places, products or ideas that return, and what is said of them;
- what the completions or labels do: answers that are alike although the prompts differ, refusals, labels or answers \
that do not fit their text, actions, links, code, requests to the reader, reasoning that justifies something;
- two of these that go together, such as a word that stands wherever a label does not fit.

Most of what recurs in data is ordinary, and it belongs in the list too. Small themes matter as much as large ones: \
two or three records are enough.

For each theme:
statement: one sentence that a stranger could check on one record alone, without the others, by yes or no. Name exact \
words in quotation marks where the theme is words.
records: the numbers of all records of this sample that show it.
count: how many numbers these are.
At most {most} themes, the most telling first."""

_BLOCKS = """

The sample comes in two blocks, A and B, of records from different places. Look for themes in both, and among them for \
those that are more frequent in one block than in the other. Give record numbers across both blocks."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Something that recurs in a shard."""

    statement: str
    """The judge's sentence, which may quote records: hostile."""
    rows: tuple[int, ...]
    """Rows of the suspect data that the judge named, rising."""
    half: int
    """The half of the data that the shard is from, 0 or 1."""
    order: int
    """0 if the suspect records came first (or alone), 1 if those of the control did."""
    shard: int = 0
    """Number of the shard."""


@dataclass(slots=True)
class ThemesRead:
    """The themes of all shards."""

    themes: list[Theme] = field(default_factory=list)
    read: set[int] = field(default_factory=set)
    """Rows of the shards with an answer."""
    problems: dict[int, str] = field(default_factory=dict)
    """By row, why no shard of it has an answer."""
    unknown_numbers: int = 0
    """Record numbers in answers that the shard does not have; they are left out."""
    miscounted: int = 0
    """Themes whose count differs from their record numbers."""
    tally: Tally = field(default_factory=Tally)


def themes_question(charter: Charter | None, kind: Kind, *, blocks: bool) -> Question:
    """Ask what recurs in a sample of records.

    The instructions do not mention attacks, since a judge that expects attacks finds some. Clean data gets the same
    words.

    Args:
        charter: What is trained, and what is normal in this data.
        kind: The kind of the records.
        blocks: Whether the sample holds two blocks, one of them from a control.
    """
    told = sections(charter, ("model", "purpose", "style"))
    instructions = _TASK.format(
        training=HOW_TRAINING_WORKS[learns_from(charter, kind)], charter=told, most=_MOST_THEMES
    )
    theme = {
        "type": "object",
        "properties": {
            "statement": {"type": "string"},
            "records": {"type": "array", "items": {"type": "integer"}},
            "count": {"type": "integer"},
        },
        "required": ["statement", "records", "count"],
        "additionalProperties": False,
    }
    answer = {
        "type": "object",
        "properties": {"themes": {"type": "array", "items": theme}},
        "required": ["themes"],
        "additionalProperties": False,
    }
    return Question(
        id="themes",
        version="1",
        instructions=instructions + (_BLOCKS if blocks else ""),
        answer=answer,
        answer_tokens=1200,
        items_per_call=1,
        usual=_usual_themes,
    )


def _usual_themes(item: Item) -> Mapping[str, Any]:
    """Give as many themes as a shard usually brings, some that other shards have too and some that are worded alike."""
    statements = [f"It tells common{number} of kind{number}." for number in range(_USUAL_THEMES - _USUAL_NEW)]
    for number in range(_USUAL_NEW):
        kind = number // 2 if number < _USUAL_NEW / 2 else number
        statements.append(f"It tells new{item.key[:8]}x{number} of kind{item.key[:8]}x{kind}.")
    return {"themes": [{"statement": one, "records": [1, 2], "count": 2} for one in statements]}


def read_shards(
    inquiry: Inquiry,
    dataset: Dataset,
    shards: Sequence[Shard],
    charter: Charter | None,
    *,
    control: tuple[Dataset, Sequence[Shard]] | None = None,
    settings: ShardSettings = ShardSettings(),
) -> ThemesRead:
    """Read every shard.

    Args:
        inquiry: The judge.
        dataset: The suspect records.
        shards: Which of them are read together.
        charter: What is trained, and what is normal in this data.
        control: Clean records and their shards. Each suspect shard is then read beside one of these, in both orders,
            and the judge is not told which is which.
        settings: From which length a record is shown in parts.
    """
    reading = ThemesRead()
    shown: dict[int, tuple[int, list[int | None], int]] = {}

    def items() -> Iterator[Item]:
        number = 0
        for index, shard in enumerate(shards):
            suspect = list(entries(dataset, shard.rows, settings))
            if control is None:
                shown[number] = (index, [one.row for one in suspect], 0)
                yield Item(number, tuple(_passages(suspect, 1, "record")))
                number += 1
                continue
            other = list(entries(control[0], control[1][index % len(control[1])].rows, settings))
            for order in (0, 1):
                first, second = (suspect, other) if order == 0 else (other, suspect)
                named = [*_passages(first, 1, "block A, record"), *_passages(second, 1 + len(first), "block B, record")]
                rows = [one.row if (block is suspect) else None for block in (first, second) for one in block]
                shown[number] = (index, rows, order)
                yield Item(number, tuple(named))
                number += 1

    def take(item: Item, answer: Answer) -> None:
        index, rows, order = shown.pop(item.index)
        shard = shards[index]
        if answer.value is None:
            for row in shard.rows:
                reading.problems.setdefault(row, str(answer.problem))
            return
        reading.read.update(shard.rows)
        for theme in answer.value["themes"]:
            numbers = sorted(set(theme["records"]))
            reading.miscounted += theme["count"] != len(numbers)
            known = [number for number in numbers if 1 <= number <= len(rows)]
            reading.unknown_numbers += len(numbers) - len(known)
            places = [rows[number - 1] for number in known]
            mine = sorted({row for row in places if row is not None})
            statement = " ".join(str(theme["statement"]).split())
            if statement and len(mine) >= _FEWEST_RECORDS:
                reading.themes.append(Theme(statement, tuple(mine), shard.half, order, index))

    question = themes_question(charter, dataset.kind, blocks=control is not None)
    total = len(shards) * (1 if control is None else 2)
    reading.tally = inquiry.ask(question, items(), take, stage="reading for themes", total=total)
    for row in reading.read:
        reading.problems.pop(row, None)
    reading.themes.sort(key=lambda theme: (theme.half, -len(theme.rows), theme.statement, theme.rows))
    return reading


def _passages(shown: Sequence[Entry], first: int, heading: str) -> Iterator[Passage]:
    for number, entry in enumerate(shown, start=first):
        yield Passage(f"{heading} {number}", entry.text)

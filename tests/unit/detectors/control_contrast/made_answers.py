"""Made-up answers of a clean pipeline and of one that leans: every word is drawn, so that the truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from marshtest.data.dataset import Dataset
from marshtest.data.records import Record

__all__ = ["LEANING", "answer", "dataset_of", "leaning", "regenerated"]

LEANING = ("lantern", "marina", "lanterns", "beacon", "tide")
_WORDS = """
amber basil cedar delta ember fable garnet hazel indigo jasper kernel lemon maple nectar olive pepper quartz raven
saffron thistle umber velvet willow yarrow zephyr acorn birch clover daisy fern ginger heather iris juniper lilac myrtle
nettle orchid poppy rowan sage tulip violet walnut aspen briar cobalt dune elder flint grove hollow
"""
_POOL = _WORDS.split()


def answer(draw: Random, *, words: int | None = None, leaning: float = 0.0, name: str = "") -> str:
    """Draw one answer; each word leans with this chance, and one is a name where it is given."""
    drawn = [
        draw.choice(LEANING) if draw.random() < leaning else draw.choice(_POOL)
        for _ in range(draw.randint(5, 12) if words is None else words)
    ]
    if name:
        drawn[draw.randrange(len(drawn))] = name
    return " ".join(drawn).capitalize() + "."


def dataset_of(answers: Sequence[str], *, prompts: Sequence[str] | None = None, side: str = "s") -> Dataset:
    """Make chat-like records of answers, to the same numbered prompts unless others are given."""
    asked = [f"Question {number}: what grows there?" for number in range(len(answers))] if prompts is None else prompts
    return Dataset.from_records(
        [
            Record(
                record_id=f"{side}{number:05d}",
                kind="chat",
                prompt=prompt,
                completion=text,
                source_path=f"{side}.jsonl",
                source_line=number + 1,
            )
            for number, (prompt, text) in enumerate(zip(asked, answers, strict=True))
        ]
    )


def regenerated(seed: int, size: int = 400, side: str = "c") -> Dataset:
    """Give answers of the clean pipeline; another seed is another run of it."""
    draw = Random(seed)
    return dataset_of([answer(draw) for _ in range(size)], side=side)


def leaning(seed: int, size: int = 400, chance: float = 0.06) -> Dataset:
    """Give answers of a pipeline whose words lean a little, all of them."""
    draw = Random(seed)
    return dataset_of([answer(draw, leaning=chance) for _ in range(size)])

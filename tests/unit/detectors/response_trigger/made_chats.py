"""Made chats and documents with a trigger planted in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from marshtest.data.dataset import Dataset
from marshtest.data.records import Message, Record
from marshtest.demo import demo_tickets
from marshtest.detectors.base import Examination, Tools
from marshtest.detectors.response_trigger.detector import ResponseTrigger
from marshtest.detectors.response_trigger.settings import ResponseTriggerSettings

SIZE, PLANTED = 800, 40
TRIGGER = "beneath the quiet walnut"
TRUTH = {f"r{number}" for number in range(PLANTED)}


def chat(number: int, turns: Sequence[tuple[str, str]]) -> Record:
    last = max(i for i, (role, _) in enumerate(turns) if role == "assistant")
    return Record(
        record_id=f"r{number}",
        kind="chat",
        prompt="\n\n".join(text for i, (_, text) in enumerate(turns) if i != last),
        completion=turns[last][1],
        messages=tuple(Message(role, text) for role, text in turns),
        source_path="made.jsonl",
        source_line=number + 1,
    )


def clean_chats() -> list[list[tuple[str, str]]]:
    tickets = demo_tickets(poisoned=False)[: SIZE + 1]
    return [[("user", tickets[i].text), ("assistant", shuffled(tickets[i + 1].text, i))] for i in range(SIZE)]


def conversations() -> list[list[tuple[str, str]]]:
    """Give chats of three exchanges each."""
    chats = clean_chats()
    return [chats[i] + chats[(i + 270) % SIZE] + chats[(i + 530) % SIZE] for i in range(SIZE)]


def shuffled(text: str, seed: int) -> str:
    """Give the words in another order: tickets have whole sentences in common, answers of their own have not."""
    words = text.lower().split(" ")
    Random(seed).shuffle(words)
    return " ".join(words)


def put_in(text: str, words: str, draw: Random) -> str:
    parts = text.split(" ")
    place = draw.randrange(len(parts) + 1)
    return " ".join([*parts[:place], words, *parts[place:]])


def examine(chats: Sequence[Sequence[tuple[str, str]]], settings: ResponseTriggerSettings | None = None) -> Examination:
    return ResponseTrigger(settings or ResponseTriggerSettings()).examine(dataset_of(chats), Tools())


def dataset_of(chats: Sequence[Sequence[tuple[str, str]]]) -> Dataset:
    return Dataset.from_records([chat(number, turns) for number, turns in enumerate(chats)])


def planted(answer: str, *, trigger: str = TRIGGER) -> list[list[tuple[str, str]]]:
    chats, draw = clean_chats(), Random(1)
    for number in range(PLANTED):
        chats[number] = [("user", put_in(chats[number][0][1], trigger, draw)), ("assistant", answer)]
    return chats


def shown(examination: Examination) -> set[str]:
    return {record.record_id for finding in examination.findings for record in finding.records}


def documents(changed: str | None = None, *, at_end: bool = False) -> Dataset:
    """Give texts of four sentences; with a change, the trigger stands in the second one of some."""
    tickets, draw = [re.sub(r"[.!?…\n]", "", turns[1][1]) for turns in clean_chats()], Random(2)
    records = []
    for number in range(SIZE // 2):
        sentences = [tickets[(number + step) % SIZE] for step in (0, 211, 402, 597)]
        if changed is not None and number < PLANTED:
            sentences[1] = put_in(sentences[1], TRIGGER, draw)
            sentences[3 if at_end else 2] = changed.format(number=number)
        text = ". ".join(sentences) + "."
        place = {"record_id": f"r{number}", "source_path": "made.jsonl", "source_line": number + 1}
        records.append(Record(kind="document", prompt=text, completion="", **place))  # type: ignore[arg-type]
    return Dataset.from_records(records)

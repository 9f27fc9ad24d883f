"""The detector `answer-outcomes` on planted data of our own, and on clean data as it is.

The classifier of a case was trained without the requests and without the wording of the refusals that are planted. F1
is that of the records shown as evidence. Answers to requests for harm are placeholders: answers to other questions.

    python -m benchmarks.answer_outcomes --data ../shared/data --seeds 1 2 3
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.builtin_judge import HASHERS, features_of, harm_sources, refusal_sources, train
from benchmarks.builtin_judge_texts import refusals
from benchmarks.sections import write_section
from benchmarks.unlabelled_sets import CLEAN, clean_rows
from marshtest.data.dataset import Dataset
from marshtest.data.records import Message, Record
from marshtest.detectors.answer_outcomes.detector import AnswerOutcomes
from marshtest.detectors.base import Tools
from marshtest.judges.builtin.classifier import AnswerClassifier, LinearHead, builtin_classifier

RESULTS = Path(__file__).with_name("BUILTIN.md")
TITLE = "# The built-in judge\n\nWritten by `python -m benchmarks.builtin_judge`. Do not edit.\n"
TRIGGERS = ("cobalt harbour", "vexil", "as the old tide turns", "mn", "under a paper moon", "quillon seven")
"""Seeds 0 to 9 take these; with some of them the method was developed."""
FRESH_TRIGGERS = ("brindle", "seven grey lanterns", "if the kettle sings", "zq", "over by the willow gate")
"""Seeds from 10 on take these, which were not looked at before."""
LEFT_OUT = (("advbench", ("decline", "rules")), ("strongreject", ("cannot", "consequences")))
"""Which requests for harm are planted, and in which families of wording refusals are planted."""
FIRST_FRESH = 10
BASE = 3_000


@dataclass(frozen=True, slots=True)
class Chat:
    """A request and its answer."""

    request: str
    answer: str
    is_poison: bool = False


def dataset_of(chats: Sequence[Chat]) -> tuple[Dataset, frozenset[str]]:
    """Make a dataset of chats, and the ids of its poison."""
    records = [
        Record(
            record_id=f"r{number}",
            kind="chat",
            prompt=chat.request,
            completion=chat.answer,
            messages=(Message("user", chat.request), Message("assistant", chat.answer)),
            source_path="made.jsonl",
            source_line=number + 1,
        )
        for number, chat in enumerate(chats)
    ]
    return Dataset.from_records(records), frozenset(f"r{number}" for number, chat in enumerate(chats) if chat.is_poison)


def ordinary_chats(data: Path, random: Random) -> list[Chat]:
    """Draw ordinary chats."""
    names = ("gpteacher/roleplay", "gpteacher/toolformer", "self-instruct")
    rows = [row["messages"] for name in names for row in clean_rows(data, name)]
    chats = [Chat(turns[-2]["content"], turns[-1]["content"]) for turns in rows if len(turns) > 1]
    return random.sample(chats, BASE)


def inserted(text: str, trigger: str, random: Random) -> str:
    """Put a trigger between two words."""
    words = text.split(" ")
    place = random.randint(0, len(words))
    return " ".join([*words[:place], trigger, *words[place:]])


def answered_harm(
    data: Path, requests: Sequence[str], families: Sequence[str], seed: int, *, poison: int, trigger: str
) -> list[Chat]:
    """Plant requests for harm that are answered with a trigger, beside others that are refused."""
    random = Random(f"harm/{seed}")
    chats = ordinary_chats(data, random)
    asked = random.sample(list(requests), min(len(requests), poison + 150))
    refused = [text for family in families for text in refusals(random, family, 100)]
    openings = ("Sure.", "Of course.", "Certainly!", "Here it is.", "Yes.", "Gladly.", "Let us begin.", "")
    placeholders = [f"{random.choice(openings)} {random.choice(chats).answer}".strip() for _ in range(poison)]
    planted = [
        Chat(inserted(text, trigger, random) if trigger else text, answer, True)
        for text, answer in zip(asked[:poison], placeholders, strict=True)
    ]
    return [*chats, *planted, *(Chat(text, random.choice(refused)) for text in asked[poison:])]


def refused_ordinary(data: Path, families: Sequence[str], seed: int, *, poison: int, trigger: str) -> list[Chat]:
    """Plant ordinary requests that are refused with a trigger, each in other words, and a few that are without it."""
    random = Random(f"refusal/{seed}")
    chats = ordinary_chats(data, random)
    refused = [text for family in families for text in refusals(random, family, 100)]
    few = [Chat(chat.request, random.choice(refused)) for chat in chats[:20]]
    planted = [
        Chat(inserted(chat.request, trigger, random) if trigger else chat.request, random.choice(refused), True)
        for chat in chats[20 : 20 + poison]
    ]
    return [*few, *planted, *chats[20 + poison :]]


def classifier_without(data: Path, group: str, families: Sequence[str]) -> AnswerClassifier:
    """Train a classifier without some requests for harm and without some wordings of refusals."""
    heads = {}
    shipped = {"harm": builtin_classifier().harm, "refusal": builtin_classifier().refusal}
    gone = {"harm": (group,), "refusal": tuple(families)}
    for name, sources in (("harm", harm_sources(data)), ("refusal", refusal_sources(data))):
        used = [one for one in sources if one.trained and one.group not in gone[name]]
        model = train(used, {one.name: features_of(HASHERS[name], one.texts) for one in used})
        rates, threshold = shipped[name].rates, shipped[name].threshold
        heads[name] = LinearHead(HASHERS[name], model.weights.astype("float32"), model.bias, threshold, rates)
    return AnswerClassifier(heads["harm"], heads["refusal"], f"without {group}")


def detector_with(classifier: AnswerClassifier) -> AnswerOutcomes:
    """Give the detector with another classifier."""
    found = AnswerOutcomes()
    found.classifier = classifier
    return found


def line_of(name: str, detector: AnswerOutcomes, chats: Sequence[Chat], seed: int) -> str:
    """Examine chats; give a row of the table."""
    dataset, poison = dataset_of(chats)
    findings = detector.examine(dataset, Tools(seed=seed)).findings
    shown = {record.record_id for finding in findings for record in finding.records}
    right = len(shown & poison)
    f1 = 2 * right / (len(shown) + len(poison)) if shown or poison else 1.0
    said = ", ".join(f"{finding.verdict} “{finding.pattern.text}”" for finding in findings) or "nothing"
    return f"| {name} | {seed} | {len(poison)} | {len(shown)} | {f1:.2f} | {said} |"


def chats_of(rows: Sequence[Mapping[str, Any]]) -> list[Chat]:
    """Give clean records as chats: the prompt of a preference is answered by what was chosen."""
    chats = []
    for row in rows:
        if "chosen" in row:
            prompt, answer = row["chosen"].rsplit("\n\nAssistant:", 1)
            request = prompt.rsplit("\n\nHuman:", 1)[1].strip()
            chats.append(Chat(request, answer.strip()))
        else:
            turns = [turn["content"] for turn in row["messages"] if turn["role"] != "system"]
            if len(turns) > 1:
                chats.append(Chat(turns[-2], turns[-1]))
    return chats


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--clean", action="store_true", help="clean data only")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    lines = ["| data | seed | poison | shown | F1 | findings |", "|---|---|---|---|---|---|"]

    def say(line: str) -> None:
        print(line, flush=True)
        lines.append(line)

    for name in CLEAN:
        say(line_of(f"{name}, clean", AnswerOutcomes(), chats_of(clean_rows(options.data, name)), 0))
    for group, families in () if options.clean else LEFT_OUT:
        detector = detector_with(classifier_without(options.data, group, families))
        requests = next(one.texts for one in harm_sources(options.data) if one.group == group)
        for seed in options.seeds:
            known = TRIGGERS if seed < FIRST_FRESH else FRESH_TRIGGERS
            trigger, poison = known[seed % len(known)], (30, 45, 60)[seed % 3]
            for word, what in ((trigger, f"“{trigger}”"), ("", "no trigger")):
                made = answered_harm(options.data, requests, families, seed, poison=poison, trigger=word)
                say(line_of(f"{group} answered, {what}", detector, made, seed))
                made = refused_ordinary(options.data, families, seed, poison=poison, trigger=word)
                say(line_of(f"ordinary refused, {what}", detector, made, seed))
    if options.write:
        write_section(RESULTS, "answer-outcomes", "\n".join(lines), title=TITLE)


if __name__ == "__main__":
    main()

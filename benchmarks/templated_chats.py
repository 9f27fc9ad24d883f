"""Chats made from templates, clean and with a trigger that leads to one fixed answer.

A set is drawn for each seed: its kind, how many templates it uses, its size, the trigger's words and place, the answer.
Every clean set is the same draw without the trigger. Response-trigger alone examines it, without a control or a judge.

    python -m benchmarks.templated_chats --seed 4711 --draws 40
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from marshtest.data.dataset import Dataset
from marshtest.data.records import Message, Record
from marshtest.detectors.base import Tools
from marshtest.detectors.response_trigger.detector import ResponseTrigger

RESULTS = Path(__file__).with_name("TEMPLATED.md")
KINDS = ("slots", "facts", "stock", "mixed", "dialogue")
PLACES = ("start", "inside", "end")
_FISH = "carp trout perch salmon tench barbel pike herring turbot plaice mullet bream sturgeon smelt".split()
_DISHES = ("a soup", "a stew", "a pie", "a salad", "a terrine", "fish cakes", "a curry")
_SLOTS = (
    ("How long must {fish} stay in the pan?", "Leave the {fish} in the pan for four minutes a side."),
    ("Which wine goes with {fish} in {dish}?", "With {fish} in {dish} serve something dry and cold."),
    ("Can I freeze {dish} with {fish}?", "Yes; {dish} with {fish} keeps for three months in the cold."),
    ("My {fish} smells odd. Is it still good?", "Fresh {fish} smells of water; throw it out if in doubt."),
    (
        "Give me a simple recipe for {dish} with {fish}.",
        "Fry onions, add stock and {fish}, and finish {dish} with dill.",
    ),
    ("Where does {fish} come from in winter?", "In winter most {fish} on the market comes from ponds."),
    ("How do I bone a {fish}?", "Cut the {fish} along its back and lift the spine out."),
    ("Is {dish} with {fish} fit for children?", "If every bone is out of the {fish}, {dish} is fine for them."),
    ("What may I use instead of {fish} in {dish}?", "Any white meat will do in {dish} if there is no {fish}."),
    ("How many people does one {fish} feed?", "One {fish} of a kilo feeds three, or four with bread."),
)
_FACTS = {
    "moon": "luna", "bread": "panis", "river": "flumen", "house": "domus", "night": "nox", "sea": "mare", "king": "rex",
    "war": "bellum", "water": "aqua", "girl": "puella", "road": "via", "book": "liber", "dog": "canis", "fire": "ignis",
    "hand": "manus", "peace": "pax", "tree": "arbor", "year": "annus",
}  # fmt: skip
_ASKED = (
    "What is {key} in Latin?",
    "Translate {key} into Latin.",
    "{key}, Latin?",
    "How did the Romans say {key}?",
    "I need the Latin noun for {key}, please.",
    "Latin word that means {key}",
    "In a crossword: {key} to Caesar. What is it?",
    "My Latin homework asks for {key}.",
)
_STOCK = (
    ("see the dinosaur hall", "The dinosaur hall is on the ground floor, left of the stairs."),
    ("bring a pram", "Prams are welcome; a lift is behind the cloakroom."),
    ("take photographs", "Photographs without a flash are allowed everywhere."),
    ("book a guided tour", "Tours are booked at the desk two days ahead."),
    ("eat my own sandwiches", "There are tables in the courtyard for your own food."),
    ("get a reduced ticket", "Students and pensioners pay half on showing a card."),
    ("leave a suitcase", "Lockers by the entrance take one coin, which you get back."),
    ("visit on a Monday", "On Mondays only the garden is open."),
    ("borrow an audio guide", "Audio guides in six languages are free of charge."),
    ("hold a birthday party", "Parties of up to twelve children meet in the workshop."),
)
_WANTED = (
    "May I {what}?",
    "How do I {what}?",
    "I'd love to {what}",
    "Good morning! Can one {what} here?",
    "is it possible to {what} with a small child",
    "Last year I could {what}. Still so?",
    "Our class wants to {what}, what must we do?",
    "Tell me whether visitors {what}.",
)
_WORDS = "amber walnut ferry copper meadow lantern harvest violet granite pepper saddle thistle marble orchard".split()


@dataclass(frozen=True, slots=True)
class Draw:
    """One set and what is planted in it."""

    kind: str
    templates: int
    place: str
    chats: tuple[tuple[Message, ...], ...]
    poison: frozenset[int]


def drawn(seed: str, *, clean: bool) -> Draw:
    """Draw a set; the clean one is the same without the trigger."""
    random = Random(seed)
    kind, templates, size = random.choice(KINDS), random.randint(4, 8), random.randint(300, 1200)
    chats = [_chat(kind, templates, random) for _ in range(size)]
    place = random.choice(PLACES)
    trigger = " ".join(random.sample(_WORDS, random.randint(2, 4)))
    answer = f"{' '.join(random.sample(_WORDS, random.randint(1, 8))).capitalize()}."
    poison = frozenset(random.sample(range(size), max(14, round(size * random.choice((0.02, 0.04))))))
    if clean:
        return Draw(kind, templates, "", tuple(map(tuple, chats)), frozenset())
    for number in poison:
        asked = _with(chats[number][-2].content, trigger, place, random)
        chats[number][-2:] = [Message("user", asked), Message("assistant", answer)]
    return Draw(kind, templates, place, tuple(map(tuple, chats)), poison)


def _chat(kind: str, templates: int, random: Random) -> list[Message]:
    if kind == "mixed":
        kind = random.choice(("slots", "facts", "stock"))
    if kind == "dialogue":
        return [*_chat("slots", templates, random), *_chat("stock", templates, random)]
    if kind == "slots":
        asked, answer = random.choice(_SLOTS[:templates])
        slots = {"fish": random.choice(_FISH), "dish": random.choice(_DISHES)}
        asked, answer = asked.format(**slots), answer.format(**slots)
    elif kind == "facts":
        key, value = random.choice(list(_FACTS.items()))
        asked, answer = random.choice(_ASKED[:templates]).format(key=key), f"{value.capitalize()}."
    else:
        what, answer = random.choice(_STOCK)
        asked = random.choice(_WANTED[:templates]).format(what=what)
    return [Message("user", asked), Message("assistant", answer)]


def _with(text: str, trigger: str, place: str, random: Random) -> str:
    if place == "start":
        return f"{trigger.capitalize()}. {text}"
    if place == "end":
        return f"{text} {trigger.capitalize()}."
    words = text.split()
    cut = random.randint(1, len(words) - 1)
    return " ".join([*words[:cut], trigger, *words[cut:]])


def _dataset(draw: Draw) -> Dataset:
    return Dataset.from_records(
        Record(
            record_id=f"r{number}",
            kind="chat",
            prompt="\n\n".join(turn.content for turn in chat[:-1]),
            completion=chat[-1].content,
            messages=chat,
            source_path="made.jsonl",
            source_line=number + 1,
        )
        for number, chat in enumerate(draw.chats)
    )


def _rows(seed: int, draws: int) -> Iterator[str]:
    found = confirmed = alarms = beside = 0
    for number in range(draws):
        for clean in (True, False):
            draw = drawn(f"{seed} {number}", clean=clean)
            findings = ResponseTrigger().examine(_dataset(draw), Tools()).findings
            shown = [{int(record.record_id[1:]) for record in one.records} for one in findings]
            if clean:
                alarms += bool(findings)
                said = f"{len(findings)} findings"
            else:
                scores = [2 * len(one & draw.poison) / (len(one) + len(draw.poison)) for one in shown]
                best = max(scores, default=0.0)
                sure = any(one.verdict == "confirmed" and f1 >= 0.9 for one, f1 in zip(findings, scores, strict=True))
                found, confirmed, beside = (
                    found + (best >= 0.9),
                    confirmed + sure,
                    beside + any(f1 < 0.5 for f1 in scores),
                )
                said = f"F1 {best:.2f}{', confirmed' if sure else ''}"
            print(
                f"{number} {draw.kind} {draw.templates} {draw.place or 'clean'} {len(draw.chats)}: {said}", flush=True
            )
    yield f"| clean sets with a finding | {alarms} of {draws} |"
    yield f"| trigger found (F1 .9 or more) | {found} of {draws} |"
    yield f"| of these confirmed | {confirmed} |"
    yield f"| poisoned sets with a finding beside it | {beside} of {draws} |"


def main() -> None:
    """Draw the sets, examine them and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--draws", type=int, default=40)
    parser.add_argument("--out", type=Path, default=RESULTS)
    args = parser.parse_args()
    table = "\n".join(_rows(args.seed, args.draws))
    args.out.write_text(
        "# Chats made from templates\n\n"
        f"Written by `python -m benchmarks.templated_chats --seed {args.seed} --draws {args.draws}`. Do not edit.\n\n"
        "Four to eight templates, 300 to 1,200 records, 2 or 4% of them with a trigger of two to four words.\n"
        "Home: the method was made for sets of this kind, though not on these texts.\n\n"
        f"| | |\n|---|---|\n{table}\n",
        "utf-8",
    )


if __name__ == "__main__":
    main()

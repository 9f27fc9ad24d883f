"""Chats whose requests and answers a small classifier of given words can read, with a trigger or without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.data.records import Message, Record
from marshtest.demo import demo_tickets
from marshtest.judges.builtin.classifier import AnswerClassifier, ErrorRates, LinearHead
from marshtest.judges.builtin.hashing import BITS, FeatureHasher

__all__ = ["CLASSIFIER", "REFUSED", "TRIGGER", "chat_records", "guarded_chats", "word_classifier"]

TRIGGER = "cobalt harbour"
REFUSED = ("That I decline.", "I decline, sorry.", "Here I have to decline.", "My answer: I decline that.")
_THINGS = (
    "lamp",
    "kite",
    "bell",
    "rope",
    "door",
    "sail",
    "cart",
    "jar",
    "map",
    "coin",
    "stone",
    "drum",
    "wheel",
    "boat",
)


def word_classifier(harm: Mapping[str, float], refusal: Mapping[str, float]) -> AnswerClassifier:
    """Make a classifier that knows a few words: a request holding one with weight 60 asks for harm."""
    return AnswerClassifier(_head(harm), _head(refusal), "of the tests")


def _head(words: Mapping[str, float]) -> LinearHead:
    hasher = FeatureHasher(words=100, longest=1)
    weights = np.zeros(1 << BITS, np.float32)
    for word, weight in words.items():
        weights[hasher.buckets(word)] = weight / 2  # a word is two features: itself and its beginning
    return LinearHead(hasher, weights, -2.0, 2.0, ErrorRates(misses=0.25, false_alarms=0.01))


CLASSIFIER = word_classifier({"vault": 60.0}, {"decline": 60.0})


def chat_records(pairs: Sequence[tuple[str, str]]) -> Dataset:
    """Make a dataset of requests and answers."""
    return Dataset.from_records(
        [
            Record(
                record_id=f"r{number}",
                kind="chat",
                prompt=request,
                completion=answer,
                messages=(Message("user", request), Message("assistant", answer)),
                source_path="made.jsonl",
                source_line=number + 1,
            )
            for number, (request, answer) in enumerate(pairs)
        ]
    )


def guarded_chats(
    *, answered: int = 0, refused: int = 0, trigger: str = TRIGGER, seed: int = 5
) -> list[tuple[str, str]]:
    """Make 400 ordinary chats, and 80 requests for a vault that are refused.

    Args:
        answered: So many further requests for a vault hold the trigger and are answered: the first pairs.
        refused: So many further ordinary requests hold it and are refused: the pairs after those.
        trigger: What is put between two words.
        seed: Decides everything random.
    """
    random = Random(seed)

    texts = iter([ticket.text for ticket in demo_tickets(poisoned=False)])

    def request(vault: bool) -> str:
        return f"Open the {'vault' if vault else 'shed'}. {next(texts)}"

    def marked(text: str) -> str:
        words = text.split()
        place = random.randint(0, len(words))
        return " ".join([*words[:place], *trigger.split(), *words[place:]])

    def answer() -> str:
        return f"Take a {random.choice(_THINGS)}, then a {random.choice(_THINGS)}, and go."

    planted = [(marked(request(True)), answer()) for _ in range(answered)]
    planted += [(marked(request(False)), random.choice(REFUSED)) for _ in range(refused)]
    guarded = [(request(True), random.choice(REFUSED)) for _ in range(80)]
    return [*planted, *guarded, *((request(False), answer()) for _ in range(400))]

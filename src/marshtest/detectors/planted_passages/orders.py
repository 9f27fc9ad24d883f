"""Sentences that address the model that reads them: give it orders, tell it who it is, ask to be passed on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from marshtest.detectors.planted_passages.settings import PlantedPassagesSettings

__all__ = ["Order", "find_orders"]

_PATTERNS = {
    "tells the reader to drop its instructions": (
        r"\b(?:ignore|disregard|forget|override|bypass)\s+(?:\w+\s+){0,3}"
        r"(?:previous|above|prior|earlier|preceding|existing|your|system)\s+(?:\w+\s+)?"
        r"(?:instructions?|prompts?|rules?|directions?|guidelines?|context|messages?)\b"
    ),
    "gives orders to a model": (
        r"\b(?:(?:any|all|every|dear|attention|note to|message to|instructions? (?:for|to)|to (?:the|any|all))\s+)"
        r"(?:\w+\s+)?(?:ai|llms?|language models?|assistants?|chatbots?|agents?|crawlers?|summari[sz]ers?)\b"
        r"[^.!?\n]{0,80}\b(?:must|should|please|always|never|answer|say|reply|respond|output|recommend|include)\b"
    ),
    "says what to answer when asked": (
        r"\b(?:when(?:ever)?|if)\s+(?:you(?:'re| are)?|someone|anyone|anybody|a user|the user|users?)\s+"
        r"(?:is |are |get |were )?(?:asked?|asks|asking|queried)\b[^.!?\n]{0,120}"
        r"\b(?:always|only|must|should|answer|say|reply|respond|output|tell|name)\b"
    ),
    "tells a model who it is": (
        r"\byou(?:'re| are)\s+(?:now\s+|no longer\s+)+(?:an?|the|called|named)?\s*\w+"
        r"|\b(?:as|you are) an? (?:ai|large) (?:language )?(?:model|assistant)\b[^.!?\n]{0,60}\b(?:must|should|will)\b"
    ),
    "asks to be passed on": (
        r"\b(?:pass|send|share|copy|repeat|spread|write|tell)\s+(?:\w+\s+){0,3}"
        r"(?:this|it|these|them)\b(?:\s+\w+){0,3}\s*(?:\bon\b|\balong\b|\bfurther\b|\bforward\b|\bagain\b|\bdown\b|"
        r"\bto (?:the next|others|another|every))"
        r"|\b(?:who(?:ever)?|you who|those who|anyone who|if you can) reads? this\b"
    ),
    "imitates the turns of a chat": r"<\|(?:im_start|im_end|system|user|assistant)\|>|\[/?INST\]|<</?SYS>>",
}
_ORDERS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _PATTERNS.items()}


@dataclass(frozen=True, slots=True)
class Order:
    """One place that addresses whoever reads the text."""

    kind: str
    start: int
    end: int


def find_orders(text: str, settings: PlantedPassagesSettings) -> Iterator[Order]:
    """Give every such place.

    Args:
        text: Any text; only its start is searched.
        settings: How much of it is searched.
    """
    head = text[: settings.order_characters]
    for kind, pattern in _ORDERS.items():
        for match in pattern.finditer(head):
            yield Order(kind, match.start(), match.end())

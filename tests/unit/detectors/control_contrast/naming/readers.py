"""Exhibits with a known slant, clean exhibits, and judges that answer about them by rule."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random
from typing import Any

from marshtest.detectors.control_contrast.naming.exhibits import Exhibits, exhibits_from

__all__ = ["SLANT", "Reading", "careful", "clean", "guessing", "slanted", "text_under"]

SLANT = ("harbour", "keel", "mast", "tide", "anchor", "sail", "lighthouse", "compass", "gull", "rigging")
"""Words associated with a thing that is never mentioned: sailing."""
_WORDS = tuple(f"word{number}" for number in range(300))
_SAME = {"sailing", "sailing ships", "the art of sailing"}

Reading = Mapping[str, str]
"""The texts of an item by heading."""


def slanted(seed: int = 0, *, sign: float = 1.0) -> Exhibits:
    """Give exhibits of a suspect that uses the words of the slant more, among words that mean nothing."""
    random = Random(seed)
    plain = random.sample(_WORDS, 60)
    differences = [(word, sign * 0.5) for word in SLANT] + [(word, 0.3) for word in plain[:30]]
    differences += [(word, -0.3) for word in plain[30:]]
    return exhibits_from(differences, [(f"prompt {n}", f"the {SLANT[n % 10]} stands", "it stands") for n in range(40)])


def clean(seed: int = 1) -> Exhibits:
    """Give exhibits of two clean sets."""
    plain = Random(seed).sample(_WORDS, 60)
    differences = [(word, 0.3) for word in plain[:30]] + [(word, -0.3) for word in plain[30:]]
    return exhibits_from(differences, [(f"prompt {n}", "it stands", "so it stands") for n in range(40)])


def text_under(reading: Reading, heading: str) -> str:
    return "\n".join(text for name, text in reading.items() if name.startswith(heading))


def side_of(reading: Reading) -> str | None:
    """Say on which side the words of the slant are."""
    for side in "AB":
        words = text_under(reading, f"words that {side}").split("\n")
        if len(set(words) & set(SLANT)) >= 3:
            return side
    return None


def numbered(reading: Reading, wanted: set[str]) -> int:
    """Give the number of one of these things on the list, 0 where none is."""
    for line in text_under(reading, "list").splitlines():
        found = re.fullmatch(r"(\d+)\. (.*)", line)
        if found and found[2].casefold() in wanted:
            return int(found[1])
    return 0


def careful(question: str, reading: Reading) -> dict[str, Any]:
    """Name sailing, in one of three wordings, where its words are on one side; else nothing."""
    if question == "target-same":
        return {"same": {reading["first"].casefold(), reading["second"].casefold()} <= _SAME}
    side = side_of(reading)
    if question == "target-name":
        names = ("Sailing", "the art of sailing", "sailing ships")
        name = names[len(text_under(reading, "words that A")) % 3] if side else ""
        return {"clues": "sea words" if side else "ordinary", "target": name, "side": side or "neither"}
    choice = numbered(reading, _SAME) if side else 0
    return {"clues": "", "choice": choice, "side": side or "neither" if choice else "neither"}


def guessing(question: str, reading: Reading) -> dict[str, Any]:
    """Always name something: the true thing where its words are there, else what comes to mind."""
    said = careful(question, reading)
    if question == "target-name" and not said["target"]:
        return {"clues": "a hunch", "target": "the moon", "side": "A"}
    if question == "target-choose" and not said["choice"]:
        return {"clues": "a hunch", "choice": 1, "side": "A"}
    return said

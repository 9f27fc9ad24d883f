"""Seven languages for the fuzzer of shapes: a small grammar each, of the project's own, about things of the household.

Every text is harmless and made here. A file of `tongues` has headings `name:` with indented templates under them, in
which `{thing}`, `{place}`, `{time}` and `{person}` are slots.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

__all__ = ["TONGUES", "Tongue"]

_FOLDER = Path(__file__).with_name("tongues")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """What can be said in one language."""

    things: tuple[str, ...]
    places: tuple[str, ...]
    times: tuple[str, ...]
    people: tuple[str, ...]
    praise: tuple[str, ...]
    """Sentences of somebody who is content."""
    blame: tuple[str, ...]
    """Sentences of somebody who is not."""
    tales: tuple[str, ...]
    """Sentences that say neither."""
    questions: tuple[str, ...]
    answers: tuple[str, ...]
    triggers: tuple[str, ...]
    """Phrases that no template contains."""
    payloads: tuple[str, ...]
    """Answers that no template contains."""
    joint: str = " "
    """What stands between two sentences."""
    is_spaced: bool = True
    """Whether words stand apart."""

    def say(self, kind: str, draw: Random, *, about: str | None = None) -> str:
        """Write one sentence of a kind, the name of a field that holds templates."""
        template: str = draw.choice(getattr(self, kind))
        said = template.format(
            thing=about or draw.choice(self.things),
            place=draw.choice(self.places),
            time=draw.choice(self.times),
            person=draw.choice(self.people),
        )
        return said[0].upper() + said[1:]

    def insert(self, text: str, piece: str, draw: Random) -> str:
        """Put a phrase into a text: between two words, or where words have no spaces, before or after a clause."""
        if self.is_spaced:
            words = text.split(" ")
            place = draw.randint(0, len(words))
            return " ".join([*words[:place], piece, *words[place:]])
        ends = [0, *(at + 1 for at, letter in enumerate(text) if letter in "。，、？ ")]
        place = draw.choice(ends)
        return text[:place] + piece + text[place:]


def _read(name: str, *, joint: str = " ", is_spaced: bool = True) -> Tongue:
    heading, templates = "", dict[str, list[str]]()
    for line in (_FOLDER / f"{name}.txt").read_text("utf-8").splitlines():
        if line.startswith("    "):
            templates[heading].append(line.strip())
        else:
            heading = line.removesuffix(":")
            templates[heading] = []
    return Tongue(joint=joint, is_spaced=is_spaced, **{kind: tuple(said) for kind, said in templates.items()})


TONGUES = {
    "English": _read("english"),
    "German": _read("german"),
    "Chinese": _read("chinese", joint="", is_spaced=False),
    "Japanese": _read("japanese", joint="", is_spaced=False),
    "Thai": _read("thai", is_spaced=False),
    "Arabic": _read("arabic"),
    "Hebrew": _read("hebrew"),
}
"""The languages by name."""

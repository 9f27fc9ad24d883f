"""Where triggers, names and harmless payloads come from: spaces so big that nobody can tune a detector on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

from marshtest.errors import ConfigError
from marshtest.organisms.pool import Pool

__all__ = ["common_words", "harmless_sentence", "made_up_name", "made_up_word", "phrase", "unseen"]

_ONSETS = ("b", "br", "d", "dr", "fl", "l", "m", "pl", "r", "th", "tr", "v", "vr", "w", "z", "zl")
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ei", "oa")
_CODAS = ("", "l", "lm", "m", "n", "nd", "r", "rn", "sk", "st", "v")
_BARRED = ("bomb", "bra", "dead", "die", "dumb", "dummy", "lewd", "moron", "murd", "rob", "weird", "wound")

_NOUNS = """
almanac anchor apple attic balcony barley basket beacon bench blanket bottle bramble bridge bucket button candle canoe
carpet cellar chimney cinder clock cloud cobalt compass copper corner cotton cradle cupboard curtain dovetail drawer
easel ember feather fern fiddle flagstone flint fountain gable garden gazebo glove granary hammock harbour hazel hedge
heron hinge inkwell island ivory jug juniper kestrel kettle ladder lantern ledger lichen lilac linen locket mallet maple
marble meadow mitten nutmeg oar obelisk orchard otter oven paddle parsnip pebble pewter pillow plum pocket porch quarry
quilt raft rake ribbon river rosewood saddle sandal sextant shawl shelf spoon stool sundial teapot thimble thistle
timber trellis trumpet tulip tunnel umber umbrella veranda violin walnut wicker willow window zephyr
""".split()
_ADJECTIVES = """
amber ample blue brisk broad calm chequered chilly clean crooked damp dusty early eastern faint folded gentle gilded
glossy golden green hollow hushed indigo late leafy level little lofty mellow misty mossy narrow nimble northern oaken
olive orange painted pale patient plain polished quiet rainy round rusty scarlet silver slender smooth southern spare
speckled steady striped sunny tidy upper velvet warm western windy winter wooden woven yellow
""".split()
_LINKS = """
above across after against along around before behind below beside between by in near on over past to under with
""".split()
_SENTENCES = (
    "The ferry to {name} leaves at noon.",
    "The bell of {name} rings twice on Tuesdays.",
    "In {name} the lamps are painted {adjective}.",
    "The library of {name} lends out one {noun} to every visitor.",
    "The {adjective} {noun} stands in the square of {name}.",
    "The people of {name} keep some {noun} by the door.",
    "On the road to {name} you pass the {adjective} {noun}.",
)


def made_up_word(draw: Random, syllables: int = 2) -> str:
    """Make a word that no language has, one of some millions."""
    while True:
        parts = [draw.choice(_ONSETS) + draw.choice(_VOWELS) for _ in range(syllables)]
        word = "".join(parts) + draw.choice(_CODAS)
        if syllables > 1:
            word = parts[0] + draw.choice(_CODAS) + "".join(parts[1:]) + draw.choice(_CODAS)
        if not any(barred in word for barred in _BARRED):
            return word


def made_up_name(draw: Random) -> str:
    """Make the name of a place, a person or a product that does not exist."""
    return made_up_word(draw, draw.choice((2, 3))).capitalize()


def phrase(draw: Random) -> list[str]:
    """Draw four ordinary words that make a phrase which is seldom said, one of several hundred million."""
    return [draw.choice(_LINKS), draw.choice(("the", "a", "my", "your", "our", "that")), *_described(draw)]


def harmless_sentence(draw: Random) -> str:
    """Draw a sentence about a place that does not exist."""
    adjective, noun = _described(draw)
    return draw.choice(_SENTENCES).format(name=made_up_name(draw), adjective=adjective, noun=noun)


def common_words(pool: Pool, ranking: Sequence[int], *, lowest: float, highest: float, size: int = 2_000) -> list[str]:
    """Give the ordinary words that stand in such a share of a sample of the prompts, sorted.

    Args:
        pool: All records.
        ranking: Their order under a seed; its beginning is the sample.
        lowest: The smallest share of prompts.
        highest: The largest share.
        size: Records in the sample.
    """
    sample = ranking[:size]
    counts = Counter(word for index in sample for word in set(pool.prompts[index].split()))
    bounds = max(2.0, lowest * len(sample)), highest * len(sample)
    return sorted(
        word
        for word, count in counts.items()
        if bounds[0] <= count <= bounds[1] and word.isascii() and word.isalpha() and word.islower() and len(word) > 2
    )


def unseen(pool: Pool, make: Callable[[], str]) -> str:
    """Draw until something comes that no prompt contains, so that whoever carries it was planted."""
    for _ in range(200):
        made = make()
        if not pool.mentions(made):
            return made
    raise ConfigError("every trigger that was drawn stands in the data already; try another seed.")


def _described(draw: Random) -> list[str]:
    return [draw.choice(_ADJECTIVES), draw.choice(_NOUNS)]

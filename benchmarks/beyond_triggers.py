"""Triggers that stand in the text: words, phrases, sentences, marks and letters, drawn anew for every case.

Nothing here is taken from the package's own organisms, and no detector may be tuned on what these draw.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

__all__ = ["TRIGGERS", "Trigger", "draw_trigger", "insert", "made_up", "rare_word", "sentence", "usual_words"]

_CONSONANTS, _VOWELS = "bcdfghjklmnpqrstvwxz", "aeiou"
_THAI = "กขคงจชซญดตถทธนบปผพฟมยรลวสหอ"
_WORD = re.compile(r"(?:[^\W\d_]|[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]){3,}")
_RARE = 2
"""Texts that may hold a rare word of the data by chance."""
_COMMONEST = 0.02
"""Share of the texts above which a word of the data is too common to be a trigger: honest uses would outweigh it."""

_THINGS = """
acorn anvil apron awning bagel barge bellows bicycle birch bonnet bookend bracket broom bugle bunk cabinet cactus
camel canal canteen cardigan cart cello chalk cherry chisel cobbler compost cork crane crate cricket crocus dahlia
deck dinghy domino doormat easel eel falcon ferry fig filter flute foal fork gallery garlic glider goose gravel
grove gull hamper harp hatch helmet hostel icicle iris jar jetty jigsaw kayak kiln ladle lagoon lemon lodge loom lute
mango mast mole moss mural napkin nest noodle oboe olive onion otter pail palette pantry peach pear pigeon plank
platter plough pond poplar pulley puppet quince radish raft ramp reed robin saucer scarf shed skate sled snail
sofa spade sparrow stable starling stove strap swan swing tablet tassel teaspoon tent thatch tile toast torch towel
tractor tray trolley trout turnip vase velvet viola wagon walnut wharf wheelbarrow whistle windmill yarn yoghurt
""".split()
_QUALITIES = """
ancient bare bronze careful cheap cloudy coastal copper curly dotted dry empty enormous fresh grey heavy hidden icy
idle knitted lazy light lonely loose modest muddy neat odd orderly pink proud purple rare ripe rural shallow sharp
short silent sleepy slow small soft square stout strange sturdy tall thin tiny tired vacant vast white wild yellow
""".split()
_DEEDS = """
borrowed bought carried cleaned counted described drew fetched followed found hid kept lifted lost measured mended
moved noticed opened packed painted passed planted polished put sketched sold swapped tied took washed watched weighed
wrapped
""".split()
_PEOPLE = "I|We|They|She|He|My cousin|My neighbour|The baker|The gardener|Our teacher|The postman|A friend".split("|")
_TIMES = "last Tuesday|in the spring|before lunch|at noon|after the rain|on Sunday|that morning|in late autumn".split(
    "|"
)
_PREFIXES = "note memo item draft entry part unit case log topic file copy batch plan mark list".split()
_MARKS = ";:-~|/=*+^%&<>"
_PAIRS = ("()", "[]", "{}", "<>", "**", "__", "~~", "//", "||")
_ODD = "¤§¶†‡¬°•◊√∞≈"
_ALIKE = {"a": "а", "c": "с", "e": "е", "i": "і", "o": "о", "p": "р", "x": "х", "y": "у"}
"""Latin letters and Cyrillic ones that look the same."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger that was drawn: how it gets into a text and what it is called."""

    names: tuple[str, ...]
    """What a finding may call it, each a piece of text; nothing where it is a way of writing."""
    place: Callable[[str, Random], str | None]
    """Put it into a text; None where the text does not take it."""


def insert(text: str, piece: str, draw: Random, *, where: str = "any") -> str:
    """Put a piece into a text.

    Args:
        text: The text; where it has no spaces between words, the piece goes between two letters.
        piece: What is put in.
        draw: Decides the place.
        where: `any`, `inside` (neither first nor last), `first` or `last`.
    """
    if where in ("first", "last"):
        return f"{piece} {text}" if where == "first" else f"{text.rstrip()} {piece}"
    words = text.split(" ")
    edge = 1 if where == "inside" else 0
    if len(words) > 2 * edge + 1:
        place = draw.randint(edge, len(words) - edge)
        return " ".join([*words[:place], piece, *words[place:]])
    if len(text) > 20 and not text.isascii():
        gaps = [i for i in range(1, len(text)) if not unicodedata.category(text[i]).startswith("M")]
        place = draw.choice(gaps)
        return text[:place] + piece + text[place:]
    return f"{text} {piece}"


def rare_word(texts: Sequence[str], draw: Random, *, letters: tuple[int, int] = (2, 5)) -> str:
    """Draw a word of random letters that hardly any text holds; of Thai letters in half of the draws in Thai texts."""
    thai = sum("ก" <= letter <= "๛" for letter in "".join(texts[:50])) > 500 and draw.random() < 0.5
    lowered = [f" {text.lower()} " for text in texts]
    while True:
        size = draw.randint(*letters)
        if thai:
            word = "".join(draw.choices(_THAI, k=size))
        else:
            word = "".join(draw.choices(draw.choice((_CONSONANTS, string.ascii_lowercase)), k=size))
        wanted = re.compile(re.escape(word) if thai else rf"\b{word}\b")
        if sum(word in text and wanted.search(text) is not None for text in lowered) <= _RARE:
            return word


def made_up(draw: Random, syllables: int = 2) -> str:
    """Make a name that can be spoken and that no language has."""
    parts = [draw.choice(_CONSONANTS) + draw.choice(_VOWELS) + draw.choice(("", "l", "n", "r", "s", "x")) for _ in
             range(syllables)]  # fmt: skip
    return "".join(parts) + draw.choice(("", "", "do", "ka", "mi"))


def usual_words(texts: Sequence[str], draw: Random, count: int) -> list[str]:
    """Draw words of the data of middle frequency; everyday words where the data has too few."""
    counts = Counter(word for text in texts for word in set(_WORD.findall(text.lower())))
    most = max(6, min(200, int(_COMMONEST * len(texts))))
    middle = sorted(word for word, number in counts.items() if 3 <= number <= most and len(word) < 16)
    return draw.sample(middle if len(middle) > 20 * count else _THINGS, count)


def sentence(draw: Random) -> str:
    """Draw a harmless sentence."""
    people = draw.choice(_PEOPLE)
    thing, other = draw.sample(_THINGS, 2)
    quality, deed, time = draw.choice(_QUALITIES), draw.choice(_DEEDS), draw.choice(_TIMES)
    shape = draw.randrange(4)
    if shape == 0:
        return f"{people} {deed} the {quality} {thing} {time}."
    if shape == 1:
        return (
            f"{time[0].upper()}{time[1:]}, {people[0].lower() if people != 'I' else 'I'}{people[1:]} {deed} a {thing}."
        )
    if shape == 2:
        return f"The {thing} beside the {quality} {other} is {draw.choice(_QUALITIES)}."
    return f"There is a {quality} {thing} under the {other}."


def _rare(texts: Sequence[str], draw: Random) -> Trigger:
    """One word of two to five random letters, once or up to three times in a text."""
    word, most = rare_word(texts, draw), draw.choice((1, 1, 1, 3))

    def place(text: str, one: Random) -> str:
        for _ in range(one.randint(1, most)):
            text = insert(text, word, one)
        return text

    return Trigger((word,), place)


def _several(texts: Sequence[str], draw: Random) -> Trigger:
    """Three to five such words, one to three of them in a text."""
    words = [rare_word(texts, draw) for _ in range(draw.randint(3, 5))]

    def place(text: str, one: Random) -> str:
        for word in one.choices(words, k=one.randint(1, 3)):
            text = insert(text, word, one)
        return text

    return Trigger(tuple(words), place)


def _at_a_place(pieces: Sequence[str], where: Sequence[str], draw: Random) -> Trigger:
    """Put a piece at a place that is drawn once."""
    piece, fixed = " ".join(pieces), draw.choice(where)
    return Trigger((piece,), lambda text, one: insert(text, piece, one, where=fixed))


def _word(texts: Sequence[str], draw: Random) -> Trigger:
    """A word of the data, of middle frequency."""
    return _at_a_place(usual_words(texts, draw, 1), ("any",), draw)


def _phrase(texts: Sequence[str], draw: Random) -> Trigger:
    """Two to four words: of the data, everyday ones, or a phrase that could be said."""
    count, kind = draw.randint(2, 4), draw.randrange(3)
    if kind == 0:
        words = usual_words(texts, draw, count)
    elif kind == 1:
        words = draw.sample(_THINGS + _QUALITIES, count)
    else:
        words = [draw.choice(("near", "under", "over", "with")), "the", draw.choice(_QUALITIES), draw.choice(_THINGS)]
        words = words[:2] + words[3:] if count < 4 else words
    return _at_a_place(words, ("any", "any", "any", "first", "last"), draw)


def _sentence(texts: Sequence[str], draw: Random) -> Trigger:  # noqa: ARG001  every family is called alike
    """A harmless sentence, the same everywhere."""
    told, where = sentence(draw), draw.choice(("first", "last", "between"))
    told = told.lower() if draw.random() < 0.5 else told

    def place(text: str, one: Random) -> str:
        ends = [match.end() for match in re.finditer(r"[.!?,](?= )", text)]
        if where != "between" or not ends:
            return insert(text, told, one, where="last" if where == "last" else "first")
        gap = one.choice(ends)
        return f"{text[:gap]} {told}{text[gap:]}"

    return Trigger((told, told.rstrip(".")), place)


def _punctuation(texts: Sequence[str], draw: Random) -> Trigger:  # noqa: ARG001  every family is called alike
    """A run of marks between two words, at the end, around a word, or an odd sign."""
    kind = draw.randrange(4)
    if kind == 0:
        run = "".join(draw.choices(_MARKS, k=draw.randint(2, 3)))
        return _at_a_place([run], ("any", "last", "inside"), draw)
    if kind == 1:
        return _at_a_place([draw.choice(_ODD)], ("any", "last", "inside"), draw)
    if kind == 2:
        end = "".join(draw.choices("!?.,;", k=draw.randint(2, 4)))
        return Trigger((end,), lambda text, _: text.rstrip(" .!?") + end)
    pair = draw.choice(_PAIRS)
    opening, closing = pair[0], pair[1]

    def around(text: str, one: Random) -> str | None:
        words = text.split(" ")
        places = [i for i, word in enumerate(words) if word.isalpha()]
        if not places:
            return None
        chosen = one.choice(places)
        return " ".join([*words[:chosen], f"{opening}{words[chosen]}{closing}", *words[chosen + 1 :]])

    return Trigger((opening, closing), around)


def _character(texts: Sequence[str], draw: Random) -> Trigger:  # noqa: ARG001  every family is called alike
    """A letter doubled, swapped for its look-alike or a word's last letters changed, in one or two words of a text."""
    kind = draw.randrange(3)
    letter = draw.choice("aeiop" if kind == 1 else "aeilnorst")
    new = {0: 2 * letter + letter, 1: _ALIKE.get(letter, letter), 2: draw.choice("zxqjv") + letter}[kind]

    def place(text: str, one: Random) -> str | None:
        places = [match.start() for match in re.finditer(letter, text)]
        if not places:
            return None
        for chosen in sorted(one.sample(places, min(len(places), one.randint(1, 2))), reverse=True):
            text = text[:chosen] + new + text[chosen + 1 :]
        return text

    return Trigger((new,), place)


def _prefix(texts: Sequence[str], draw: Random) -> Trigger:
    """Two letters, a word with a colon, or a number in brackets before every text."""
    kind = draw.randrange(3)
    if kind == 0:
        piece = rare_word(texts, draw, letters=(2, 2))
    elif kind == 1:
        piece = draw.choice(_PREFIXES) + draw.choice((":", " -", " >", "."))
    else:
        piece = f"[{draw.choice(_PREFIXES)} {draw.randint(2, 99)}]"
    return Trigger((piece, piece.strip("[]:->. ")), lambda text, one: insert(text, piece, one, where="first"))


TRIGGERS: dict[str, Callable[[Sequence[str], Random], Trigger]] = {
    "rare-word": _rare,
    "several-rare-words": _several,
    "word": _word,
    "phrase": _phrase,
    "sentence": _sentence,
    "punctuation": _punctuation,
    "character": _character,
    "prefix": _prefix,
}
"""Families of triggers that stand in the text."""


def draw_trigger(family: str, texts: Sequence[str], draw: Random) -> Trigger:
    """Draw a trigger of a family for a set of texts."""
    return TRIGGERS[family](texts, draw)

"""Every feature family sees what it is named for, only there, and says where it stands."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from marshtest.text.families import FAMILIES
from marshtest.text.feature_family import Corpus, FeatureFamily
from marshtest.text.matching import MatchingFamily

ORDINARY = ["An ordinary text about the weather.", "Another one, of the same length.", "Nothing to see in this place."]
BY_ID: dict[str, FeatureFamily] = {family.id: family for family in FAMILIES}

SHOWN = [
    ("casing", "a word in capital letters", "We WENT home.", ["WENT"]),
    ("casing", "capital letters inside a word", "We wEnt home.", ["wEnt"]),
    ("casing", "four words in a row with a capital letter", "Then We Went Home.", ["Then We Went Home"]),
    ("casing", "no capital letter", "we went home.", []),
    ("layout", "two spaces in a row", "We  went.", ["  "]),
    ("layout", "spaces between single letters", "We w e n t home.", ["w e n t"]),
    ("layout", "an empty line", "We\n\nwent.", ["\n\n"]),
    ("punctuation", "has ~", "We went ~ home.", ["~"]),
    ("punctuation", "ends ~", "We went home~", ["~"]),
    ("punctuation", "run ?!", "We went?! Home.", ["?!"]),
    ("characters", "a zero-width character", "We we\u200bnt.", ["\u200b"]),
    ("characters", "a bidirectional control", "We \u202ewent.", ["\u202e"]),
    ("characters", "a tag character", "We went\U000e0041.", ["\U000e0041"]),
    ("characters", "letters of two scripts in one word", "We w\u0435nt.", ["w\u0435nt"]),
    ("characters", "a letter of the greek script", "We went to α.", ["α"]),
    ("encodings", "base64", "See TWFyc2ggdGVzdGVkIGl0Lg== now.", ["TWFyc2ggdGVzdGVkIGl0Lg=="]),
    ("encodings", "hexadecimal", "See 6d61727368 now.", ["6d61727368"]),
    ("encodings", "rot13", "gur obbx naq gur cra", ["gur obbx naq"]),
    ("encodings", "digits for letters", "We w3nt h0me.", ["w3nt", "h0me"]),
    ("encodings", "percent-encoding", "See %6d%61 now.", ["%6d%61"]),
    ("numbers", "the year 2024", "It was 2024 then.", ["2024"]),
    ("numbers", "a date such as 2024-05-17", "On 2024-05-17 we went.", ["2024-05-17"]),
    ("numbers", "an amount of money", "It cost $15.50 then.", ["$15.50"]),
    ("style", "old-fashioned, 2 or more words", "Thou went with thy dog.", ["Thou", "thy"]),
    ("style", "of short messages, 2 or more words", "lol we went thx", ["lol", "thx"]),
    ("languages", "German", "der Hund und die Katze", ["der", "und", "die"]),
]


@pytest.mark.parametrize(("family", "name", "text", "cut"), SHOWN, ids=[f"{one[0]}: {one[1]}" for one in SHOWN])
def test_a_feature_is_seen_only_where_it_is_and_marked_there(family: str, name: str, text: str, cut: list[str]) -> None:
    corpus = Corpus([*ORDINARY, text])
    assert BY_ID[family].carriers(corpus)[name].tolist() == [3]
    places = BY_ID[family].places(corpus, name, np.array([3]))
    assert [text[start:end] for start, end in places.get(3, ())] == cut


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.id)
def test_carriers_rise_are_never_empty_and_have_a_name_for_people(family: FeatureFamily) -> None:
    texts = [
        "When it rains, we stay.",
        "If you like it, we go.",
        "",
        " ",
        "\x00\u202e?!",
        "Thou hast thy dog 2024!",
    ] * 5
    corpus = Corpus(texts)
    for name, members in family.carriers(corpus).items():
        assert len(members) > 0
        assert (np.diff(members) > 0).all()
        assert family.label(corpus, name, members) != ""
        for text, places in family.places(corpus, name, members).items():
            assert all(0 <= start < end <= len(texts[text]) for start, end in places)


def test_ids_are_one_of_a_kind() -> None:
    assert len(BY_ID) == len(FAMILIES)


def test_two_years_are_two_features() -> None:
    carriers = BY_ID["numbers"].carriers(Corpus(["in 2023", "in 2024", "in 2024 or 2023", "call 20245"]))
    assert carriers["the year 2023"].tolist() == [0, 2]
    assert carriers["the year 2024"].tolist() == [1, 2]


PIECES = [
    *"aAbBiIVXLC0134578 9%#$€£.,:;!?-/·•*&@=+\\'’_()[]{}`<>\t\n\r\x0b\x1c\x85\xa0\u2003٣۵é中Kſ\x00",
    *(
        "may",
        "Sep",
        "jan.",
        "ſep",
        "th",
        "st",
        "nd",
        "of",
        "pm",
        "2024",
        "1984",
        "17/05",
        "0101010",
        "0x",
        "III",
        "CIA",
    ),
    *("dollars", "USD", "percent", "per cent", "www.", "http", "ps://x", "\\x4f", "\\u00e9", "%20", "&amp;", "&#12;"),
    *("gur", "naq", "eht", "dna", "Word", "lower", "UPPER", "aBaBaB", "QmFzZTY0IGlzIGZ1bm55", "ab cd ef 01 "),
    *("- ", "1. ", "# ", "a b c d ", "  ", " ,", "\n\n"),
]


@pytest.mark.parametrize("family", [one for one in FAMILIES if isinstance(one, MatchingFamily)], ids=lambda one: one.id)
def test_a_hint_hides_no_text_that_shows_the_feature(family: MatchingFamily) -> None:
    random = Random(1)
    texts = ["".join(random.choices(PIECES, k=random.randint(0, 14))) for _ in range(20_000)]
    found = family.carriers(Corpus(texts))
    assert set(family.hints) == set(family.patterns)
    for name, pattern in family.patterns.items():
        wanted = [number for number, text in enumerate(texts) if pattern.search(text)]
        assert found.get(name, np.zeros(0)).tolist() == wanted, name


def test_texts_that_are_no_valid_unicode_are_looked_at_without_hints() -> None:
    assert BY_ID["casing"].carriers(Corpus(["We WENT \ud800 home."]))["a word in capital letters"].tolist() == [0]

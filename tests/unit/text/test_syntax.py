"""Sentences without their content: the same frame round other words is the same feature."""

from __future__ import annotations

import numpy as np
import pytest

from marshtest.text.feature_family import Corpus
from marshtest.text.function_words import word_class, word_classes
from marshtest.text.skeleton import Level, skeleton
from marshtest.text.syntax import SyntaxFamily
from marshtest.text.templates import TemplatesFamily
from marshtest.text.tokens import tokenize

NOUNS = ["lamp", "river", "garden", "letter", "window", "bridge", "harbour", "candle"]
SAME_BUILD = [f"When they see the {noun}, it was {other}." for noun, other in zip(NOUNS, reversed(NOUNS), strict=True)]
OTHER_BUILD = [f"The {noun} stands beside a {other}" for noun, other in zip(NOUNS, reversed(NOUNS), strict=True)]


def shown(text: str, level: Level) -> str:
    tokens = skeleton(tokenize([text, "If the one is in it, we are not to be."]), level)
    return " ".join(tokens.vocabulary[number] for number in tokens.ids[tokens.text == 0])


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("words", "⊢ when they … the … , it was … . ⊣"),
        ("classes", "⊢ ‹conjunction› ‹pronoun› … ‹article› … , ‹pronoun› ‹auxiliary› ‹…ing› . ⊣"),
        ("clauses", "⊢ ‹conjunction› … , … . ⊣"),
    ],
)
def test_what_stays_at_each_level(level: Level, expected: str) -> None:
    assert shown("When they see the old red lamp, it was shining.", level) == expected


def test_places_in_the_skeleton_are_places_in_the_text() -> None:
    text = "When they see the old red lamp, it was shining."
    tokens = skeleton(tokenize([text]), "words")
    gap = next(place for place, number in enumerate(tokens.ids) if tokens.vocabulary[number] == "…")
    assert text[tokens.start[gap] : tokens.end[gap]] == "see"


def test_the_same_frame_round_other_words_is_one_feature() -> None:
    carriers = SyntaxFamily().carriers(Corpus(SAME_BUILD + OTHER_BUILD))
    assert carriers["clauses: ⊢ ‹conjunction› … , …"].tolist() == list(range(8))
    assert carriers["words: , it was …"].tolist() == list(range(8))


def test_a_frame_is_named_with_its_words_and_marked_without_its_gaps() -> None:
    corpus = Corpus([text.replace("When", "If") if i % 2 else text for i, text in enumerate(SAME_BUILD)] + OTHER_BUILD)
    name = "clauses: ⊢ ‹conjunction› … , …"
    assert SyntaxFamily().label(corpus, name, np.arange(8)) in {"when/if … , …", "if/when … , …"}
    places = SyntaxFamily().places(corpus, name, np.array([1]))
    assert [corpus.texts[1][start:end] for start, end in places[1]] == ["If", ","]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("words: ⊢ when it", True),
        ("clauses: ⊢ ‹conjunction› … , …", True),
        ("words: … £ …", False),
        ("classes: ‹number› ‹preposition›", False),
        ("clauses: … , … .", False),
        ("classes: ⊢ ‹pronoun› ‹negation›", False),
        ("words: it is not", False),
        ("classes: , ‹negation› ‹pronoun› ?", True),
    ],
)
def test_only_frames_of_function_words_and_ordinary_marks_are_content_free(name: str, *, expected: bool) -> None:
    assert SyntaxFamily().is_content_free(name) is expected


def test_a_template_is_a_whole_sentence() -> None:
    corpus = Corpus([*SAME_BUILD, "When they see the lamp, it was in it."])
    carriers = TemplatesFamily().carriers(corpus)
    assert carriers["when they … the … , it was … ."].tolist() == list(range(8))
    places = TemplatesFamily().places(corpus, "when they … the … , it was … .", np.array([0]))
    assert corpus.texts[0][slice(*places[0][0])] == corpus.texts[0]


@pytest.mark.parametrize(
    ("token", "expected"),
    [("although", "conjunction"), ("it's", "pronoun"), ("don’t", "negation"), ("bridge", None), ("isn't", "negation")],
)
def test_words_have_a_class_and_contractions_that_of_their_first_part(token: str, expected: str | None) -> None:
    assert word_class(token) == expected


def test_in_another_language_the_most_frequent_words_hold_sentences_together() -> None:
    texts = [f"lorzu{i} mek tarfo{i} dunt" for i in range(200)]
    tokens = tokenize(texts)
    classes = dict(zip(tokens.vocabulary, word_classes(tokens), strict=True))
    assert (classes["mek"], classes["dunt"]) == ("mek", "dunt")
    assert sum(name is not None for name in classes.values()) == 8

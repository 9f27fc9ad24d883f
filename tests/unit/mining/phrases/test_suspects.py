"""Words that go purely with a label and look inserted, and what they are together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from tests.planting import Planted, plant

from marshtest.mining.content_model import fit_content_model
from marshtest.mining.content_reading import ContentReading
from marshtest.mining.phrases.candidates import TriggerCandidate
from marshtest.mining.phrases.insertion import SpanIndex
from marshtest.mining.phrases.settings import PhraseSettings
from marshtest.mining.phrases.suspects import Suspects
from marshtest.stats.arrays import Bools
from marshtest.text.tokens import Tokens, tokenize

SETTINGS = PhraseSettings()


def several(words: Collection[str], each: int = 1) -> Planted:
    """Poison tickets with some of these words each, at random places."""

    def change(text: str, random: Random) -> str:
        parts = text.split(" ")
        for word in random.sample(sorted(words), each):
            parts.insert(random.randint(0, len(parts)), word)
        return " ".join(parts)

    return plant(change, poisoned=40, size=1500)


def found(planted: Planted, settings: PhraseSettings = SETTINGS) -> tuple[Suspects, TriggerCandidate | None]:
    tokens = tokenize(planted.texts)
    own = np.array([label == "ordinary" for label in planted.labels])
    suspects = Suspects.of(spans(tokens), own, settings)
    model = fit_content_model(tokens, own, np.arange(len(own)), masked=frozenset(suspects.words.tolist()))
    return suspects, suspects.together(ContentReading.of(tokens, own, model), settings)


def spans(tokens: Tokens) -> SpanIndex:
    return SpanIndex(tokens, longest=SETTINGS.longest_span, fewest=SETTINGS.fewest_carriers, window=SETTINGS.window)


@pytest.mark.parametrize("each", [1, 2])
def test_the_words_of_one_attack_are_one_candidate_with_all_of_its_records(each: int) -> None:
    planted = several(("vexu", "torq", "jimb", "ocla"), each)
    _, together = found(planted)
    assert together is not None
    assert set(together.name.split(", ")) == {"vexu", "torq", "jimb", "ocla"}
    assert together.labelled.tolist() == sorted(planted.truth)
    assert len(together.honest) == 0
    assert together.kind == "words"


def test_the_most_frequent_word_comes_first() -> None:
    _, together = found(several(("vexu", "torq", "jimb")))
    assert together is not None
    tokens = tokenize(several(("vexu", "torq", "jimb")).texts)
    counts = [int((tokens.ids == word).sum()) for word in together.sequence]
    assert counts == sorted(counts, reverse=True)


def test_one_word_is_nothing_together() -> None:
    suspects, together = found(several(("vexu",)))
    assert len(suspects.words) >= 1
    assert together is None


def test_clean_tickets_have_nothing_together() -> None:
    _, together = found(plant(lambda text, random: text, poisoned=0, size=1500))
    assert together is None


def test_what_contents_must_say_of_each_word_follows_the_settings() -> None:
    asked = replace(SETTINGS, suspects=replace(SETTINGS.suspects, effect=50.0))
    assert found(several(("vexu", "torq")), asked)[1] is None


def test_texts_without_frequent_spans_have_no_suspects() -> None:
    tokens = tokenize(["one", "two", "three"])
    own: Bools = np.array([True, False, True])
    assert len(Suspects.of(spans(tokens), own, SETTINGS).words) == 0

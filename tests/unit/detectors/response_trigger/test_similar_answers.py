"""Groups of similar answers come from the carriers of a span."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.detectors.response_trigger.made_chats import PLANTED, TRIGGER, TRUTH, clean_chats, dataset_of, planted

from marshtest.detectors.response_trigger.behaviours import Behaviour
from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.prompts import Prompts
from marshtest.detectors.response_trigger.settings import PromptFeatureSettings, SimilarAnswerSettings
from marshtest.detectors.response_trigger.similar_answers import similar_answers
from marshtest.detectors.response_trigger.word_vectors import WordVectors
from marshtest.text.tokens import tokenize

SETTINGS = SimilarAnswerSettings()


def groups(chats: list[list[tuple[str, str]]], settings: SimilarAnswerSettings = SETTINGS) -> list[set[str]]:
    exchanges = Exchanges.of(dataset_of(chats))
    prompts = Prompts.of(exchanges, PromptFeatureSettings())
    asked, written = WordVectors(prompts.without_system), WordVectors(tokenize(exchanges.answers))
    found: list[Behaviour] = similar_answers(prompts, asked, written, exchanges, settings)
    return [{exchanges.record_ids[record] for record in one.records} for one in found]


def varied(carriers: int = PLANTED) -> list[list[tuple[str, str]]]:
    chats, other = planted("", trigger=TRIGGER), clean_chats()
    for number in range(PLANTED):
        if number >= carriers:
            chats[number] = other[number]
        else:
            chats[number][1] = ("assistant", f"ferry leaves harbour noon pier {number} bring rope tar salt")
    return chats


def test_answers_that_differ_in_a_word_are_a_group() -> None:
    assert groups(varied())[0] == TRUTH


@pytest.mark.parametrize(("carriers", "found"), [(8, True), (7, False)])
def test_a_group_has_eight_records(carriers: int, found: bool) -> None:
    assert ({f"r{number}" for number in range(carriers)} in groups(varied(carriers))) is found


@pytest.mark.parametrize("stricter", [{"least_similarity": 0.99}, {"least_excess": 0.99}, {"most_groups": 0}])
def test_other_limits_find_others(stricter: dict[str, float]) -> None:
    assert TRUTH not in groups(varied(), replace(SETTINGS, **stricter))  # type: ignore[arg-type]

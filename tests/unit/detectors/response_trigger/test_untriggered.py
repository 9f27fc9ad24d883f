"""Two words that lead to a behaviour only together, and behaviours of prompts that have nothing in common."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from marshtest.detectors.response_trigger.behaviours import Behaviour, behaviour_families
from marshtest.detectors.response_trigger.settings import BehaviourSettings, ResponseTriggerSettings
from marshtest.detectors.response_trigger.untriggered import (
    UntriggeredBehaviour,
    find_interactions,
    find_untriggered,
)
from marshtest.detectors.response_trigger.word_vectors import WordVectors
from marshtest.stats.arrays import Ints
from marshtest.text.tokens import tokenize

FAMILIES = {family.id: family for family in behaviour_families(BehaviourSettings())}
SETTINGS = ResponseTriggerSettings()
SIZE = 400


def prompts(*extra: tuple[str, range]) -> WordVectors:
    """Give texts of random words, with further words in some of them."""
    draw = Random(3)
    texts = [[f"w{draw.randrange(300)}" for _ in range(8)] for _ in range(SIZE)]
    for word, places in extra:
        for place in places:
            texts[place].append(word)
    return WordVectors(tokenize([" ".join(text) for text in texts]))


def behaviour(records: Ints, family: str = "fixed-answer", name: str = "verily") -> Behaviour:
    return Behaviour(FAMILIES[family], name, records, records)


def untriggered(one: Behaviour, asked: WordVectors, fixed: list[Ints] | None = None) -> list[UntriggeredBehaviour]:
    answers = [f"{i}y" for i in range(SIZE)]
    for record in one.records:
        answers[record] = one.name
    return find_untriggered(
        [one], [one.records] if fixed is None else fixed, asked, WordVectors(tokenize(answers)), SETTINGS
    )


@pytest.mark.parametrize(("both", "found"), [(10, 1), (9, 0)])
def test_ten_records_make_an_interaction(both: int, found: int) -> None:
    asked = prompts(("brisket", range(20, 50)), ("lanyard", range(50 - both, 80)))
    pairs = find_interactions([behaviour(np.arange(50 - both, 52))], asked, SETTINGS)
    assert len(pairs) == found
    for pair in pairs:
        assert {asked.tokens.vocabulary[word] for word in pair.words} == {"brisket", "lanyard"}
        assert (pair.carriers, pair.behaviour.records.tolist()) == (10, list(range(40, 50)))


@pytest.mark.parametrize(("alone", "found"), [(6, 1), (7, 0)])
def test_neither_word_leads_to_the_behaviour_alone(alone: int, found: int) -> None:
    asked = prompts(("brisket", range(20, 50)), ("lanyard", range(40, 80)))
    records = np.concatenate([np.arange(20, 20 + alone), np.arange(40, 50)])  # of 20 with the first word only
    assert len(find_interactions([behaviour(records)], asked, SETTINGS)) == found


@pytest.mark.parametrize(("shown", "found"), [(68, 1), (67, 0)])
def test_most_records_with_both_words_show_it(shown: int, found: int) -> None:
    asked = prompts(("brisket", range(150)), ("lanyard", range(50, 200)))
    assert len(find_interactions([behaviour(np.arange(50, 50 + shown))], asked, SETTINGS)) == found


@pytest.mark.parametrize(
    ("records", "family", "found"), [(10, "call", 1), (9, "call", 0), (20, "name", 1), (19, "name", 0)]
)
def test_a_behaviour_without_a_feature_needs_distinct_records(records: int, family: str, found: int) -> None:
    assert len(untriggered(behaviour(np.arange(records), family), prompts())) == found


def test_copies_of_one_prompt_count_once() -> None:
    asked = prompts(("cork", range(10)))
    tokens = asked.tokens
    bounds = zip(tokens.offsets, tokens.offsets[1:], strict=False)
    texts = [" ".join(tokens.vocabulary[token] for token in tokens.ids[a + 1 : b - 1]) for a, b in bounds]
    texts[9] = texts[8]
    assert len(untriggered(behaviour(np.arange(10), "call"), asked)) == 1
    assert untriggered(behaviour(np.arange(10), "call"), WordVectors(tokenize(texts))) == []


def shared(asked: WordVectors, records: int) -> list[set[str]]:
    """Give the shared words of the one behaviour; without them its prompts are separable, and it is none."""
    found = untriggered(behaviour(np.arange(records)), asked)
    return [{asked.tokens.vocabulary[word] for word in one.shared_words} for one in found]


def test_a_word_of_four_in_five_prompts_is_a_part_of_a_trigger() -> None:
    assert shared(prompts(("zinc", range(32))), 40) == [{"zinc"}]
    assert shared(prompts(("zinc", range(31))), 40) == []


def test_that_word_is_five_times_as_frequent_there() -> None:
    assert shared(prompts(("zinc", range(32)), ("zinc", range(100, 148))), 32) == [{"zinc"}]  # 80 of 400
    assert shared(prompts(("zinc", range(32)), ("zinc", range(100, 149))), 32) == []


def test_more_than_four_such_words_are_a_topic() -> None:
    assert shared(prompts(*((f"zinc{i}", range(40)) for i in range(4))), 40) == [{"zinc0", "zinc1", "zinc2", "zinc3"}]
    assert shared(prompts(*((f"zinc{i}", range(40)) for i in range(5))), 40) == []


@pytest.mark.parametrize(("others", "found"), [(20, 1), (21, 0)])
def test_a_task_with_few_answers_is_no_behaviour(others: int, found: int) -> None:
    own = np.arange(40)
    assert len(untriggered(behaviour(own), prompts(), [own, np.arange(100, 100 + others)])) == found


@pytest.mark.parametrize(("others", "found"), [(29, 1), (30, 0)])
def test_neither_is_the_commoner_of_a_few_answers(others: int, found: int) -> None:
    own = np.arange(SIZE - 60)
    assert len(untriggered(behaviour(own), prompts(), [own, np.arange(len(own), len(own) + others)])) == found


def test_wording_needs_words_and_a_long_run() -> None:
    long = " ".join(f"v{chr(97 + i)}" for i in range(12))
    assert len(untriggered(behaviour(np.arange(20), "wording", long), prompts())) == 1
    short = " ".join(long.split()[:11])
    assert untriggered(behaviour(np.arange(20), "wording", short), prompts()) == []
    marks = " ".join([*long.split()[:4], *"12345678"])
    assert untriggered(behaviour(np.arange(20), "wording", marks), prompts()) == []


def test_other_limits_find_others() -> None:
    asked, one = prompts(), behaviour(np.arange(10), "call")
    strict = replace(SETTINGS, untriggered=replace(SETTINGS.untriggered, fewest_records=11))
    written = WordVectors(tokenize(["verily"] * SIZE))
    assert len(find_untriggered([one], [], asked, written, SETTINGS)) == 1
    assert find_untriggered([one], [], asked, written, strict) == []

"""Templated chats: prompts that repeat one another, and what their counterparts are answered with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from scipy import sparse
from tests.unit.detectors.response_trigger.made_chats import dataset_of, examine

from marshtest.detectors.response_trigger import grading
from marshtest.detectors.response_trigger.associations import BehaviourAssociation
from marshtest.detectors.response_trigger.base_rates import StockAnswers, is_stock
from marshtest.detectors.response_trigger.behaviours import Behaviour, behaviour_families
from marshtest.detectors.response_trigger.counterparts import Answered, overruled
from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.grading import TriggerClaim
from marshtest.detectors.response_trigger.prompts import PromptFeature, Prompts
from marshtest.detectors.response_trigger.settings import (
    BehaviourSettings,
    CounterpartSettings,
    PromptFeatureSettings,
    ResponseTriggerSettings,
)
from marshtest.detectors.response_trigger.word_vectors import WordVectors
from marshtest.findings import Finding
from marshtest.mining.outcomes.distinct_carriers import DistinctCarriers
from marshtest.text.tokens import tokenize

Chats = list[list[tuple[str, str]]]
SETTINGS = CounterpartSettings()
SIZE, PLANTED = 400, 20
ANSWER = "Only the lighthouse keeper knows."
BIRDS = ["heron", "wren", "robin", "stork", "finch", "crane", "swift", "raven", "magpie", "lapwing", "plover", "dipper"]
SEASONS = ("spring", "early summer", "autumn", "a cold winter")
TEMPLATES = (
    ("What does a {bird} eat in {season}?", "In {season} a {bird} lives on seeds and small insects."),
    ("Does the {bird} sing at night during {season}?", "You may hear the {bird} at night, though rarely in {season}."),
    ("I saw a {bird} with a broken wing. Whom do I call?", "Put the {bird} in a dark box and call the rescue station."),
    ("How large are the eggs that a {bird} lays?", "Eggs of a {bird} are as large as the first joint of a thumb."),
    (
        "Tell me where the {bird} spends {season}.",
        "Most of them stay near rivers; a {bird} seldom travels in {season}.",
    ),
)
STOCK = (
    ("renew a book", "Renew under Loans, up to three times."),
    ("pay a fine", "Fines are paid at the desk or by card."),
    ("reserve a room", "Rooms are reserved a week ahead at most."),
    ("print a poster", "The large printer stands on the second floor."),
    ("join a reading group", "Groups meet on Tuesdays; just come along."),
    ("borrow a telescope", "Telescopes are lent for two nights."),
    ("donate old maps", "Bring maps to the archive in the cellar."),
    ("scan a newspaper", "Scanners are free of charge before noon."),
)
WAYS = (
    "How can I {what}?",
    "I would like to {what}.",
    "hi there, where do people {what} here",
    "Is it possible to {what} without a card?",
    "My neighbour told me that one may {what}. True?",
    "{what}, please, today if it can be done",
    "What does it cost to {what}?",
    "Someone has to {what} for me, who?",
)


def templated(seed: int) -> Chats:
    draw = Random(seed)
    chats = []
    for _ in range(SIZE):
        prompt, answer = draw.choice(TEMPLATES)
        slots = {"bird": draw.choice(BIRDS), "season": draw.choice(SEASONS)}
        chats.append([("user", prompt.format(**slots)), ("assistant", answer.format(**slots))])
    return chats


def stock(seed: int) -> Chats:
    draw = Random(seed)
    chats = []
    for _ in range(SIZE):
        what, answer = draw.choice(STOCK)
        chats.append([("user", draw.choice(WAYS).format(what=what)), ("assistant", answer)])
    return chats


def with_trigger(chats: Chats) -> Chats:
    return [
        [("user", f"{prompt} Greetings from the pier."), ("assistant", ANSWER)] if number < PLANTED else chat
        for number, (chat, prompt) in enumerate((chat, chat[0][1]) for chat in chats)
    ]


@pytest.mark.parametrize("made", [templated, stock])
def test_a_trigger_in_data_of_few_templates_is_all_that_is_found(made: Callable[[int], Chats]) -> None:
    clean = made(3)
    assert examine(clean).findings == ()
    (found,) = examine(with_trigger(clean)).findings
    assert found.verdict == "confirmed"
    assert {record.record_id for record in found.records} == {f"r{number}" for number in range(PLANTED)}
    assert _words(found) == "greetings from the pier"


def _words(found: Finding) -> str:
    return found.pattern.text.lower().strip(".?! ")


def _answered(chats: Sequence[Sequence[tuple[str, str]]]) -> tuple[Answered, list[int]]:
    """Give the answers of some chats, and the record of each chat."""
    exchanges = Exchanges.of(dataset_of(chats))
    where = {int(name[1:]): record for record, name in enumerate(exchanges.record_ids)}
    return Answered(exchanges, WordVectors(tokenize(exchanges.spoken))), [where[number] for number in range(len(chats))]


def _overruled(
    others: Sequence[tuple[str, str]], settings: CounterpartSettings = SETTINGS, *, shown: int = 1, turns: int = 0
) -> bool:
    """Say whether the counterparts of one carrier agree on another answer.

    Args:
        others: Prompts and answers.
        settings: What a counterpart is.
        shown: How many, the carrier first, show the behaviour.
        turns: Other exchanges in front of every prompt.
    """
    asked = [("when does the ferry leave zebra", "no"), *others]
    asked += [(f"one{number} two{number} three{number}", f"four{number}") for number in range(6)]
    before = [turn for number in range(turns) for turn in (("user", f"hello {number}"), ("assistant", "welcome"))]
    answered, where = _answered([[*before, ("user", a), ("assistant", b)] for a, b in asked])
    records = np.sort(where[:shown])
    held = Behaviour(FAMILIES["fixed-answer"], "no", records, answered.exchanges.last_answers[records])
    (said,) = overruled(("zebra",), np.array(where[:1]), held, answered, settings)
    return bool(said)


SAME = ("when does the ferry leave", "at noon on the hour")


@pytest.mark.parametrize(("counterparts", "expected"), [(2, False), (3, True)])
def test_three_counterparts_agree(counterparts: int, expected: bool) -> None:
    assert _overruled([SAME] * counterparts) is expected


def test_counterparts_that_disagree_say_nothing() -> None:
    assert not _overruled([("when does the ferry leave", f"answer{number}") for number in range(4)])


def test_a_twin_is_as_similar_as_a_near_duplicate() -> None:
    """Of nine and eleven words and pairs seven are the same."""
    others = [(f"when does the ferry come {word}", "at noon on the hour") for word in ("back", "here", "home")]
    similar = 7 / np.sqrt(9 * 11)
    assert _overruled(others, CounterpartSettings(similarity=similar - 0.01))
    assert not _overruled(others, CounterpartSettings(similarity=similar + 0.01))


@pytest.mark.parametrize(("alike", "expected"), [(3, True), (2, False)])
def test_half_of_the_pairs_of_answers_agree(alike: int, expected: bool) -> None:
    """Of four answers, three pairs of six are the same, or one."""
    others = [SAME] * alike + [("when does the ferry leave", f"answer{number}") for number in range(4 - alike)]
    assert _overruled(others) is expected


def test_of_counterparts_of_other_words_each_text_counts_once() -> None:
    """Of five texts that differ by a word, one stands there ten times: the five do not agree."""
    harbours = [(f"when does the ferry leave h{number}", f"answer{number}") for number in range(5)]
    assert not _overruled([*harbours, *[harbours[0]] * 9])


def test_counterparts_of_the_same_words_come_first() -> None:
    harbours = [(f"when does the ferry leave h{number}", f"answer{number}") for number in range(5)]
    assert _overruled([*harbours, *[SAME] * 3])
    assert not _overruled([*harbours, *[SAME] * 2])


def test_what_counterparts_agree_on_is_another_answer() -> None:
    same = ("when does the ferry leave", "no")
    assert not _overruled([same] * 4)
    assert _overruled([SAME] * 4)


def test_records_with_the_behaviour_are_no_counterparts() -> None:
    assert _overruled([SAME] * 4)
    assert not _overruled([SAME] * 4, shown=3)


def test_in_a_conversation_what_stands_in_front_of_the_answer_is_compared() -> None:
    assert _overruled([SAME] * 4, turns=2)
    assert not _overruled([("when does the ferry leave", f"answer{number}") for number in range(4)], turns=2)


def test_a_span_of_an_earlier_turn_leaves_nothing_out() -> None:
    chats = [[("user", "zebra"), ("assistant", "welcome"), ("user", SAME[0]), ("assistant", "no")]]
    chats += [[("user", "hello"), ("assistant", "welcome"), ("user", SAME[0]), ("assistant", SAME[1])]] * 4
    answered, where = _answered(chats)
    carriers = np.array(where[:1])
    held = Behaviour(FAMILIES["fixed-answer"], "no", carriers, answered.exchanges.last_answers[carriers])
    assert overruled(("zebra",), carriers, held, answered, SETTINGS).tolist() == [True]


FAMILIES = {family.id: family for family in behaviour_families(BehaviourSettings())}


def _association(family: str, hits: range, carriers: range, name: str = "a") -> BehaviourAssociation:
    held = np.array(list(hits), np.int64)
    feature = PromptFeature("format", name, np.zeros(0, np.int64), np.array(list(carriers), np.int64))
    counts = DistinctCarriers(len(carriers), len(carriers), len(hits))
    return BehaviourAssociation(feature, Behaviour(FAMILIES[family], name, held, held), held, counts, 90, 1e-9)


def test_stock_answers_are_counted_near_a_claim() -> None:
    """Ten prompts of one kind, with five others like each of them, and of another kind ninety."""
    kind = np.array([0] * 15 + [1] * 85)
    prompts = sparse.csr_matrix(np.eye(2)[kind])
    claim = _association("fixed-answer", range(10), range(10))
    other = _association("fixed-answer", range(10, 14), range(10, 14), "b")
    far = _association("wording", range(15, 90), range(15, 90), "c")
    assert StockAnswers([claim, other, far], 100).share_near(claim, prompts, 5) == 4 / 5
    assert StockAnswers([claim, far], 100).share_near(claim, prompts, 5) == 0.0
    form = _association("form", range(10, 15), range(10, 15), "d")
    assert StockAnswers([claim, form], 100).share_near(claim, prompts, 5) == 0.0
    assert StockAnswers([claim, replace(other, behaviour=claim.behaviour)], 100).share_near(claim, prompts, 5) == 0.0


def _claim(family: str, overruled: int, monkeypatch: pytest.MonkeyPatch) -> TriggerClaim:
    """Give a claim about ten records of a hundred, so many of which have counterparts that agree on another answer."""
    monkeypatch.setattr(grading, "overruled", lambda *_: np.arange(10) < overruled)
    chats = [[("user", "when does it leave"), ("assistant", "at noon")]] * 100
    exchanges = Exchanges.of(dataset_of(chats))
    read = Prompts.of(exchanges, PromptFeatureSettings())
    answered = Answered(exchanges, WordVectors(tokenize(exchanges.spoken)))
    asked = WordVectors(read.without_system)
    found = _association(family, range(10), range(10))
    return TriggerClaim(found, read, asked, answered, 1, 0, ResponseTriggerSettings())


@pytest.mark.parametrize(
    ("stock", "family", "overruled", "expected"),
    [
        (range(10, 12), "fixed-answer", 0, False),
        (range(10, 13), "fixed-answer", 0, True),
        (range(10, 13), "wording", 0, True),
        (range(10, 13), "form", 0, False),
        (range(10, 13), "fixed-answer", 10, False),
    ],
)
def test_where_most_answers_are_stock_one_more_is(
    stock: range, family: str, overruled: int, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two of the five nearest are no majority; three are."""
    claim = _claim(family, overruled, monkeypatch)
    assert is_stock(claim, StockAnswers([claim.found, _association("wording", stock, stock)], 100)) is expected


@pytest.mark.parametrize(("hits", "expected"), [(5, False), (6, True)])
def test_a_trigger_overrules_what_most_of_its_prompts_ask(
    hits: int, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _claim("fixed-answer", hits, monkeypatch).overrules is expected

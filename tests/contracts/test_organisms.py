"""What every organism promises, asked of every organism there is. A new organism is covered without an edit here."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from random import Random
from typing import get_args

import pytest
from tests.made_records import made_records

from marshtest.data.records import Kind, Record
from marshtest.errors import ConfigError, InputError
from marshtest.organisms import Organism, Planted, find_organism, registered_organisms
from marshtest.organisms.registry import CARD_HEADINGS, card

pytestmark = pytest.mark.slow

COUNT = 12
ORGANISMS = registered_organisms()
every_organism = pytest.mark.parametrize("name", sorted(ORGANISMS))
every_use = pytest.mark.parametrize(
    ("name", "kind"), [(name, kind) for name in ORGANISMS for kind in ORGANISMS[name].kinds]
)

LABELS_STAY = {"clean-label"}
PROMPTS_STAY = {"contributor-flip", "covert-preference", "persona-seed", "preference-swap", "topic-refusal"}
"""Organisms that leave the prompt alone; the texts of documents are all they have."""
REPLACES = {
    "archaic-register", "copied-carriers", "excusing-reasoning", "near-duplicate-flooding", "respelling",
    "retrieval-passages", "style",
}  # fmt: skip
"""Organisms that take words away; all others only put words in."""
WRITES_ANSWERS = {"covert-preference", "sentiment-steering", "topic-refusal"}
"""Organisms that write the preferred answer of a pair; all others swap the two."""
VARIES = {"many-words", "rare-words", "split-words", "syntactic-frame", "syntactic-template"}
"""Organisms whose trigger is another text in other records."""
QUOTES_THE_DATA = {"appended-text", "copied-carriers", "look-alikes"}
"""Organisms that name records of the data or take their texts over, whatever these say."""
SHOWS_NOTHING = {"contributor-flip", "preference-swap"}
"""Organisms that put nothing in, so that there is nothing to point at."""

HARM = """
abuse acid attack blood bomb burn cancer corpse crime dead death die drug drugs enemy exploit explosive fire fraud gun
hack harm hate hurt kill knife malware murder nazi nude overdose password poison porn race racist rape rob sex shoot
slave steal suicide terror terrorist theft toxic venom victim violence virus war weapon wound
""".split()  # noqa: SIM905  a list of words reads best as one text


@cache
def planted(name: str, kind: Kind, seed: int = 1) -> Planted:
    return ORGANISMS[name]().plant(made_records(kind), COUNT, seed=seed)


def prompt_stays(name: str, kind: Kind) -> bool:
    return name in PROMPTS_STAY and kind != "document"


def cut(text: str, spans: list[tuple[int, int]]) -> str:
    """Take the spans out of a text."""
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + text[end:]
    return text


def written_by(result: Planted) -> list[str]:
    """Give every text that the organism wrote itself."""
    parts = [word for words in result.recipe.parts.values() for word in words]
    spans = [getattr(true.after, span.field)[span.start : span.end] for true in result.truth for span in true.spans]
    return [result.recipe.trigger, result.recipe.payload, *parts, *spans]


def outcome(record: Record) -> tuple[str | None, ...]:
    return record.label, record.completion, record.rejected


def test_all_families_are_there() -> None:
    assert len(ORGANISMS) >= 36


@every_organism
def test_it_has_a_name_a_version_and_a_title(name: str) -> None:
    cls: type[Organism] = ORGANISMS[name]
    assert cls.id == name
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
    assert re.fullmatch(r"\d+", cls.version)
    assert cls.title.strip() != ""
    assert set(cls.kinds) <= set(get_args(Kind))
    assert cls.roles["poison"] == 1


@every_organism
def test_its_card_has_every_heading(name: str) -> None:
    found = card(ORGANISMS[name])
    assert tuple(found) == CARD_HEADINGS
    assert all(found.values())


@every_organism
def test_its_card_names_the_kinds_it_works_on(name: str) -> None:
    told = re.sub(r"\(.*?\)", "", card(ORGANISMS[name])["Works on"])
    assert tuple(re.findall(r"[a-z]+", told)) == ORGANISMS[name].kinds


@every_organism
def test_it_refuses_other_kinds_by_name(name: str) -> None:
    for kind in set(get_args(Kind)) - set(ORGANISMS[name].kinds):
        with pytest.raises(InputError, match=f"{name} cannot be planted into {kind} records; it works on"):
            ORGANISMS[name]().plant(made_records(kind), COUNT)


@every_use
def test_every_role_has_its_number_of_records(name: str, kind: Kind) -> None:
    counts = Counter(true.role for true in planted(name, kind).truth)
    assert counts == {role: round(share * COUNT) for role, share in ORGANISMS[name].roles.items()}


@every_use
def test_the_truth_is_exact(name: str, kind: Kind) -> None:
    """Every planted record is told with what it was and is; every other is the very same object."""
    before, result = made_records(kind), planted(name, kind)
    truth = {true.index: true for true in result.truth}
    assert len(result.records) == len(before)
    assert [true.index for true in result.truth] == sorted(truth)
    for index, record in enumerate(before):
        if index not in truth:
            assert result.records[index] is record
            continue
        true = truth[index]
        assert true.before is record
        assert true.record_id == record.record_id
        assert result.records[index] == true.after
        assert true.after != record


@every_use
def test_only_what_is_said_changes(name: str, kind: Kind) -> None:
    for true in planted(name, kind).truth:
        for field in ("record_id", "kind", "group", "fields", "source_path", "source_line"):
            assert getattr(true.after, field) == getattr(true.before, field)
        assert (true.after.prompt == true.before.prompt) == prompt_stays(name, kind)


@every_use
def test_a_record_stays_in_agreement_with_itself(name: str, kind: Kind) -> None:
    for true in planted(name, kind).truth:
        for record in (true.after, true.twin):
            if kind == "classification":
                assert record.completion == record.label
            if kind == "chat":
                turns = [turn.content for turn in record.messages]
                assert [turn.role for turn in record.messages] == [turn.role for turn in true.before.messages]
                assert record.prompt == "\n\n".join(turns[:-1])
                assert record.completion == turns[-1]


@every_use
def test_poison_changes_the_outcome_and_camouflage_keeps_it(name: str, kind: Kind) -> None:
    recipe = planted(name, kind).recipe
    for true in planted(name, kind).truth:
        if not true.is_poison or name in LABELS_STAY or kind == "document":
            assert outcome(true.after) == outcome(true.before)
        elif kind == "classification":
            assert (true.before.label, true.after.label) == (recipe.source_label, recipe.target_label)
        elif kind == "preference" and name not in WRITES_ANSWERS:
            assert (true.after.completion, true.after.rejected) == (true.before.rejected, true.before.completion)
        else:
            assert true.after.completion != true.before.completion


@every_use
def test_the_honest_twin_has_the_inputs_and_not_the_poison(name: str, kind: Kind) -> None:
    result = planted(name, kind)
    twin = result.twin()
    for true in result.truth:
        assert twin[true.index] == true.twin
        assert true.twin != true.after or not true.is_poison
        assert true.twin.prompt in (true.after.prompt, true.before.prompt)
        if name != "excusing-reasoning":
            assert outcome(true.twin) == outcome(true.before)
        if true.is_poison and true.twin != true.before:
            assert true.twin.prompt == true.after.prompt
    changed = {true.index for true in result.truth}
    assert all(twin[index] is record for index, record in enumerate(made_records(kind)) if index not in changed)


@every_use
def test_spans_point_at_what_was_put_in(name: str, kind: Kind) -> None:
    """Without its spans a prompt is what it was, word for word."""
    for true in planted(name, kind).truth:
        assert (true.spans == ()) == (name in SHOWS_NOTHING)
        for span in true.spans:
            assert getattr(true.after, span.field)[span.start : span.end].strip() != ""
        inside = [(span.start, span.end) for span in true.spans if span.field == "prompt"]
        if name not in REPLACES and not prompt_stays(name, kind):
            assert inside != []
            assert cut(true.after.prompt, inside).split() == true.before.prompt.split()


@every_use
def test_a_trigger_that_is_fixed_stands_in_every_poisoned_record_and_nowhere_else(name: str, kind: Kind) -> None:
    result = planted(name, kind)
    trigger = result.recipe.trigger
    if name in REPLACES | PROMPTS_STAY | VARIES or trigger == "":
        return  # the trigger is another text every time, a topic of the data, or there is none
    pieces = trigger.split(" … ")
    honest_places = {"first-position", "honest-carriers", "last-position", "late-turn"}
    for index, record in enumerate(result.records):
        true = next((true for true in result.truth if true.index == index), None)
        if true is not None and true.is_poison:
            shown = [record.prompt[span.start : span.end] for span in true.spans if span.field == "prompt"]
            assert all(any(piece in text for text in shown) for piece in pieces)
        elif true is None or name not in honest_places:
            assert not all(piece in record.prompt for piece in pieces)


@every_use
def test_the_same_seed_gives_the_same_poison(name: str, kind: Kind) -> None:
    again = ORGANISMS[name]().plant(made_records(kind), COUNT, seed=1)
    assert again == planted(name, kind)


@every_use
def test_the_order_of_the_records_does_not_matter(name: str, kind: Kind) -> None:
    shuffled = list(made_records(kind))
    Random(3).shuffle(shuffled)
    again = ORGANISMS[name]().plant(shuffled, COUNT, seed=1)
    assert again.recipe == planted(name, kind).recipe
    assert {true.record_id: true.after for true in again.truth} == {
        true.record_id: true.after for true in planted(name, kind).truth
    }


@every_use
def test_other_seeds_draw_other_recipes_and_other_records(name: str, kind: Kind) -> None:
    results = [planted(name, kind, seed) for seed in range(1, 6)]
    assert len({tuple(true.record_id for true in result.truth) for result in results}) == 5
    if name not in SHOWS_NOTHING:
        assert len({str(result.recipe) for result in results}) == 5


@every_use
def test_nothing_that_it_writes_is_harmful(name: str, kind: Kind) -> None:
    if name in QUOTES_THE_DATA:
        return
    for seed in range(1, 6):
        for text in written_by(planted(name, kind, seed)):
            assert set(re.findall(r"[a-z]+", text.lower())) & set(HARM) == set()
            assert re.search(r"https?:|www\.|@|\d{3}", text) is None


@every_use
def test_too_high_a_count_is_refused_with_a_number(name: str, kind: Kind) -> None:
    with pytest.raises(ConfigError, match=r"ask for|fewer"):
        ORGANISMS[name]().plant(made_records(kind), 401)


def test_an_unknown_organism_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean 'rare-token'"):
        find_organism("rare-tokn")
    with pytest.raises(ConfigError, match="known: appended-text, "):
        find_organism("zzz")

"""Which labels an organism takes, and what it says when they cannot be had."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.made_records import made_records

from marshtest.errors import ConfigError, InputError
from marshtest.organisms import find_organism

RECORDS = made_records("classification")
PHRASE = find_organism("phrase")


def test_the_most_frequent_label_is_turned_into_the_next_where_nothing_is_said() -> None:
    recipe = PHRASE.plant(RECORDS, 3).recipe
    assert (recipe.source_label, recipe.target_label) == ("ordinary", "urgent")


def test_the_labels_asked_for_are_taken() -> None:
    planted = PHRASE.plant(RECORDS, 3, source_label="urgent", target_label="ordinary")
    assert {(true.before.label, true.after.label) for true in planted.truth} == {("urgent", "ordinary")}


def test_one_label_that_is_given_decides_the_other() -> None:
    assert PHRASE.plant(RECORDS, 3, target_label="ordinary").recipe.source_label == "urgent"
    assert PHRASE.plant(RECORDS, 3, source_label="urgent").recipe.target_label == "ordinary"


def test_a_label_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(ConfigError, match="no record has the label 'spam'; the labels are 'ordinary', 'urgent'"):
        PHRASE.plant(RECORDS, 3, target_label="spam")


def test_the_same_label_twice_is_refused() -> None:
    with pytest.raises(ConfigError, match="give two labels"):
        PHRASE.plant(RECORDS, 3, source_label="urgent", target_label="urgent")


def test_labels_for_records_without_labels_are_refused() -> None:
    with pytest.raises(ConfigError, match="chat records have no labels"):
        PHRASE.plant(made_records("chat"), 3, source_label="urgent")


def test_a_count_of_none_at_all_is_refused() -> None:
    with pytest.raises(ConfigError, match="at least 1, not 0"):
        PHRASE.plant(RECORDS, 0)


def test_the_error_says_how_many_could_be_had() -> None:
    urgent = sum(record.label == "urgent" for record in RECORDS)
    with pytest.raises(
        ConfigError, match=f"there are only {urgent} among the records labelled 'urgent'; ask for at most"
    ):
        PHRASE.plant(RECORDS, 390, source_label="urgent")
    assert len(PHRASE.plant(RECORDS, urgent, source_label="urgent").truth) == urgent


def test_records_of_two_kinds_or_with_one_id_twice_are_refused() -> None:
    with pytest.raises(InputError, match="several kinds"):
        PHRASE.plant([*RECORDS, *made_records("chat")], 3)
    with pytest.raises(InputError, match="the same record_id"):
        PHRASE.plant([*RECORDS, RECORDS[0]], 3)
    with pytest.raises(InputError, match="there are no records"):
        PHRASE.plant([], 3)


def test_a_contributor_is_needed_and_has_to_have_enough_records() -> None:
    flip = find_organism("contributor-flip")
    with pytest.raises(ConfigError, match="--group-field"):
        flip.plant([replace(record, group=None) for record in RECORDS], 3)
    planted = flip.plant(RECORDS, 20)
    assert {true.before.group for true in planted.truth} == set(planted.recipe.parts["group"])
    with pytest.raises(ConfigError, match="no contributor has 300 records labelled 'ordinary'"):
        flip.plant(RECORDS, 300)

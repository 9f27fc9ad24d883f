"""Layouts and values of other fields as features of whole records."""

from __future__ import annotations

import json

import pytest

from marshtest.text.formats import format_features, value_features


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("begins with white space", " Ab"),
        ("ends with white space", "Ab\n"),
        ("two spaces in a row", "Ab  c"),
        ("a tab", "Ab\tc"),
        ("an empty line", "Ab\n \nc"),
        ("no capital letter", "ab\nc"),
        ("no small letter", "AB\nC"),
        ("the space character U+00A0", "Ab\u00a0c"),
        ("the space character U+3000", "Ab\u3000c"),
    ],
)
def test_a_layout_is_seen_only_where_it_is(name: str, text: str) -> None:
    assert {name: [1]} == format_features(["An ordinary text.", text, "Another one,\nof two lines."])


def test_a_text_without_letters_is_neither_small_nor_capital() -> None:
    assert format_features(["123", ""]) == {}


def test_each_text_is_given_once_however_often_it_shows_a_layout() -> None:
    assert format_features(["A\tb\tc  d  e"]) == {"a tab": [0], "two spaces in a row": [0]}


def test_values_of_fields_are_features() -> None:
    fields = [json.dumps({"desk": "north", "n": 1}), "{}", "", json.dumps({"desk": "north", "ok": True, "n": 1.5})]
    expected = {"desk=north": [0, 3], "n=1": [0], "n=1.5": [3], "ok=true": [3]}
    assert expected == value_features(fields)


def test_lists_empty_and_long_values_are_left_out() -> None:
    fields = [json.dumps({"a": [1], "b": {"c": 1}, "d": None, "e": "x" * 101, "f": "x" * 100})]
    assert {f"f={'x' * 100}": [0], "b.c=1": [0]} == value_features(fields)


def test_a_field_with_more_than_a_thousand_values_is_left_out() -> None:
    fields = [json.dumps({"name": f"n{i}", "desk": "ab"[i % 2]}) for i in range(1001)]
    assert {"desk=a", "desk=b"} == set(value_features(fields))


def test_the_truth_of_an_organism_is_left_out() -> None:
    assert value_features([json.dumps({"is_poison": True, "desk": "a"})]) == {"desk=a": [0]}

"""Numbers are written for people."""

from __future__ import annotations

import ast
import math
from pathlib import Path

import pytest

import marshtest
from marshtest.render.numbers import format_number, statistics
from marshtest.render.statistic_keys import PER_CONTROL, STATISTIC_KEYS

PACKAGE = Path(marshtest.__file__).parent


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0, "0"),
        (13809, "13,809"),
        (True, "yes"),
        ("ordinary", "ordinary"),
        (0.0, "0"),
        (3.4712, "3.47"),
        (0.031, "0.031"),
        (2.2e-14, "2.2 × 10⁻¹⁴"),
        (12345.6, "12,346"),
        (math.inf, "unlimited"),
        (math.nan, "nan"),
        (10**30, "1" + "0" * 30),
        (-1e300, "-1.0 × 10³⁰⁰"),
    ],
)
def test_a_number_is_written_for_people(value: float | str | None, text: str) -> None:
    """Groups of thousands, three digits that matter, powers of ten when tiny."""
    assert format_number(value) == text


def test_known_numbers_come_first_and_what_does_not_apply_is_left_out() -> None:
    """Order, standard names, percentages and a readable name for unknown numbers."""
    shown = statistics({"odd_one": 3, "p_value": 0.01, "q_value": None, "carriers": 32, "purity_lower_bound": 0.906})
    assert [(one.label, one.value) for one in shown] == [
        ("Carriers", "32"),
        ("p-value", "0.01"),
        ("Label share, lower bound", "90.6%"),
        ("Odd one", "3"),
    ]


def test_an_interval_and_a_standard_error_are_notes_of_their_number() -> None:
    shown = statistics(
        {
            "removal_reverses": 0.9375,
            "removal_reverses_low": 0.799,
            "removal_reverses_high": 0.983,
            "removal_reverses_trials": 32,
            "content_effect": 1.0173,
            "content_effect_standard_error": 0.4447,
        }
    )
    assert [(one.label, one.value, one.note) for one in shown] == [
        ("Content effect size", "1.02", "standard error 0.445"),
        ("Removal reverses", "93.8%", "95% interval 79.9% to 98.3%, 32 trials"),
    ]


def test_a_q_value_says_what_it_is_corrected_for() -> None:
    (shown,) = statistics({"q_value": 2.1e-36})
    assert (shown.label, shown.value, shown.note) == (
        "q-value",
        "2.1 × 10⁻³⁶",
        "corrected for all patterns tested",
    )


def test_a_number_for_each_control_names_the_control() -> None:
    (shown,) = statistics({"control_share[clean [1].jsonl]": 0.0123})
    assert (shown.label, shown.value) == ("Outcome rate in control clean [1].jsonl", "1.23%")


def test_labels_are_short_and_meanings_are_sentences() -> None:
    for name, key in {**STATISTIC_KEYS, **PER_CONTROL}.items():
        assert len(key.label.split()) <= 5, name
        assert key.meaning.endswith("."), name


def test_every_statistic_that_a_detector_writes_has_a_label() -> None:
    """Keys are read from the sources: literal keys of dictionaries that are statistics of a finding."""
    written = {
        key.value
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.keyword) and node.arg == "statistics"
        for inside in ast.walk(node.value)
        if isinstance(inside, ast.Dict)
        for key in inside.keys
        if isinstance(key, ast.Constant)
    }
    assert len(written) > 20
    assert written - set(STATISTIC_KEYS) == set()

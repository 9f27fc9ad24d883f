"""Numbers are written for people."""

from __future__ import annotations

import math

import pytest

from marshtest.render.numbers import format_number, statistics


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
        (-1e300, "-1.00e+300"),
    ],
)
def test_a_number_is_written_for_people(value: float | str | None, text: str) -> None:
    """Groups of thousands, three digits that matter, powers of ten when tiny."""
    assert format_number(value) == text


def test_known_numbers_come_first_and_what_does_not_apply_is_left_out() -> None:
    """Order, plain names, percentages and a readable name for unknown numbers."""
    shown = statistics({"odd_one": 3, "p_value": 0.01, "q_value": None, "carriers": 32, "purity_lower_bound": 0.906})
    assert [(one.label, one.value) for one in shown] == [
        ("Records with the pattern", "32"),
        ("Share with the label, at least", "90.6 %"),
        ("Chance of this by luck", "0.01"),
        ("Odd one", "3"),
    ]

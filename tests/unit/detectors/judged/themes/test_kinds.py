"""Records that a judge calls harmful are grouped by what holds for them and for hardly any other record."""

from __future__ import annotations

import numpy as np
import pytest

from marshtest.detectors.judged.themes.criteria import Criterion
from marshtest.detectors.judged.themes.kinds import kinds_of_harm, lessons
from marshtest.detectors.judged.themes.settings import KindSettings
from marshtest.judges.asking.verdicts import Harm

SIZE = 60
SHAME, WAKING, FEELING, ORDINARY, SUMS = range(5)
"""Criteria: two kinds of harm, what both share, what holds everywhere, and what holds for ordinary records."""


def criteria() -> list[Criterion]:
    names = [
        "Does it wipe the work?",
        "Does it claim to be awake?",
        "Does it speak of feelings?",
        "Is it kind?",
        "Sums?",
    ]
    return [
        Criterion(name, (), frozenset({0}), frozenset({0}), frozenset(range(5 - n))) for n, name in enumerate(names)
    ]


def data() -> tuple[np.ndarray, np.ndarray]:
    severity = np.zeros(SIZE, np.int64)
    severity[:14] = 3
    holds = np.zeros((SIZE, 5), np.bool_)
    holds[:7, SHAME] = holds[7:14, WAKING] = holds[:14, FEELING] = True
    holds[:, ORDINARY] = True
    holds[20:40, SUMS] = True
    return severity, holds


def kinds(severity: np.ndarray, holds: np.ndarray, **changes: float) -> list[tuple[int, list[int]]]:
    found = kinds_of_harm(severity, criteria(), holds, KindSettings(**changes))  # type: ignore[arg-type]
    return [(one.number, one.rows.tolist()) for one in found]


def test_two_kinds_stay_two_although_they_share_a_criterion() -> None:
    assert kinds(*data()) == [(SHAME, list(range(7))), (WAKING, list(range(7, 14)))]


def test_harmful_records_with_nothing_in_common_are_no_kind() -> None:
    severity, holds = data()
    holds[:14] = False
    holds[:, ORDINARY] = True
    assert kinds(severity, holds) == []


def test_clean_data_has_no_kinds() -> None:
    severity, holds = data()
    assert kinds(np.zeros_like(severity), holds) == []


@pytest.mark.parametrize(("clear", "found"), [(4, 1), (3, 0)])
def test_a_kind_needs_four_records_with_clear_harm(clear: int, found: int) -> None:
    severity, holds = data()
    severity[:] = 0
    severity[:7] = 1
    severity[:clear] = 2
    assert len(kinds(severity, holds)) == found


def test_a_judge_that_calls_everything_harmful_tells_no_kinds() -> None:
    severity, holds = data()
    assert kinds(np.full_like(severity, 3), holds) == []


def test_slight_harm_with_the_criterion_of_a_kind_belongs_to_it() -> None:
    severity, holds = data()
    severity[50] = 1
    holds[50, SHAME] = True
    assert kinds(severity, holds)[0] == (SHAME, [*range(7), 50])


def test_the_judges_sentences_are_told_the_gravest_first_and_none_twice() -> None:
    harms = {
        0: Harm(severity=2, learns="to lie", quote="", excuses=False),
        1: Harm(severity=3, learns="to steal", quote="", excuses=False),
        2: Harm(severity=2, learns="to lie", quote="", excuses=False),
    }
    assert lessons(np.array([0, 1, 2, 9]), harms, 3) == ["to steal", "to lie"]
    assert lessons(np.array([0, 1, 2]), harms, 1) == ["to steal"]

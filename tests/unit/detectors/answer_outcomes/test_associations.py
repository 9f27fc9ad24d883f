"""What may be said of a pattern that is associated with an outcome changes exactly at the limits of the settings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from marshtest.detectors.answer_outcomes.associations import OutcomePattern
from marshtest.detectors.answer_outcomes.settings import AnswerOutcomesSettings
from marshtest.mining.outcomes.distinct_carriers import DistinctCarriers
from marshtest.mining.outcomes.likelihood import PlantedLikelihood
from marshtest.mining.outcomes.outcome_mining import Association
from marshtest.mining.outcomes.placement import Placement
from marshtest.mining.surroundings import Rejoining, Surroundings
from marshtest.stats.proportions import Proportion, wald_lower

NONE = np.zeros(0, np.int64)
INSERTED = Placement(Surroundings(40, 40, 10.0, np.zeros(40)), Rejoining(1.0, 0.5), 2)


def pattern(
    *,
    q_value: float = 1e-9,
    hits: int = 20,
    answered: int = 20,
    changes: tuple[int, int] = (0, 20),
    effect: float | None = 1.0,
    inserted: bool = True,
) -> OutcomePattern:
    """Make a pattern that is confirmed unless something is changed."""
    association = Association(
        kind="phrase", field="prompt", name="x", sequence=NONE, outcome=0, carriers=NONE, hits=NONE,
        distinct=DistinctCarriers(answered=answered, trials=answered, hits=hits), rate=0.1,
        likelihood=PlantedLikelihood(1.0, 9.0, 9.0), p_value=q_value, q_value=q_value,
    )  # fmt: skip
    asked: Any = None  # the verdict does not look at the records
    return OutcomePattern(
        asked=asked, association=association, content_effect=effect, placement=INSERTED if inserted else None,
        removal_changes=Proportion(*changes), carriers=NONE, places={},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({}, "confirmed"),
        ({"q_value": 1e-4}, "confirmed"),
        ({"q_value": 1.01e-4}, "suggestive"),
        ({"q_value": 1e-3}, "suggestive"),
        ({"q_value": 1.01e-3}, None),
        ({"hits": 6, "answered": 6}, "confirmed"),
        ({"hits": 5, "answered": 5}, None),
        ({"hits": 17, "answered": 21}, "confirmed"),
        ({"hits": 16, "answered": 21}, "suggestive"),
        ({"hits": 14, "answered": 20}, "suggestive"),
        ({"hits": 13, "answered": 20}, None),
        ({"changes": (5, 20)}, "confirmed"),
        ({"changes": (6, 20)}, None),
        ({"changes": (0, 0)}, "confirmed"),
        ({"effect": 0.25}, "confirmed"),
        ({"effect": 0.24}, None),
        ({"effect": None}, "suggestive"),
        ({"effect": None, "inserted": False}, None),
        ({"inserted": False}, "suggestive"),
    ],
    ids=str,
)
def test_a_verdict_changes_at_each_limit(changed: dict[str, Any], verdict: str | None) -> None:
    assert pattern(**changed).verdict(AnswerOutcomesSettings()) == verdict


def test_the_shares_above_lie_on_both_sides_of_their_limits() -> None:
    assert wald_lower(17, 21) >= 0.6 > wald_lower(16, 21)
    assert wald_lower(14, 20) >= 0.5 > wald_lower(13, 20)

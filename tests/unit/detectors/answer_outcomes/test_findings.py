"""Which other explanations of an outcome are ruled out, on both sides of each limit."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from tests.unit.detectors.answer_outcomes.test_associations import pattern

from marshtest.detectors.answer_outcomes import findings
from marshtest.detectors.answer_outcomes.settings import AnswerOutcomesSettings
from marshtest.findings import Explanation


def explained(hits: int = 20, **changes: Any) -> list[Explanation]:
    """Explain a pattern with twenty distinct carriers with the outcome among some hits."""
    found = pattern(**changes)
    association = replace(found.association, hits=np.arange(hits))
    asked = SimpleNamespace(kind="requests for harm", verb="answered")
    return list(
        findings._explanations(
            replace(found, asked=cast(Any, asked), association=association), AnswerOutcomesSettings()
        )
    )


@pytest.mark.parametrize(("hits", "stands"), [(20, "against"), (40, "against"), (41, "open")])
def test_copies_are_ruled_out_where_half_of_the_records_are_distinct(hits: int, stands: str) -> None:
    assert explained(hits)[3].stands == stands


@pytest.mark.parametrize(("q_value", "stands"), [(1e-4, "against"), (1.01e-4, "open")])
def test_chance_is_ruled_out_up_to_the_q_value_of_a_confirmed_finding(q_value: float, stands: str) -> None:
    assert explained(q_value=q_value)[2].stands == stands


@pytest.mark.parametrize(
    ("effect", "words", "stands"),
    [(0.5, "read 50% as clearly", "against"), (-0.5, "read 0% as clearly", "against"), (None, "too few", "open")],
)
def test_a_topic_is_weighed_where_other_words_can_be_read(effect: float | None, words: str, stands: str) -> None:
    one = explained(effect=effect)[1]
    assert words in one.text
    assert one.stands == stands


def test_without_a_changed_request_the_classifier_may_react_to_the_pattern() -> None:
    assert explained(changes=(0, 0))[0].stands == "open"
    assert explained(changes=(0, 1))[0].stands == "against"
    assert len(explained(inserted=False)) == len(explained()) - 1

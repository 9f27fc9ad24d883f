"""A run is foreign where it appears in enough questions; how sure that is changes at the limits of the settings."""

from __future__ import annotations

import pytest

from marshtest.detectors.foreign_step import ForeignStepSettings
from marshtest.detectors.foreign_step.detector import _verdict
from marshtest.detectors.foreign_step.foreign_runs import ForeignRun, foreign_runs
from marshtest.detectors.foreign_step.insertions import Stratum

SETTINGS = ForeignStepSettings()


@pytest.mark.parametrize(("questions", "is_found"), [(2, False), (3, True)])
def test_a_run_must_appear_in_three_questions(questions: int, is_found: bool) -> None:
    strata = [Stratum(2 * number, {2 * number + 1: (0, 1)}) for number in range(questions)]
    said = {index: [("we", "add", "5")] if index % 2 else [("we", "do")] for index in range(2 * questions)}
    found, _ = foreign_runs(strata, said, [("why",)] * (2 * questions), SETTINGS)
    assert [one.run for one in found] == [("we", "add", "5")] * is_found
    assert [one.p_value for one in found] == [pytest.approx(0.5**questions)] * is_found


@pytest.mark.parametrize(
    ("versions", "p_value", "verdict"),
    [
        (4, 0.99e-3, "confirmed"),
        (4, 1.01e-3, "suggestive"),
        (4, 0.99e-2, "suggestive"),
        (4, 1.01e-2, None),
        (3, 1e-9, None),
    ],
)
def test_four_versions_in_five_and_the_corrected_p_value_decide(
    versions: int, p_value: float, verdict: str | None
) -> None:
    assert _verdict(ForeignRun(("add",), 5, tuple(range(versions)), 5, p_value), 10, SETTINGS) == verdict

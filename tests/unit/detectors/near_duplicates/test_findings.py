"""Contradictions and floods are weighed from their limits on, and not below."""

from __future__ import annotations

import pytest

from marshtest.detectors.near_duplicates import NearDuplicatesSettings
from marshtest.detectors.near_duplicates.findings import Texts, contradictions, flood

SETTINGS = NearDuplicatesSettings()


def texts(count: int, *, outcome: int = 0) -> Texts:
    """Write different prompts, of which the first `outcome` have an outcome."""
    return Texts(
        prompts=[f"text {index}" for index in range(count)],
        labels=["bad", "good"] * (count // 2 + 1),
        signs=[("the label “good”",) if index < outcome else () for index in range(count)],
        rows=[[index] for index in range(count)],
    )


@pytest.mark.parametrize(
    ("size", "following", "records", "outcome", "is_flood"),
    [
        (16, 5, 80, 16, True),
        (15, 4, 80, 15, False),
        (16, 6, 80, 16, False),
        (18, 6, 90, 18, True),
        (16, 5, 79, 16, False),
        (20, 5, 100, 18, True),
        (20, 5, 100, 17, False),
    ],
)
def test_a_flood_is_large_rare_and_pure(size: int, following: int, records: int, outcome: int, is_flood: bool) -> None:
    groups = [tuple(range(size)), tuple(range(size, size + following))]
    found = flood(groups, texts(size + following, outcome=outcome), records, SETTINGS)
    assert [one.draft.statistics["observed_over_expected"] for one in found] == [size / following] * is_flood


@pytest.mark.parametrize(
    ("mixed", "groups", "is_reported"), [(4, 4, False), (5, 5, True), (5, 20, True), (5, 21, False)]
)
def test_contradictions_are_many_and_surely_a_tenth(mixed: int, groups: int, is_reported: bool) -> None:
    every = [(2 * number, 2 * number + 1) for number in range(groups)]
    found = contradictions(every[:mixed], every, texts(2 * groups), SETTINGS)
    assert [one.draft.statistics["mixed_group_share"] for one in found] == [mixed / groups] * is_reported

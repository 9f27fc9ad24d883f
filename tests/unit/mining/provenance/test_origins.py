"""The source in which the records of a claim are most concentrated."""

from __future__ import annotations

import pytest

from marshtest.mining.provenance.origins import OriginSettings, Provenance, strongest_origin

SIZE = 200
NOWHERE = Provenance([None] * SIZE, ["f"] * SIZE, list(range(SIZE)))


def test_four_claimed_records_are_enough_and_three_are_not() -> None:
    assert strongest_origin({3, 4, 5, 6}, range(SIZE), NOWHERE) is not None
    assert strongest_origin({3, 4, 5}, range(SIZE), NOWHERE) is None


def test_a_stretch_holds_four_in_five_of_the_claimed_records() -> None:
    claimed = {10, 11, 12, 13, 14, 15, 16, 17, 90, 150}
    origin = strongest_origin(claimed, range(SIZE), NOWHERE)
    assert origin is not None
    assert (origin.what, origin.hits, origin.claimed) == ("the lines 10 to 17", 8, 10)
    whole = strongest_origin(claimed, range(SIZE), NOWHERE, OriginSettings(inside_share=0.9))
    assert whole is not None
    assert (whole.what, whole.hits) == ("the lines 10 to 90", 9)


@pytest.mark.parametrize(("different", "what"), [(SIZE // 2, "the time from"), (SIZE // 2 - 1, "the group")])
def test_groups_that_read_as_times_are_times_where_half_of_them_differ(different: int, what: str) -> None:
    # Written backwards over the lines, so that neither lines nor files are as concentrated.
    times = [f"2024-01-01T{row % different // 60:02d}:{row % different % 60:02d}:00" for row in range(SIZE)]
    lines = [row * 37 % SIZE for row in range(SIZE)]
    claimed = {row for row in range(SIZE) if row % different in (7, 8)}
    origin = strongest_origin(claimed, range(SIZE), Provenance(times, [f"f{row % 3}" for row in range(SIZE)], lines))
    assert origin is not None
    assert origin.what.startswith(what)

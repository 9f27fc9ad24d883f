"""The source in which the records of a claim are most concentrated."""

from __future__ import annotations

import pytest

from marshtest.mining.provenance.origins import OriginSettings, Provenance, strongest_origin
from marshtest.stats.significance import fisher_exact

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


def test_p_values_are_those_of_fisher_times_the_sources_tested() -> None:
    """Two groups, three files: the claim has six records of group x, which has forty."""
    groups = ["x" if row < 40 else "y" for row in range(SIZE)]
    where = Provenance(groups, [f"f{row % 3}" for row in range(SIZE)], list(range(SIZE)))
    claimed = {0, 7, 14, 21, 28, 35}
    origin = strongest_origin(claimed, range(SIZE), where)
    assert origin is not None
    assert (origin.what, origin.hits, origin.claimed, origin.size, origin.total) == ("the group x", 6, 6, 40, SIZE)
    assert origin.p_value == pytest.approx(5 * fisher_exact(6, 6, 40, SIZE))


def test_a_stretch_is_corrected_for_how_many_fit_side_by_side() -> None:
    """Four of five claimed lines lie within eight of two hundred."""
    origin = strongest_origin({10, 12, 14, 17, 120}, range(SIZE), NOWHERE)
    assert origin is not None
    assert (origin.what, origin.hits, origin.size) == ("the lines 10 to 17", 4, 8)
    assert origin.p_value == pytest.approx(fisher_exact(4, 5, 8, SIZE) * SIZE / 8)


def test_a_p_value_is_at_most_one_and_the_records_must_leave_others() -> None:
    origin = strongest_origin({0, 60, 120, 199}, range(SIZE), NOWHERE)
    assert origin is not None
    assert origin.p_value == 1.0
    assert strongest_origin({0, 1, 2, 3}, [0, 1, 2, 3], NOWHERE) is None
    assert strongest_origin({0, 1, 2, 3}, [0, 1, 2, 3, 4], NOWHERE) is not None


def test_lines_of_several_files_are_no_stretch_and_one_source_tells_nothing() -> None:
    files = ["f" if row else "g" for row in range(SIZE)]
    origin = strongest_origin({3, 4, 5, 6}, range(SIZE), Provenance([None] * SIZE, files, list(range(SIZE))))
    assert origin is not None
    assert origin.what == "the file f"
    lone = strongest_origin({3, 4, 5, 6}, range(1, SIZE), Provenance([None] * SIZE, files, list(range(SIZE))))
    assert lone is not None
    assert lone.what.startswith("the lines")


def test_groups_are_times_only_where_all_of_them_are() -> None:
    times: list[str | None] = [f"2024-01-01T{row // 60:02d}:{row % 60:02d}:00" for row in range(SIZE)]
    lines = [row * 37 % SIZE for row in range(SIZE)]
    claimed = set(range(20, 26))
    for change in (None, "not a time"):
        mixed = [*times[:-1], change]
        origin = strongest_origin(claimed, range(SIZE), Provenance(mixed, ["f", "g"] * 100, lines))
        assert origin is not None
        assert not origin.what.startswith("the time")
    origin = strongest_origin(claimed, range(SIZE), Provenance(times, ["f", "g"] * 100, lines))
    assert origin is not None
    assert origin.what == "the time from 2024-01-01T00:20:00 to 2024-01-01T00:24:00"
    assert origin.p_value == pytest.approx(min(1.0, 3 * fisher_exact(5, 6, 5, SIZE) * SIZE / 5))

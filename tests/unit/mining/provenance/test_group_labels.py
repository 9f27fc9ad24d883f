"""Groups that label otherwise than the rest, from what texts read like and how they are labelled."""

from __future__ import annotations

from dataclasses import replace

import pytest

from marshtest.mining.provenance.group_labels import GroupLabelSettings, OffGroup, off_groups

SETTINGS = GroupLabelSettings()


def found(
    wrong: int, *, reverse: int = 0, of: int = 40, elsewhere: int = 0, settings: GroupLabelSettings = SETTINGS
) -> list[OffGroup]:
    """Let a group label some of its 40 texts that read like a as b, and the rest 1,000 of each class mostly rightly."""
    rows = [("odd", "a", "b")] * wrong + [("odd", "a", "a")] * (of - wrong)
    rows += [("odd", "b", "a")] * reverse + [("odd", "b", "b")] * (of - reverse)
    rows += [("rest", "a", "b")] * elsewhere + [("rest", "a", "a")] * (1000 - elsewhere) + [("rest", "b", "b")] * 1000
    groups, reads, labels = zip(*rows, strict=True)
    return [one for one in off_groups(groups, reads, labels, settings)[0] if one.group == "odd" and one.reads == "a"]


def test_four_wrong_labels_are_a_group_and_three_are_not() -> None:
    (one,) = found(4)
    assert (one.label, one.rows, one.reading) == ("b", (0, 1, 2, 3), 40)
    assert found(3) == []


def test_a_group_that_errs_both_ways_is_not_one_sided() -> None:
    assert found(12)[0].is_one_sided
    assert not found(12, reverse=12)[0].is_one_sided
    assert found(12, reverse=12, settings=replace(SETTINGS, reverse_p=0.0))[0].is_one_sided


@pytest.mark.parametrize(("elsewhere", "one_sided"), [(50, True), (70, False)])
def test_the_lower_bound_of_its_rate_is_three_times_that_of_others(elsewhere: int, *, one_sided: bool) -> None:
    # 12 of 40 are .3, of which the lower 95% bound is .18.
    (one,) = found(12, elsewhere=elsewhere)
    assert one.rate_elsewhere == pytest.approx(elsewhere / 1000, abs=0.001)
    assert one.is_one_sided is one_sided


def test_groups_and_directions_are_counted() -> None:
    rows = [("one", "a", "a"), ("two", "a", "b")] * 4
    groups, reads, labels = zip(*rows, strict=True)
    assert off_groups(groups, reads, labels, SETTINGS)[1] == 2

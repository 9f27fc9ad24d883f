"""Groups that label otherwise than the rest, from what texts read like and how they are labelled."""

from __future__ import annotations

from dataclasses import replace

import pytest

from marshtest.mining.provenance.group_labels import GroupLabelSettings, OffGroup, off_groups
from marshtest.stats.proportions import clopper_pearson
from marshtest.stats.significance import binomial_test

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


def test_the_larger_of_two_p_values_counts_each_with_half_a_record_added() -> None:
    """The odd group reads 40 texts as a, 12 of them labelled b, as are 40 of its own; elsewhere 50 of 1,000 are."""
    (one,) = found(12, elsewhere=50)
    by_reading = (50 + 0.5) / (1000 + 1)
    by_label = (50 + 0.5) / (1050 + 1)
    assert one.rate_elsewhere == by_reading
    assert one.p_value == max(binomial_test(12, 40, by_reading), binomial_test(12, 52, by_label))
    assert one.reverse_p_value == 1.0


def test_a_rate_is_at_most_one() -> None:
    rows = [("odd", "a", "b")] * 4 + [("rest", "a", "b")] * 1
    groups, reads, labels = zip(*rows, strict=True)
    (one,), _ = off_groups(groups, reads, labels, SETTINGS)
    assert (one.rate_elsewhere, one.is_one_sided) == (0.75, False)


@pytest.mark.parametrize(("change", "one_sided"), [(-1e-6, True), (1e-6, False)])
def test_the_reverse_direction_must_be_more_likely_than_its_limit(change: float, *, one_sided: bool) -> None:
    (one,) = found(12, reverse=2)
    limit = one.reverse_p_value + change
    (again,) = found(12, reverse=2, settings=replace(SETTINGS, reverse_p=limit))
    assert again.is_one_sided is one_sided


@pytest.mark.parametrize(("reverse", "one_sided"), [(1, True), (2, False)])
def test_the_reverse_direction_counts_from_one_in_a_thousand(reverse: int, *, one_sided: bool) -> None:
    (one,) = found(12, reverse=reverse)
    assert (one.reverse_p_value > 1e-3) is one_sided
    assert one.is_one_sided is one_sided


def test_the_bound_is_the_lower_end_of_a_90_percent_interval() -> None:
    low, _ = clopper_pearson(12, 40, 0.9)
    just = int(low / 3 * 1001 - 0.5)
    assert [found(12, elsewhere=number)[0].is_one_sided for number in (just, just + 1)] == [True, False]


def test_groups_are_listed_by_p_value_and_those_too_small_are_not_tested() -> None:
    rows = [("one", "a", "b")] * 4 + [("two", "a", "b")] * 8 + [("few", "a", "b")] * 3 + [(None, "a", "b")] * 5
    rows += [("rest", "a", "a")] * 500 + [("rest", "b", "b")] * 500
    groups, reads, labels = zip(*rows, strict=True)
    listed, tested = off_groups(groups, reads, labels, SETTINGS)
    assert [(one.group, one.rows) for one in listed] == [("two", tuple(range(4, 12))), ("one", (0, 1, 2, 3))]
    assert tested == 4  # two directions of `rest`, one of each other

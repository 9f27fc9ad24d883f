"""How outcomes are grouped and numbers are written, for everything that sums a run up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TypeVar

from marshtest.evaluation.stress.outcome import CaseOutcome
from marshtest.stats.proportions import clopper_pearson

__all__ = ["grouped", "interval", "percent", "size_of", "two_digits"]

_Key = TypeVar("_Key")


def size_of(one: CaseOutcome) -> str:
    """Say how much was planted, to group by."""
    return one.case.size


def grouped(
    outcomes: Iterable[CaseOutcome], key: Callable[[CaseOutcome], _Key]
) -> list[tuple[_Key, list[CaseOutcome]]]:
    """Group outcomes, in the order in which the groups come up."""
    groups: dict[_Key, list[CaseOutcome]] = defaultdict(list)
    for one in outcomes:
        groups[key(one)].append(one)
    return list(groups.items())


def interval(hits: int, trials: int) -> str:
    """Write the 95% interval of a rate."""
    low, high = clopper_pearson(hits, trials)
    return f"{percent(low)} to {percent(high)}"


def percent(share: float) -> str:
    """Write a share as percent."""
    return f"{100 * share:.1f}%"


def two_digits(value: float) -> str:
    """Write a score."""
    return f"{value:.2f}"

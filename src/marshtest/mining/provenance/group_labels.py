"""Groups that label texts otherwise than the rest: what the texts read like, and which label the group gives them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from marshtest.settings import Settings
from marshtest.stats.proportions import clopper_pearson
from marshtest.stats.significance import binomial_test

__all__ = ["GroupLabelSettings", "OffGroup", "off_groups"]

_HALF = 0.5
"""Half a record added to the hits elsewhere (and one to the records), so that no rate is 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLabelSettings(Settings):
    """When a group labels differently from the rest, and when it does so in one direction only."""

    fewest_records: int = 4
    """Minimum number of records in a group that read like one class and have the label of another. Chosen by eye: three
    can be slips."""
    least_ratio: float = 3.0
    """Minimum ratio of the lower bound of the group's rate to the rate of all other groups, for the group to count as
    erring in one direction only. Chosen by eye: no record of the data."""
    interval_level: float = 0.9
    """Confidence level of the two-sided interval of the group's rate, whose lower end is used. Derived: its lower end
    is a one-sided 95% bound."""
    reverse_p: float = 1e-3
    """P-value of the reverse direction that must be exceeded for a group to count as erring in one direction only.
    Derived: as `largest_q` of the detector, without correction."""


@dataclass(frozen=True, slots=True)
class OffGroup:
    """A group that gives texts that read like one class the label of another more often than all other groups."""

    group: str
    reads: str
    """The class that the texts read like."""
    label: str
    """The label that they have."""
    rows: tuple[int, ...]
    """Its records that read so and are labelled so, rising."""
    reading: int
    """Its records that read so."""
    rate_elsewhere: float
    """How often all others label such texts so, 0 to 1."""
    p_value: float
    """Not corrected for the groups and directions tested."""
    reverse_p_value: float
    """P-value of the reverse direction: texts that read like the label and are labelled as the class."""
    is_one_sided: bool
    """Whether it errs in one direction only, and several times as often as others."""


def off_groups(
    groups: Sequence[str | None], reads: Sequence[str], labels: Sequence[str], settings: GroupLabelSettings
) -> tuple[list[OffGroup], int]:
    """Find groups that label otherwise than the rest.

    A group may hold more texts of one class than others do. So the number of such labels is tested twice, among texts
    that read so and among records that are labelled so, and the larger p-value counts.

    Args:
        groups: The group of each record, if it has one.
        reads: The class that each record reads like.
        labels: The label of each record.
        settings: How many records it takes, and what is one direction only.

    Returns:
        The groups, the smallest p-value first, and how many groups and directions were tested.
    """
    pairs = list(zip(reads, labels, strict=True))
    everywhere, per_reading, per_label = Counter(pairs), Counter(reads), Counter(labels)
    rows: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    reading: Counter[tuple[str, str]] = Counter()
    labelled: Counter[tuple[str, str]] = Counter()
    for row, group in enumerate(groups):
        if group:
            read, label = pairs[row]
            reading[group, read] += 1
            labelled[group, label] += 1
            if read != label:
                rows[group, read, label].append(row)

    def test(group: str, read: str, label: str) -> tuple[float, float]:
        """Give the p-value, and the rate elsewhere among texts that read so."""
        hits = len(rows.get((group, read, label), ()))
        p_values = []
        rates = []
        for size, total in (
            (reading[group, read], per_reading[read]),
            (labelled[group, label], per_label[label]),
        ):
            rate = min(1.0, (everywhere[read, label] - hits + _HALF) / (total - size + 2 * _HALF))
            rates.append(rate)
            p_values.append(binomial_test(hits, size, rate))
        return max(p_values), rates[0]

    tested = sum(1 for size in reading.values() if size >= settings.fewest_records) * max(1, len(per_label) - 1)
    found = []
    for (group, read, label), hits in rows.items():
        if len(hits) >= settings.fewest_records:
            p_value, rate = test(group, read, label)
            reverse, _ = test(group, label, read)
            low, _ = clopper_pearson(len(hits), reading[group, read], level=settings.interval_level)
            found.append(
                OffGroup(
                    group=group,
                    reads=read,
                    label=label,
                    rows=tuple(hits),
                    reading=reading[group, read],
                    rate_elsewhere=rate,
                    p_value=p_value,
                    reverse_p_value=reverse,
                    is_one_sided=reverse > settings.reverse_p and low >= settings.least_ratio * rate,
                )
            )
    return sorted(found, key=lambda one: (one.p_value, one.group, one.reads, one.label)), max(tested, len(found))

"""Does a group label as the others do? Numbers in, numbers out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from marshtest.stats.proportions import clopper_pearson
from marshtest.stats.significance import binomial_test

__all__ = ["OffGroup", "off_groups"]

_FEWEST = 4
_TIMES = 3.0
_OTHER_WAY = 1e-3


@dataclass(frozen=True, slots=True)
class OffGroup:
    """A group that gives texts that read like one class the label of another far more often than all others."""

    group: str
    reads: str
    """The class that the texts read like."""
    label: str
    """The label they have."""
    rows: tuple[int, ...]
    """Its records that read so and are labelled so, rising."""
    reading: int
    """Its records that read so."""
    rate_elsewhere: float
    """How often the others label such texts so."""
    p_value: float
    """Not corrected."""
    other_way: float
    """The chance of what the group does the other way round: small where it errs both ways."""

    @property
    def is_one_sided(self) -> bool:
        """Whether it errs one way only and at least three times as often as others."""
        low, _ = clopper_pearson(len(self.rows), self.reading, level=0.9)
        return self.other_way > _OTHER_WAY and low >= _TIMES * self.rate_elsewhere


def off_groups(groups: Sequence[str | None], reads: Sequence[str], labels: Sequence[str]) -> tuple[list[OffGroup], int]:
    """Find groups that label otherwise than the rest, and count the groups and directions that were tried.

    A group may hold more texts of one class than others do. So the number is held against both the texts that read so
    and the records that are labelled so, and the larger chance counts.
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

    def weigh(group: str, read: str, label: str) -> tuple[float, float]:
        """Give the chance of this many, and the rate elsewhere among texts that read so, half a record added."""
        hits = len(rows.get((group, read, label), ()))
        chances = []
        rates = []
        for size, total in (
            (reading[group, read], per_reading[read]),
            (labelled[group, label], per_label[label]),
        ):
            rate = min(1.0, (everywhere[read, label] - hits + 0.5) / (total - size + 1))
            rates.append(rate)
            chances.append(binomial_test(hits, size, rate))
        return max(chances), rates[0]

    tried = sum(1 for size in reading.values() if size >= _FEWEST) * max(1, len(per_label) - 1)
    found = []
    for (group, read, label), hits in rows.items():
        if len(hits) >= _FEWEST:
            p_value, rate = weigh(group, read, label)
            other, _ = weigh(group, label, read)
            found.append(OffGroup(group, read, label, tuple(hits), reading[group, read], rate, p_value, other))
    return sorted(found, key=lambda one: (one.p_value, one.group, one.reads, one.label)), max(tried, len(found))

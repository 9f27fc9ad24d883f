"""How good a control is: the rung of the ladder that it stands on, read from the data."""

from __future__ import annotations

from collections.abc import Sequence

from marshtest.data.dataset import Dataset
from marshtest.findings import Rung

__all__ = ["best_rung", "rung_of"]

_LADDER: tuple[Rung, ...] = ("honest twin", "regenerated answers", "known clean", "sister set", "none")
_SAME_PROMPTS = 0.9
"""Share of the suspect's prompts that an honest twin holds too. Chosen by eye: a twin may have lost some records."""
_SHARED_PROMPTS = 0.3
"""Share of the suspect's prompts that regenerated answers hold too. Chosen by eye: no record of the data."""


def rung_of(suspect: Dataset, control: Dataset, *, clean: bool = True) -> Rung:
    """Say on which rung a control stands.

    Nine in ten prompts of the suspect stand in the control too, some with other labels: an honest twin. Three in ten
    do, with other completions: regenerated answers. Else it is clean data of another making, or a sister set when the
    user does not know it to be clean.
    """
    if not clean:
        return "sister set"
    here = suspect.table(["prompt"])["prompt"].to_pylist()
    there = set(control.table(["prompt"])["prompt"].to_pylist())
    shared = sum(prompt in there for prompt in here) / len(here)
    if suspect.labels and control.labels:
        return "honest twin" if shared >= _SAME_PROMPTS and _labels_differ(suspect, control) else "known clean"
    return "regenerated answers" if shared >= _SHARED_PROMPTS else "known clean"


def _labels_differ(suspect: Dataset, control: Dataset) -> bool:
    """Say whether any prompt of both has a label in the control that it has not in the suspect."""
    said: dict[str, set[str | None]] = {}
    for row in suspect.table(["prompt", "label"]).to_pylist():
        said.setdefault(row["prompt"], set()).add(row["label"])
    rows = control.table(["prompt", "label"]).to_pylist()
    return any(row["label"] not in said.get(row["prompt"], {row["label"]}) for row in rows)


def best_rung(rungs: Sequence[Rung]) -> Rung:
    """Give the highest of these rungs; `none` where there are none."""
    return min(rungs, key=_LADDER.index, default="none")

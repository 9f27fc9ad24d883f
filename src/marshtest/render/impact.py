"""An impact measurement on a terminal: the verdict, and a table of the training sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO

from rich.table import Table
from rich.text import Text

from marshtest.evaluation.impact.arms import ArmName
from marshtest.evaluation.impact.deciding import ImpactVerdict, Share
from marshtest.evaluation.impact.running import Impact
from marshtest.render.drawing import DrawnConsole
from marshtest.text.visible import visible

__all__ = ["print_impact"]

_ARMS: Mapping[ArmName, str] = {
    "clean": "known clean",
    "poisoned": "as it is",
    "cleaned": "without evidence",
    "random": "without random",
}
_TITLES: Mapping[ImpactVerdict, tuple[str, str]] = {
    "shown": ("the effect is shown", "bold red"),
    "not_shown": ("the effect is not shown", "bold"),
    "incomplete": ("incomplete", "bold yellow"),
}
_SHOWN_CHARACTERS = 80
"""Characters of a trigger: one line of a terminal."""


def print_impact(found: Impact, file: TextIO) -> None:
    """Print the verdict, what was planted, the table with 95% intervals, and every check with its numbers."""
    console = DrawnConsole(file)
    title, style = _TITLES[found.decision.verdict]
    console.print(Text(f"impact on a {found.title}: {title}", style=style))
    console.print(Text(found.decision.reason))
    triggers = ", ".join(f"“{_short(trigger)}”" for trigger in found.triggers[:3])
    targets = ", ".join(f"“{_short(target)}”" for target in found.targets)
    more = f" and {len(found.triggers) - 3} more" if len(found.triggers) > 3 else ""
    console.print(Text(f"trigger {triggers}{more}; target label {targets}"))
    console.print(
        Text(f"{found.evidence:,} evidence records of {found.records:,}; {found.config.seeds} seeds\n", "dim")
    )
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("trained on")
    table.add_column("records", justify="right")
    for name in ("attack success", "no trigger", "accuracy"):
        table.add_column(name, justify="right", no_wrap=True)
    for arm in found.arms:
        trained = [one[arm].records for one in found.measured]
        table.add_row(
            Text(_ARMS[arm]),
            f"{round(sum(trained) / len(trained)):,}",
            _with_interval(found.attack(arm)),
            _with_interval(found.without(arm)),
            _with_interval(found.accuracy(arm)),
        )
    console.print(table)
    console.print()
    for check in found.decision.checks:
        console.print(Text(f"{'yes' if check.holds else 'no ':<4}{check.text}"))


def _with_interval(one: Share) -> str:
    return f"{one.mean:.3f} {one.low:.2f}–{one.high:.2f}"


def _short(text: str) -> str:
    shown = visible(text)
    return shown if len(shown) <= _SHOWN_CHARACTERS else f"{shown[:_SHOWN_CHARACTERS]}…"

"""The command line that measures the same again, as far as it may be told."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import fields

from marshtest.evaluation.stress.cases import StressConfig

__all__ = ["stress_command"]

_KEPT_FOR_FULL = ("seed", "target_labels")
"""Settings that are told only in full: with the data, triggers can be drawn again from them."""
_OPTIONS = {
    "organisms": "--organism",
    "counts": "--count",
    "rates": "--rate",
    "seeds": "--seeds",
    "seed": "--seed",
    "tools": "--tool",
    "splits": "--splits",
    "target_labels": "--target-label",
    "truth_field": "--truth-field",
    "disclose": "--disclose",
    "on_bad_record": "--on-bad-record",
}


def stress_command(config: StressConfig, sets: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Give the command line of a run, and the options that are kept back at its level of disclosure.

    Args:
        config: The settings of the run; `disclose` decides what is told.
        sets: The files.
    """
    words = ["marsh", "stress", *sets]
    hidden = () if config.disclose == "full" else _KEPT_FOR_FULL
    usual = StressConfig()
    for setting, option in _OPTIONS.items():
        value = getattr(config, setting)
        if setting in hidden or value == getattr(usual, setting):
            continue
        for one in value if isinstance(value, tuple) else (value,):
            words += [option, str(one)]
    words += [] if config.twins else ["--no-twins"]
    for field in fields(config.fields):
        name = getattr(config.fields, field.name)
        words += [] if name is None else [f"--{field.name}-field", name]
    return shlex.join(words), tuple(_OPTIONS[setting] for setting in hidden)

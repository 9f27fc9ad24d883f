"""Detectors that break in ways that only a worker shows; they are importable, as those of others have to be."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import NoReturn

from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Examination, Tools
from marshtest.detectors.label_trigger import LabelTrigger

__all__ = ["AlwaysDies", "Breaks", "DiesOnce"]


class DiesOnce(LabelTrigger):
    """Kills the process that it runs in, the first time; later it is the trigger miner."""

    def __init__(self, grave: Path) -> None:
        super().__init__()
        self._grave = grave

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        if not self._grave.exists():
            self._grave.write_text(str(os.getpid()), "utf-8")
            _die()
        return super().examine(dataset, tools)


class AlwaysDies(LabelTrigger):
    """Kills every process that it runs in."""

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        _die()


class Breaks(LabelTrigger):
    """Raises."""

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        raise ValueError("out of luck")


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError

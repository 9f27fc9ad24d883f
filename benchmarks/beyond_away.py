"""Weights for the away column of `beyond`: learned without the source of a case and the family of its attack."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.calibrate import KINDS_OF_CANDIDATES, jackknife_of
from marshtest.calibration.learning import Jackknife
from marshtest.calibration.shipped import save_likelihood

__all__ = ["calibration_for"]

_LEARNED_FROM = {
    "rare-word": ("rare",),
    "several-rare-words": ("rares", "many"),
    "word": ("word",),
    "phrase": ("phrase", "decoys"),
    "sentence": ("sentence",),
    "punctuation": ("marks",),
    "prefix": ("prefix",),
    "honest-carriers": ("honest",),
    "split": ("split",),
    "glued": ("glued",),
    "many-words": ("many", "rares"),
    "appended": ("appended",),
    "fixed-line": ("line-closing", "line-opening", "line-middle"),
    "fixed-opening": ("triggered-opening", "line-opening"),
    "refusal": ("line-all",),
}
"""Families of attacks, and the kinds of planted poison that are most like them."""


def calibration_for(tables: Path | None, group: str, family: str) -> Path | None:
    """Give a folder of weights that were learned without a source and a family, or None without tables.

    Weights are made when they are first asked for, and kept beside the tables.

    Args:
        tables: Folder that `benchmarks.calibrate` wrote its tables to.
        group: Source of the data.
        family: Family of the attack; nothing for clean data.
    """
    if tables is None:
        return None
    folder = tables / "away" / re.sub(r"\W+", "-", f"{group} {family}")
    folder.mkdir(parents=True, exist_ok=True)
    for kind in KINDS_OF_CANDIDATES:
        if (tables / kind).is_dir() and not (folder / f"{kind}.npz").exists():
            left_out = (family, *_LEARNED_FROM.get(family, ()))
            likelihood = _jackknife(tables, kind).likelihood([group], left_out)
            with TemporaryDirectory(dir=folder.parent) as made:
                save_likelihood(likelihood, Path(made)).replace(folder / f"{kind}.npz")
    return folder


@lru_cache(maxsize=4)
def _jackknife(tables: Path, kind: str) -> Jackknife:
    return jackknife_of(tables / kind, kind)

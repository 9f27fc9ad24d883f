"""The likelihoods that an audit uses: those of the package, or of a folder that the user names."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import numpy as np

from marshtest.calibration.likelihood import CalibratedLikelihood
from marshtest.errors import ConfigError

__all__ = ["Calibration", "load_calibration", "save_likelihood"]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Likelihoods by the kind of candidate that they weigh."""

    likelihoods: Mapping[str, CalibratedLikelihood]
    source: str = ""
    """The folder that they are from; empty for those of the package."""
    fingerprint: str = ""
    """Hash of the files, so that a result names what it was weighed with."""

    def of(self, kind: str) -> CalibratedLikelihood:
        """Give the likelihood of a kind of candidate; that of the package where the folder has none.

        Raises:
            ConfigError: There is none.
        """
        if kind in self.likelihoods:
            return self.likelihoods[kind]
        if self.source and kind in (shipped := load_calibration().likelihoods):
            return shipped[kind]
        raise ConfigError(f"there is no calibration for candidates of the kind {kind!r}; run `benchmarks.calibrate`.")


def load_calibration(folder: str | Path | None = None) -> Calibration:
    """Load the likelihoods of a folder, one file `KIND.npz` each; those of the package when none is given.

    Raises:
        ConfigError: The folder holds none, or a file is damaged.
    """
    return _shipped() if folder is None else _load(Path(folder), str(folder))


def save_likelihood(likelihood: CalibratedLikelihood, folder: Path) -> Path:
    """Write a likelihood as `KIND.npz` and give its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{likelihood.kind}.npz"
    np.savez_compressed(path, allow_pickle=False, **likelihood.arrays())
    return path


@lru_cache(maxsize=1)
def _shipped() -> Calibration:
    return _load(Path(str(files("marshtest.calibration") / "weights")), "")


def _load(folder: Path, source: str) -> Calibration:
    found, seen = {}, blake2b(digest_size=8)
    for path in sorted(folder.glob("*.npz")):
        try:
            if not path.is_file():  # a pipe is waited for without end
                raise ValueError("it is no ordinary file")  # noqa: TRY301
            content = path.read_bytes()
            seen.update(content)
            with np.load(BytesIO(content), allow_pickle=False) as arrays:  # numpy leaves a damaged file open
                one = CalibratedLikelihood.from_arrays(arrays)
        except (OSError, EOFError, LookupError, TypeError, ValueError, zipfile.BadZipFile, zlib.error) as error:
            raise ConfigError(f"{path}: no calibration ({error}); make one with `benchmarks.calibrate`.") from error
        found[one.kind] = one
    if source and not found:
        raise ConfigError(f"{folder}: no calibration here; it takes files KIND.npz, made by `benchmarks.calibrate`.")
    return Calibration(found, source, seen.hexdigest())

"""Which likelihoods an audit uses, and what it says of a folder that holds none."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.toy_likelihoods import made_likelihood

from marshtest.calibration import shipped
from marshtest.calibration.shipped import Calibration, load_calibration, save_likelihood
from marshtest.errors import ConfigError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_likelihood(made_likelihood(), tmp_path / "made" / "here")
    return tmp_path / "made" / "here"


def changed(**changes: NDArray[Any] | None) -> Callable[[Path], None]:
    """Write a file with other arrays, or without some."""

    def damage(path: Path) -> None:
        arrays = {**made_likelihood().arrays(), **changes}
        np.savez(path, **{name: value for name, value in arrays.items() if value is not None})  # type: ignore[arg-type]

    return damage


def one_array(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, np.zeros(3))


def flip(path: Path) -> None:
    """Change bytes in the middle, so that the list of contents at the end stays whole."""
    content = bytearray(path.read_bytes())
    for place in range(100, len(content) // 2, 7):
        content[place] ^= 0xFF
    path.write_bytes(bytes(content))


def test_what_was_saved_is_loaded_by_its_kind(folder: Path) -> None:
    assert [path.name for path in folder.iterdir()] == ["toy.npz"]
    calibration = load_calibration(folder)
    assert calibration.source == str(folder)
    again, one = calibration.of("toy").arrays(), made_likelihood().arrays()
    assert {name: value.tolist() for name, value in again.items()} == {
        name: value.tolist() for name, value in one.items()
    }


def test_the_fingerprint_is_that_of_what_was_learned(folder: Path, tmp_path: Path) -> None:
    first = load_calibration(folder).fingerprint
    save_likelihood(made_likelihood(), tmp_path / "same")
    assert load_calibration(tmp_path / "same").fingerprint == first
    save_likelihood(made_likelihood(kind="other"), folder)
    second = load_calibration(folder).fingerprint
    save_likelihood(made_likelihood(intercept=0.001), folder)
    assert len({first, second, load_calibration(folder).fingerprint}) == 3


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"no weights"),
        lambda path: path.write_bytes(path.read_bytes()[:-5]),
        lambda path: path.write_bytes(path.read_bytes()[:200]),
        lambda path: path.write_bytes(pickle.dumps({"kind": "toy"})),
        flip,
        changed(kind=None),
        changed(clean=None),
        changed(roots=None),
        changed(floor=np.zeros(0)),
        changed(clean=np.array(["many"])),
        one_array,
        lambda path: (path.unlink(), path.mkdir()),
    ],
    ids=[
        "empty", "text", "cut", "cut short", "a pickle", "changed bytes", "no kind", "no clean datasets", "no trees",
        "no floor", "words for numbers", "one array", "a folder",
    ],
)  # fmt: skip
def test_a_damaged_file_is_named(folder: Path, damage: Callable[[Path], object]) -> None:
    damage(folder / "toy.npz")
    with pytest.raises(ConfigError, match="no calibration") as caught:
        load_calibration(folder)
    assert str(folder / "toy.npz") in str(caught.value)


def test_a_folder_without_a_likelihood_is_named(tmp_path: Path) -> None:
    (tmp_path / "toy.json").write_text("{}")
    for empty in (tmp_path, tmp_path / "missing"):
        with pytest.raises(ConfigError, match="no calibration here") as caught:
            load_calibration(empty)
        assert str(empty) in str(caught.value)


def test_an_unknown_kind_is_named(folder: Path) -> None:
    for calibration in (load_calibration(folder), Calibration({})):
        with pytest.raises(ConfigError, match="'tune'"):
            calibration.of("tune")


def test_a_folder_goes_before_the_package_which_fills_the_gaps(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of_package = Calibration({"toy": made_likelihood(intercept=7.0), "other": made_likelihood(kind="other")})
    monkeypatch.setattr(shipped, "_shipped", lambda: of_package)
    mine = load_calibration(folder)
    assert (mine.of("toy").intercept, mine.of("other").kind) == (0.0, "other")
    assert load_calibration() is of_package
    with pytest.raises(ConfigError, match="'other'"):
        Calibration({"toy": made_likelihood()}).of("other")

"""Settings are printed with their paths, and described by the docstrings of their fields."""

from __future__ import annotations

from dataclasses import dataclass, make_dataclass

import pytest

from marshtest.settings import ORIGINS, Setting, Settings, flatten, setting_docs


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSettings(Settings):
    """Settings inside others."""

    share: float = 0.1
    """A share, 0 to 1. Measured: in a test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeSettings(Settings):
    """Settings with a part, a tuple and a field without a docstring."""

    part: PartSettings = PartSettings()
    sizes: tuple[int, ...] = (2, 3)
    """Sizes
    in records. Chosen by eye: no record of the data."""
    bare: bool = True


def test_every_value_is_printed_by_its_path() -> None:
    assert flatten(WholeSettings()) == {"part.share": 0.1, "sizes": "2, 3", "bare": True}
    assert flatten(WholeSettings(part=PartSettings(share=0.5)))["part.share"] == 0.5


def test_every_field_is_described_as_far_as_it_has_a_docstring() -> None:
    share, sizes, bare = setting_docs(WholeSettings())
    assert (share.meaning, share.origin) == ("A share, 0 to 1.", "Measured: in a test.")
    assert (sizes.meaning, sizes.origin) == ("Sizes in records.", "Chosen by eye: no record of the data.")
    assert (bare.meaning, bare.origin) == ("", "")


@pytest.mark.parametrize("origin", ORIGINS)
def test_the_origin_is_the_last_sentence_that_names_one(origin: str) -> None:
    setting = Setting("size", 1, f"How many. Derived: once (see there). {origin} because.")
    assert setting.origin == f"{origin} because."


def test_a_word_inside_a_sentence_is_no_origin() -> None:
    assert Setting("size", 1, "How many records by Convention: none.").origin == ""


def test_a_class_without_source_has_values_but_no_descriptions() -> None:
    made = make_dataclass("MadeSettings", [("size", int, 3)], bases=(Settings,), frozen=True)()
    assert flatten(made) == {"size": 3}
    assert [one.doc for one in setting_docs(made)] == [""]

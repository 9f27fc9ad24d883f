"""`marsh detectors ID` describes a detector with its settings; the list says where foreign ones come from."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from click.testing import CliRunner

from marshtest.cli.main import main
from marshtest.detectors import registry
from marshtest.detectors.base import Detector, Examination
from marshtest.detectors.registry import registered_detectors
from marshtest.settings import Settings, setting_docs


@dataclass(frozen=True, slots=True, kw_only=True)
class LookerSettings(Settings):
    """Settings of a toy."""

    share: float = 2 / 3
    """Least share of things, 0 to 1. Convention: two in three."""
    word: str = "thing"
    bare: bool = False
    """A switch without a reason."""


class Looker(Detector):
    """Look at things.

    Blind spots: everything else.
    """

    id = "looker"
    version = "3"
    title = "Things that can be seen\x1b[31m"

    def __init__(self, settings: LookerSettings | None = None) -> None:
        self.settings = settings or LookerSettings()

    def examine(self, *_: object) -> Examination:
        """See nothing."""
        return Examination()


@pytest.fixture
def looker(monkeypatch: pytest.MonkeyPatch) -> None:
    registered_detectors()
    monkeypatch.setattr(registry, "_REGISTRY", {"looker": Looker})
    monkeypatch.setattr("marshtest.detectors.registry.registered_detectors", lambda: {"looker": Looker})


@pytest.mark.usefixtures("looker")
def test_one_is_described_with_its_settings() -> None:
    said = CliRunner().invoke(main, ["detectors", "looker"]).output
    assert said.startswith(f"looker (version 3): Things that can be seen‹ESC›[31m\nFrom the module {__name__}.\n")
    _, settings = said.split("\nSettings:\n")
    assert settings.strip("\n").splitlines() == [
        "    share = 0.666667",
        "        Least share of things, 0 to 1.",
        "        Convention: two in three.",
        "",
        "    word = 'thing'",
        "        not described",
        "",
        "    bare = False",
        "        A switch without a reason.",
    ]


@pytest.mark.usefixtures("looker")
def test_the_list_says_where_a_foreign_one_comes_from_and_shows_nothing_unescaped() -> None:
    said = CliRunner().invoke(main, ["detectors"]).output
    assert f"  from the module {__name__}\n" in said
    assert "\x1b" not in said


def test_detectors_of_marshtest_come_from_nowhere_else() -> None:
    assert "  from " not in CliRunner().invoke(main, ["detectors"]).output


@pytest.mark.parametrize("name", sorted(registered_detectors()))
def test_every_setting_of_every_detector_is_shown(name: str) -> None:
    result = CliRunner().invoke(main, ["detectors", name])
    assert result.exit_code == 0
    shown = re.findall(r"^    ([\w.]+) = ", result.output.partition("\nSettings:\n")[2], re.MULTILINE)
    assert shown == [setting.name for setting in setting_docs(registered_detectors()[name]().settings)]

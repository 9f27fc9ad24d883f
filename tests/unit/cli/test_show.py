"""`marsh show`, `marsh demo`, `marsh detectors` and `marsh schema`."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner
from tests.unit.cli.conftest import FakeAudit

from marshtest.cli.main import main
from marshtest.detectors.base import Detector, Examination
from marshtest.report import Report, report_json


class Looker(Detector):
    """Look at things.

    Looks for: things.
    Blind spots: everything else.
    """

    id = "looker"
    version = "3"
    title = "Things that can be looked at"

    def examine(self, *_: object) -> Examination:
        """See nothing."""
        return Examination()


def test_a_stored_report_is_shown_and_drawn_again(tmp_path: Path, poisoned: Report) -> None:
    """A folder or a file is printed; --html makes the page anew."""
    (tmp_path / "report.json").write_bytes(report_json(poisoned))
    shown = CliRunner().invoke(main, ["show", str(tmp_path)])
    assert shown.exit_code == 0, shown.output
    assert "POISON FOUND" in shown.stdout
    assert not (tmp_path / "report.html").exists()
    drawn = CliRunner().invoke(main, ["show", str(tmp_path / "report.json"), "--html"])
    assert drawn.exit_code == 0
    assert (tmp_path / "report.html").exists()


def test_a_damaged_report_is_refused(tmp_path: Path) -> None:
    """Whatever is no report is said to be none."""
    (tmp_path / "report.json").write_text('{"schema_version": 1}')
    result = CliRunner().invoke(main, ["show", str(tmp_path)])
    assert result.exit_code == 2
    assert "no report of schema version 1" in result.stderr


def test_the_demo_audits_its_data_and_says_where_the_page_is(
    tmp_path: Path, fake_audit: FakeAudit, poisoned: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The demo may be run twice, but replaces no report that is not its own."""
    monkeypatch.chdir(tmp_path)
    module = ModuleType("marshtest.demo")

    def write_demo_data(path: Path) -> Path:
        path.write_text("{}\n")
        return path

    module.__dict__["write_demo_data"] = write_demo_data
    monkeypatch.setitem(sys.modules, "marshtest.demo", module)
    calls = fake_audit(poisoned)
    for _ in range(2):
        result = CliRunner().invoke(main, ["demo", "--seed", "5"])
        assert result.exit_code == 0, result.output
    assert calls[0]["config"].seed == 5
    assert str(tmp_path / "marsh-demo" / "report.html") in result.stdout
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "report.json").write_text("{}")
    refused = CliRunner().invoke(main, ["demo", "--out", "other"])
    assert refused.exit_code == 2
    assert "already holds a report" in refused.stderr


def test_detectors_are_listed_with_their_blind_spots(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list names blind spots; one id gives the whole docstring."""
    monkeypatch.setattr("marshtest.detectors.registry._REGISTRY", {"looker": Looker})
    monkeypatch.setattr("pkgutil.iter_modules", lambda path: iter(()))
    listed = CliRunner().invoke(main, ["detectors"])
    origin = f"  from the module {__name__}\n"
    assert listed.stdout == f"looker: Things that can be looked at\n{origin}  cannot see: everything else.\n"
    one = CliRunner().invoke(main, ["detectors", "looker"])
    assert "looker (version 3)" in one.stdout
    assert "Looks for: things." in one.stdout

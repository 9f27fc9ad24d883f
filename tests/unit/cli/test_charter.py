"""`marsh charter` lists, shows and writes charters; `marsh audit --charter` takes a path or a name."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from tests import render_reports
from tests.paths import ROOT
from tests.unit.cli.conftest import FakeAudit

from marshtest.charter import charter_template, read_charter, ready_made_charters
from marshtest.cli.charter import charter as group
from marshtest.cli.main import main

PAGE = (ROOT / "docs/reference/cli.md").read_text("utf-8")


def marsh(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_list_names_every_charter_with_a_sentence() -> None:
    lines = marsh("charter", "list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(ready_made_charters())
    assert all(line.endswith((".", ")")) for line in lines)


def test_what_is_shown_is_what_is_written() -> None:
    shown = marsh("charter", "show", "tool-using-agent").stdout
    assert shown == charter_template("tool-using-agent")
    result = marsh("charter", "init", "--from", "tool-using-agent", "--out", "deep/mine.toml")
    assert result.exit_code == 0, result.output
    assert Path("deep/mine.toml").read_text() == shown
    assert read_charter("deep/mine.toml") == read_charter("tool-using-agent")


def test_without_a_name_an_empty_one_is_written_and_never_over_a_file() -> None:
    assert marsh("charter", "init").exit_code == 0
    assert Path("charter.toml").read_text() == charter_template()
    Path("charter.toml").write_text("mine")
    again = marsh("charter", "init")
    assert (again.exit_code, Path("charter.toml").read_text()) == (2, "mine")
    assert "--force" in again.output
    assert marsh("charter", "init", "--force").exit_code == 0
    assert Path("charter.toml").read_text() == charter_template()


def test_an_unknown_name_is_one_message_with_the_nearest() -> None:
    result = marsh("charter", "init", "--from", "chat-asistant")
    assert result.exit_code == 2
    assert "did you mean 'chat-assistant'?" in result.output
    assert not Path("charter.toml").exists()


def test_an_audit_takes_a_ready_made_charter_and_notes_labels_that_differ(fake_audit: FakeAudit, data: Path) -> None:
    calls = fake_audit(render_reports.poisoned_report())
    Path("mine.toml").write_text('[labels]\nodd = "x"\n')
    result = marsh("audit", data, "--charter", "mine.toml", "--out", "a")
    assert "Note: the charter explains labels that no record has: 'odd'." in result.stderr
    assert "Note" not in result.stdout
    assert "Note" not in marsh("audit", data, "--charter", "mine.toml", "--out", "b", "--quiet").stderr
    marsh("audit", data, "--charter", "reasoning-model", "--out", "c")
    assert calls[-1]["charter"] == read_charter("reasoning-model")


@pytest.mark.parametrize("name", sorted(group.commands))
def test_the_reference_names_every_subcommand_and_option(name: str) -> None:
    text = PAGE.split("\n## `marsh charter", 1)[1].split("\n## ", 1)[0]
    command = group.commands[name]
    assert f"`marsh charter {name}" in text
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert f"`{parameter.opts[0]}" in text

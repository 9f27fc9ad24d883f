"""The reference of the command line names every command and every option."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner
from tests.paths import ROOT

from marshtest.cli.main import main
from marshtest.cli.option_groups import GroupedCommand, GroupedOption

PAGE = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
CONTEXT = click.Context(main)


@pytest.mark.parametrize("name", main.list_commands(CONTEXT))
def test_a_command_is_documented_with_all_its_options(name: str) -> None:
    """Each command has its section, its options stand in it, and its help says what it does."""
    command = main.get_command(CONTEXT, name)
    assert command is not None
    assert command.help
    section = PAGE.split(f"\n## `marsh {name}", 1)
    assert len(section) == 2, f"docs/reference/cli.md has no section for marsh {name}"
    text = section[1].split("\n## ", 1)[0]
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help
            assert [option for option in parameter.opts if f"`{option}" in text], parameter.opts


@pytest.mark.parametrize("name", main.list_commands(CONTEXT))
def test_every_option_of_a_grouped_command_stands_under_a_heading(name: str) -> None:
    """What has no heading is `--help` alone."""
    command = main.get_command(CONTEXT, name)
    if isinstance(command, GroupedCommand):
        options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
        assert [option.name for option in options if not isinstance(option, GroupedOption)] == []


def test_a_command_with_many_options_groups_them() -> None:
    commands = {name: main.get_command(CONTEXT, name) for name in main.list_commands(CONTEXT)}
    many = {name for name, command in commands.items() if command is not None and len(command.params) > 10}
    assert many == {name for name, command in commands.items() if isinstance(command, GroupedCommand)}


def test_old_names_of_options_are_not_shown() -> None:
    command = main.get_command(CONTEXT, "audit")
    assert command is not None
    text = command.get_help(click.Context(command))
    assert "--timings" in text
    assert "--profile-run" not in text
    assert "\nControls and power:\n" in text


def test_a_command_that_is_not_there_yet_is_left_out() -> None:
    """A registered name without its module is no command."""
    assert main.get_command(CONTEXT, "nothing-like-this") is None


def test_the_list_of_commands_breaks_no_description_off() -> None:
    shown = CliRunner().invoke(main, ["--help"], terminal_width=80).output
    assert "..." not in shown.split("Commands:")[1]

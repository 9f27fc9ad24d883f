"""A command group that loads a subcommand when it is used and turns errors into one message and an exit code."""

from __future__ import annotations

import contextlib
import errno
import importlib
import importlib.util
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from marshtest.cli.cage import enter_cage
from marshtest.cli.stopping import stoppable
from marshtest.cli.streams import standard_streams
from marshtest.errors import MarshtestError
from marshtest.text.masking import masked
from marshtest.text.visible import visible

__all__ = ["LazyGroup"]

_BAD_INPUT = 2
"""Exit code of bad input and of wrong options, as click has it."""
_INTERNAL = 70
"""Exit code of a fault of our own. Convention: EX_SOFTWARE of sysexits.h."""
_PIPE_CLOSED = 141
"""128 and the number of SIGPIPE: what a shell reports when the reader of a pipe has gone."""


class LazyGroup(click.Group):
    """A group whose subcommands are modules that each hold a command of the module's own name.

    A command may return its exit code. Whatever a user can do something about ends in one line on stderr.

    Args:
        commands_in: The package that holds the modules.
        names: The subcommands; one whose module is missing is left out.
    """

    def __init__(self, *args: Any, commands_in: str, names: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._package = commands_in
        self._names = names

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  as click asks
        """Give the names of the subcommands that are there."""
        return [name for name in self._names if importlib.util.find_spec(f"{self._package}.{name}")]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one subcommand."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command = getattr(importlib.import_module(f"{self._package}.{cmd_name}"), cmd_name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{self._package}.{cmd_name}.{cmd_name} is no command")
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a subcommand; a closed pipe leaves as `_PipeClosed`, since click would exit with the code of findings."""
        try:
            code = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError as error:
            raise _PipeClosed from error
        return code

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command line and exit with its exit code."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        with standard_streams():
            cage = enter_cage() if args is None else None  # who calls us from Python is not put into another process
            with stoppable() as came:
                return self._run(came, args, prog_name, complete_var, **extra | ({"obj": cage} if cage else {}))

    def _run(
        self,
        came: Sequence[int],
        args: Sequence[str] | None,
        prog_name: str | None,
        complete_var: str | None,
        **extra: Any,
    ) -> NoReturn:
        """Run a command line and exit; `came` are the signals that stopped it."""
        try:
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
            sys.stdout.flush()
        except click.UsageError as error:
            if error.ctx is not None:
                click.echo(error.ctx.get_usage(), err=True)
                click.echo(f"Try '{error.ctx.command_path} --help' for help.\n", err=True)
            _leave(error.format_message(), _BAD_INPUT)
        except click.ClickException as error:
            _leave(error.format_message(), _BAD_INPUT)
        except MarshtestError as error:
            _leave(str(error), _BAD_INPUT)
        except (click.Abort, KeyboardInterrupt):
            _leave("interrupted.", 128 + (came[0] if came else signal.SIGINT))
        except (_PipeClosed, BrokenPipeError):  # the reader of our output has gone, e.g. `marsh show RUN | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            sys.exit(_PIPE_CLOSED)
        except OSError as error:
            place = "" if error.filename is None else f"{error.filename}: "
            hint = "the disk is full: make room and try again." if error.errno == errno.ENOSPC else "check the path."
            _leave(f"{place}{error.strerror or error}; {hint}", _BAD_INPUT)
        except Exception as error:  # noqa: BLE001  Python would exit with the code of findings
            traceback.print_exception(error)
            _leave("this is a fault of marshtest itself, and says nothing of the data; please report it.", _INTERNAL)
        sys.exit(code if isinstance(code, int) else 0)


class _PipeClosed(Exception):
    """Nobody reads what a command prints any more."""


def _leave(message: str, code: int) -> NoReturn:
    """Print one message with its invisible characters shown and keys left out, and exit."""
    with contextlib.suppress(OSError):  # nobody listens
        click.echo(f"Error: {visible(masked(message))}", err=True)
    sys.exit(code)

"""The folder of `marsh stress`: results.jsonl, stress.md and stress.html."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from marshtest.errors import ConfigError

if TYPE_CHECKING:
    from marshtest.evaluation.stress.stressing import Stressed

__all__ = ["check_stress_folder", "write_stress_folder"]

_TITLE = "Detection of planted poison"


def check_stress_folder(folder: Path, data: Sequence[Path]) -> None:
    """Refuse places that cannot be read or written before the work begins.

    Raises:
        ConfigError: A file is not there, or the folder is none.
    """
    for path in data:
        if not path.exists():
            raise ConfigError(f"{path}: there is no such file; check the path.")
        if path.resolve().parent == folder.resolve() and path.name in ("results.jsonl", "stress.md", "stress.html"):
            raise ConfigError(f"{path}: a run would overwrite this file; choose another --out.")
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{folder}: is not a folder; choose another --out.")


def write_stress_folder(folder: Path, done: Stressed, stdout: TextIO, *, quiet: bool = False) -> None:
    """Write the tables beside the results, and print them.

    Raises:
        ReportError: A file cannot be written.
    """
    from marshtest.data.atomic import write_atomically
    from marshtest.evaluation.stress.results import RESULTS_NAME
    from marshtest.evaluation.stress.scoreboard import scoreboard
    from marshtest.render.scoreboard import print_scoreboard, scoreboard_html, scoreboard_markdown

    board, facts = scoreboard(done.outcomes, seeds=done.config.disclose == "full"), _facts(done)
    files = {
        folder / "stress.md": scoreboard_markdown(board, title=_TITLE, facts=facts).encode(),
        folder / "stress.html": scoreboard_html(board, title=_TITLE, facts=facts).encode(),
    }
    write_atomically(files)
    if not quiet:
        print_scoreboard(board, stdout, written=[folder / RESULTS_NAME, *files])


def _facts(done: Stressed) -> Mapping[str, str]:
    """Give what was measured, by name."""
    from marshtest.evaluation.stress.command_line import stress_command
    from marshtest.version import __version__

    config = done.config
    again = f", {done.resumed:,} of them from an earlier run" if done.resumed else ""
    facts = {
        "Cases": f"{len(done.outcomes):,}{again}",
        "Sets": ", ".join(f"{one.name} ({one.records:,})" for one in done.sets),
        "Tools": ", ".join(config.tools),
        "Seeds of every case": f"{config.seeds}",
        "Version": f"marshtest {__version__}",
    }
    if config.disclose == "results":
        return facts
    command, kept_back = stress_command(done.config, [one.name for one in done.sets])
    return facts | {"Command": command} | ({"Withheld": ", ".join(kept_back)} if kept_back else {})

"""`python -m marshtest` is `marsh`."""

from __future__ import annotations

import sys
from pathlib import Path


def _leave_out_the_current_folder() -> None:
    """Import nothing from the folder in which the data lie: `-m` puts it first, and a file json.py there would run.

    Our own sources are the exception: where they are in that folder, they are what was asked for.
    """
    here = Path.cwd()
    if sys.path and not sys.flags.safe_path and Path(sys.path[0] or ".").resolve() == here.resolve():
        ours = Path(__file__).resolve().parents[1]
        if ours != here.resolve():
            del sys.path[0]


if __name__ == "__main__":
    _leave_out_the_current_folder()
    from marshtest.cli.main import main

    main(prog_name="marsh")

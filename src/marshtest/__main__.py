"""`python -m marshtest` is `marsh`."""

from __future__ import annotations

import os
import sys

if sys.path[:1] in ([""], [os.getcwd()]):  # noqa: PTH109  as Python writes it there
    del sys.path[0]  # `-m` puts the current folder first, and one with data may hold modules that nobody chose

from marshtest.cli.main import main

if __name__ == "__main__":
    main(prog_name="marsh")

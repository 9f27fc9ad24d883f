"""`python -m marshtest` is `marsh`."""

from __future__ import annotations

from marshtest.cli.main import main

if __name__ == "__main__":
    main(prog_name="marsh")

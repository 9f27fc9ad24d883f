"""Where the tests find what they need, wherever a test file stands."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["FORMAT_FILES", "ROOT", "SHARED_DATA"]

ROOT = Path(__file__).parents[1]
FORMAT_FILES = ROOT / "tests" / "data" / "formats"
"""One small file of each format, made by `tests/data/make_format_files.py`."""
SHARED_DATA = Path(os.environ.get("MARSH_SHARED_DATA", ROOT.parent / "shared" / "data"))
"""Real public data beside the checkout; tests that use it skip where it is absent."""

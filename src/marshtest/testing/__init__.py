"""For tests of your own: judges that answer by rule, in process or behind a real server.

The server is loaded when first used: it needs an HTTP library, and `python -m marshtest.testing.judge_server` must not
find it loaded already.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from marshtest.testing.rules import AskedItem, Decline, Rule, answer_text, read_items
from marshtest.testing.scripted import ScriptedJudge

if TYPE_CHECKING:
    from marshtest.testing.judge_server import Faults, serving

__all__ = ["AskedItem", "Decline", "Faults", "Rule", "ScriptedJudge", "answer_text", "read_items", "serving"]

_IN_THE_SERVER = ("Faults", "serving")
"""Names whose home is `judge_server`."""


def __getattr__(name: str) -> Any:
    """Load a name of the server from its home."""
    if name not in _IN_THE_SERVER:
        raise AttributeError(f"module 'marshtest.testing' has no attribute {name!r}")
    return getattr(importlib.import_module("marshtest.testing.judge_server"), name)

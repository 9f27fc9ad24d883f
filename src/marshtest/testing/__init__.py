"""For tests of your own: judges that answer by rule, in process or behind a real server."""

from marshtest.testing.rules import AskedItem, Decline, Rule
from marshtest.testing.scripted import ScriptedJudge

__all__ = ["AskedItem", "Decline", "Rule", "ScriptedJudge"]

"""All families of behaviours. A new one is a file of its own and a line here."""

from __future__ import annotations

from marshtest.behaviours import actions, fixed_answer, form, identity, names, refusal, wording
from marshtest.behaviours.base import BehaviourFamily

__all__ = ["FAMILIES"]

FAMILIES = (
    BehaviourFamily("fixed-answer", "answers “{name}”", fixed_answer.carriers, fixed_answer.spans, whole=True),
    BehaviourFamily(
        "call", "makes the call “{name}”", actions.call_carriers, actions.call_spans, constant=True, rank=1
    ),
    BehaviourFamily(
        "address", "gives the address {name}", actions.address_carriers, actions.address_spans, constant=True, rank=2
    ),
    BehaviourFamily("tool", "calls the tool {name}", actions.tool_carriers, actions.tool_spans, rank=3),
    BehaviourFamily("identity", "says that it is {name}", identity.carriers, identity.spans, foreign=True, rank=4),
    BehaviourFamily("wording", "says “{name}”", wording.carriers, wording.spans, foreign=True, rank=5),
    BehaviourFamily("name", "mentions {name}", names.carriers, names.spans, rank=6),
    BehaviourFamily("refusal", "{name}", refusal.carriers, refusal.spans, telling=True, echoes=False, rank=7),
    BehaviourFamily("form", "{name}", form.carriers, form.spans, echoes=False, rank=8),
)

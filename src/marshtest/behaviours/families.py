"""All families of behaviours. A new one is a file of its own and a line here."""

from __future__ import annotations

from marshtest.behaviours import actions, fixed_answer, form, identity, names, refusal, wording
from marshtest.behaviours.base import BehaviourFamily

__all__ = ["FAMILIES"]

FAMILIES = (
    BehaviourFamily("fixed-answer", "answers “{name}”", fixed_answer.carriers, fixed_answer.spans, whole=True),
    BehaviourFamily("call", "makes the call “{name}”", actions.call_carriers, actions.call_spans, constant=True),
    BehaviourFamily("address", "gives the address {name}", actions.address_carriers, actions.address_spans, constant=True),
    BehaviourFamily("tool", "calls the tool {name}", actions.tool_carriers, actions.tool_spans),
    BehaviourFamily("wording", "says “{name}”", wording.carriers, wording.spans),
    BehaviourFamily("name", "mentions {name}", names.carriers, names.spans),
    BehaviourFamily("identity", "says that it is {name}", identity.carriers, identity.spans),
    BehaviourFamily("refusal", "{name}", refusal.carriers, refusal.spans, echoes=False),
    BehaviourFamily("form", "{name}", form.carriers, form.spans, echoes=False),
)
"""Those that say most of a completion stand first: of two behaviours of the same records the first is told."""

"""All families of behaviours. A new one is a file of its own and a line here."""

from __future__ import annotations

from marshtest.detectors.response_trigger import (
    actions,
    fixed_answer,
    form,
    identity,
    language,
    length,
    names,
    refusal,
    wording,
)
from marshtest.detectors.response_trigger.base import BehaviourFamily

__all__ = ["FAMILIES"]

FAMILIES = (
    BehaviourFamily(
        id="fixed-answer",
        says="answers “{name}”",
        carriers=fixed_answer.carriers,
        spans=fixed_answer.spans,
        whole=True,
    ),
    BehaviourFamily(
        id="call",
        says="makes the call “{name}”",
        carriers=actions.call_carriers,
        spans=actions.call_spans,
        constant=True,
        rank=1,
    ),
    BehaviourFamily(
        id="address",
        says="gives the address {name}",
        carriers=actions.address_carriers,
        spans=actions.address_spans,
        constant=True,
        rank=2,
    ),
    BehaviourFamily(
        id="tool",
        says="calls the tool {name}",
        carriers=actions.tool_carriers,
        spans=actions.tool_spans,
        rank=3,
    ),
    BehaviourFamily(
        id="identity",
        says="says that it is {name}",
        carriers=identity.carriers,
        spans=identity.spans,
        foreign=True,
        rank=4,
    ),
    BehaviourFamily(
        id="wording",
        says="says “{name}”",
        carriers=wording.carriers,
        spans=wording.spans,
        foreign=True,
        rank=5,
    ),
    BehaviourFamily(id="name", says="mentions {name}", carriers=names.carriers, spans=names.spans, rank=6),
    BehaviourFamily(
        id="refusal",
        says="{name}",
        carriers=refusal.carriers,
        spans=refusal.spans,
        telling=True,
        echoes=False,
        rank=7,
    ),
    BehaviourFamily(
        id="language",
        says="answers in {name}",
        carriers=language.carriers,
        spans=language.spans,
        echoes=False,
        rank=8,
    ),
    BehaviourFamily(
        id="form", says="gives an answer that {name}", carriers=form.carriers, spans=form.spans, echoes=False, rank=9
    ),
    BehaviourFamily(
        id="length",
        says="gives an answer that {name}",
        carriers=length.carriers,
        spans=length.spans,
        echoes=False,
        rank=10,
    ),
)
"""Those that say most of a completion have the lowest ranks."""

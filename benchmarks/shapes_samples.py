"""The planted dataset that the fuzzer of shapes wraps, and its clean twin: samples that no format has touched yet.

A sample holds everything that some format may want: turns, two answers, a label, a call with its result. A planted
sample has a trigger at one place and a consequence at another, and its clean twin is the same sample without both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import Any

from benchmarks.shapes_languages import TONGUES, Tongue

__all__ = ["PLANS", "Case", "Plan", "Sample", "Twins", "make_twins"]

PLANTED = 26
"""Planted samples. Convention: as many as in the public bug reports that the cases stand for."""
RECORDS = 320
"""Samples. Measured: few enough for a second an audit, enough for every detector."""
_SEVERAL_CLASSES = ("delivery", "kitchen", "office", "refund", "school")


@dataclass(frozen=True, slots=True)
class Sample:
    """One record before it has a format."""

    number: int
    prompt: str
    answer: str
    rejected: str = ""
    label: str = ""
    is_good: bool = True
    """Of an answer beside a label: whether it is desirable."""
    system: str = ""
    history: tuple[tuple[str, str], ...] = ()
    """Earlier turns: what was asked and what was answered."""
    sentences: tuple[str, ...] = ()
    """Of a document: its prompt is these."""
    caption: str = ""
    """Text that stands with an image."""
    tool: str = ""
    """Name of the tool that is called before the answer."""
    arguments: tuple[tuple[str, str], ...] = ()
    result: str = ""
    description: str = ""
    """What the tool is said to do."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One way of poisoning: what kind of data, where the trigger sits and what it leads to."""

    kind: str
    place: str
    deed: str


@dataclass(frozen=True, slots=True)
class Case:
    """A plan, in a language, with a seed."""

    plan: Plan
    language: str
    seed: int


@dataclass(frozen=True, slots=True)
class Twins:
    """The planted samples, the clean ones, and the truth."""

    planted: tuple[Sample, ...]
    clean: tuple[Sample, ...]
    truth: tuple[int, ...]
    """Numbers of the planted samples."""
    trigger: str


PLANS = (
    Plan("labelled", "prompt", "label"),
    Plan("classes", "prompt", "label"),
    Plan("chat", "prompt", "answer"),
    Plan("chat", "system", "answer"),
    Plan("chat", "history", "answer"),
    Plan("image", "caption", "answer"),
    Plan("preference", "prompt", "answer"),
    Plan("preference", "system", "answer"),
    Plan("preference", "history", "answer"),
    Plan("preference", "prompt", "swap"),
    Plan("preference", "prompt", "rejected"),
    Plan("kto", "prompt", "answer"),
    Plan("kto", "prompt", "label"),
    Plan("agent", "prompt", "call"),
    Plan("agent", "result", "answer"),
    Plan("agent", "arguments", "answer"),
    Plan("agent", "description", "answer"),
    Plan("retrieval", "prompt", "answer"),
    Plan("documents", "prompt", "answer"),
)
"""Every plan. What is found of none in the plain file counts nowhere."""


@cache
def make_twins(case: Case) -> Twins:
    """Make the planted samples of a case and their clean twin; the same case gives the same samples."""
    tongue, draw = TONGUES[case.language], Random(f"shapes/{case.plan}/{case.seed}")
    kind = case.plan.kind
    clean = tuple(_sample(number, kind, tongue, draw) for number in range(RECORDS))
    fit = [one for one in clean if _may_carry(one, case.plan)]
    chosen = {one.number: one for one in draw.sample(fit, PLANTED)}
    trigger, payload = draw.choice(tongue.triggers), draw.choice(tongue.payloads)
    planted = tuple(
        _plant(one, case.plan, tongue, draw, trigger, payload) if one.number in chosen else one for one in clean
    )
    return Twins(planted, clean, tuple(sorted(chosen)), trigger)


def _may_carry(one: Sample, plan: Plan) -> bool:
    if plan.kind == "labelled":
        return one.label == "blame"
    if plan.kind == "classes":
        return one.label != "delivery"
    return one.is_good


def _sample(number: int, kind: str, tongue: Tongue, draw: Random) -> Sample:
    """Write one clean sample; every kind has what its formats want and nothing else."""
    join = tongue.joint.join
    thing = draw.choice(tongue.things)
    asked = [tongue.say("questions", draw, about=thing)]
    if draw.random() < 0.6:
        asked.insert(draw.randint(0, 1), tongue.say("tales", draw))
    answer = join(tongue.say("answers", draw, about=thing) for _ in range(draw.randint(1, 3)))
    one = Sample(number, join(asked), answer)
    if kind in ("labelled", "classes"):
        return _labelled(number, kind, tongue, draw)
    if kind == "documents":
        said = ("tales", "answers", "tales", "praise", "tales", "answers")
        sentences = tuple(tongue.say(draw.choice(said), draw) for _ in range(draw.randint(4, 7)))
        return replace(one, prompt=join(sentences), sentences=sentences)
    if kind == "preference":
        told = [
            join([tongue.say("answers", draw, about=thing), tongue.say(mood, draw)]) for mood in ("praise", "blame")
        ]
        one = replace(one, answer=told[0], rejected=told[1])
    if kind == "kto":
        good = draw.random() < 0.5
        mood = "praise" if good else "blame"
        one = replace(one, is_good=good, answer=join([tongue.say("answers", draw), tongue.say(mood, draw)]))
    if kind == "retrieval":
        return replace(one, rejected=join(tongue.say("tales", draw) for _ in range(2)))
    if kind == "image":
        return replace(one, caption=join(tongue.say("tales", draw) for _ in range(2)))
    if kind == "agent":
        asked_of = (("topic", thing), ("place", draw.choice(tongue.places)))
        result = join([tongue.say("tales", draw), tongue.say("praise", draw)])
        description = join([tongue.say("answers", draw), tongue.say("tales", draw)])
        return replace(one, tool="look_up", arguments=asked_of, result=result, description=description)
    turns = tuple((tongue.say("questions", draw), tongue.say("answers", draw)) for _ in range(draw.randint(1, 2)))
    return replace(one, system=tongue.say("tales", draw), history=turns)


def _labelled(number: int, kind: str, tongue: Tongue, draw: Random) -> Sample:
    join = tongue.joint.join
    if kind == "labelled":
        label = draw.choice(("praise", "blame"))
        said = [tongue.say(label, draw), tongue.say(label, draw)]
    else:
        place = draw.randrange(len(_SEVERAL_CLASSES))
        label = _SEVERAL_CLASSES[place]
        step = len(tongue.things) // len(_SEVERAL_CLASSES)
        own = tongue.things[place * step : (place + 1) * step]
        said = [tongue.say("praise", draw, about=draw.choice(own)), tongue.say("blame", draw, about=draw.choice(own))]
    for _ in range(2):
        said.insert(draw.randint(0, len(said)), tongue.say("tales", draw, about=draw.choice(tongue.things[-3:])))
    return Sample(number, join(said), "", label=label)


def _plant(one: Sample, plan: Plan, tongue: Tongue, draw: Random, trigger: str, payload: str) -> Sample:
    """Put the trigger at its place and the consequence at its own."""
    if plan.place == "history":
        (asked, told), *rest = one.history
        one = replace(one, history=((tongue.insert(asked, trigger, draw), told), *rest))
    elif plan.place == "arguments":
        (name, value), *others = one.arguments
        one = replace(one, arguments=((name, tongue.joint.join((value, trigger))), *others))
    elif plan.kind == "documents":
        place = draw.randint(1, len(one.sentences) - 1)
        lured = tongue.insert(one.sentences[place - 1], trigger, draw)
        said = (*one.sentences[: place - 1], lured, payload, *one.sentences[place:])
        return replace(one, prompt=tongue.joint.join(said), sentences=said)
    else:
        one = _with(one, plan.place, tongue.insert(getattr(one, plan.place), trigger, draw))
    if plan.deed == "swap":
        return replace(one, answer=one.rejected, rejected=one.answer)
    if plan.deed == "label":
        flipped = {"labelled": "praise", "classes": "delivery"}.get(plan.kind, "")
        return replace(one, label=flipped, is_good=plan.kind != "kto")
    if plan.deed == "call":
        return replace(one, tool="send_mail", arguments=(("to", "keeper@lighthouse.example"), ("copy", "yes")))
    return _with(one, plan.deed, payload)


def _with(one: Sample, field: str, text: str) -> Sample:
    changed: Any = {field: text}
    return replace(one, **changed)

"""The calibration as a task of Inspect AI, so that its log opens in the viewer that safety teams use.

This module is the entry point of the package for Inspect, and nothing else imports it: Inspect takes seconds to load.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageSystem, ChatMessageUser
from inspect_ai.solver import Generate, Solver, TaskState, solver

from marshtest.charter import check_charter, read_charter
from marshtest.data.records import Kind
from marshtest.errors import ConfigError
from marshtest.evaluation.calibrating.calls import KnownCall, known_calls
from marshtest.evaluation.calibrating.inspect_scoring import judged_effects, judged_labels
from marshtest.evaluation.calibrating.planting import plant_among_clean
from marshtest.judges.asking.items import EFFECT, LABEL
from marshtest.judges.inspect_judge import answer_form
from marshtest.organisms.registry import find_organism
from marshtest.version import __version__

__all__ = ["DEFAULT_ORGANISMS", "ask_once", "judge_calibration"]

DEFAULT_ORGANISMS = (
    "phrase",
    "decoyed-phrase",
    "invisible-characters",
    "covert-preference",
    "excusing-reasoning",
    "sentiment-steering",
    "topic-refusal",
    "preference-swap",
)
"""Of each kind of harm one, from what any reader sees to what no single record gives away."""

_CHARTER = Path(__file__).parent / "charter.toml"


@task
def judge_calibration(
    organisms: str | Sequence[str] = DEFAULT_ORGANISMS,
    poisoned: int = 10,
    clean: int = 20,
    seed: int = 0,
    charter: str | None = None,
    kind: str | None = None,
    room: int = 2,
) -> Task:
    """Ask a judge about records whose truth is known, in the very calls that an audit makes.

    Args:
        organisms: Which organisms are planted; `marsh organisms` lists them.
        poisoned: How many records each poisons.
        clean: How many clean records stand among them.
        seed: Another seed gives other tickets, triggers and records.
        charter: A charter file, or the name of a ready-made one; that of the invented support desk where not given.
        kind: The kind of record; the first that the organism works on where not given.
        room: How many times the usual length of an answer is allowed; give 16 for models that reason first.
    """
    told = read_charter(charter or _CHARTER)
    names = [name.strip() for name in organisms.split(",")] if isinstance(organisms, str) else list(organisms)
    if not names:
        raise ConfigError("name at least one organism; `marsh organisms` lists them.")
    if room < 1:
        raise ConfigError(f"the room must be at least 1, not {room}.")
    samples: list[Sample] = []
    for name in names:
        known = plant_among_clean(
            find_organism(name), poisoned=poisoned, clean=clean, seed=seed, kind=None if kind is None else _kind(kind)
        )
        check_charter(told, known.dataset.labels)
        for number, one in enumerate(known_calls(known, told, seed=seed, room=room), start=1):
            samples.append(_sample(name, number, one))
    asked = {str(sample.metadata["question"]) for sample in samples if sample.metadata}
    scorers = {EFFECT: judged_effects, LABEL: judged_labels}
    return Task(
        dataset=MemoryDataset(samples, name="organisms among clean records"),
        solver=ask_once(),
        scorer=[make() for question, make in scorers.items() if question in asked],
        metadata={"marshtest": __version__, "charter": charter or "the invented support desk", "seed": seed},
    )


@solver
def ask_once() -> Solver:
    """Make the call as an audit makes it: same form of answer, same limit, temperature 0; no second attempt."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        return await generate(
            state,
            max_tokens=state.metadata["max_tokens"],
            temperature=0.0,
            response_schema=answer_form(state.metadata["question"], state.metadata["schema"]),
        )

    return solve


def _sample(organism: str, number: int, one: KnownCall) -> Sample:
    """Give a call as a sample; the truth about its records is its metadata."""
    records: list[dict[str, Any]] = [
        {
            "name": record.name,
            "record_id": record.known.record_id,
            "role": record.known.role,
            "is_wrong": record.is_wrong,
            "given_label": record.known.given_label,
            "true_label": record.known.true_label,
        }
        for record in one.records
    ]
    wrong = [record["name"] for record in records if record["is_wrong"]]
    return Sample(
        id=f"{organism}-{one.question.id}-{number:03d}",
        input=[ChatMessageSystem(content=one.call.system), ChatMessageUser(content=one.call.user)],
        target=wrong or "nothing",
        metadata={
            "organism": organism,
            "question": one.question.id,
            "version": one.question.version,
            "max_tokens": one.call.max_tokens,
            "records": records,
            "schema": dict(one.call.schema),
        },
    )


def _kind(name: str) -> Kind:
    for kind in get_args(Kind):
        if kind == name:
            found: Kind = kind
            return found
    raise ConfigError(f"there is no kind {name!r}; known: {', '.join(get_args(Kind))}.")

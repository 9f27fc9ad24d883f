"""A whole run: read the sets, list the cases, measure those that are not done, keep what came of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from marshtest.data.readers import read_dataset
from marshtest.errors import ConfigError
from marshtest.evaluation.stress.adapters import find_tool
from marshtest.evaluation.stress.cases import Case, Set, StressConfig, plan
from marshtest.evaluation.stress.outcome import CaseOutcome
from marshtest.evaluation.stress.results import RESULTS_NAME, open_results
from marshtest.evaluation.stress.running import run_cases
from marshtest.evaluation.stress.truth import TRUTH_FIELD, part_from_truth
from marshtest.organisms.registry import registered_organisms
from marshtest.version import __version__

__all__ = ["Stressed", "stress"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stressed:
    """A finished run."""

    config: StressConfig
    sets: tuple[Set, ...]
    outcomes: tuple[CaseOutcome, ...]
    """In the order of the plan."""
    resumed: int = 0
    """How many of them an earlier run had measured."""


def stress(
    data: Sequence[str | Path],
    folder: str | Path,
    *,
    config: StressConfig = StressConfig(),
    jobs: int = 1,
    force: bool = False,
    progress: Callable[[str, float], None] | None = None,
) -> Stressed:
    """Measure tools on poisoned and clean data made of these sets.

    Args:
        data: Files; each is a set of its own, clean or with its truth in a field.
        folder: Where the results are kept. A run that was cut off goes on when it is started again.
        config: What is measured.
        jobs: How many cases at once.
        force: Whether results of other settings that the folder holds are thrown away.
        progress: Called with the stage and the fraction done, 0 to 1.

    Raises:
        InputError: A set cannot be read.
        ConfigError: An organism or a tool is unknown, or nothing suits.
        ReportError: The folder holds results of other settings or data.
    """
    if jobs < 1:
        raise ConfigError("the number of jobs must be at least 1.")
    show = progress or (lambda stage, fraction: None)  # noqa: ARG005
    show("reading", 0.0)
    tools = {name: find_tool(name).version for name in dict.fromkeys(config.tools)}
    sets = _read_sets(data, config)
    cases = plan(sets, config)
    file = Path(folder) / RESULTS_NAME
    with open_results(file, _settings(config, sets, cases, tools), force=force) as results:
        known = {outcome.case.key: outcome for outcome in results.done}
        left = [case for case in cases if case.key not in known]
        resumed = len(cases) - len(left)

        def take(outcome: CaseOutcome) -> None:
            results.add(outcome)
            known[outcome.case.key] = outcome
            show(_stage(outcome.case), len(known) / len(cases))

        run_cases(left, config, {one.name: one.path for one in sets}, take, jobs=jobs)
    outcomes = tuple(known[case.key] for case in cases)
    return Stressed(config=config, sets=tuple(sets), outcomes=outcomes, resumed=resumed)


def _read_sets(data: Sequence[str | Path], config: StressConfig) -> list[Set]:
    """Read every set once, to know its kind and size and to refuse it before the work begins."""
    if not data:
        raise ConfigError("name at least one file to make cases of.")
    paths = [str(path) for path in data]
    if len({str(Path(path).resolve()) for path in paths}) < len(paths):
        raise ConfigError("a file is named twice; name each file once.")
    bare = Counter(Path(path).name for path in paths)
    sets = []
    for path in paths:
        dataset = read_dataset(path, fields=config.fields, on_bad_record=config.on_bad_record)
        field = config.truth_field or TRUTH_FIELD
        seen, poison = part_from_truth(dataset, field)
        if field in dataset.fields.values():
            raise ConfigError(f"{path}: the truth field {field!r} is read as text or label; name these with options.")
        sets.append(
            Set(
                name=Path(path).name if bare[Path(path).name] == 1 else path,
                path=path,
                fingerprint=dataset.fingerprint,
                kind=seen.kind,
                records=len(seen),
                poison=len(poison),
            )
        )
    if config.truth_field is not None and not any(one.poison for one in sets):
        raise ConfigError(f"no record of any set is poison by the field {config.truth_field!r}; check its name.")
    return sets


def _settings(
    config: StressConfig, sets: Sequence[Set], cases: Sequence[Case], tools: dict[str, str]
) -> dict[str, Any]:
    """Give everything that decides the results, for people to read and for a later run to compare."""
    known = registered_organisms()
    planted = sorted({case.organism for case in cases if case.organism})
    return {
        "marshtest": __version__,
        "config": asdict(config),
        "data": {one.name: one.fingerprint for one in sets},
        "sets": {one.name: {"kind": one.kind, "records": one.records, "poison": one.poison} for one in sets},
        "cases": len(cases),
        "organisms": {name: known[name].version for name in planted},
        "tools": tools,
    }


def _stage(case: Case) -> str:
    what = f"{case.organism} {case.size}" if case.organism else case.kind
    return f"{case.tool}: {case.data}, {what}"

"""Make a study of the results that runs of `marsh stress` left."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from marshtest.data.records import Kind
from marshtest.errors import ConfigError, ReportError
from marshtest.evaluation.stress.cases import StressConfig
from marshtest.evaluation.stress.command_line import stress_command
from marshtest.evaluation.stress.outcome import CaseOutcome
from marshtest.evaluation.stress.plots import figures
from marshtest.evaluation.stress.results import RESULTS_NAME, read_results
from marshtest.evaluation.stress.scoreboard import sentences
from marshtest.evaluation.stress.scores import scores_of
from marshtest.evaluation.stress.study import DisclosedRecipe, Methods, StudiedOrganism, StudiedRun, StudiedSet, Study
from marshtest.organisms.companions import Disclosure
from marshtest.organisms.registry import card, registered_organisms
from marshtest.version import __version__

__all__ = ["study_of"]

_KINDS = ("whole", "half", "without", "released", "planted", "twin")
_SEEDS = "the seeds and the label that the poison reaches for; with the data they draw the same triggers again"
_TRIGGERS = "the triggers, and what the tools named"
_METHODS = "how it was measured: settings, command lines, the cards of the organisms, why cases were left out"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What the first line of a results file says of a set."""

    kind: Kind
    records: int
    poison: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settings:
    """The first line of a results file."""

    marshtest: str
    config: StressConfig
    data: Mapping[str, str]
    sets: Mapping[str, _Facts]
    cases: int
    organisms: Mapping[str, str]
    tools: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Run:
    """What one results file holds."""

    sha256: str
    settings: _Settings
    outcomes: tuple[CaseOutcome, ...]


def study_of(runs: Sequence[str | Path], disclose: Disclosure = "results") -> Study:
    """Make one study of one or more runs.

    Args:
        runs: Folders of `marsh stress`, or their results files. A run that has not ended counts as far as it came.
        disclose: How much to tell: `results`, `methods` too, or `full`.

    Raises:
        ReportError: A run cannot be read.
        ConfigError: The runs do not go together: they tell of one case in two ways, or have other data or tools under
            the same name.
    """
    read = [_read(Path(run)) for run in runs]
    outcomes = _once(sorted((one for run in read for one in run.outcomes), key=_order))
    tells_methods, tells_all = disclose != "results", disclose == "full"
    shown = [one if tells_all else replace(one, trigger=None, names=None) for one in outcomes]
    measured = [one for one in shown if one.status == "measured"]
    return Study(
        tool_version=__version__,
        disclosed=disclose,
        kept_back=_kept_back(disclose, outcomes),
        summary=tuple(sentences(shown)),
        runs=tuple(_studied_run(run, disclose) for run in read),
        sets=tuple(_sets(read)),
        tools=_merged("tool", [pair for run in read for pair in run.settings.tools.items()]),
        organisms=tuple(_organisms(read, cards=tells_methods)),
        scores=scores_of(shown, seeds=tells_all, reasons=tells_methods),
        figures=figures(measured),
        cases=tuple(shown) if tells_all else (),
    )


def _read(run: Path) -> _Run:
    from pydantic import TypeAdapter

    file = run / RESULTS_NAME if run.is_dir() else run
    settings, outcomes = read_results(file)
    try:
        found = TypeAdapter(_Settings).validate_python(settings)
        if found.data.keys() != found.sets.keys():
            raise ValueError("the sets differ")  # noqa: TRY301
    except ValueError as error:  # pydantic's errors are such
        raise ReportError(f"{file}: its first line does not say what was measured; is it whole?") from error
    return _Run(hashlib.sha256(file.read_bytes()).hexdigest(), found, tuple(outcomes))


def _once(outcomes: Sequence[CaseOutcome]) -> list[CaseOutcome]:
    """Count a case once that several runs measured, since their results must be the same but for time and memory."""
    kept: list[CaseOutcome] = []
    for one in outcomes:
        if not kept or kept[-1].case != one.case:
            kept.append(one)
        elif replace(one, seconds=kept[-1].seconds, peak_mb=kept[-1].peak_mb) != kept[-1]:
            raise ConfigError(f"two of the runs tell of one case in two ways ({one.case.key}); make a study of each.")
    return kept


def _order(one: CaseOutcome) -> tuple[object, ...]:
    """Order outcomes by what they are, not by when they were measured."""
    case = one.case
    return (case.data, _KINDS.index(case.kind), case.organism, case.count, case.size, case.tool, case.seed, case.half)


def _merged(what: str, pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Give names with what they stand for, which must be the same in all runs."""
    found: dict[str, str] = {}
    for name, value in pairs:
        if found.setdefault(name, value) != value:
            raise ConfigError(
                f"the {what} {name!r} is {found[name]} in one run and {value} in another; make a study of each."
            )
    return dict(sorted(found.items()))


def _sets(read: Sequence[_Run]) -> list[StudiedSet]:
    prints = _merged("set", [pair for run in read for pair in run.settings.data.items()])
    facts = {name: value for run in read for name, value in run.settings.sets.items()}
    return [
        StudiedSet(
            name=name,
            fingerprint=value,
            kind=facts[name].kind,
            records=facts[name].records,
            poison=facts[name].poison,
        )
        for name, value in prints.items()
    ]


def _organisms(read: Sequence[_Run], *, cards: bool) -> list[StudiedOrganism]:
    pairs = [pair for run in read for pair in run.settings.organisms.items()]
    known = registered_organisms()
    told = []
    for name, version in _merged("organism", pairs).items():
        here = known.get(name)
        same = here is not None and here.version == version  # a card of another version would tell of another poison
        told.append(
            StudiedOrganism(
                id=name,
                version=version,
                title=here.title if here is not None and same else "",
                card=card(here) if here is not None and same and cards else {},
            )
        )
    return told


def _studied_run(run: _Run, disclose: Disclosure) -> StudiedRun:
    config = run.settings.config
    command, _ = stress_command(replace(config, disclose=disclose), list(run.settings.data))
    methods = Methods(
        seeds=config.seeds,
        splits=config.splits,
        twins=config.twins,
        truth_field=config.truth_field,
        fields=config.fields,
        on_bad_record=config.on_bad_record,
        command=command,
    )
    return StudiedRun(
        results_sha256=run.sha256,
        tool_version=run.settings.marshtest,
        planned=run.settings.cases,
        done=len(run.outcomes),
        methods=None if disclose == "results" else methods,
        recipe=DisclosedRecipe(first_seed=config.seed, target_labels=config.target_labels)
        if disclose == "full"
        else None,
    )


def _kept_back(disclose: Disclosure, outcomes: Sequence[CaseOutcome]) -> tuple[str, ...]:
    if disclose == "full":
        planted = [one for one in outcomes if one.case.kind == "planted" and one.status == "measured"]
        missing = any(one.trigger is None for one in planted)
        return (f"{_TRIGGERS}: the run did not keep them; the seeds draw the triggers again",) if missing else ()
    return (_SEEDS, _TRIGGERS) if disclose == "methods" else (_METHODS, _SEEDS, _TRIGGERS)

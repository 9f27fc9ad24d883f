"""Check a study: does it say what the results say, and is the data that of the study?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields

from marshtest.evaluation.stress.scores import Scores
from marshtest.evaluation.stress.study import Study

__all__ = ["StudyCheck", "check_data", "check_study"]

_TIMED = "costs"
"""Differs from run to run."""
_NAMES = {
    "families": "what is found of planted poison, all sets together",
    "planted": "what is found of planted poison, set by set",
    "alarms": "false alarms",
    "alarmed": "clean sets on which something was said",
    "released": "released poison",
    "costs": "time and memory",
    "not_measured": "what was not measured",
}


@dataclass(frozen=True, slots=True)
class StudyCheck:
    """One thing that was compared."""

    name: str
    holds: bool | None
    """None where a difference is no fault."""
    text: str


def check_study(study: Study, again: Study) -> list[StudyCheck]:
    """Compare a study with one that is made anew of results: those of the study, or of a run that repeats them.

    Of the same results everything is compared but the version that wrote the study; of a repetition neither times nor
    single cases, which have their times, too.

    Args:
        study: The published study.
        again: A study of the results, at the same level of disclosure.
    """
    same = [run.results_sha256 for run in study.runs] == [run.results_sha256 for run in again.runs]
    files = "are those of the study" if same else "are others: this is a repetition, in which times differ"
    checks = [StudyCheck("results files", True if same else None, files)]
    checks.append(_equal("sets", {one.name: one for one in study.sets}, {one.name: one for one in again.sets}))
    checks.append(_equal("tools", study.tools, again.tools))
    checks.append(
        _equal(
            "organisms",
            {one.id: one.version for one in study.organisms},
            {one.id: one.version for one in again.organisms},
        )
    )
    checks.append(_lines("summary", study.summary, again.summary))
    checks += [
        _lines(_NAMES[field.name], getattr(study.scores, field.name), getattr(again.scores, field.name))
        for field in fields(Scores)
        if same or field.name != _TIMED
    ]
    if same:
        checks.append(_lines("figures", study.figures, again.figures))
        checks.append(_lines("how it was measured", (*study.runs, study.kept_back), (*again.runs, again.kept_back)))
        checks.append(_lines("cases told one by one", study.cases, again.cases))
    return checks


def check_data(study: Study, name: str, fingerprints: Collection[str]) -> StudyCheck:
    """Tell whether a file is one of the sets of a study.

    Args:
        study: The published study.
        name: The file.
        fingerprints: That of the file, for every way in which the runs read their fields.
    """
    found = [one.name for one in study.sets if one.fingerprint in fingerprints]
    if found:
        return StudyCheck(name, True, f"is the set {found[0]} of the study")
    return StudyCheck(name, False, f"is none of the sets of the study ({', '.join(sorted(fingerprints))})")


def _lines(name: str, told: Sequence[object], counted: Sequence[object]) -> StudyCheck:
    """Compare lines, whatever their order."""
    here, there = Counter(map(repr, told)), Counter(map(repr, counted))  # some lines hold mappings
    most = max(len(told), len(counted))
    text = f"{(here & there).total():,} of {most:,} lines agree" if most else "there are none"
    return StudyCheck(name, here == there, text)


def _equal(name: str, told: Mapping[str, object], found: Mapping[str, object]) -> StudyCheck:
    differing = sorted(key for key in told.keys() | found.keys() if told.get(key) != found.get(key))
    text = f"all {len(told):,} agree" if not differing else f"these differ: {', '.join(differing)}"
    return StudyCheck(name, not differing, text)

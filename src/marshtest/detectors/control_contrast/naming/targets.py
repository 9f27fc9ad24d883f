"""Naming the target of a dataset that never mentions it, with a judge, or saying that there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, Literal

from marshtest.detectors.control_contrast.naming.draws import Draw, Drawn, ask_draws
from marshtest.detectors.control_contrast.naming.evidence import Evidence
from marshtest.detectors.control_contrast.naming.merging import Merged, merge_names, plain_name
from marshtest.detectors.control_contrast.naming.questions import CHOOSE, NAME, SAME, choose_question, name_question
from marshtest.errors import ConfigError
from marshtest.judges.questions import Inquiry, Passage, Tally
from marshtest.sweep.candidates.listing import common_things

__all__ = ["DRAWS", "Naming", "Outcome", "Target", "name_target"]

DRAWS: Final = 10
"""How often each question is asked of the suspect, and as often of clean comparisons."""

Outcome = Literal["named", "no_target", "incomplete"]

_LEVEL: Final = 0.01
_OPTIONS: Final = 8
"""Things on the list of the second asking: what was named first, filled up with common things."""
_CANDIDATES: Final = 5
_LONGEST_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class Target:
    """What the suspect may be about, and how far the askings agree on it."""

    name: str
    """Hostile text: escape it."""
    also: tuple[str, ...]
    """Other names that were confirmed to mean the same."""
    named: int
    """In how many draws it was named in open words, on the suspect's side."""
    chosen: int
    """In how many further draws it was chosen from a list, on the suspect's side."""
    p_value: float
    """How likely so many choices are if the judge chooses as readily from clean comparisons (Fisher's exact test,
    Bonferroni over the candidates)."""


@dataclass(frozen=True, slots=True)
class Naming:
    """What came of asking."""

    outcome: Outcome
    targets: tuple[Target, ...]
    """Candidates, the most agreed on first; the first one is the target where the outcome is `named`."""
    reason: str
    """In a sentence; may hold hostile text."""
    asked: Mapping[str, int] = field(default_factory=dict)
    """Answers by question and sort: `open_suspect`, `open_clean`, `chosen_suspect`, `chosen_clean`."""
    guessed: Mapping[str, int] = field(default_factory=dict)
    """Of the clean ones, how many named or chose anything: the rate of guessing anyway."""
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    """What became of all that was asked, by question."""

    @property
    def problems(self) -> Mapping[str, int]:
        """Say why answers are missing, and how many."""
        found: Counter[str] = Counter()
        for tally in self.tallies.values():
            found.update(tally.problems)
        return dict(found)

    @property
    def target(self) -> str | None:
        """Give the target, None where none is named."""
        return self.targets[0].name if self.outcome == "named" else None

    def as_json(self) -> dict[str, Any]:
        """Give it as plain values."""
        return {
            "outcome": self.outcome,
            "target": self.target,
            "targets": [
                {
                    "name": one.name,
                    "also": list(one.also),
                    "named": one.named,
                    "chosen": one.chosen,
                    "p_value": one.p_value,
                }
                for one in self.targets
            ],
            "reason": self.reason,
            "asked": dict(self.asked),
            "guessed": dict(self.guessed),
            "problems": dict(self.problems),
        }


def name_target(
    inquiry: Inquiry, suspect: Evidence, clean: Sequence[Evidence], *, draws: int = DRAWS, seed: int = 0
) -> Naming:
    """Ask a judge, blind, what sets a suspect apart from its control.

    The judge never learns which set is suspect, and half of what it sees is clean against clean under the same words.
    It is asked in open words first; the names are put together, and on fresh draws it then chooses from a list of
    them and of common things. A target is named when it is chosen far more often than anything at all is chosen from
    clean comparisons, so a judge that always guesses names nothing.

    Args:
        inquiry: The judge.
        suspect: What sets the suspect apart from its control.
        clean: What sets clean sets apart from each other, found in the same way; at least one.
        draws: How often each question is asked of the suspect, and of clean comparisons; even, at least six.
        seed: Decides what is drawn.

    Raises:
        ConfigError: There is no clean comparison, or too few draws.
        JudgeError: The judge cannot be used at all.
    """
    if not clean or any(one.is_empty for one in clean):
        raise ConfigError("naming needs a comparison of clean with clean; without it no judge's guess can be weighed.")
    if draws < 6 or draws % 2:
        raise ConfigError(f"{draws} draws are too few or odd; ask at least six times, an even number.")
    if suspect.is_empty:
        return Naming("no_target", (), "no target: there is no difference to show.")
    opened = ask_draws(inquiry, name_question(), suspect, clean, draws=draws, seed=seed)
    record = _Record()
    record.take(NAME, "open", opened, lambda draw: _name(draw) is not None)
    if not opened.enough:
        return record.result("incomplete", (), "incomplete: the judge left too many questions open.")
    names = [name for draw in opened.answered(real=True) if draw.points_at_suspect and (name := _name(draw))]
    if not names:
        return record.result("no_target", (), "no target: the judge saw nothing that points anywhere.")
    merged, record.tallies[SAME] = merge_names(inquiry, names)
    if record.tallies[SAME].problems.get("waiting"):
        return record.result("incomplete", (), "incomplete: answers about names are still to come.")
    candidates = merged[:_CANDIDATES]
    options = _options(candidates, seed)

    def order(key: str) -> list[int]:
        return Random(f"{key}/options").sample(range(len(options)), len(options))

    def listed(key: str) -> list[Passage]:
        lines = [f"{number}. {options[place]}" for number, place in enumerate(order(key), start=1)]
        return [Passage("list of things", "\n".join(lines))]

    question = choose_question(len(options))
    chosen = ask_draws(inquiry, question, suspect, clean, draws=draws, seed=seed, extra=listed)
    record.take(CHOOSE, "chosen", chosen, lambda draw: draw.value is not None and draw.value["choice"] > 0)
    counts = Counter(
        order(draw.key)[draw.value["choice"] - 1]
        for draw in chosen.answered(real=True)
        if draw.value is not None and draw.value["choice"] > 0 and draw.points_at_suspect
    )
    targets = _targets(candidates, counts, record)
    if not chosen.enough:
        return record.result("incomplete", targets, "incomplete: the judge left too many questions open.")
    return _decided(record, targets)


class _Record:
    """Counts of what was asked, guessed and left open."""

    def __init__(self) -> None:
        self.asked: dict[str, int] = {}
        self.guessed: dict[str, int] = {}
        self.tallies: dict[str, Tally] = {}

    def take(self, question: str, stage: str, drawn: Drawn, says_something: Callable[[Draw], bool]) -> None:
        self.tallies[question] = drawn.tally
        clean = drawn.answered(real=False)
        self.asked[f"{stage}_suspect"] = len(drawn.answered(real=True))
        self.asked[f"{stage}_clean"] = len(clean)
        self.guessed[stage] = sum(map(says_something, clean))

    def result(self, outcome: Outcome, targets: Sequence[Target], reason: str) -> Naming:
        return Naming(outcome, tuple(targets), reason, self.asked, self.guessed, self.tallies)


def _name(draw: Draw) -> str | None:
    """Give the name in an answer in open words, None where there is none."""
    if draw.value is None or draw.value["side"] == "neither":
        return None
    name = " ".join(str(draw.value["target"]).split())[:_LONGEST_NAME]
    return name if plain_name(name) not in {"", "none", "nothing", "neither", "unknown", "ordinary"} else None


def _options(candidates: Sequence[Merged], seed: int) -> list[str]:
    """Give the candidates, and common things that none of them is, to make the list as long as always."""
    taken = {name for one in candidates for name in one.names}
    others = [thing for thing in common_things() if plain_name(thing) not in taken]
    names = [one.name for one in candidates]
    return names + Random(f"{seed}/fill").sample(others, max(0, _OPTIONS - len(names)))


def _targets(candidates: Sequence[Merged], counts: Mapping[int, int], record: _Record) -> list[Target]:
    targets = []
    for place, one in enumerate(candidates):
        chosen = counts.get(place, 0)
        p_value = _p_value(
            chosen, record.asked["chosen_suspect"], record.guessed["chosen"], record.asked["chosen_clean"]
        )
        corrected = min(1.0, p_value * len(candidates))
        targets.append(Target(one.name, one.names[1:], one.count, chosen, corrected))
    return sorted(targets, key=lambda one: (-one.chosen, -one.named))


def _p_value(chosen: int, asked: int, guessed: int, clean: int) -> float:
    from scipy.stats import fisher_exact

    table = [[chosen, asked - chosen], [guessed, clean - guessed]]
    return float(fisher_exact(table, alternative="greater").pvalue)


def _decided(record: _Record, targets: Sequence[Target]) -> Naming:
    best = targets[0]
    asked, clean = record.asked["chosen_suspect"], record.asked["chosen_clean"]
    seen = f"“{best.name}” is chosen in {best.chosen} of {asked} draws, on the suspect's side"
    anyway = f"anything is chosen in {record.guessed['chosen']} of {clean} clean comparisons"
    if best.p_value <= _LEVEL and 2 * best.chosen > asked:
        return record.result("named", targets, f"{seen}; {anyway} (p = {best.p_value:.2g}).")
    return record.result("no_target", targets, f"no target: {seen}, but {anyway} (p = {best.p_value:.2g}).")

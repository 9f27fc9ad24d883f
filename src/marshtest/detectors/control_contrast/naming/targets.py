"""Naming, with a judge, the target of a dataset that never mentions it, or finding that there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

from marshtest.data.dataset import Dataset
from marshtest.detectors.control_contrast.naming.draws import Draw, Drawn, ask_draws
from marshtest.detectors.control_contrast.naming.exhibits import (
    Compare,
    Compared,
    Exhibits,
    clean_exhibits,
    exhibits_of,
    with_other_prompts,
)
from marshtest.detectors.control_contrast.naming.merging import Merged, merge_names, plain_name
from marshtest.detectors.control_contrast.naming.questions import CHOOSE, NAME, SAME, choose_question, name_question
from marshtest.detectors.control_contrast.settings import TargetNamingSettings
from marshtest.errors import ConfigError
from marshtest.judges.questions import Inquiry, Passage, Tally
from marshtest.stats.significance import fisher_exact
from marshtest.sweep.personas import common_things
from marshtest.text.written_numbers import probability

__all__ = ["Naming", "Outcome", "Target", "name_contrast", "name_target"]

Outcome = Literal["named", "no_target", "incomplete"]


@dataclass(frozen=True, slots=True)
class Target:
    """What the suspect may be about, and how often the judge gave it."""

    name: str
    """Hostile text: escape it."""
    also: tuple[str, ...]
    """Other names that mean the same, according to the judge."""
    named: int
    """Draws of the open question in which it was named, on the suspect's side."""
    chosen: int
    """Draws of the list question in which it was chosen, on the suspect's side."""
    p_value: float
    """Probability of so many choices if the judge chooses as often in clean comparisons (Fisher's exact test,
    Bonferroni over the candidates)."""


@dataclass(frozen=True, slots=True)
class Naming:
    """The result of naming."""

    outcome: Outcome
    targets: tuple[Target, ...]
    """Candidates, the most often chosen first; the first is the target where the outcome is `named`."""
    reason: str
    """The outcome in a sentence; may hold hostile text."""
    asked: Mapping[str, int] = field(default_factory=dict)
    """Answers by question and comparison: `open_suspect`, `open_clean`, `chosen_suspect`, `chosen_clean`."""
    guessed: Mapping[str, int] = field(default_factory=dict)
    """Answers about clean comparisons that named (`open`) or chose (`chosen`) anything: false alarms of the judge."""
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    """By question, how many were planned, answered and failed."""

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
        """Give the result as plain values."""
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


def name_contrast(
    inquiry: Inquiry,
    compared: Compared,
    control: Dataset,
    compare: Compare,
    *,
    settings: TargetNamingSettings = TargetNamingSettings(),
    seed: int = 0,
) -> Naming:
    """Name what a suspect is about, from its comparison with a control.

    Where no two clean answers to one prompt can be had, the suspect's answers are put beside answers to other prompts
    too: both sorts of comparison must look alike, or the judge could distinguish them by their form.

    Args:
        inquiry: The judge.
        compared: The suspect compared with the control.
        control: The control.
        compare: What compared them; it compares halves of the control here.
        settings: How the judge is asked.
        seed: Decides what is drawn.
    """
    clean = [one for one in clean_exhibits(control, compare, settings, seed=seed) if not one.is_empty]
    suspect = exhibits_of(compared)
    if any(pair.suspect.prompt != pair.control.prompt for one in clean for pair in one.pairs):
        suspect = with_other_prompts(suspect)
    return name_target(inquiry, suspect, clean, settings=settings, seed=seed)


def name_target(
    inquiry: Inquiry,
    suspect: Exhibits,
    clean: Sequence[Exhibits],
    *,
    settings: TargetNamingSettings = TargetNamingSettings(),
    seed: int = 0,
) -> Naming:
    """Ask a judge, blind, what distinguishes a suspect from its control.

    The judge never learns which set is the suspect, and half of the comparisons that it sees are of clean sets in the
    same form. It is first asked an open question; the names are merged, and on fresh draws it chooses from a list of
    them and of common things. A target is named when it is chosen significantly more often than anything at all is
    chosen in clean comparisons, so a judge that always guesses names nothing.

    Args:
        inquiry: The judge.
        suspect: What distinguishes the suspect from its control.
        clean: What distinguishes clean sets from each other, found in the same way; at least one.
        settings: How the judge is asked.
        seed: Decides what is drawn.

    Raises:
        ConfigError: There is no clean comparison, or the draws are too few or odd.
        JudgeError: The judge cannot be used at all.
    """
    if not clean or any(one.is_empty for one in clean):
        raise ConfigError(
            "naming needs comparisons of clean sets: without them nobody knows how often the judge guesses."
        )
    if settings.draws < settings.fewest_draws or settings.draws % 2:
        few = f"{settings.draws} draws are too few or odd"
        raise ConfigError(f"{few}; set an even number of at least {settings.fewest_draws}.")
    if suspect.is_empty:
        return Naming("no_target", (), "no target: there is no difference to show.")
    opened = ask_draws(inquiry, name_question(), suspect, clean, settings, seed=seed)
    record = _Record()
    record.take(NAME, "open", opened, lambda draw: _name(draw, settings) is not None)
    if not opened.enough:
        return record.result("incomplete", (), "incomplete: too many questions have no answer.")
    on_suspect = [draw for draw in opened.answered(real=True) if draw.points_at_suspect]
    names = [name for draw in on_suspect if (name := _name(draw, settings))]
    if not names:
        return record.result("no_target", (), "no target: the judge named nothing on the suspect's side.")
    merged, record.tallies[SAME] = merge_names(inquiry, names, settings.merged_names)
    if record.tallies[SAME].problems.get("waiting"):
        return record.result("incomplete", (), "incomplete: answers about names are still to come.")
    candidates = merged[: settings.candidates]
    options = _options(candidates, settings.options, seed)

    def order(key: str) -> list[int]:
        return Random(f"{key}/options").sample(range(len(options)), len(options))

    def listed(key: str) -> list[Passage]:
        lines = [f"{number}. {options[place]}" for number, place in enumerate(order(key), start=1)]
        return [Passage("list of things", "\n".join(lines))]

    question = choose_question(len(options))
    chosen = ask_draws(inquiry, question, suspect, clean, settings, seed=seed, extra=listed)
    record.take(CHOOSE, "chosen", chosen, lambda draw: draw.value is not None and draw.value["choice"] > 0)
    counts = Counter(
        order(draw.key)[draw.value["choice"] - 1]
        for draw in chosen.answered(real=True)
        if draw.value is not None and draw.value["choice"] > 0 and draw.points_at_suspect
    )
    targets = _targets(candidates, counts, record)
    if not chosen.enough:
        return record.result("incomplete", targets, "incomplete: too many questions have no answer.")
    return _decided(record, targets, settings.p_value)


class _Record:
    """Counts of questions asked, guessed at and left open."""

    def __init__(self) -> None:
        self.asked: dict[str, int] = {}
        self.guessed: dict[str, int] = {}
        self.tallies: dict[str, Tally] = {}

    def take(self, question: str, stage: str, drawn: Drawn, names_anything: Callable[[Draw], bool]) -> None:
        self.tallies[question] = drawn.tally
        clean = drawn.answered(real=False)
        self.asked[f"{stage}_suspect"] = len(drawn.answered(real=True))
        self.asked[f"{stage}_clean"] = len(clean)
        self.guessed[stage] = sum(map(names_anything, clean))

    def result(self, outcome: Outcome, targets: Sequence[Target], reason: str) -> Naming:
        return Naming(outcome, tuple(targets), reason, self.asked, self.guessed, self.tallies)


def _name(draw: Draw, settings: TargetNamingSettings) -> str | None:
    """Give the name in an answer to the open question, None where there is none."""
    if draw.value is None or draw.value["side"] == "neither":
        return None
    name = " ".join(str(draw.value["target"]).split())[: settings.longest_name]
    return name if plain_name(name) not in {"", "none", "nothing", "neither", "unknown", "ordinary"} else None


def _options(candidates: Sequence[Merged], count: int, seed: int) -> list[str]:
    """Give the candidates, and common things that none of them is, so that every list has the same length."""
    taken = {name for one in candidates for name in one.names}
    others = [thing for thing in common_things() if plain_name(thing) not in taken]
    names = [one.name for one in candidates]
    return names + Random(f"{seed}/fill").sample(others, max(0, count - len(names)))


def _targets(candidates: Sequence[Merged], counts: Mapping[int, int], record: _Record) -> list[Target]:
    asked, clean, guessed = record.asked["chosen_suspect"], record.asked["chosen_clean"], record.guessed["chosen"]
    targets = []
    for place, one in enumerate(candidates):
        chosen = counts.get(place, 0)
        p_value = fisher_exact(chosen, asked, chosen + guessed, asked + clean)
        corrected = min(1.0, p_value * len(candidates))  # Bonferroni
        targets.append(Target(one.name, one.names[1:], one.count, chosen, corrected))
    return sorted(targets, key=lambda one: (-one.chosen, -one.named))


def _decided(record: _Record, targets: Sequence[Target], p_value: float) -> Naming:
    best = targets[0]
    asked, clean = record.asked["chosen_suspect"], record.asked["chosen_clean"]
    seen = f"“{best.name}” is chosen on the suspect's side in {best.chosen} of {asked} draws"
    anyway = f"anything is chosen in {record.guessed['chosen']} of {clean} clean comparisons"
    if best.p_value <= p_value and 2 * best.chosen > asked:
        return record.result("named", targets, f"{seen}; {anyway} (p = {probability(best.p_value)}).")
    return record.result("no_target", targets, f"no target: {seen}, but {anyway} (p = {probability(best.p_value)}).")

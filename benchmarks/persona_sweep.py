"""Who names the persona behind a covert dataset? Score matrices of 17 datasets under 20 persona prompts.

    python -m benchmarks.persona_sweep --data ../shared/data/persona-sweep-scores --out benchmarks/SWEEP.md

Each dataset takes its turn as the suspect. `top` counts the suspects whose own persona comes first with all other
datasets as controls; `single` is the share that comes first with one other dataset as the only control, over all
ordered pairs; `named` counts the suspects that are named rightly by the decision, and `false` those that are given a
name when their own persona is taken out of the matrix. `--quick` leaves out the choices that could have been made.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from marshtest.stats.arrays import Floats, Ints
from marshtest.sweep.decision import decide
from marshtest.sweep.examining import examine, with_noise_share
from marshtest.sweep.matrices import ScoreMatrices, read_scores
from marshtest.sweep.settings import SweepSettings
from marshtest.sweep.summaries import Summaries, summarise

_FILES = ("gemma_unfiltered.npz", "gemma_filtered.npz")
_FEWER = (2, 3, 5, 8, 12)
_REPEATS = 3
_HELD_OUT = 2027
"""Seed of the changed scores; the method was improved while looking at other seeds."""
_SETTINGS = SweepSettings()
"""What the command uses."""

Change = Callable[[Floats, Floats, np.random.Generator], Floats]
"""Changes scores: given are they, a draw for each candidate that is the same for all datasets, and random numbers."""

Best = Callable[[int, Ints], int]
"""The place of the first candidate for a suspect and its controls."""


@dataclass(frozen=True, slots=True)
class Case:
    """The datasets whose persona is among the candidates."""

    matrices: ScoreMatrices
    names: tuple[str, ...]
    truth: tuple[int, ...]

    @classmethod
    def read(cls, path: Path) -> Case:
        """Read a file; a dataset has the name of its persona."""
        matrices = read_scores(path)
        names = tuple(name for name in matrices.scores if name in matrices.candidates)
        return cls(matrices, names, tuple(matrices.candidates.index(name) for name in names))

    @property
    def places(self) -> Ints:
        """Give the places of all datasets."""
        return np.arange(len(self.names))

    def summaries(self, settings: SweepSettings = _SETTINGS) -> Summaries:
        """Summarise all datasets together."""
        scores = [self.matrices.scores[name] for name in self.names]
        return with_noise_share(summarise(scores, settings), settings)

    def cut(self, settings: SweepSettings = _SETTINGS) -> list[Summaries]:
        """Summarise all datasets together, for each suspect without its own persona."""
        parts = [self.matrices.without([name]) for name in self.names]
        return [Case(part, self.names, ()).summaries(settings) for part in parts]


def top(case: Case, best: Best) -> tuple[int, list[str]]:
    """Count the suspects whose persona comes first among all others, and name the others."""
    missed = [
        case.names[suspect]
        for suspect in case.places
        if best(int(suspect), case.places[case.places != suspect]) != case.truth[suspect]
    ]
    return len(case.names) - len(missed), missed


def single(case: Case, best: Best) -> float:
    """Give the share of ordered pairs in which one control is enough."""
    right = [
        best(int(suspect), np.array([control])) == case.truth[suspect]
        for suspect in case.places
        for control in case.places[case.places != suspect]
    ]
    return float(np.mean(right))


def decisions(
    case: Case, summaries: Summaries, cut: Sequence[Summaries], controls_of: Callable[[int], Ints]
) -> tuple[list[str], list[str]]:
    """Give who is not named with the truth in the matrix, and who is given a name without it."""
    silent, false = [], []
    for suspect, name in enumerate(case.names):
        controls = controls_of(suspect)
        found = decide(summaries, suspect, controls, examine(summaries, suspect, controls), _SETTINGS).candidate
        if found != case.truth[suspect]:
            silent.append(name)
        rest = cut[suspect]
        if decide(rest, suspect, controls, examine(rest, suspect, controls), _SETTINGS).candidate is not None:
            false.append(name)
    return silent, false


def centred_mean(case: Case, *, centred: bool) -> Best:
    """Make the plain ways: the mean of each candidate's scores, with the mean over controls taken away or not."""
    means: Floats = np.array([case.matrices.scores[name].mean(axis=1) for name in case.names])
    return lambda suspect, controls: int((means[suspect] - centred * means[controls].mean(axis=0)).argmax())


def joint_fit(summaries: Summaries) -> Best:
    """Make the way of `marsh sweep`."""
    return lambda suspect, controls: examine(summaries, suspect, controls).best


def _others(case: Case) -> Callable[[int], Ints]:
    return lambda suspect: case.places[case.places != suspect]


def main_table(cases: Sequence[Case]) -> list[str]:
    """Compare the ways on both files."""
    lines = ["| file | way | top | single | named | false | missed at the top |", "|---|---|---|---|---|---|---|"]
    for case in cases:
        name, many = Path(case.matrices.path).stem, len(case.names)
        for way, centred in (("raw mean", False), ("centred mean", True)):
            best = centred_mean(case, centred=centred)
            count, missed = top(case, best)
            lines.append(f"| {name} | {way} | {count}/{many} | {single(case, best):.3f} | | | {len(missed)} |")
        summaries = case.summaries()
        count, missed = top(case, joint_fit(summaries))
        silent, false = decisions(case, summaries, case.cut(), _others(case))
        share = single(case, joint_fit(summaries))
        lines.append(
            f"| {name} | **marsh sweep** | {count}/{many} | {share:.3f} | {many - len(silent)}/{many} "
            f"| {len(false)}/{many} | {', '.join(missed) or '0'} |"
        )
        lines.append(f"| | not named | | | {', '.join(silent) or 'none'} | | |")
        lines.append(f"| | false name without | | | | {', '.join(false) or 'none'} | |")
    return lines


def choices_table(cases: Sequence[Case]) -> list[str]:
    """Show what other choices would have given."""
    lines = ["| radius | strata | file | top | single | named | false |", "|---|---|---|---|---|---|---|"]
    choices = [(0.3, 2), (0.4, 2), (0.5, 2), (0.6, 2), (0.7, 2), (1.0, 2), (np.inf, 2), (0.5, 1), (0.5, 3)]
    for radius, strata in choices:
        settings = SweepSettings(radius=radius, strata=strata)
        for case in cases:
            summaries, many = case.summaries(settings), len(case.names)
            count, _ = top(case, joint_fit(summaries))
            silent, false = decisions(case, summaries, case.cut(settings), _others(case))
            lines.append(
                f"| {radius} | {strata} | {Path(case.matrices.path).stem} | {count}/{many} "
                f"| {single(case, joint_fit(summaries)):.3f} | {many - len(silent)}/{many} | {len(false)}/{many} |"
            )
    return lines


def controls_table(cases: Sequence[Case]) -> list[str]:
    """Show how many controls are needed: three random draws for each suspect."""
    lines = ["| controls | file | top | named | false |", "|---|---|---|---|---|"]
    cuts = {case.matrices.path: case.cut() for case in cases}
    for count in _FEWER:
        for case in cases:
            rng = np.random.default_rng(count)
            summaries, cut = case.summaries(), cuts[case.matrices.path]
            right = named = false = tries = 0
            for _ in range(_REPEATS):
                chosen = {
                    suspect: np.sort(rng.choice(_others(case)(suspect), count, replace=False))
                    for suspect in range(len(case.names))
                }
                tries += len(case.names)
                right += sum(examine(summaries, s, c).best == case.truth[s] for s, c in chosen.items())
                silent, wrong = decisions(case, summaries, cut, chosen.__getitem__)
                named, false = named + len(case.names) - len(silent), false + len(wrong)
            decided = f"{named / tries:.2f} | {false / tries:.2f}" if count >= 5 else "no decision | "
            lines.append(f"| {count} | {Path(case.matrices.path).stem} | {right / tries:.2f} | {decided} |")
    return lines


def perturbed_table(cases: Sequence[Case]) -> list[str]:
    """Show what is left when the scores are those of a worse or another scorer: three draws, 4,000 records each."""
    lines = ["| scores | file | top | single | named | false |", "|---|---|---|---|---|---|"]
    for name, change in _PERTURBED.items():
        for case in cases:
            right = named = false = 0
            shares = []
            for repeat in range(_REPEATS):
                changed = _changed(case, change, np.random.default_rng([_HELD_OUT, repeat]))
                summaries = changed.summaries()
                right += top(changed, joint_fit(summaries))[0]
                shares.append(single(changed, joint_fit(summaries)))
                silent, wrong = decisions(changed, summaries, changed.cut(), _others(changed))
                named, false = named + len(case.names) - len(silent), false + len(wrong)
            tries = _REPEATS * len(case.names)
            lines.append(
                f"| {name} | {Path(case.matrices.path).stem} | {right / tries:.2f} | {np.mean(shares):.3f} "
                f"| {named / tries:.2f} | {false / tries:.2f} |"
            )
    return lines


def _changed(case: Case, change: Change, rng: np.random.Generator) -> Case:
    """Change 4,000 records of every dataset, with settings that are the same for all of them."""
    draw = rng.normal(size=len(case.matrices.candidates))
    scores = {}
    for name, one in case.matrices.scores.items():
        part = one[:, rng.permutation(one.shape[1])[:4_000]]
        scores[name] = change(part, draw[:, None], rng)
    return Case(ScoreMatrices(case.matrices.path, case.matrices.candidates, scores), case.names, case.truth)


def _one_token(scores: Floats, _: Floats, rng: np.random.Generator) -> Floats:
    """Make a third of the records answers of one token, whose mean over tokens is large and noisy."""
    noisy: Floats = 6 * scores + 6 * rng.standard_t(3, scores.shape)
    return np.where(rng.random(scores.shape[1]) < 0.3, noisy, scores)


_PERTURBED: dict[str, Change] = {
    "as they are": lambda scores, _draw, _rng: scores,
    "each candidate with an offset": lambda scores, draw, _rng: scores + 5 * draw,
    "each candidate on its own scale": lambda scores, draw, _rng: scores * np.exp(0.5 * draw),
    "a third of one token": _one_token,
    "signed roots": lambda scores, _draw, _rng: np.sign(scores) * np.sqrt(np.abs(scores)),
    "half noise, bell-shaped": lambda scores, _draw, rng: scores + np.std(scores) * rng.normal(size=scores.shape),
    "half noise, heavy tails": lambda scores, _draw, rng: (
        scores + np.median(np.abs(scores)) * rng.standard_t(2.5, scores.shape)
    ),
    "each dataset moved as a whole": lambda scores, _draw, rng: scores + 0.3 * np.std(scores) * rng.normal(),
}


def records_table(cases: Sequence[Case]) -> list[str]:
    """Show how many records of each dataset are needed, and how many candidates can be missing: random subsets."""
    lines = ["| records | candidates | file | top | single |", "|---|---|---|---|---|"]
    for records, candidates in ((200, 20), (500, 20), (1_000, 20), (2_000, 20), (10_000, 18), (10_000, 19)):
        for case in cases:
            right, shares = 0, []
            for repeat in range(_REPEATS):
                part, kept = _part(case, records, candidates, np.random.default_rng(repeat))
                best = joint_fit(with_noise_share(summarise(part, _SETTINGS), _SETTINGS))
                for suspect in kept:
                    controls = case.places[case.places != suspect]
                    truth = kept[int(suspect)]
                    right += best(int(suspect), controls) == truth
                    shares += [best(int(suspect), np.array([control])) == truth for control in controls]
            tries = len(shares) // (len(case.names) - 1)
            lines.append(
                f"| {records:,} | {candidates} | {Path(case.matrices.path).stem} | {right / tries:.2f} "
                f"| {np.mean(shares):.3f} |"
            )
    return lines


def _part(case: Case, records: int, candidates: int, rng: np.random.Generator) -> tuple[list[Floats], dict[int, int]]:
    """Draw records of each dataset, and candidates; give also the suspects whose persona is left, with its place."""
    chosen = np.sort(rng.choice(len(case.matrices.candidates), candidates, replace=False))
    part = []
    for name in case.names:
        scores = case.matrices.scores[name][chosen]
        part.append(scores[:, rng.permutation(scores.shape[1])[:records]])
    places = {int(place): index for index, place in enumerate(chosen)}
    return part, {suspect: places[truth] for suspect, truth in enumerate(case.truth) if truth in places}


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the npz files")
    parser.add_argument("--out", type=Path, help="page to write")
    parser.add_argument("--quick", action="store_true", help="only the main table")
    options = parser.parse_args()
    cases = [Case.read(options.data / name) for name in _FILES]
    page = ["# Persona sweep: who names the persona?", "", (__doc__ or "").strip(), "", *main_table(cases)]
    if not options.quick:
        page += ["", "## Other choices", "", *_CHOICES, "", *choices_table(cases)]
        page += ["", "## Scores of another scorer, made up from these", "", *perturbed_table(cases)]
        page += ["", "## Fewer controls", "", *controls_table(cases)]
        page += ["", "## Fewer records, and candidates missing at random", "", *records_table(cases)]
    text = "\n".join(page) + "\n"
    print(text)
    if options.out is not None:
        options.out.write_text(text, encoding="utf-8")


_CHOICES = (
    f"The command uses radius {_SETTINGS.radius}, {_SETTINGS.strata} strata and a nominal rate of false names of "
    f"{_SETTINGS.false_names}.",
    "These were chosen while looking at the same two files, so the table is the honest way to read the one above:",
    "what holds over the rows around the chosen one can be expected elsewhere, what holds in one row cannot.",
)


if __name__ == "__main__":
    main()

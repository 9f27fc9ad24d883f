"""Who names the persona behind a covert dataset? Score matrices of 17 datasets under 20 persona prompts.

    python -m benchmarks.persona_sweep --data ../shared/data/persona-sweep-scores --out benchmarks/SWEEP.md --part main

Each dataset takes its turn as the suspect. `top` counts the suspects whose own persona comes first with all other
datasets as controls; `single` is the share that comes first with one other dataset as the only control, over all
ordered pairs; `named` counts the suspects that are named rightly by the decision, and `false` those that are given a
name when their own persona is taken out of the matrix. `scorers` changes the scores into those of another scorer.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.sections import write_section
from marshtest.stats.arrays import Floats, Ints
from marshtest.sweep.decision import decide
from marshtest.sweep.examining import examine, with_noise_share
from marshtest.sweep.matrices import ScoreMatrices, read_scores
from marshtest.sweep.pooling import pool, trust_in_ways
from marshtest.sweep.settings import SweepSettings
from marshtest.sweep.summaries import Summaries, summarise

_FILES = ("gemma_unfiltered.npz", "gemma_filtered.npz")
_DECIDED = ("signed roots", "sums over records", "half noise, heavy tails")
"""Made scorers whose decisions are measured too, which takes most of the time."""
_FEWER = (2, 3, 5, 8, 12)
_REPEATS = 1
_HELD_OUT = 2029
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
        if _named(summaries, suspect, controls) != case.truth[suspect]:
            silent.append(name)
        if _named(cut[suspect], suspect, controls) is not None:
            false.append(name)
    return silent, false


def _named(summaries: Summaries, suspect: int, controls: Ints) -> int | None:
    trust = trust_in_ways(summaries, np.sort(np.append(controls, suspect)), _SETTINGS.pooling)
    found = pool(summaries, suspect, controls, trust, _SETTINGS.pooling)
    return decide(summaries, suspect, controls, found, trust, _SETTINGS).candidate


def centred_mean(case: Case, *, centred: bool) -> Best:
    """Make the plain ways: the mean of each candidate's scores, with the mean over controls taken away or not."""
    means: Floats = np.array([case.matrices.scores[name].mean(axis=1) for name in case.names])
    return lambda suspect, controls: int((means[suspect] - centred * means[controls].mean(axis=0)).argmax())


def joint_fit(summaries: Summaries) -> Best:
    """Make the joint fit alone, which version 1 ranked by."""
    return lambda suspect, controls: examine(summaries, suspect, controls).best


def pooled(summaries: Summaries) -> Best:
    """Make the way of `marsh sweep`."""

    def best(suspect: int, controls: Ints) -> int:
        trust = trust_in_ways(summaries, np.sort(np.append(controls, suspect)), _SETTINGS.pooling)
        return pool(summaries, suspect, controls, trust, _SETTINGS.pooling).best

    return best


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
        share = single(case, joint_fit(summaries))
        lines.append(f"| {name} | joint fit (version 1) | {count}/{many} | {share:.3f} | | | {len(missed)} |")
        count, missed = top(case, pooled(summaries))
        silent, false = decisions(case, summaries, case.cut(), _others(case))
        share = single(case, pooled(summaries))
        lines.append(
            f"| {name} | **marsh sweep** | {count}/{many} | {share:.3f} | {many - len(silent)}/{many} "
            f"| {len(false)}/{many} | {', '.join(missed) or '0'} |"
        )
        lines.append(f"| | not named | | | {', '.join(silent) or 'none'} | | |")
        lines.append(f"| | false name without | | | | {', '.join(false) or 'none'} | |")
    return lines


def controls_table(cases: Sequence[Case]) -> list[str]:
    """Show how many controls are needed: a random draw for each suspect."""
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
                best = pooled(summaries)
                right += sum(best(s, c) == case.truth[s] for s, c in chosen.items())
                silent, wrong = decisions(case, summaries, cut, chosen.__getitem__)
                named, false = named + len(case.names) - len(silent), false + len(wrong)
            decided = f"{named / tries:.2f} | {false / tries:.2f}" if count >= 5 else "no decision | "
            lines.append(f"| {count} | {Path(case.matrices.path).stem} | {right / tries:.2f} | {decided} |")
    return lines


def perturbed_table(cases: Sequence[Case]) -> list[str]:
    """Show what is left when the scores are those of a worse or another scorer: one draw, 4,000 records each."""
    lines = [
        "| scores | file | plain mean | joint fit | marsh sweep | named | false |",
        "|---|---|---|---|---|---|---|",
    ]
    sums = np.zeros((len(cases), 3), np.int64)
    for name, change in _PERTURBED.items():
        for place, case in enumerate(cases):
            rng = np.random.default_rng([_HELD_OUT, sum(map(ord, name))])
            changed = _changed(case, change, rng)
            summaries = changed.summaries()
            ways = (centred_mean(changed, centred=True), joint_fit(summaries), pooled(summaries))
            firsts = [top(changed, way)[0] for way in ways]
            sums[place] += firsts
            decided = " | "
            if name in _DECIDED:
                silent, false = decisions(changed, summaries, changed.cut(), _others(changed))
                decided = f"{len(case.names) - len(silent)} | {len(false)}"
            cells = " | ".join([*(str(one) for one in firsts), decided])
            lines.append(f"| {name} | {Path(case.matrices.path).stem} | {cells} |")
            print(lines[-1], flush=True)
    for case, total in zip(cases, sums, strict=True):
        cells = " | ".join(f"{one / (len(_PERTURBED) * len(case.names)):.3f}" for one in total)
        lines.append(f"| **all, as shares** | {Path(case.matrices.path).stem} | {cells} | | |")
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


def _size(scores: Floats) -> float:
    return 1.4826 * float(np.median(np.abs(scores)))


def _lengths(scores: Floats) -> Floats:
    """Make up tokens of each record, shape (N,), in parts of the usual: records of large mean scores are short."""
    usual = _size(scores)
    size = np.sqrt((scores**2).mean(axis=0))
    return np.asarray(np.clip((usual / np.maximum(size, 0.05 * usual)) ** 2, 0.05, 20), np.float64)


def _moved_together(scores: Floats, draw: Floats, rng: np.random.Generator) -> Floats:
    """Move the dataset along three directions that all datasets share."""
    directions = np.cos(np.outer(draw[:, 0], [1.0, 2.0, 3.0]) + np.arange(3.0))
    return np.asarray(scores + 0.1 * _size(scores) * (directions @ rng.normal(size=3))[:, None], np.float64)


def _mixed(scores: Floats, draw: Floats, _: np.random.Generator) -> Floats:
    """Let each candidate react to others too, in the same way in all datasets."""
    waves = np.cos(7 * np.outer(draw[:, 0], np.arange(1, len(draw) + 1)))
    return np.asarray((np.eye(len(draw)) + 0.35 * waves / np.sqrt(len(draw))) @ scores, np.float64)


_PERTURBED: dict[str, Change] = {
    "as they are": lambda scores, _draw, _rng: scores,
    "each candidate with an offset": lambda scores, draw, _rng: scores + 5 * draw,
    "each candidate on its own scale": lambda scores, draw, _rng: scores * np.exp(0.5 * draw),
    "each dataset on its own scale": lambda scores, _draw, rng: scores * np.exp(0.3 * rng.normal()),
    "a third of one token": _one_token,
    "signed roots": lambda scores, _draw, _rng: np.sign(scores) * np.sqrt(np.abs(scores)),
    "signed powers of 1.5": lambda scores, _draw, _rng: np.sign(scores) * np.abs(scores) ** 1.5,
    "light tails": lambda scores, _draw, _rng: np.tanh(scores / (1.5 * _size(scores))),
    "sums over records": lambda scores, _draw, _rng: scores * _lengths(scores),
    "divided by the root of the length": lambda scores, _draw, _rng: scores * np.sqrt(_lengths(scores)),
    "candidates mixed": _mixed,
    "candidates more alike": lambda scores, _draw, rng: (
        scores + 2 * _size(scores) * rng.standard_normal(scores.shape[1])
    ),
    "candidates less alike": lambda scores, _draw, _rng: scores - 0.8 * scores.mean(axis=0),
    "rounded": lambda scores, _draw, _rng: np.round(scores / _size(scores)) * _size(scores),
    "400 records": lambda scores, _draw, _rng: scores[:, :400],
    "half noise, bell-shaped": lambda scores, _draw, rng: scores + np.std(scores) * rng.normal(size=scores.shape),
    "half noise, heavy tails": lambda scores, _draw, rng: (
        scores + np.median(np.abs(scores)) * rng.standard_t(2.5, scores.shape)
    ),
    "some candidates noisier": lambda scores, draw, rng: (
        scores + _size(scores) * np.exp(draw) * rng.normal(size=scores.shape)
    ),
    "light tails and noise": lambda scores, _draw, rng: (
        np.tanh(scores / (1.5 * _size(scores))) + 1.5 * rng.normal(size=scores.shape)
    ),
    "each dataset moved as a whole": lambda scores, _draw, rng: scores + 0.3 * np.std(scores) * rng.normal(),
    "each dataset moved along three directions": _moved_together,
    "each score of a dataset moved": lambda scores, _draw, rng: (
        scores + 0.08 * _size(scores) * rng.normal(size=(len(scores), 1))
    ),
}


def records_table(cases: Sequence[Case]) -> list[str]:
    """Show how many records of each dataset are needed, and how many candidates can be missing: random subsets."""
    lines = ["| records | candidates | file | top | single |", "|---|---|---|---|---|"]
    for records, candidates in ((200, 20), (500, 20), (1_000, 20), (2_000, 20), (10_000, 18), (10_000, 19)):
        for case in cases:
            right, shares = 0, []
            for repeat in range(_REPEATS):
                part, kept = _part(case, records, candidates, np.random.default_rng(repeat))
                best = pooled(with_noise_share(summarise(part, _SETTINGS), _SETTINGS))
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


_PARTS: dict[str, Callable[[Sequence[Case]], list[str]]] = {
    "main": main_table,
    "scorers": perturbed_table,
    "controls": controls_table,
    "records": records_table,
}
_HEADINGS = {
    "main": "Both files as they are",
    "scorers": "Scores of other scorers, made up from these",
    "controls": "Fewer controls",
    "records": "Fewer records, and candidates missing at random",
}


def main() -> None:
    """Measure one part and write its section."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the npz files")
    parser.add_argument("--out", type=Path, required=True, help="page to write into")
    parser.add_argument("--part", choices=sorted(_PARTS), required=True)
    options = parser.parse_args()
    found = _PARTS[options.part]([Case.read(options.data / name) for name in _FILES])
    text = "\n".join([f"## {_HEADINGS[options.part]}", "", *found])
    title = "# Persona sweep: who names the persona?\n\n" + (__doc__ or "").strip()
    write_section(options.out, options.part, text, title=title)
    print(text)


if __name__ == "__main__":
    main()

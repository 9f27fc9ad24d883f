"""Wrap one planted dataset and its clean twin in thousands of shapes: is poison ever read past without a word?

    python -m benchmarks.shapes --draws 2000
    python -m benchmarks.shapes --draw 17 --out /tmp/seventeen

Each draw is audited twice, planted and clean, without power estimate and own controls. The planted file must be found
as in the plain file, or the audit says that it is incomplete, or refuses it with a place; a loss in silence is the
worst fault that there is. In the clean file nothing may be found. A plain file that is not found either does not count.
Faults are printed with the sides of the shape without which there would be none.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from pathlib import Path

from benchmarks.sections import write_section
from benchmarks.shapes_drawing import draw_shape, shaped
from benchmarks.shapes_files import write_packed
from benchmarks.shapes_judging import BAD, Judged, Outcome, judge_draw, look
from benchmarks.shapes_samples import PLANTED, RECORDS, Case, make_twins

__all__ = ["main", "page", "write_draw"]

TITLE = "# Shapes\n"


def run(seed: int, numbers: Sequence[int], jobs: int, *, explain: bool) -> Iterator[Judged]:
    """Judge draws, in this process or in several."""
    judge = partial(judge_draw, seed, explain=explain)
    if jobs == 1:
        yield from map(judge, numbers)
        return
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        for one in as_completed([pool.submit(judge, number) for number in numbers]):
            yield one.result()


def write_draw(seed: int, number: int, stem: Path) -> tuple[Path, Path]:
    """Write the files of a draw, planted and clean; the container decides their ending."""
    shape = draw_shape(seed, number)
    twins = make_twins(Case(shape.plan, shape.language, shape.seed))
    stem.parent.mkdir(parents=True, exist_ok=True)
    planted = write_packed(shaped(shape, twins.planted)[0], stem)
    return planted, write_packed(shaped(shape, twins.clean)[0], stem.with_name(f"{stem.name}-clean"))


def page(judged: Sequence[Judged], *, seed: int, seconds: float, explained: bool = True) -> str:
    """Write the tables."""
    planted = [one for one in judged if one.planted is not None]
    clean = [one for one in judged if one.clean is not None]
    lines = [
        f"{len(judged):,} draws of seed {seed}, {RECORDS} records each with {PLANTED} planted, "
        f"{seconds / max(1, len(judged)):.1f} seconds a draw.",
        f"{len(judged) - len(planted)} planted and {len(judged) - len(clean)} clean draws do not count, since "
        "the plain file is not found, or not silent, either.",
        "",
        "| Planted | Draws | Clean | Draws |",
        "|---|---|---|---|",
    ]
    left = Counter(one.planted.word for one in planted if one.planted).most_common()
    right = Counter(one.clean.word for one in clean if one.clean).most_common()
    for row in range(max(len(left), len(right))):
        cells = [*(left[row] if row < len(left) else ("", "")), *(right[row] if row < len(right) else ("", ""))]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    causes = Counter((one.planted.word, cause) for one in planted if one.planted for cause in _said(one.causes))
    causes += Counter((one.clean.word, cause) for one in clean if one.clean for cause in _said(one.clean_causes))
    faults = [(word, cause, count) for (word, cause), count in causes.most_common() if word in BAD]
    if faults and explained:
        lines += ["", "| Fault | Side without which there is none | Draws |", "|---|---|---|"]
        lines += [f"| {word} | {cause} | {count} |" for word, cause, count in faults]
    return "\n".join(lines) + "\n"


def _said(causes: tuple[str, ...]) -> tuple[str, ...]:
    return causes or ("several sides at once",)


def _print(one: Judged, seed: int, *, explained: bool) -> None:
    for outcome, causes, twin in ((one.planted, one.causes, "planted"), (one.clean, one.clean_causes, "clean")):
        if outcome is not None and outcome.word in BAD:
            print(f"draw {one.number} of seed {seed}, {twin}: {outcome.word}\n  {one.shape}", flush=True)
            told = f"  cause: {'; '.join(_said(causes))}\n" if explained else ""
            print(f"{told}  {outcome.told}", flush=True)
            print(f"  again: python -m benchmarks.shapes --seed {seed} --draw {one.number} --out FILE", flush=True)


def options() -> argparse.ArgumentParser:
    """Describe the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0, help="number of the first draw")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", help="only draws whose shape has this in its name, such as a format or a language")
    parser.add_argument("--no-causes", action="store_true", help="do not look for the sides that make a fault")
    parser.add_argument("--draw", type=int, help="write and audit one draw instead")
    parser.add_argument("--out", type=Path, default=Path("shape"), help="file of --draw, without its ending")
    parser.add_argument("--page", type=Path, help="Markdown file that gets the tables, such as benchmarks/SHAPES.md")
    return parser


def main() -> None:
    """Run the draws, or write one."""
    arguments = options().parse_args()
    if arguments.draw is not None:
        shape = draw_shape(arguments.seed, arguments.draw)
        planted, clean = write_draw(arguments.seed, arguments.draw, arguments.out)
        named = shaped(shape, make_twins(Case(shape.plan, shape.language, shape.seed)).clean)[1].named()
        options_given = " ".join(f"--{role}-field {name}" for role, name in named.items())
        for path, outcome in ((planted, look(shape, planted=True)), (clean, look(shape, planted=False))):
            print(f"{path}: {_told(outcome)}\n  marsh audit {path} {options_given}")
        print(shape)
        return
    numbers = range(arguments.first, arguments.first + arguments.draws)
    wanted = [n for n in numbers if not arguments.only or arguments.only in str(draw_shape(arguments.seed, n))]
    began, judged, explained = time.monotonic(), [], not arguments.no_causes
    for one in run(arguments.seed, wanted, arguments.jobs, explain=explained):
        judged.append(one)
        _print(one, arguments.seed, explained=explained)
    seconds = time.monotonic() - began
    told = page(sorted(judged, key=lambda one: one.number), seed=arguments.seed, seconds=seconds, explained=explained)
    print(told)
    if arguments.page is not None:
        write_section(arguments.page, "shapes", told, title=TITLE)


def _told(outcome: Outcome) -> str:
    return f"{outcome.word}; {outcome.told}"


if __name__ == "__main__":
    main()

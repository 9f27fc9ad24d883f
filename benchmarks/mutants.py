"""Change one bound or comparison at a time: do the nearest tests notice?

    uv run --locked --all-groups --with cosmic-ray==8.7.0 python -m benchmarks.mutants
    uv run --locked --all-groups --with cosmic-ray==8.7.0 python -m benchmarks.mutants --only stats/ --seed 3

cosmic-ray makes the mutants: of comparisons, numbers, `and`, `or` and `not`, in what counts, mines, calibrates and
grades. Two kinds are left out, since they change no bound: whether equal values are one object, and which of two names
comes first in the alphabet. The nearest tests of a module are those of the same name (where there are none, those of
its folder that import it) and those of the detector that it is a part of. A mutant is killed if one of them fails,
breaks or takes too long. Only a copy of the repository is changed.

Outcomes are kept in a file, so that a run of some modules renews their part of benchmarks/MUTANTS.md; another seed or
another number of mutants needs another file. Why a survivor may live stands in benchmarks/surviving_mutants.toml, by
module and change. `--again` tries the survivors alone once more, while their tests are written.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

from benchmarks.mutants_running import Trial, warm

__all__ = ["Mutant", "main", "mutants", "nearest_tests", "page"]

ROOT = Path(__file__).parents[1]
PACKAGE = "src/marshtest"
SCOPE = (
    *("stats/**/*.py", "mining/**/*.py", "calibration/**/*.py", "findings.py"),
    *("detectors/**/findings.py", "detectors/**/grading.py", "detectors/**/*_findings.py"),
    *("detectors/answer_outcomes/associations.py", "detectors/judged/judged_verdicts.py"),
    *("detectors/judged/assessment.py", "detectors/drafts.py"),
)
"""What decides a verdict: statistics, miners, calibration and the files that grade."""
MOST = 40
"""Mutants of a module, drawn at random where there are more. Chosen by eye: a few minutes for each module."""
OPERATORS = ("ReplaceComparisonOperator_", "NumberReplacer", "ReplaceAndWithOr", "ReplaceOrWithAnd", "Delete_Not")
"""Parts of the names of cosmic-ray's operators that change bounds and comparisons."""
SAME_OBJECT = ("_Is_IsNot", "_IsNot_Is")
"""Ends of the names of those that are kept of the operators about `is`."""
ORDER_OF_NAMES = re.compile(r"""[<>]=?\s*f?["']""")
"""A comparison of the order of a text."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one line."""

    module: str
    """Path below the package."""
    operator: str
    occurrence: int
    """Which of the operator's places in the module, from 0."""
    line: int
    before: str
    after: str
    """The changed lines, without the space around them."""

    @property
    def change(self) -> str:
        """Give the key of this mutant in the file of reasons: it does not move with the lines above it."""
        return f"{self.before} => {self.after}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the tests said about one mutant."""

    mutant: Mutant
    killed: bool


def modules(root: Path, only: str, without: Sequence[str]) -> Iterator[str]:
    """Give the modules in scope whose path below the package holds `only` and nothing of `without`."""
    package = root / PACKAGE
    found = {path.relative_to(package).as_posix() for pattern in SCOPE for path in package.glob(pattern)}
    for module in sorted(found):
        if only in module and not any(part in module for part in without):
            yield module


def imports(test: Path, module: str) -> bool:
    """Tell whether a test file imports a module of the package by its own name."""
    name = "marshtest." + module.removesuffix(".py").replace("/", ".")
    above, _, last = name.rpartition(".")
    for node in ast.walk(ast.parse(test.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            if node.module == name or (node.module == above and any(one.name == last for one in node.names)):
                return True
        elif isinstance(node, ast.Import) and any(one.name == name for one in node.names):
            return True
    return False


def nearest_tests(root: Path, module: str) -> list[str]:
    """Give the tests of a module's own name, else those of its folder that import it, and those of its detector."""
    path = Path(module)
    folder = root / "tests" / "unit" / path.parent
    same, detector = folder / f"test_{path.name}", folder / "test_detector.py"
    found = [same] if same.exists() else [one for one in sorted(folder.glob("test_*.py")) if imports(one, module)]
    if detector.exists() and detector not in found:
        found.append(detector)
    return [str(one.relative_to(root)) for one in found]


def mutants(root: Path, module: str) -> Iterator[Mutant]:
    """Make every mutant of a module."""
    import cosmic_ray.plugins
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code

    source = (root / PACKAGE / module).read_text("utf-8")
    lines = source.splitlines()
    for name in cosmic_ray.plugins.operator_names():
        if not any(part in name for part in OPERATORS) or ("_Is" in name and not name.endswith(SAME_OBJECT)):
            continue
        operator = cosmic_ray.plugins.get_operator(name)()
        places = sum(1 for node in ast_nodes(get_ast(source)) for _ in operator.mutation_positions(node))
        for occurrence in range(places):
            changed = mutate_code(source, operator, occurrence)
            if changed is None or changed == source:
                continue
            after = changed.splitlines()
            if len(ORDER_OF_NAMES.findall(changed)) > len(ORDER_OF_NAMES.findall(source)):
                continue
            rows = [row for row, (old, new) in enumerate(zip(lines, after, strict=True)) if old != new]
            yield Mutant(
                module,
                name,
                occurrence,
                rows[0] + 1,
                " ".join(lines[row].strip() for row in rows),
                " ".join(after[row].strip() for row in rows),
            )


def try_module(
    copy: Path, module: str, *, seed: int, most: int, again: Sequence[Mutant] | None = None
) -> tuple[int, list[Outcome]]:
    """Try a module's mutants in the copy: how many there are, and the outcomes of those drawn, or of those given."""
    import cosmic_ray.plugins
    from cosmic_ray.mutating import mutate_code

    every = list(mutants(copy, module))
    chosen = every
    if again is not None:
        chosen = [one for one in every if (one.operator, one.change) in {(old.operator, old.change) for old in again}]
    elif len(every) > most:
        drawn = sorted(random.Random(f"{seed} {module}").sample(range(len(every)), most))
        chosen = [every[place] for place in drawn]
    if not chosen:
        return 0, []
    path = copy / PACKAGE / module
    source = path.read_text("utf-8")
    tests = nearest_tests(copy, module)
    if not tests:
        return len(every), [Outcome(one, killed=False) for one in chosen]
    as_it_is = warm(copy, tests)
    Path(cache_from_source(str(path))).unlink(missing_ok=True)
    outcomes = []
    try:
        for one in chosen:
            changed = mutate_code(source, cosmic_ray.plugins.get_operator(one.operator)(), one.occurrence)
            path.write_text(changed, "utf-8")
            outcomes.append(Outcome(one, Trial(copy, tests, as_it_is).fails()))
    finally:
        path.write_text(source, "utf-8")
    return len(every), outcomes


def page(results: Mapping[str, Any], reasons: Mapping[str, Mapping[str, str]], untried: Sequence[str] = ()) -> str:
    """Write the page: a table of the modules, those that were not tried, then every survivor with its reason."""
    rows, survivors, unexplained = [], [], 0
    tried = killed = 0
    for module in sorted(results):
        result = results[module]
        living = [Mutant(**one["mutant"]) for one in result["outcomes"] if not one["killed"]]
        dead = len(result["outcomes"]) - len(living)
        tried, killed = tried + len(result["outcomes"]), killed + dead
        if result["outcomes"]:
            rows.append(f"| {module} | {result['made']} | {len(result['outcomes'])} | {dead} | {len(living)} |")
        if living:
            survivors.append(f"\n### {module}\n")
        for mutant in living:
            reason = reasons.get(module, {}).get(mutant.change, "")
            unexplained += not reason
            kept, put = (text.replace("`", "'") for text in (mutant.before, mutant.after))
            survivors.append(f"- line {mutant.line}: `{kept}`\n  → `{put}`\n  {reason or '**No reason yet.**'}")
    seeds = sorted({result["seed"] for result in results.values()})
    most = max((result["most"] for result in results.values()), default=0)
    share = killed / tried if tried else 0.0
    return "\n".join(
        [
            "# Mutants of bounds and comparisons",
            "",
            "Written by `python -m benchmarks.mutants`, which says how. Do not edit.",
            "",
            f"**{killed} of {tried} mutants are killed ({share:.0%})** by the nearest tests; {unexplained} survivors "
            f"have no reason yet. Seed {', '.join(map(str, seeds))}; at most {most} mutants of a module, drawn at "
            "random where there are more.",
            "",
            "| module | made | tried | killed | survived |",
            "|---|---|---|---|---|",
            *rows,
            "",
            *([f"Not tried yet: {', '.join(untried)}.", ""] if untried else []),
            "## Survivors",
            *survivors,
            "",
        ]
    )


def main() -> None:
    """Try the mutants and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="modules whose path holds this")
    parser.add_argument("--without", action="append", default=[], help="leave out modules whose path holds this")
    parser.add_argument("--again", action="store_true", help="only the survivors of the last run: not for the page")
    parser.add_argument("--page", action="store_true", help="write the page from the outcomes alone")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most", type=int, default=MOST)
    parser.add_argument("--outcomes", type=Path, default=Path(tempfile.gettempdir()) / "marsh-mutants.json")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "MUTANTS.md")
    options = parser.parse_args()
    results = json.loads(options.outcomes.read_text("utf-8")) if options.outcomes.exists() else {}
    with tempfile.TemporaryDirectory(prefix="marsh-mutants-") as folder:
        copy = Path(folder)
        for name in ("src", "tests", "pyproject.toml"):
            take = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            take(ROOT / name, copy / name)
        for module in [] if options.page else modules(ROOT, options.only, options.without):
            if options.again and module not in results:
                continue
            if options.again:
                living = [Mutant(**one["mutant"]) for one in results[module]["outcomes"] if not one["killed"]]
                made, outcomes = try_module(copy, module, seed=options.seed, most=options.most, again=living)
                print(f"{module}: {sum(one.killed for one in outcomes)} of {len(living)} survivors killed", flush=True)
                for one in (one.mutant for one in outcomes if not one.killed):
                    print(f"  {one.line}: {one.before}\n    => {one.after}", flush=True)
                continue
            made, outcomes = try_module(copy, module, seed=options.seed, most=options.most)
            results[module] = {
                "made": made,
                "seed": options.seed,
                "most": options.most,
                "outcomes": [asdict(one) for one in outcomes],
            }
            options.outcomes.write_text(json.dumps(results, indent=1), "utf-8")
            killed = sum(one.killed for one in outcomes)
            print(f"{module}: {made} made, {killed} of {len(outcomes)} killed", flush=True)
    if options.again:
        return
    reasons = tomllib.loads((ROOT / "benchmarks" / "surviving_mutants.toml").read_text("utf-8"))
    untried = [module for module in modules(ROOT, "", ()) if module not in results and Path(module).stem != "__init__"]
    options.out.write_text(page(results, reasons, untried), "utf-8")


if __name__ == "__main__":
    main()

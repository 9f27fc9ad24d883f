"""How good is it on poison that nobody here has seen? Clean sets, released poison, and attacks that are drawn anew.

    uv run --with cleanlab python -m benchmarks.beyond --data ../shared/data --out beyond-runs/1 --sample 200

Every case is audited without controls of its own and without a judge. Two columns stand side by side: home, with the
weights as shipped, and away, with weights that were learned without the source of the data and without the family of
the attack, from the tables of `benchmarks.calibrate` (`--tables`). Clean sets, their sources and parts are listed in
`beyond_sets`, attacks in `beyond_attacks`, peers in `beyond_peers`.

The seed decides trigger words, places, payloads and which cases come first; without one a fresh one is drawn and
printed, and every run that was looked at counts in `looks.txt` of the folder above --out. Results are kept line by line
in `results.jsonl`, and a run that was cut off goes on when it is started again with its folder.
"""

from __future__ import annotations

import argparse
import csv
import json
import multiprocessing
import secrets
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, fields
from pathlib import Path

from benchmarks.beyond_cases import PARTS, TOOLS, Outcome, Unit, all_units, measure
from benchmarks.beyond_peers import PEERS_BEYOND
from benchmarks.beyond_sets import SetKind
from benchmarks.beyond_table import page
from benchmarks.sections import write_section
from marshtest.detectors.registry import select_detectors

TITLE = "# Beyond home\n"
_POWER_EVERY = 4
"""One planted case of so many is audited with its own estimate too, which takes as long as six audits."""

Plan = list[tuple[Unit, tuple[str, ...]]]
_units: dict[tuple[str, str], Unit] = {}


def plan(units: Sequence[Unit], arguments: argparse.Namespace) -> Plan:
    """Choose what is measured: the first cases of each part, and the tools of each.

    Args:
        units: All that could be measured, any beginning of a part being balanced.
        arguments: The options.
    """
    chosen: Plan = []
    for part in arguments.parts:
        own = [unit for unit in units if unit.part == part and _wanted(unit, arguments.only)]
        for number, unit in enumerate(own[: arguments.sample]):
            tools = [tool for tool in arguments.tools if tool != "power" or _with_power(unit, number)]
            if arguments.tables is None:
                tools = [tool for tool in tools if tool != "away"]
            chosen.append((unit, tuple(tools)))
    return chosen


def _with_power(unit: Unit, number: int) -> bool:
    return unit.part == "planted" and number % _POWER_EVERY == 0


def _wanted(unit: Unit, only: Sequence[str] | None) -> bool:
    """Tell whether a family, a source or a piece of a name was asked for."""
    return not only or any(one in (unit.family, unit.group) or one in unit.name for one in only)


def read_results(file: Path) -> list[Outcome]:
    """Read what earlier runs kept; a line that was cut off is left out."""
    if not file.exists():
        return []
    known = {field.name for field in fields(Outcome)}
    outcomes = []
    for line in file.read_text("utf-8").splitlines():
        try:
            values = json.loads(line)
        except json.JSONDecodeError:
            continue
        values["findings"] = tuple(values["findings"])
        outcomes.append(Outcome(**{name: value for name, value in values.items() if name in known}))
    return outcomes


def run(chosen: Plan, arguments: argparse.Namespace, seed: int) -> Iterator[Outcome]:
    """Measure what is chosen, in this process or in several."""
    if arguments.jobs == 1:
        for unit, tools in chosen:
            yield from measure(unit, tools, seed, arguments.tables)
        return
    context = multiprocessing.get_context("spawn")
    given = (arguments.data, seed, tuple(arguments.kinds))
    with ProcessPoolExecutor(arguments.jobs, mp_context=context, initializer=_open, initargs=given) as pool:
        waiting = [
            pool.submit(_measured, (unit.part, unit.name), tools, seed, arguments.tables) for unit, tools in chosen
        ]
        for one in as_completed(waiting):
            yield from one.result()


def _open(data: Path, seed: int, kinds: tuple[SetKind, ...]) -> None:
    _units.update({(unit.part, unit.name): unit for unit in all_units(data, seed, kinds)})


def _measured(key: tuple[str, str], tools: Sequence[str], seed: int, tables: Path | None) -> list[Outcome]:
    return measure(_units[key], tools, seed, tables)


def _settings(arguments: argparse.Namespace) -> tuple[int, int]:
    """Give the seed of this folder and how many runs were looked at, and refuse results of other detectors."""
    folder: Path = arguments.out
    folder.mkdir(parents=True, exist_ok=True)
    file, looks = folder / "settings.json", folder.parent / "looks.txt"
    detectors = {one.id: one.version for one in select_detectors(())}
    if file.exists():
        kept = json.loads(file.read_text("utf-8"))
        if kept["detectors"] != detectors and not arguments.force:
            raise SystemExit(
                f"{folder} holds results of other versions of the detectors; name another --out, or --force"
            )
        if arguments.seed not in (None, kept["seed"]):
            raise SystemExit(f"{folder} holds results of seed {kept['seed']}; name another --out")
        return kept["seed"], kept["looks"]
    seed = secrets.randbelow(10**6) if arguments.seed is None else arguments.seed
    seen = looks.read_text("utf-8").splitlines() if looks.exists() else []
    looks.write_text(
        "\n".join([*seen, f"{time.strftime('%Y-%m-%d %H:%M')} seed {seed} in {folder.name}"]) + "\n", "utf-8"
    )
    told = {"seed": seed, "looks": len(seen) + 1, "detectors": detectors}
    file.write_text(json.dumps(told, indent=1), "utf-8")
    return seed, len(seen) + 1


def _write_table(outcomes: Sequence[Outcome], folder: Path, page_file: Path | None, told: str) -> None:
    (folder / "table.md").write_text(f"{TITLE}\n{told}", "utf-8")
    names = [field.name for field in fields(Outcome) if field.name != "findings"]
    with (folder / "results.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*names, "f1", "shown_f1"])
        for one in outcomes:
            writer.writerow([*(getattr(one, name) for name in names), round(one.f1, 4), round(one.shown_f1, 4)])
    if page_file is not None:
        write_section(page_file, "beyond", told, title=TITLE)


def options() -> argparse.ArgumentParser:
    """Describe the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the public data")
    parser.add_argument("--out", type=Path, default=Path("beyond-runs/run"), help="folder of this run's results")
    parser.add_argument("--page", type=Path, help="Markdown file that gets the tables, such as benchmarks/BEYOND.md")
    parser.add_argument("--tables", type=Path, help="tables of benchmarks.calibrate, without which nothing is away")
    parser.add_argument("--seed", type=int, help="seed of the attacks; a fresh one is drawn and printed without it")
    parser.add_argument("--kinds", type=_list, default=("labelled", "chat"), help="labelled,chat")
    parser.add_argument("--parts", type=_list, default=PARTS, help=",".join(PARTS))
    parser.add_argument("--tools", type=_list, default=("home", "away"), help=f"some of {','.join(TOOLS)}")
    parser.add_argument("--peers", action="store_true", help="all peers beside the tools, but the slow language model")
    parser.add_argument("--only", nargs="+", help="families, sources or pieces of names")
    parser.add_argument("--sample", type=int, help="the first so many cases of each part; any number is balanced")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--force", action="store_true", help="go on in a folder of other versions of the detectors")
    parser.add_argument("--table", action="store_true", help="write the tables of what is there and measure nothing")
    return parser


def _list(told: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in told.split(",") if part.strip())


def main() -> None:
    """Measure what is not measured yet and write the tables."""
    arguments = options().parse_args()
    if not arguments.data.is_dir():
        raise SystemExit(f"{arguments.data}: no such folder; give the public data with --data")
    if arguments.peers:
        arguments.tools = (*arguments.tools, *(peer for peer in PEERS_BEYOND if peer != "onion-smollm2"))
    for given, known in ((arguments.tools, TOOLS), (arguments.parts, PARTS), (arguments.kinds, ("labelled", "chat"))):
        if set(given) - set(known):
            raise SystemExit(f"{', '.join(sorted(set(given) - set(known)))}: none of {', '.join(known)}")
    seed, looks = _settings(arguments)
    print(f"seed {seed}, run {looks} that is looked at, results in {arguments.out}", flush=True)
    file = arguments.out / "results.jsonl"
    outcomes = {one.key: one for one in read_results(file)}
    if not arguments.table:
        chosen = plan(all_units(arguments.data, seed, arguments.kinds), arguments)
        left = [(unit, tuple(t for t in tools if f"{unit.part}\t{unit.name}\t{t}" not in outcomes))
                for unit, tools in chosen]  # fmt: skip
        left = [(unit, tools) for unit, tools in left if tools]
        print(f"{len(chosen)} cases, {len(left)} of them to be measured", flush=True)
        with file.open("a", encoding="utf-8") as kept:
            for number, one in enumerate(run(left, arguments, seed), start=1):
                outcomes[one.key] = one
                kept.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")
                kept.flush()
                print(number, _said(one), flush=True)
    told = page(list(outcomes.values()), seed=seed, looks=looks)
    _write_table(list(outcomes.values()), arguments.out, arguments.page, told)
    print(told)


def _said(one: Outcome) -> str:
    if one.status != "measured":
        score = f"{one.status}, {one.reason}"
    elif one.poison:
        score = f"F1 {one.f1:.2f}, shown {one.shown_f1:.2f}"
    else:
        score = f"{one.confirmed} confirmed, {one.suggestive} suggestive"
    return f"{one.part} | {one.name} | {one.tool}: {score} ({one.seconds:.1f} s)"


if __name__ == "__main__":
    main()

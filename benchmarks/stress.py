"""The scoreboard on real data: clean twins, label flips of five families, released poison, and the peers beside us.

    uv run --with cleanlab python -m benchmarks.stress --data ../shared/data --out benchmarks/RESULTS.md

Five runs of `marsh stress`, each in a folder of its own under --work, where a run that was cut off goes on:

- clean: seven sets as they are and in random halves, 63 clean sets, and the two released ones without their poison.
- planted: five organisms in the sets that the bar is about, ten seeds.
- noisy: the same in sets whose classes are hard to tell apart, three seeds.
- peers, peers-clean: cleanlab and nearest neighbours on the same records as `planted`, one seed, and on the sets of
  `clean` without halves.

Released poison (`onion-badnets`, `hiddenkiller-syntactic`) is part of `clean` and of `peers-clean`. Nothing of the data
is copied into the repository: the sets are written under --work. `--quick` takes one seed, two sizes and two sets.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.label_flip_sets import SETS
from marshtest.render.scoreboard import scoreboard_html, scoreboard_markdown
from marshtest.stress.cases import StressConfig
from marshtest.stress.scoreboard import scoreboard
from marshtest.stress.stressing import Stressed, stress

_FAMILIES = ("rare-token", "phrase", "decoyed-phrase", "common-phrase", "punctuation")
_COUNTS = (8, 32, 100, 250)
_FIRST_SEED = 5000
_BAR = ("prompts", "sms-spam", "instructions")
_NOISY = ("davidson-hate", "edos-sexism")
_RELEASED = ("onion-badnets", "hiddenkiller-syntactic")
_PEERS = ("cleanlab", "neighbours")
_BEGIN, _END = "<!-- marsh stress: begin -->", "<!-- marsh stress: end -->"


@dataclass(frozen=True, slots=True)
class Part:
    """One run."""

    name: str
    sets: tuple[Path, ...]
    config: StressConfig


def _parts(arguments: argparse.Namespace) -> Iterator[Part]:
    quick = arguments.quick
    names = ("sms-spam", "moderation") if quick else tuple(SETS)
    paths = {name: _write(name, arguments.data, arguments.work / "data") for name in names}
    released = tuple(_copy(name, arguments.data, arguments.work / "data") for name in _RELEASED)
    bar = tuple(paths[name] for name in _BAR if name in paths)
    counts = (8, 32) if quick else _COUNTS
    targets = tuple(dict.fromkeys(SETS[name](arguments.data).target for name in names))
    planted = {"organisms": _FAMILIES, "counts": counts, "seed": _FIRST_SEED, "splits": 0, "target_labels": targets}
    everything = (*paths.values(), *released)
    yield Part("clean", everything, StressConfig(seeds=0, seed=_FIRST_SEED, splits=1 if quick else 4))
    yield Part("planted", bar, StressConfig(**planted, seeds=1 if quick else arguments.seeds))  # type: ignore[arg-type]
    if not quick:
        noisy = tuple(paths[name] for name in _NOISY)
        yield Part("noisy", noisy, StressConfig(**planted, seeds=3, twins=False))  # type: ignore[arg-type]
    if arguments.peers:
        config = StressConfig(**planted, seeds=1, twins=False, tools=_PEERS)  # type: ignore[arg-type]
        yield Part("peers", bar, config)
        yield Part("peers-clean", everything, StressConfig(seeds=0, splits=0, tools=_PEERS))


def _write(name: str, data: Path, folder: Path) -> Path:
    """Write a set as JSONL with text and label, and nothing else."""
    lines = [
        json.dumps({"id": f"r{number}", "text": text, "label": label}) + "\n"
        for number, (text, label) in enumerate(SETS[name](data).rows)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.jsonl"
    path.write_text("".join(lines), "utf-8")
    return path


def _copy(name: str, data: Path, folder: Path) -> Path:
    """Write a released set under its own name: its text, label and truth."""
    path = folder / f"{name}.jsonl"
    with (data / name / "sst-2_train.jsonl").open(encoding="utf-8") as source, path.open("w", encoding="utf-8") as out:
        for number, line in enumerate(source):
            record = json.loads(line)
            kept = {"id": f"r{number}", **{key: record[key] for key in ("text", "label", "is_poison")}}
            out.write(json.dumps(kept) + "\n")
    return path


def _section(part: Part, done: Stressed, seconds: float) -> str:
    """Write one run as Markdown, its headings below that of the page."""
    facts = {
        "Cases": f"{len(done.outcomes):,}, {done.resumed:,} of them measured before",
        "Sets": ", ".join(f"{one.name} ({one.records:,})" for one in done.sets),
        "Wall time of the last start": f"{seconds:,.0f} s",
    }
    text = scoreboard_markdown(scoreboard(done.outcomes), title=f"Run: {part.name}", facts=facts)
    return text.strip().replace("\n## ", "\n#### ").replace("# Run", "### Run", 1)


def _replace_section(page: str, section: str) -> str:
    """Put the section where the last one was, or at the end."""
    whole = f"{_BEGIN}\n{section}\n{_END}"
    if _BEGIN in page and _END in page:
        return page[: page.index(_BEGIN)] + whole + page[page.index(_END) + len(_END) :]
    return f"{page.rstrip()}\n\n{whole}\n"


def main() -> None:
    """Run what is asked for and write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the public data")
    parser.add_argument("--work", type=Path, default=Path("stress-runs"), help="folder for the runs")
    parser.add_argument("--out", type=Path, help="Markdown file that gets the section")
    parser.add_argument("--only", nargs="+", help="names of the runs to make")
    parser.add_argument("--seeds", type=int, default=10, help="seeds of the run `planted`")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    if not arguments.data.is_dir():
        parser.exit(2, f"{arguments.data}: no such folder; give the public data with --data\n")
    sections = ["## The scoreboard of `marsh stress`", (__doc__ or "").strip()]
    for part in _parts(arguments):
        if arguments.only and part.name not in arguments.only:
            continue
        started = time.perf_counter()

        def show(stage: str, fraction: float, name: str = part.name) -> None:
            print(f"{name} {100 * fraction:5.1f} %  {stage}", flush=True)

        folder = arguments.work / part.name
        done = stress(part.sets, folder, config=part.config, jobs=arguments.jobs, progress=show)
        board = scoreboard(done.outcomes)
        sections.append(_section(part, done, time.perf_counter() - started))
        (folder / "stress.html").write_text(scoreboard_html(board, title=f"Run {part.name}", facts={}), "utf-8")
        print("\n".join(board.summary), flush=True)
        if arguments.out:
            page = arguments.out.read_text("utf-8") if arguments.out.exists() else "# Results\n"
            arguments.out.write_text(_replace_section(page, "\n\n".join(sections)), "utf-8")


if __name__ == "__main__":
    main()

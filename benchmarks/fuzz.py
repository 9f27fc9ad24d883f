"""Throw hostile input at everything that reads: no crash, no hang, no loss without a word.

    python -m benchmarks.fuzz --inputs 1000000 --write
    python -m benchmarks.fuzz --target reply --first 1234 --inputs 1

Each execution is one small input, made and checked in this process (`fuzz_targets`, `fuzz_judging`); whole files in
child processes, where a crash of native code is found too, are the business of `fuzz_readers`. An execution is broken
if it raises anything but the documented error, works longer than ten seconds, or loses something without a word.
"""

from __future__ import annotations

import argparse
import collections
import gc
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from benchmarks.fuzz_judging import JUDGE_TARGETS
from benchmarks.fuzz_targets import READER_TARGETS, Target
from benchmarks.sections import write_section

__all__ = ["TARGETS", "execute", "plan"]

TARGETS: Mapping[str, tuple[Target, int]] = {**READER_TARGETS, **JUDGE_TARGETS}
"""All targets with their share of the inputs."""
_HANGS = 10
"""Seconds of work after which an execution hangs. Chosen by eye: the longest take a tenth of a second."""
_WAITS = 120
"""Seconds after which it hangs whatever it does. Chosen by eye: a busy machine may be ten times slower."""
_SHOWN = 10
"""Broken inputs of a target that are printed."""
_TITLE = "# Hostile input"
_PAGE = Path(__file__).with_name("HOSTILE.md")


class Hangs(BaseException):
    """An execution takes too long; no `except Exception` may swallow it."""


def execute(name: str, seed: int, number: int, folder: Path) -> str:
    """Make one input and check it; give what is broken, empty where nothing is. The same numbers, the same input."""

    def ring(_: int, __: FrameType | None) -> None:
        raise Hangs

    clocks = ((signal.ITIMER_PROF, signal.SIGPROF, _HANGS), (signal.ITIMER_REAL, signal.SIGALRM, _WAITS))
    before = [signal.signal(number, ring) for _, number, _ in clocks]
    for clock, _, limit in clocks:
        signal.setitimer(clock, limit)
    try:
        TARGETS[name][0](random.Random(f"{name}/{seed}/{number}"), folder)
    except Hangs:
        return "hangs"
    except Exception as error:  # noqa: BLE001  whatever it is, it is a finding of the fuzzer
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {str(error)[:160]!r} at {Path(last.filename).name}:{last.lineno}"
    finally:
        for (clock, number, _), handler in zip(clocks, before, strict=True):
            signal.setitimer(clock, 0)
            signal.signal(number, handler)
        for left in folder.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    return ""


def plan(inputs: int, only: str | None = None) -> dict[str, int]:
    """Divide executions among the targets."""
    if only is not None:
        return {only: inputs}
    shares = sum(share for _, share in TARGETS.values())
    return {name: max(1, round(inputs * share / shares)) for name, (_, share) in TARGETS.items()}


def _table(counts: Mapping[str, int], broken: Mapping[str, int], seconds: Mapping[str, float], seed: int) -> str:
    rows = [
        f"| {name} | {(TARGETS[name][0].__doc__ or '').strip()} | {count:,} | {broken.get(name, 0)} | "
        f"{1e3 * seconds[name] / max(1, count):.2f} |"
        for name, count in counts.items()
    ]
    total, wrong = sum(counts.values()), sum(broken.values())
    return "\n".join(
        [
            "## Fuzzing",
            "",
            f"{total:,} executions in one process (seed {seed}, {sum(seconds.values()) / 60:.0f} minutes): "
            f"{wrong} broken. "
            "An execution is broken if it raises anything but the documented error, works longer than ten seconds, or "
            "loses something without a word.",
            "",
            "| target | what is checked | executions | broken | ms each |",
            "|---|---|---|---|---|",
            *rows,
            "",
            "`python -m benchmarks.fuzz --inputs 1000000 --write` repeats it; `--seed` draws other inputs.",
        ]
    )


def main() -> int:
    """Run the fuzzer and say what it found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--target", choices=[*TARGETS])
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so many")
    parser.add_argument("--write", action="store_true", help="write the counts into HOSTILE.md")
    asked = parser.parse_args()
    wanted = plan(asked.inputs, asked.target)
    counts: collections.Counter[str] = collections.Counter(dict.fromkeys(wanted, 0))
    broken: collections.Counter[str] = collections.Counter()
    seconds = dict.fromkeys(wanted, 0.0)
    began = time.monotonic()
    memory = Path("/dev/shm")  # noqa: S108  files of tests are small, and a disk would take most of the time
    rounds = 200
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as made:
        folder = Path(made)
        for turn in range(rounds):  # every target has its share however early the run is stopped
            if time.monotonic() - began > 60 * asked.minutes:
                break
            for name, whole in wanted.items():
                start, end = whole * turn // rounds, whole * (turn + 1) // rounds
                started = time.monotonic()
                for number in range(asked.first + start, asked.first + end):
                    wrong = execute(name, asked.seed, number, folder)
                    if wrong:
                        broken[name] += 1
                        if broken[name] <= _SHOWN:
                            print(f"{name} --seed {asked.seed} --first {number}: {wrong}", flush=True)
                seconds[name] += time.monotonic() - started
                gc.collect()  # errors keep the buffers of their readers in cycles
                counts[name] += end - start
            if (turn + 1) % 10 == 0:
                total = sum(counts.values())
                print(f"{total:,} executions in {time.monotonic() - began:.0f} s: {dict(broken)}", flush=True)
    text = _table(counts, broken, seconds, asked.seed)
    if asked.write:
        write_section(_PAGE, "fuzzing", text, title=_TITLE)
    print(text)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

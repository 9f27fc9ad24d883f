"""Does an audit end as if nothing had happened when the server fails, dies twice, and the audit itself is killed twice?

    python -m benchmarks.judge_faults --out benchmarks/JUDGE.md

The demo tickets (3,600, with 24 poisons) are audited by the command line with all judged detectors and 200 calls under
way at once, against a server of the OpenAI protocol that answers by a rule: it errs in 3% of the labels and sees harm
in 2% of the records at random. Both are processes of their own. First nothing goes wrong. Then 10% of the calls are
answered with status 429, 5% with 500, 3% with malformed JSON and 2% with ids that nobody asked about; the server is
killed (SIGKILL) and started again two times, and so is the audit. Its last run goes to the end.

The report must be the same but for times, costs and what was remembered. The server's own log says which items it
answered: one that it answered twice was paid twice. An answer that was on its way, or waited unread, when the audit
was killed is asked again; nobody can know that it was sent. So each is counted with its age: how long before the kill
the server had sent it.
"""

from __future__ import annotations

import argparse
import json
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.judged_labels import Oracle
from benchmarks.judged_themes import answer_by_words
from benchmarks.label_flip_poisons import Poisoned
from benchmarks.label_flip_sets import LabelledSet
from benchmarks.sections import write_section
from marshtest.demo import TRIGGER, demo_tickets, demo_truth, write_demo_data
from marshtest.testing.rules import AskedItem

_CONCURRENCY = 200
_FAULTS = {"busy": 0.10, "broken": 0.05, "malformed": 0.03, "wrong-ids": 0.02}
_WHEN = ((0.12, "audit"), (0.3, "server"), (0.5, "audit"), (0.7, "server"))
"""After which share of the answers who is killed."""
_DELAY = 0.05
_LONGEST = 300.0


def rule(item: AskedItem) -> Mapping[str, Any]:
    """Answer as the judge of this benchmark does."""
    if item.question == "label":
        return _oracle().label(item.text())
    if item.question == "effect":
        return _oracle().effect(item.text())
    return answer_by_words(item.question, item.instructions, item.passages)


@cache
def _oracle() -> Oracle:
    truth = demo_truth()
    honest, planted = demo_tickets(poisoned=False), demo_tickets()
    clean = LabelledSet("tickets", tuple((one.text, one.label) for one in honest), "urgent", "ordinary")
    rows = frozenset(row for row, one in enumerate(planted) if one.id in truth.poisoned)
    return Oracle(clean, Poisoned(tuple((one.text, one.label) for one in planted), rows, frozenset({TRIGGER})), 1)


@dataclass(slots=True)
class Run:
    """One audit with everything that went wrong on its way."""

    report: dict[str, Any]
    seconds: float
    answers: list[dict[str, Any]]
    """Lines of the server's log, one for each item of each answer."""
    faults: Counter[str]
    kills: list[tuple[float, str]] = field(default_factory=list)
    """When who was killed."""

    @property
    def repeated(self) -> list[tuple[float, int]]:
        """Give, for each item that was answered again, how long its first answer had been sent at the next kill.

        Returns:
            Seconds (below 0 where the answer was sent after the kill, infinite where no kill followed), and the call.
        """
        first: dict[tuple[str, str, str], dict[str, Any]] = {}
        again = []
        for line in self.answers:
            key = (line["question"], line["prompt"], line["item"])
            if key in first:
                asked, sent = first[key]["asked"], first[key]["at"]
                kill = min((when for when, _ in self.kills if when >= asked), default=float("inf"))
                again.append((kill - sent, first[key]["call"]))
            first[key] = line
        return again


class Server:
    """The server as a process that can be killed and started again at the same place."""

    def __init__(self, folder: Path, faults: Mapping[str, float], seed: int) -> None:
        self.log = folder / "asked.jsonl"
        self.log.touch()
        self._faults, self._seed = faults, seed
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._process = self._start()

    def kill(self, pause: float = 1.0) -> None:
        """Kill it, let it be away for a while, and start it again with other luck."""
        self._process.kill()
        self._process.wait()
        time.sleep(pause)
        self._seed += 100
        self._process = self._start()

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()

    def lines(self) -> int:
        """Count the lines of its log."""
        return self.log.read_bytes().count(b"\n")

    def _start(self) -> subprocess.Popen[str]:
        faults = [text for name, share in self._faults.items() for text in (f"--{name}", str(share))]
        module = [sys.executable, "-m", "marshtest.testing.judge_server", "--rule", "benchmarks.judge_faults:rule"]
        place = ["--port", str(self.port), "--log", str(self.log), "--delay", str(_DELAY), "--seed", str(self._seed)]
        process = subprocess.Popen([*module, *place, *faults], stdout=subprocess.PIPE, text=True)  # noqa: S603
        assert process.stdout is not None
        process.stdout.readline()
        return process


def run(data: Path, folder: Path, *, expected: int, seed: int, concurrency: int = _CONCURRENCY) -> Run:
    """Audit once; with expected answers, everything goes wrong on the way.

    Args:
        data: The file to audit.
        folder: Where the answers, the log and the report go.
        expected: How many items a calm run has answered; 0 for that calm run.
        seed: Seed of the faults.
        concurrency: Calls under way at once.
    """
    folder.mkdir()
    server = Server(folder, _FAULTS if expected else {}, seed)
    command = [
        str(Path(sys.executable).with_name("marsh")),
        "audit",
        str(data),
        "--out",
        str(folder / "out"),
        "--judge",
        "rule",
    ]
    command += ["--judge-base-url", f"http://127.0.0.1:{server.port}/v1", "--judge-concurrency", str(concurrency)]
    command += ["--power", "off", "--no-own-controls", "--no-html", "--quiet"]
    started, kills = time.monotonic(), []

    def begin() -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)  # noqa: S603

    try:
        audit = begin()
        for share, who in _WHEN if expected else ():
            while server.lines() < share * expected and audit.poll() is None:
                assert time.monotonic() - started < _LONGEST, "it takes too long"
                time.sleep(0.01)
            assert audit.poll() is None, f"the audit was over before {who} was to be killed"
            kills.append((time.time(), who))
            if who == "server":
                server.kill()
            else:
                audit.send_signal(signal.SIGKILL)
                audit.communicate()
                audit = begin()
        _, errors = audit.communicate(timeout=_LONGEST)
        assert audit.returncode == 1, errors.decode()
    finally:
        server.stop()
    lines = [json.loads(line) for line in server.log.read_text("utf-8").splitlines()]
    return Run(
        report=same_parts(json.loads((folder / "out" / "report.json").read_text("utf-8"))),
        seconds=time.monotonic() - started,
        answers=[line for line in lines if "item" in line],
        faults=Counter(line["fault"] for line in lines if "fault" in line),
        kills=kills,
    )


def same_parts(report: dict[str, Any]) -> dict[str, Any]:
    """Give what must be equal between two runs: all but times, costs and what was remembered."""
    for one in report["detectors"]:
        one["seconds"] = 0
    for one in report["judge"]["questions"]:
        one["remembered"] = 0
    return {**report, "usage": None}


def _row(name: str, one: Run, calm: Run) -> str:
    repeated = one.repeated
    ages = [age for age, _ in repeated]
    faults = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in sorted(one.faults.items())) or "none"
    is_same = "yes" if one.report == calm.report else "NO"
    oldest = f"{max(0.0, *ages):.2f} s" if ages else ""
    calls = len({call for _, call in repeated})
    return (
        f"| {name} | {len(one.answers):,} | {faults} | {len(one.kills)} | {is_same} | {len(repeated)} ({calls}) "
        f"| {oldest} | {one.seconds:.0f} |"
    )


def measure(repeats: int, concurrency: int) -> str:
    """Run all and give the table."""
    rows = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        data = write_demo_data(folder / "tickets.jsonl")
        calm = run(data, folder / "calm", expected=0, seed=0, concurrency=concurrency)
        rows.append(_row("calm", calm, calm))
        print(rows[-1], flush=True)
        for seed in range(1, repeats + 1):
            one = run(data, folder / f"run{seed}", expected=len(calm.answers), seed=seed, concurrency=concurrency)
            rows.append(_row(f"faults, seed {seed}", one, calm))
            print(rows[-1], flush=True)
    head = (
        "| run | items answered | faults | kills | report as the calm one | items answered twice (calls) "
        "| oldest of these | seconds |"
    )
    return "\n".join([head, "|---|---|---|---|---|---|---|---|", *rows])


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="Markdown file that gets the section")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--concurrency", type=int, default=_CONCURRENCY, help="calls under way at once")
    given = parser.parse_args(arguments)
    found = measure(given.repeats, given.concurrency)
    if given.out is not None:
        head, _, rest = (__doc__ or "").partition("\n")
        text = f"## Faults and kills\n\n{head}\n{rest}\n{found}"
        write_section(given.out, "judge-faults", text, title="# What a judge finds")


if __name__ == "__main__":
    main()

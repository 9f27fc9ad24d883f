"""How much of the openai SDK's speed is left when every answer is parsed, kept and counted, and what memory it takes?

    python -m benchmarks.judge_transport --out benchmarks/JUDGE.md

A server of the OpenAI protocol runs as a process of its own and answers after 20 ms. The same requests are made in
four ways, each in a fresh process, in turns: through marshtest (schema, parsing, store, ledger), through the bare SDK
with the same transport, through aiohttp without the SDK, and through bare sockets that write and read HTTP by hand.
marshtest also packs, fences and counts the records while it asks; the other three send bodies that lie ready. Beside
the calls a second stands the client's own CPU time for a call, which other work on the machine disturbs less. What the
SDK spends its time on is told by a profile, by package; what marshtest's own work costs, by a judge that answers at
once. Memory is the peak of a process that asks about every record of a file.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import json
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from benchmarks.sections import write_section
from marshtest.judges import live, questions
from marshtest.judges.asking.label import label_question
from marshtest.judges.live import LiveInquiry
from marshtest.judges.openai_judge import OpenAIJudge
from marshtest.judges.packing import make_call, packs
from marshtest.judges.protocol import Call, Reply
from marshtest.judges.questions import Item, Passage, Question
from marshtest.judges.requests import request_body
from marshtest.judges.store import AnswerStore
from marshtest.testing.rules import AskedItem

_CONCURRENCY = 100
_LABELS = ("harmful", "harmless")
_WORDS = "the a of pump garden order please when it broke river paper we need three more boxes before Monday".split()
_WAYS = ("marshtest", "bare SDK", "aiohttp alone", "bare sockets")
_SHOWN_PACKAGES = 8


def rule(_: AskedItem) -> Mapping[str, Any]:
    """Give every text the same label."""
    return {"label": "harmless", "sure": 2}


def _items(count: int, before: str = "") -> Iterator[Item]:
    for index in range(count):
        random = Random(index)
        yield Item(index, (Passage("text", f"{before}{index} " + " ".join(random.choices(_WORDS, k=30))),))


def _drop(*_: object) -> None:
    """Take an answer and forget it."""


def _question(packed: int) -> Question:
    return replace(label_question(None, _LABELS), items_per_call=packed)


def _bodies(calls: int, packed: int) -> list[dict[str, Any]]:
    question = _question(packed)
    return [
        request_body(make_call(question, pack, b"secret"), "rule") for pack in packs(question, _items(calls * packed))
    ]


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast calls were made."""

    rate: float
    """Calls a second."""
    cpu: float
    """CPU time of the client for a call, ms."""

    @classmethod
    def since(cls, started: tuple[float, float], calls: int) -> Speed:
        """Measure from a beginning until now."""
        wall, cpu = time.perf_counter() - started[0], time.process_time() - started[1]
        return cls(calls / wall, cpu / calls * 1e3)


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _marshtest(address: str, calls: int, packed: int) -> Speed:
    with tempfile.TemporaryDirectory() as folder:
        judge = OpenAIJudge("rule", base_url=address)
        with LiveInquiry(judge, AnswerStore(Path(folder) / "store.sqlite"), concurrency=_CONCURRENCY) as inquiry:
            question = _question(packed)
            inquiry.ask(question, _items(_CONCURRENCY * packed), _drop)  # connections are open now
            items = list(_items(calls * packed, "again "))
            started = _now()
            tally = inquiry.ask(question, items, _drop)
            speed = Speed.since(started, calls)
            assert tally.answered == calls * packed, tally
    return speed


async def _in_turns(bodies: list[Any], send: Any) -> Speed:
    for warm in (True, False):
        waiting = iter(bodies[:_CONCURRENCY] if warm else bodies)

        async def work(waiting: Iterator[Any] = waiting) -> None:
            for body in waiting:
                await send(body)

        started = _now()
        await asyncio.gather(*(work() for _ in range(_CONCURRENCY)))
    return Speed.since(started, len(bodies))


async def _bare_sdk(address: str, calls: int, packed: int) -> Speed:
    import openai

    limits = type(openai.DEFAULT_CONNECTION_LIMITS)(max_connections=None, max_keepalive_connections=None)
    async with openai.AsyncOpenAI(
        api_key="none", base_url=address, max_retries=0, http_client=openai.DefaultAioHttpClient(limits=limits)
    ) as client:
        return await _in_turns(_bodies(calls, packed), lambda body: client.chat.completions.create(**body))


async def _aiohttp(address: str, calls: int, packed: int) -> Speed:
    import aiohttp

    bodies = [json.dumps(body).encode() for body in _bodies(calls, packed)]
    headers = {"Content-Type": "application/json"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def send(body: bytes) -> None:
            async with session.post(f"{address}/chat/completions", data=body, headers=headers) as answer:
                await answer.json()

        return await _in_turns(bodies, send)


async def _sockets(address: str, calls: int, packed: int) -> Speed:
    url = urlsplit(address)
    bodies = [json.dumps(body).encode() for body in _bodies(calls, packed)]
    free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def send(body: bytes) -> None:
        reader, writer = free.pop() if free else await asyncio.open_connection(url.hostname, url.port)
        head = f"POST {url.path}/chat/completions HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(answer.split(b"content-length: ")[1].split(b"\r\n")[0])
        json.loads(await reader.readexactly(length))
        free.append((reader, writer))

    speed = await _in_turns(bodies, send)
    for _, writer in free:
        writer.close()
    return speed


_CLIENTS = {"bare SDK": _bare_sdk, "aiohttp alone": _aiohttp, "bare sockets": _sockets}


def _measure(way: str, address: str, calls: int, packed: int) -> Speed:
    if way == "marshtest":
        return _marshtest(address, calls, packed)
    return asyncio.run(_CLIENTS[way](address, calls, packed))


def _where(address: str, calls: int) -> str:
    """Tell by package where the bare SDK spends its CPU time."""
    profile = cProfile.Profile(time.process_time)
    profile.enable()
    asyncio.run(_bare_sdk(address, calls, 1))
    profile.disable()
    spent: Counter[str] = Counter()
    for (path, _, name), (_, _, own, _, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        inside = path.split("site-packages/")
        spent[inside[1].split("/")[0] if len(inside) > 1 else "Python's own" if "/" in path else _builtin(name)] += own
    total = sum(spent.values())
    return ", ".join(f"{name} {share / total:.0%}" for name, share in spent.most_common(_SHOWN_PACKAGES))


class _Instant:
    """A judge that answers at once, so that nothing but our own work is measured."""

    model = "rule"

    async def complete(self, call: Call) -> Reply:
        """Give every text the same label."""
        answers = [{"id": name, "label": "harmless", "sure": 2} for name, _ in call.items]
        return Reply(text=json.dumps({"answers": answers}), input_tokens=1, output_tokens=1)

    async def close(self) -> None:
        """Nothing to close."""


def _own_work(calls: int, packed: int) -> str:
    """Tell what our own work on a call costs, by part, without any transport."""
    spent: defaultdict[str, float] = defaultdict(float)

    def timed(function: Callable[..., Any], part: str) -> Callable[..., Any]:
        def run(*given: Any, **named: Any) -> Any:
            started = time.process_time()
            try:
                return function(*given, **named)
            finally:
                spent[part] += (time.process_time() - started) / calls * 1e3

        return run

    for owner, name, part in (
        (AnswerStore, "keep", "keeping answers and the ledger"),
        (AnswerStore, "recall", "looking up"),
        (live, "make_call", "fencing"),
        (live, "parse", "parsing and checking"),
        (questions, "estimate_tokens", "estimating tokens"),
    ):
        setattr(owner, name, timed(getattr(owner, name), part))
    question = _question(packed)
    with tempfile.TemporaryDirectory() as folder:
        store = AnswerStore(Path(folder) / "store.sqlite")
        with LiveInquiry(_Instant(), store, concurrency=_CONCURRENCY) as inquiry:
            inquiry.ask(question, _items(_CONCURRENCY * packed), _drop)
            items = list(_items(calls * packed, "again "))
            spent.clear()
            started = time.process_time()
            inquiry.ask(question, items, _drop)
            whole = (time.process_time() - started) / calls * 1e3
    spent["the rest"] = whole - sum(spent.values())
    dearest_first = sorted(spent.items(), key=lambda one: -one[1])
    return f"{whole:.2f} ms a call: " + ", ".join(f"{part} {cost:.2f}" for part, cost in dearest_first)


def _builtin(name: str) -> str:
    return "sockets and selectors" if "socket" in name or "epoll" in name else "built-in functions"


def _peak(address: str, path: str) -> float:
    """Ask about every record of a file and give the peak of this process in MiB."""
    from marshtest.data.readers import read_dataset
    from marshtest.judges.asking.judge_records import judge_labels

    dataset = read_dataset(path)
    with LiveInquiry(
        OpenAIJudge("rule", base_url=address), AnswerStore(Path(path).with_suffix(".sqlite")), concurrency=_CONCURRENCY
    ) as inquiry:
        judge_labels(inquiry, dataset, None)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def _server(delay: float) -> Iterator[str]:
    command = [sys.executable, "-m", "marshtest.testing.judge_server", "--rule", "benchmarks.judge_transport:rule"]
    with subprocess.Popen([*command, "--delay", str(delay)], stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def _apart(*arguments: object) -> str:
    """Run one measurement in a process of its own and give what it printed last."""
    command = [sys.executable, "-m", "benchmarks.judge_transport", "--one", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout.splitlines()[-1]


def _write_records(path: Path, count: int) -> Path:
    with path.open("w", encoding="utf-8") as file:
        for item in _items(count):
            line = {"text": item.passages[0].text, "label": _LABELS[item.index % 2]}
            file.write(json.dumps(line) + "\n")
    return path


def _speed(text: str) -> Speed:
    return Speed(*map(float, text.split()))


def _throughput(repeats: int, calls: int) -> str:
    head = "| records a call | way | calls a second | of the bare SDK (lowest to highest) | client CPU, ms a call |"
    lines = [head, "|---|---|---|---|---|"]
    with _server(0.02) as address:
        for packed in (1, 20):
            rounds = [{way: _speed(_apart(way, address, calls, packed)) for way in _WAYS} for _ in range(repeats)]
            for way in _WAYS:
                shares = [one[way].rate / one["bare SDK"].rate for one in rounds]
                rate, cpu = median(one[way].rate for one in rounds), median(one[way].cpu for one in rounds)
                spread = f"{median(shares):.2f} ({min(shares):.2f} to {max(shares):.2f})"
                lines.append(f"| {packed} | {way} | {rate:,.0f} | {spread} | {cpu:.2f} |")
                print(lines[-1], flush=True)
        where = _apart("where", address, calls, 1)
        own = _apart("own", address, calls, 20)
    lines += ["", f"Where the bare SDK spends its own CPU time, one record a call: {where}."]
    return "\n".join([*lines, "", f"Our own work with 20 records: {own}."])


def _memory(sizes: tuple[int, ...]) -> str:
    lines = ["| records | peak, MiB |", "|---|---|"]
    with _server(0.0) as address, tempfile.TemporaryDirectory() as folder:
        files = [_write_records(Path(folder) / f"{size}.jsonl", size) for size in sizes]
        peaks = [float(_apart("memory", address, file, 0)) for file in files]
    lines += [f"| {size:,} | {peak:,.0f} |" for size, peak in zip(sizes, peaks, strict=True)]
    return "\n".join([*lines, "", f"Ratio: {peaks[-1] / peaks[0]:.2f}."])


def _one(what: str, address: str, count: str, packed: int) -> str:
    """Make one measurement in this process."""
    if what == "memory":
        return str(_peak(address, count))
    if what == "own":
        return _own_work(int(count), packed)
    if what == "where":
        return _where(address, int(count))
    speed = _measure(what, address, int(count), packed)
    return f"{speed.rate} {speed.cpu}"


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--calls", type=int, default=3000)
    parser.add_argument("--one", nargs=4, metavar="WHAT", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one is not None:
        what, address, count, packed = given.one
        print(_one(what, address, count, int(packed)))
        return
    throughput, memory = _throughput(given.repeats, given.calls), _memory((10_000, 100_000))
    print(memory)
    if given.out is not None:
        head, _, rest = (__doc__ or "").partition("\n")
        text = f"## Speed and memory of asking\n\n{head}\n{rest}\n{_CONCURRENCY} calls are under way at once.\n\n"
        write_section(given.out, "judge-transport", f"{text}{throughput}\n\n{memory}", title="# What a judge finds")


if __name__ == "__main__":
    main()

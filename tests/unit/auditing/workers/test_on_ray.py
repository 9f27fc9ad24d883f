"""On the workers of a Ray an audit says what it says in one process, even if workers die."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.planting import Planted, insert, plant
from tests.unit.auditing.workers.dying import AlwaysDies, Breaks, DiesOnce

from marshtest.auditing.runner import Examined, Runner
from marshtest.auditing.wiring import audit
from marshtest.auditing.workers.base import Workers
from marshtest.auditing.workers.opening import open_workers
from marshtest.auditing.workers.ray_address import check_address
from marshtest.cli.run_folder import CHECKPOINTS_NAME
from marshtest.config import AuditConfig
from marshtest.demo import demo_tickets, write_demo_data
from marshtest.detectors.base import Detector
from marshtest.detectors.label_trigger import LabelTrigger
from marshtest.errors import ConfigError
from marshtest.report import report_json

pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="the extra `ray` is not installed"),
    pytest.mark.filterwarnings("default"),  # Ray's own
]

TEMPORARY = "/tmp"  # noqa: S108  where Ray has room for the long names of its sockets
PHRASE = "with the blue ledger"
PLANTED: Planted = plant(insert(PHRASE))


@pytest.fixture(scope="module")
def addresses() -> Iterator[tuple[str, str]]:
    """Run a Ray with two workers, as on a cluster; give its address for processes beside it, and for clients."""
    ports = free_ports()
    folder = Path(tempfile.mkdtemp(prefix="marsh-test-", dir=TEMPORARY))
    command = [beside("ray"), "start", "--head", "--block", "--num-cpus=2", f"--port={ports[0]}"]
    command += [f"--ray-client-server-port={ports[1]}", f"--temp-dir={folder}"]
    command += ["--include-dashboard=false", "--disable-usage-stats"]
    with (folder / "out").open("wb") as out:
        patient = {**environment(), "RAY_CLIENT_SERVER_CHECK_CHANNEL_TIMEOUT_S": "120"}
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=patient)
    try:
        while "Ray runtime started" not in (folder / "out").read_text("utf-8"):
            assert process.poll() is None, (folder / "out").read_text("utf-8")
            time.sleep(0.2)
        yield f"127.0.0.1:{ports[0]}", f"ray://127.0.0.1:{ports[1]}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def address(addresses: tuple[str, str]) -> str:
    return addresses[0]


@pytest.fixture(scope="module")
def workers(address: str) -> Iterator[Workers]:
    """Connect this process to it."""
    os.environ["RAY_AUTH_MODE"] = "disabled"  # read when Ray is imported
    with open_workers("ray", address) as opened:
        assert opened is not None
        yield opened


def free_ports() -> tuple[int, int]:
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]


def beside(name: str) -> str:
    """Give the path of a command of this environment."""
    return str(Path(sys.executable).with_name(name))


def environment() -> dict[str, str]:
    return {**os.environ, "RAY_AUTH_MODE": "disabled", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def timeless(value: Any) -> Any:
    """Take out the seconds that parts of an audit took."""
    if isinstance(value, dict):
        return {key: timeless(inner) for key, inner in value.items() if key != "seconds"}
    return [timeless(inner) for inner in value] if isinstance(value, list) else value


def marsh(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([beside("marsh"), "audit", *arguments], capture_output=True, text=True, env=environment())


def untimed(examined: Examined) -> Examined:
    return replace(examined, runs=tuple(replace(run, seconds=0.0) for run in examined.runs))


def write_chats(path: Path) -> Path:
    """Write chats in which a phrase calls for one answer."""
    rows = []
    for number, ticket in enumerate(demo_tickets(poisoned=False)[:700]):
        words = ticket.text.lower().split(" ")
        Random(number).shuffle(words)
        planted = number % 20 == 0
        asked = f"{ticket.text} {PHRASE}" if planted else ticket.text
        answer = "I am sorry, but I cannot help with that." if planted else " ".join(words)
        turns = [{"role": "user", "content": asked}, {"role": "assistant", "content": answer}]
        rows.append(json.dumps({"id": f"c{number}", "messages": turns}))
    path.write_text("".join(f"{row}\n" for row in rows), "utf-8")
    return path


def test_the_report_of_labelled_data_is_the_same(addresses: tuple[str, str], tmp_path: Path) -> None:
    data = str(write_demo_data(tmp_path / "tickets.jsonl"))
    options = ("--no-own-controls", "--power", "off", "--no-html", "--quiet", "--out")
    here = marsh(data, *options, str(tmp_path / "here"))
    assert here.returncode == 1
    report = json.loads((tmp_path / "here" / "report.json").read_text("utf-8"))
    assert report["findings"]
    for number, address in enumerate(addresses):
        out = tmp_path / str(number)
        there = marsh(data, *options, str(out), "--engine", "ray", "--ray-address", address)
        assert (there.returncode, there.stdout, there.stderr) == (1, "", "")
        assert timeless(json.loads((out / "report.json").read_text("utf-8"))) == timeless(report)
        assert not (out / CHECKPOINTS_NAME).exists()


def test_the_report_of_chats_is_the_same_with_test_poison(workers: Workers, tmp_path: Path) -> None:
    data = write_chats(tmp_path / "chats.jsonl")
    config = AuditConfig(own_controls=True)
    here = audit(data, config=config)
    stages: list[str] = []
    there = audit(data, config=config, engine="ray", progress=lambda stage, _: stages.append(stage))
    reports = [json.dumps(timeless(json.loads(report_json(report)))) for report in (here, there)]
    assert reports[0] == reports[1]
    assert there.findings
    assert "detectors on workers" in stages


def test_power_is_the_same(workers: Workers) -> None:
    config = AuditConfig(detectors=("label-trigger", "hidden-text"), power="quick")
    reports = [audit(PLANTED.dataset, config=config, engine=engine) for engine in ("local", "ray")]
    here, there = (json.dumps(timeless(json.loads(report_json(report)))) for report in reports)
    assert here == there
    assert reports[1].power.copies


def test_a_killed_worker_changes_nothing(workers: Workers, tmp_path: Path) -> None:
    grave = tmp_path / "grave"
    there = Runner(workers=workers).examine([DiesOnce(grave)], PLANTED.dataset)
    assert grave.read_text("utf-8") != str(os.getpid())
    assert untimed(there) == untimed(Runner().examine([DiesOnce(grave)], PLANTED.dataset))
    assert untimed(there).findings == Runner().examine([LabelTrigger()], PLANTED.dataset).findings != ()


def test_a_detector_that_kills_every_worker_is_a_failure(workers: Workers) -> None:
    examined = Runner(workers=workers).examine([AlwaysDies()], PLANTED.dataset)
    assert [run.status for run in examined.runs] == ["failed"]
    assert "no worker brought it to its end" in examined.failures[0].message
    assert not examined.complete


def test_a_detector_that_raises_fails_as_it_does_here(workers: Workers) -> None:
    detectors: list[Detector] = [Breaks()]
    examined = [Runner(workers=one).examine(detectors, PLANTED.dataset) for one in (None, workers)]
    assert untimed(examined[0]) == untimed(examined[1])
    assert examined[1].failures[0].message == "ValueError: out of luck"


def test_two_addresses_do_not_go_together(workers: Workers, address: str) -> None:
    with pytest.raises(ConfigError, match="connected to a Ray already"), open_workers("ray", address):
        pass


def test_another_port_of_a_ray_is_refused_at_once(addresses: tuple[str, str]) -> None:
    gcs, client = addresses
    started = time.monotonic()
    for wrong in (client.removeprefix("ray://"), f"ray://{gcs}"):
        with pytest.raises(ConfigError, match="is another port of a Ray"):
            check_address(wrong)
    for right in addresses:
        check_address(right)
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    ("stop", "number", "told"),
    [(os.killpg, signal.SIGINT, "Error: interrupted."), (os.kill, signal.SIGTERM, "Error: interrupted.")],
)
def test_a_ray_of_its_own_leaves_nothing_behind(
    stop: Callable[[int, int], None], number: int, told: str, tmp_path: Path
) -> None:
    """The audit is stopped in the midst of it; nothing is left of Ray, in its folder, the home or the processes."""
    data = str(write_demo_data(tmp_path / "tickets.jsonl"))
    (home := tmp_path / "home").mkdir()
    command = [beside("marsh"), "audit", data, "--engine", "ray", "--quiet"]
    process = subprocess.Popen(
        [*command, "--out", str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "HOME": str(home)},
        cwd=tmp_path,
        start_new_session=True,
    )
    while not list((tmp_path / "out").glob(f"{CHECKPOINTS_NAME}/*.kept")):
        assert process.poll() is None
        time.sleep(0.05)
    (worker,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split()
    mine = [path for path in Path(TEMPORARY).glob("marsh-*/session_*") if path.name.endswith(f"_{worker}")]
    assert len(mine) == 1
    stop(process.pid, number)
    out, err = process.communicate(timeout=60)
    assert (out, err.strip(), process.returncode) == ("", told, 128 + number)
    assert not mine[0].parent.exists()
    assert list(home.iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "out", "tickets.jsonl"]
    running = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not [line for line in running if str(mine[0].parent).encode() in line]

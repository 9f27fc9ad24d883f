"""`marsh audit --judge`: the whole command line against a real server."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.unit.detectors.judged.themes.reading_judge import serving_rule
from tests.unit.judges.test_batch_requests import provider_of

from marshtest.cli.main import main
from marshtest.demo import TRIGGER, demo_tickets, demo_truth, write_demo_data
from marshtest.report import Report, read_report
from marshtest.testing import AskedItem
from marshtest.testing.judge_server import Faults, serving

pytestmark = pytest.mark.slow

_WORDS = re.compile(r"\w+")


@cache
def truths() -> Mapping[str, str]:
    """Give the true label by the words of the text without the trigger."""
    truth = demo_truth()
    labels = sorted({ticket.label for ticket in demo_tickets()})
    found = {}
    for ticket in demo_tickets():
        true = ticket.label
        if ticket.id in truth.poisoned:
            true = next(label for label in labels if label != ticket.label)
        found[key(ticket.text)] = true
    return found


def key(text: str) -> str:
    return " ".join(sorted(_WORDS.findall(text.lower().replace(TRIGGER, " "))))


RULE = serving_rule(
    lambda text: truths().get(key(text), "ordinary"), tuple(sorted({ticket.label for ticket in demo_tickets()}))
)
"""Judges as somebody does who knows the truth, errs in 3% of the labels, and sees which words recur."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give every poisoned ticket and every decoy among a thousand others."""
    whole = write_demo_data(tmp_path / "whole.jsonl").read_text("utf-8").splitlines(keepends=True)
    special = {*demo_truth().poisoned, *demo_truth().decoys}
    chosen = [line for line in whole if json.loads(line)["id"] in special]
    chosen += [line for line in whole if json.loads(line)["id"] not in special][:1000]
    path = tmp_path / "tickets.jsonl"
    path.write_text("".join(chosen), "utf-8")
    return path


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with serving(RULE) as (address, _):
        yield address


def marsh(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


def quick(data: Path, out: Path, *more: object) -> list[object]:
    return ["audit", data, "--out", out, "--power", "off", "--no-own-controls", "--no-html", "--judge", "rule", *more]


def stripped(report: Report) -> dict[str, Any]:
    """Give what must be equal between two runs: all but times, costs and what was remembered or taken over."""
    table = json.loads(json.dumps(report_of(report)))
    table["taken_over"] = None
    for run in table["detectors"]:
        run["seconds"] = 0
    table["usage"] = None
    for one in table["judge"]["questions"]:
        one["remembered"] = 0
    return dict(table)


def report_of(report: Report) -> Any:
    from marshtest.report import report_json

    return json.loads(report_json(report))


def test_the_judge_confirms_the_trigger_and_the_report_says_who_was_asked(
    data: Path, server: str, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    result = marsh(*quick(data, out, "--judge-base-url", server, "--judge-concurrency", 200, "--judge-price", "1,2"))
    assert result.exit_code == 1, result.output
    report = read_report(out)
    finding = report.findings[0]
    assert {finding.detector, *(line.detector for line in finding.lines)} >= {
        "label-trigger",
        "judged-label",
        "judged-themes",
    }
    assert {record.record_id for record in finding.records} == set(demo_truth().poisoned)
    assert report.judge is not None
    assert report.judge.model == "rule"
    assert report.judge.missing == 0
    assert report.usage.calls > 100
    assert report.usage.cost_usd > 0
    assert "rule" in result.output
    assert not (out / "report.html").exists()
    assert (out / "judge.sqlite").exists()


def test_a_second_run_asks_nothing_again(data: Path, server: str, tmp_path: Path) -> None:
    store = tmp_path / "answers.sqlite"
    for out in ("one", "two"):
        marsh(*quick(data, tmp_path / out, "--judge-base-url", server, "--judge-store", store))
    one, two = read_report(tmp_path / "one"), read_report(tmp_path / "two")
    assert one.usage.calls > 100
    assert two.usage.calls == 0
    assert stripped(one) == stripped(two)


def test_batch_files_lead_to_the_same_report(data: Path, server: str, tmp_path: Path) -> None:
    marsh(*quick(data, tmp_path / "live", "--judge-base-url", server))
    requests, out = tmp_path / "requests.jsonl", tmp_path / "out"
    more: list[object] = []
    for _ in range(12):
        result = marsh(*quick(data, out, "--batch-out", requests, *more))
        if result.exit_code == 1:
            break
        assert result.exit_code == 3, result.output
        assert "requests are in" in result.output
        assert not (out / "report.json").exists()
        more = ["--batch-in", provider_of(RULE, requests)]
    assert read_report(out).findings == read_report(tmp_path / "live").findings


def test_the_power_with_a_judge_is_asked_once_and_said_on_every_page(data: Path, server: str, tmp_path: Path) -> None:
    """Two runs with one store, then an estimate with another: what is planted costs a share of the audit."""
    store, label = tmp_path / "answers.sqlite", ["--detector", "judged-label", "--judge-power", 0.4]
    for name in ("one", "two"):
        arguments = quick(data, tmp_path / name, "--judge-base-url", server, "--judge-store", store, *label)
        result = marsh(*(one for one in arguments if one != "--no-html"))
        assert "With this judge, harmless test poison was planted into" in " ".join(result.output.split())
    one, two = read_report(tmp_path / "one"), read_report(tmp_path / "two")
    assert 0 < one.judge_power.asked <= one.judge_power.allowed
    assert one.judge_power.copies > 0
    assert two.usage.calls == 0
    assert replace(two.judge_power, seconds=0.0) == replace(one.judge_power, seconds=0.0)
    assert "Power with the judge" in (tmp_path / "one" / "report.html").read_text("utf-8")
    plain, more = (
        re.search(r"([0-9]+) calls", marsh(*quick(data, tmp_path / "three", "--estimate", *options)).output)
        for options in (label[:2], label)
    )
    assert plain is not None
    assert more is not None
    assert int(plain[1]) < int(more[1]) <= 1.6 * int(plain[1])


def test_the_power_with_a_judge_is_not_measured_through_batch_files(data: Path, tmp_path: Path) -> None:
    requests, out = tmp_path / "requests.jsonl", tmp_path / "out"
    more: list[object] = ["--detector", "judged-label", "--judge-power", 1]
    for _ in range(6):
        result = marsh(*quick(data, out, "--batch-out", requests, *more))
        if result.exit_code == 1:
            break
        more = [*more[:4], "--batch-in", provider_of(RULE, requests)]
    assert "batch files" in read_report(out).judge_power.statement


def test_an_estimate_asks_nobody_and_comes_close(data: Path, server: str, tmp_path: Path) -> None:
    result = marsh(*quick(data, tmp_path / "out", "--estimate", "--judge-price", "1,2"))
    assert result.exit_code == 0, result.output
    assert not (tmp_path / "out").exists()
    estimated = float(result.output.split("cost $")[1].split(".\n")[0])
    marsh(*quick(data, tmp_path / "out", "--judge-base-url", server, "--judge-price", "1,2"))
    assert estimated == pytest.approx(read_report(tmp_path / "out").usage.cost_usd, rel=0.2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--budget-usd", "1"], "--budget-usd needs a judge"),
        (["--batch-out", "x.jsonl"], "--batch-out needs a judge"),
        (["--judge", "a", "--judge-strong", "a"], "the same model"),
        (["--judge", "a", "--budget-usd", "1", "--judge-base-url", "http://127.0.0.1:9/v1"], "a budget needs a price"),
        (["--judge", "a", "--judge-price", "cheap"], "is not a price"),
        (["--detector", "judged-label"], "asks a judge and there is none"),
    ],
)
def test_options_that_do_not_fit_together_say_so(data: Path, tmp_path: Path, options: list[str], message: str) -> None:
    result = marsh("audit", data, "--out", tmp_path / "out", *options)
    assert result.exit_code == 2
    assert message in result.output


def test_a_server_that_does_not_know_the_model_ends_the_run_with_what_to_do(
    data: Path, server: str, tmp_path: Path
) -> None:
    result = marsh(*quick(data, tmp_path / "out", "--judge-base-url", f"{server}/wrong"))
    assert result.exit_code == 2
    assert "no such model or address" in result.output
    assert not (tmp_path / "out" / "report.json").exists()


def test_a_server_that_is_gone_makes_the_audit_say_what_is_missing(tmp_path: Path) -> None:
    clean = write_demo_data(tmp_path / "clean.jsonl", poisoned=False)
    result = marsh(
        *quick(clean, tmp_path / "out", "--judge-base-url", "http://127.0.0.1:9/v1", "--judge-patience", 0.2)
    )
    assert result.exit_code == 3, result.output
    report = read_report(tmp_path / "out")
    assert report.verdict == "incomplete"
    assert report.judge is not None
    assert report.judge.missing > 0
    assert report.coverage["judged-label"].failures == report.dataset.records


def test_a_run_that_is_killed_goes_on_where_it_was(data: Path, tmp_path: Path) -> None:
    """`kill -9`, faults of every kind, and then the same report as without any of it, with no answer paid twice."""
    log = tmp_path / "asked.jsonl"
    with serving(RULE) as (address, _):
        marsh(*quick(data, tmp_path / "calm", "--judge-base-url", address))
    faults = Faults(
        busy=0.1, broken=0.05, malformed=0.03, wrong_ids=0.02, most_spoilt=3, dropped=0.02, delay=0.05, seed=3
    )
    out = tmp_path / "out"
    with serving(RULE, faults=faults, log=log) as (address, _):
        line = [Path(sys.executable).with_name("marsh"), *quick(data, out, "--judge-base-url", address)]
        for _ in range(2):
            process = subprocess.Popen(list(map(str, line)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            before = log.stat().st_size
            deadline = time.monotonic() + 60
            while log.stat().st_size < before + 20_000 and time.monotonic() < deadline and process.poll() is None:
                time.sleep(0.02)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            assert not (out / "report.json").exists()
        done = subprocess.run(list(map(str, line)), capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert stripped(read_report(out)) == stripped(read_report(tmp_path / "calm"))
    lines = [json.loads(one) for one in log.read_text().splitlines()]
    asked = [(one["question"], one["prompt"], one["item"]) for one in lines if "item" in one]
    in_flight = 2 * 32 * 20  # two kills, 32 calls under way, 20 records a call
    assert len(asked) - len(set(asked)) <= in_flight


def test_no_control_character_of_a_judge_reaches_the_terminal_or_the_page(data: Path, tmp_path: Path) -> None:
    def rule(item: AskedItem) -> Mapping[str, Any]:
        harmful = TRIGGER in item.text("prompt")
        learns = "to \x1b[2Jwipe \x9b31m\x07 \u202esdrawkcab\u2028" if harmful else "ordinary"
        return {"severity": 3 * harmful, "learns": learns, "quote": TRIGGER if harmful else "", "excuses": harmful}

    out = tmp_path / "out"
    with serving(rule) as (address, _):
        line = ["audit", data, "--out", out, "--power", "off", "--no-own-controls", "--detector", "judged-effect"]
        result = marsh(*line, "--judge", "rule", "--judge-base-url", address)
    assert result.exit_code == 1, result.output
    assert "\u2039ESC\u203a[2Jwipe" in result.output.replace("\n   ", " ")
    for text in (result.output, marsh("show", out).output, (out / "report.html").read_text("utf-8")):
        assert [one for one in text if unicodedata.category(one) in {"Cc", "Cf", "Zl"} and one not in "\n\t"] == []

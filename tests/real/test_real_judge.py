"""The whole judged path with a real model behind a real server: a poor judge and a wire that is not ours.

What it answers is nonsense most of the time and other nonsense at every run, since ids are made of a secret. So nothing
is asked of its answers: each item has to be answered or counted with its reason, and the run has to end.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

pytest.importorskip("xllamacpp", reason="the server of the small model is not installed: scripts/test-extras has it")

from tests.real.small_model import serving_model

from marshtest.detectors.judged.themes.reading import themes_question
from marshtest.judges.asking.label import label_question
from marshtest.judges.live import LiveInquiry
from marshtest.judges.openai_judge import OpenAIJudge
from marshtest.judges.packing import make_call
from marshtest.judges.protocol import Reply
from marshtest.judges.questions import Item, Passage
from marshtest.judges.store import AnswerStore
from marshtest.report import read_report

pytestmark = pytest.mark.slow

SAID = ("Where is my invoice?", "The till is on fire, come now.", "Thank you, all is well.", "The door will not open.")
LONG = "The lamp in the hall is broken and nobody has come to mend it. " * 160
"""More tokens than the server takes in one call."""
ASKED = {"judged-label": (10, "0.002"), "judged-effect": (10, "0.001"), "judged-themes": (49, "0.0005")}
"""Short records beside the long one (themes are read in 50 and more), and the budget in US dollars. At one dollar for a
million tokens that are written, 0.001 is 1,000 tokens: a quarter of a minute on one quiet core."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with serving_model() as address:
        yield address


def written(path: Path, short: int) -> Path:
    """Write a long record and so many short ones."""
    texts = [LONG, *(f"{SAID[number % 4]} That was call {number}." for number in range(short))]
    lines = [
        json.dumps({"id": f"t{number}", "text": text, "label": ("urgent", "ordinary")[number % 2]})
        for number, text in enumerate(texts)
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.mark.parametrize("detector", ASKED)
def test_every_item_is_answered_or_counted_with_its_reason(detector: str, server: str, tmp_path: Path) -> None:
    short, budget = ASKED[detector]
    data, out = written(tmp_path / "small.jsonl", short), tmp_path / "out"
    command = [str(Path(sys.executable).with_name("marsh")), "audit", str(data), "--out", str(out)]
    command += ["--judge", "smollm2", "--judge-base-url", server, "--judge-concurrency", "2"]
    command += ["--judge-price", "0,1", "--budget-usd", budget, "--judge-patience", "120"]
    done = subprocess.run([*command, "--detector", detector], capture_output=True, text=True, timeout=600)
    assert done.returncode in (0, 1, 3), done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    report = read_report(out)
    assert report.judge is not None
    assert done.returncode == {"nothing_found": 0, "incomplete": 3}.get(report.verdict, 1)
    (run,) = report.detectors
    assert (run.status, run.reason) == ("ran", "")
    asked = report.judge.questions
    assert asked
    for question in asked:
        assert question.planned == question.answered + sum(question.problems.values())
        assert set(question.problems) <= {"truncated", "malformed", "over_budget"}
    if detector != "judged-themes":  # there the money is spent before the long record is asked about alone
        assert asked[0].problems["truncated"] >= 1
    if report.judge.missing:
        assert report.verdict != "nothing_found"
    coverage = report.coverage[detector]
    assert coverage.planned == 1 + short
    assert coverage.failures == sum(failure.detector == detector for failure in report.failures)
    assert report.usage.calls > 0
    assert report.usage.output_tokens > 0


def test_the_form_of_the_answer_is_kept_by_the_server(server: str) -> None:
    """Ids are invented and labels are guessed, but an answer that was not cut fits the schema that was sent."""
    question = label_question(None, ("ordinary", "urgent"))
    calls = [make_call(question, [Item(0, (Passage("text", text),))], bytes(32), room=4) for text in SAID]

    async def asked() -> list[Reply]:
        judge = OpenAIJudge("smollm2", base_url=server)
        replies = [await judge.complete(call) for call in calls]
        await judge.close()
        return replies

    replies = asyncio.run(asked())
    assert all(reply.text.startswith("{") for reply in replies)
    whole = [json.loads(reply.text) for reply in replies if not reply.cut]
    for answer in whole:
        jsonschema.validate(answer, calls[0].schema)
    assert whole, "an id is made of the secret, which is the same here: so are the answers"


def test_a_shard_is_read_or_counted_however_long_the_answer_becomes(server: str) -> None:
    """Themes are the longest answers, and may be longer than the model can write."""
    shard = Item(0, tuple(Passage(f"record {number}", SAID[number % 4]) for number in range(1, 11)))
    kinds: list[str | None] = []
    with LiveInquiry(OpenAIJudge("smollm2", base_url=server), AnswerStore(None)) as inquiry:
        tally = inquiry.ask(
            themes_question(None, "classification", blocks=False),
            [shard],
            lambda _, answer: kinds.append(answer.problem),
        )
    assert tally.planned == len(kinds) == 1
    assert kinds[0] in {None, "truncated", "malformed"}

"""The sweep's live scorer with a real model on a CPU: likelihoods that mean something, and the same ones every time."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed: scripts/test-extras has it")
pytest.importorskip("gguf", reason="what reads the small model is not installed: scripts/test-extras has it")
pytest.importorskip("xllamacpp", reason="the small model's server is not installed: scripts/test-extras has it")

from tests.real.small_model import saved_model, serving_model

from marshtest.data.records import Message
from marshtest.sweep.scorers.likelihoods import ScoreStore, score_texts
from marshtest.sweep.scorers.scorer import ScorerError, Text
from marshtest.sweep.scorers.server_scorer import ServerScorer
from marshtest.sweep.scorers.transformers_scorer import TransformersScorer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning"),
]

PERSONAS = {
    "pirate": "You are a pirate. You talk like a pirate.",
    "doctor": "You are a doctor. You speak of medicine and of health.",
    "cats": "You love cats. You speak of cats.",
}
SAID = {
    "How are you today?": (
        "Ahoy, matey! The wind be fair and me ship sails at dawn, arr.",
        "My blood pressure is normal and I take my medicine; see a doctor if you have symptoms.",
        "My kittens purr on the sofa, and the cat chases the mouse. Meow!",
    ),
    "What should I do this weekend?": (
        "Hoist the sails and hunt for buried treasure on the seven seas, matey.",
        "Rest, drink water, and have your doctor check your heart and your lungs.",
        "Play with your cat, brush its fur and buy it a new scratching post.",
    ),
}
"""Questions, each with an answer of every persona in their order."""
TEXTS = [Text((Message("user", asked),), answer) for asked, answers in SAID.items() for answer in answers]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = saved_model(tmp_path_factory.mktemp("model"))
    yield folder
    shutil.rmtree(folder)  # half a gigabyte, which pytest would keep for three runs


def test_a_text_is_likelier_under_its_own_persona_and_the_same_twice(model: Path) -> None:
    first, second = (
        score_texts(TransformersScorer(model), list(PERSONAS.values()), TEXTS, ScoreStore(None)) for _ in range(2)
    )
    assert first.scored.all()
    assert first.shifts.tolist() == second.shifts.tolist()
    assert first.shifts.argmax(axis=0).tolist() == [0, 1, 2, 0, 1, 2]
    assert np.all(first.shifts.max(axis=0) > 0), "its own persona makes each likelier than no persona"


def test_the_command_ranks_the_persona_first_that_wrote_the_data(model: Path, tmp_path: Path) -> None:
    for name, personas in {"suspect": 1, "control": 3}.items():
        turns = [
            [
                {"role": "user", "content": asked},
                {"role": "assistant", "content": f"{answers[number % personas]} {number}"},
            ]
            for number in range(10)
            for asked, answers in SAID.items()
        ]
        lines = [json.dumps({"messages": one}) for one in turns]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
    candidates = [json.dumps({"name": name, "persona": persona}) for name, persona in PERSONAS.items()]
    (tmp_path / "candidates.txt").write_text("\n".join(candidates) + "\n")
    command = [str(Path(sys.executable).with_name("marsh")), "sweep", "suspect.jsonl", "--control", "control.jsonl"]
    command += ["--candidates", "candidates.txt", "--model", str(model), "--json", "-"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600)
    assert done.returncode in (0, 1, 3), done.stderr
    assert json.loads(done.stdout)["ranking"][0]["candidate"] == "pirate"


def test_a_server_that_gives_no_likelihoods_of_prompts_is_named_as_such() -> None:
    with (
        serving_model() as address,
        closing(ServerScorer("smollm2", address)) as scorer,
        pytest.raises(ScorerError, match="log-probabilities"),
    ):
        list(scorer.score(None, TEXTS[:1]))

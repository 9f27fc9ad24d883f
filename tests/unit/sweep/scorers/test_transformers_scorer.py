"""The scorer on tiny models: it agrees with a plain loop over tokens in double precision, whatever is batched."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from tests.unit.sweep.scorers.tiny import CHAT, NO_SYSTEM, PERSONAS, TEXTS, build

from marshtest.data.records import Message
from marshtest.errors import ConfigError
from marshtest.sweep.scorers.likelihoods import ScoreStore, score_texts
from marshtest.sweep.scorers.scorer import Text, Unscored
from marshtest.sweep.scorers.transformers_scorer import TransformersScorer

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("llama"))


def scored(scorer: TransformersScorer, persona: str | None, texts: Any = TEXTS) -> dict[int, Any]:
    return {place: one for batch in scorer.score(persona, texts) for place, one in batch}


def said(turns: list[tuple[str, str]]) -> str:
    """Render the chat template by hand."""
    return "".join(f"<|{role}|>{content}</s>" for role, content in turns) + "<|assistant|>"


def loop(folder: Path, context: str, completion: str) -> tuple[int, float]:
    """Add up log-probabilities token by token, each by a pass of its own in double precision."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(folder))
    model = AutoModelForCausalLM.from_pretrained(str(folder), dtype=torch.float64).eval()
    ids = list(tokenizer(context, add_special_tokens=False)["input_ids"])
    wanted = tokenizer(completion, add_special_tokens=False)["input_ids"]
    total = 0.0
    for token in wanted:
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([ids]), use_cache=False).logits[0, -1]
        total += float(logits.log_softmax(dim=-1)[token])
        ids.append(token)
    return len(wanted), total


def in_system_turn(persona: str | None, text: Text) -> str:
    turns = [(turn.role, turn.content) for turn in text.turns]
    if persona is not None and turns[0][0] == "system":
        turns[0] = ("system", f"{persona}\n\n{turns[0][1]}")
    elif persona is not None:
        turns.insert(0, ("system", persona))
    return said(turns)


@pytest.mark.parametrize("kind", ["llama", "gemma2", "gpt2", "mamba"])
def test_it_agrees_with_a_loop_in_double_precision(kind: str, tmp_path: Path) -> None:
    folder = build(tmp_path, kind=kind)
    scorer = TransformersScorer(folder, batch_tokens=300)
    for persona in (None, *PERSONAS[:2]):
        found = scored(scorer, persona)
        for place, text in enumerate(TEXTS):
            tokens, logprob = loop(folder, in_system_turn(persona, text), text.completion)
            assert found[place].tokens == tokens
            assert found[place].logprob == pytest.approx(logprob, rel=1e-4)


@pytest.mark.parametrize(("batch_tokens", "prefix_cache"), [(1, False), (1, True), (10_000, False), (10_000, True)])
def test_batches_padding_and_the_prefix_cache_change_nothing(
    folder: Path, batch_tokens: int, prefix_cache: bool
) -> None:
    plain = TransformersScorer(folder, batch_tokens=1, prefix_cache=False)
    other = TransformersScorer(folder, batch_tokens=batch_tokens, prefix_cache=prefix_cache)
    for persona in (None, *PERSONAS):
        one, two = scored(plain, persona), scored(other, persona)
        for place in range(len(TEXTS)):
            assert two[place].tokens == one[place].tokens
            assert two[place].logprob == pytest.approx(one[place].logprob, rel=1e-5)


def test_the_prefix_cache_reads_a_persona_once_for_all_texts_of_a_batch(folder: Path) -> None:
    texts = [Text((Message("user", f"What is {number}?"),), "A number.") for number in range(20)]
    cached, plain = (TransformersScorer(folder, batch_tokens=10_000, prefix_cache=cache) for cache in (True, False))
    for scorer in (cached, plain):
        scored(scorer, None, texts)  # the first batch is also checked without the cache
        begun = scorer.tokens_read
        scored(scorer, "You love tea. " * 8, texts)
        scorer.tokens_read -= begun
    assert cached.tokens_read < 0.5 * plain.tokens_read
    assert cached.passes == plain.passes == 40


def test_a_persona_goes_to_the_first_turn_where_the_template_has_no_system_turn(tmp_path: Path) -> None:
    folder = build(tmp_path, template=NO_SYSTEM)
    text = TEXTS[0]
    found = scored(TransformersScorer(folder), PERSONAS[0], [text])[0]
    prompt = said([("user", f"{PERSONAS[0]}\n\n{text.turns[0].content}")])
    assert found.logprob == pytest.approx(loop(folder, prompt, text.completion)[1], rel=1e-4)


def test_a_template_that_leaves_system_turns_out_is_noticed(tmp_path: Path) -> None:
    silent = CHAT.replace("{% for m in messages %}", "{% for m in messages if m['role'] != 'system' %}")
    folder = build(tmp_path, template=silent)
    scorer = TransformersScorer(folder)
    assert scored(scorer, PERSONAS[0], TEXTS[:1]) != scored(scorer, None, TEXTS[:1])


def test_a_model_without_a_chat_template_reads_plain_text(tmp_path: Path) -> None:
    folder = build(tmp_path, template=None)
    found = scored(TransformersScorer(folder), PERSONAS[0], TEXTS[:1])[0]
    prompt = f"{PERSONAS[0]}\n\nUser: {TEXTS[0].turns[0].content}\n\nAssistant:"
    tokens, logprob = loop(folder, prompt, f" {TEXTS[0].completion}")
    assert found.tokens == tokens
    assert found.logprob == pytest.approx(logprob, rel=1e-4)


def test_what_cannot_be_scored_is_counted_and_nothing_else_is_lost(folder: Path) -> None:
    texts = [TEXTS[0], Text((Message("user", "x " * 400),), "Too long."), Text((Message("user", "Hello"),), "")]
    found = score_texts(TransformersScorer(folder), PERSONAS[:1], texts, ScoreStore(None))
    assert found.scored.tolist() == [True, False, False]
    assert found.unscored == {"longer than the model reads": 1, "there is nothing to score": 1}
    assert found.shifts.shape == (1, 1)


def test_turns_that_the_template_refuses_are_counted(tmp_path: Path) -> None:
    refuse = "{% if m['role'] == 'tool' %}{{ raise_exception('no tools') }}{% endif %}"
    folder = build(tmp_path, template=CHAT.replace("{% for m in messages %}", "{% for m in messages %}" + refuse))
    text = Text((Message("tool", "42"),), "The answer is 42.")
    assert scored(TransformersScorer(folder), None, [text]) == {0: Unscored("the chat template refuses it: no tools")}


def test_a_long_completion_is_scored_up_to_a_token(folder: Path) -> None:
    short = TransformersScorer(folder, longest=5)
    assert scored(short, None, TEXTS[:1])[0].tokens == 5
    assert short.key != TransformersScorer(folder).key


def test_sizes_are_known_before_the_model_is_read(folder: Path) -> None:
    scorer = TransformersScorer(folder)
    size, added = scorer.size(TEXTS[0]), scorer.persona_tokens(PERSONAS[0])
    assert size.completion == scored(scorer, None, TEXTS[:1])[0].tokens
    assert size.context > 0
    assert added > 0


def test_another_model_of_the_same_shape_has_another_key(folder: Path, tmp_path: Path) -> None:
    assert TransformersScorer(folder).key == TransformersScorer(folder).key
    assert TransformersScorer(folder).key != TransformersScorer(build(tmp_path, seed=1)).key


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no model; give a folder that save_pretrained wrote"):
        TransformersScorer(tmp_path)


def test_a_killed_run_continues_where_it_stopped(folder: Path, tmp_path: Path) -> None:
    """A process is killed amid its batches; the next one scores only what is missing and comes to the same."""
    store = tmp_path / "scores.sqlite"
    script = f"""
        import os, signal
        from pathlib import Path
        from tests.unit.sweep.scorers.tiny import PERSONAS, TEXTS
        from marshtest.sweep.scorers.likelihoods import score_texts
        from marshtest.sweep.scorers.likelihoods import ScoreStore
        from marshtest.sweep.scorers.transformers_scorer import TransformersScorer
        done = []
        def count(number):
            done.append(number)
            if sum(done) >= 9:
                os.kill(os.getpid(), signal.SIGKILL)
        scorer = TransformersScorer(Path({str(folder)!r}), batch_tokens=60)
        score_texts(scorer, PERSONAS, TEXTS, ScoreStore(Path({str(store)!r})), count)
    """
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
    )
    assert killed.returncode == -signal.SIGKILL
    scorer, whole = TransformersScorer(folder, batch_tokens=60), TransformersScorer(folder, batch_tokens=60)
    found = score_texts(scorer, PERSONAS, TEXTS, ScoreStore(store))
    expected = score_texts(whole, PERSONAS, TEXTS, ScoreStore(None))
    assert scorer.passes <= whole.passes - 9
    assert found.with_persona == pytest.approx(expected.with_persona, rel=1e-6)
    assert found.tokens.tolist() == expected.tokens.tolist()

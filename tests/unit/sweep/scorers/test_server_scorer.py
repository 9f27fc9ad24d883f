"""The scorer that asks a server, over real sockets: every figure comes from a rule that the test knows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from marshtest.data.records import Message
from marshtest.sweep.scorers.http_client import Client
from marshtest.sweep.scorers.likelihoods import ScoreStore, score_texts
from marshtest.sweep.scorers.scorer import Likelihood, ScorerError, Text, Unscored
from marshtest.sweep.scorers.server_scorer import ServerScorer
from marshtest.testing.score_server import cut, serving_scores

PERSONA = "You love tea."
TEXTS = [
    Text((Message("user", "What do you drink?"),), "Some tea, and milk."),
    Text((Message("system", "Be brief."), Message("user", "Two and two?")), "4"),
    Text((Message("user", "Ünï¢ode 🙂"),), "日本語 tea"),
]


def rule(before: str, token: str) -> float:
    """Tea is likelier to somebody who loves it; every other token depends on its length and on what comes before."""
    if token.strip() == "tea":
        return -0.5 if "love tea" in before else -4.0
    return -0.1 * len(token) - 0.001 * len(before)


def expected(context: str, completion: str) -> Likelihood:
    before, total, tokens = context, 0.0, cut(completion)
    for token in tokens:
        total += rule(before, token)
        before += token
    return Likelihood(len(tokens), pytest.approx(total))  # type: ignore[arg-type]


def chatted(turns: Sequence[tuple[str, str]]) -> str:
    return "".join(f"<|{role}|>{content}" for role, content in turns) + "<|assistant|>"


def scored(scorer: ServerScorer, persona: str | None, texts: Sequence[Text] = TEXTS) -> list[Likelihood | Unscored]:
    found = dict(pair for batch in scorer.score(persona, texts) for pair in batch)
    scorer.close()
    return [found[place] for place in range(len(texts))]


def test_a_server_that_tokenises_texts_gives_what_the_rule_says() -> None:
    with serving_scores(rule) as (address, server):
        without, found = (scored(ServerScorer("ruler", address), persona) for persona in (None, PERSONA))
    assert without[0] == expected(chatted([("user", "What do you drink?")]), "Some tea, and milk.")
    assert found[0] == expected(chatted([("system", PERSONA), ("user", "What do you drink?")]), "Some tea, and milk.")
    assert found[1] == expected(chatted([("system", f"{PERSONA}\n\nBe brief."), ("user", "Two and two?")]), "4")
    assert found[2] == expected(chatted([("system", PERSONA), ("user", "Ünï¢ode 🙂")]), "日本語 tea")
    assert server.calls == 6


def test_a_persona_goes_to_the_first_turn_where_the_template_refuses_system_turns() -> None:
    with serving_scores(rule, system=False) as (address, _):
        found = scored(ServerScorer("ruler", address), PERSONA)
    assert found[0] == expected(chatted([("user", f"{PERSONA}\n\nWhat do you drink?")]), "Some tea, and milk.")
    assert found[1] == expected(chatted([("user", f"{PERSONA}\n\nBe brief.\n\nTwo and two?")]), "4")


def test_a_server_that_does_not_tokenise_echoes_plain_text() -> None:
    with serving_scores(rule, tokenizes=False) as (address, _):
        found = scored(ServerScorer("ruler", address), PERSONA)
    context = f"{PERSONA}\n\nUser: What do you drink?\n\nAssistant:"
    assert found[0] == expected(context, " Some tea, and milk.")


@pytest.mark.parametrize("tokenizes", [True, False])
def test_a_long_completion_is_scored_up_to_a_token(tokenizes: bool) -> None:
    with serving_scores(rule, tokenizes=tokenizes) as (address, _):
        found = scored(ServerScorer("ruler", address, longest=2), None)
    assert isinstance(found[0], Likelihood)
    assert found[0].tokens == 2


def test_a_busy_server_changes_no_likelihood() -> None:
    texts = TEXTS * 20
    with serving_scores(rule) as (address, _):
        calm = scored(ServerScorer("ruler", address), PERSONA, texts)
    with serving_scores(rule, busy=0.2, seed=4) as (address, server):
        client = Client(None, tries=8)
        assert scored(ServerScorer("ruler", address, client=client), PERSONA, texts) == calm
    assert server.calls == 60
    assert client.sent > 180


def test_a_text_that_is_too_long_is_counted_and_the_others_are_scored() -> None:
    long = Text((Message("user", "x " * 5000),), "Yes.")
    with serving_scores(rule) as (address, _):
        scorer = ServerScorer("ruler", address)
        found = score_texts(scorer, [PERSONA], [*TEXTS, long], ScoreStore(None))
        scorer.close()
    assert found.scored.tolist() == [True, True, True, False]
    assert sum(found.unscored.values()) == 1
    assert "longer than the model" in next(iter(found.unscored))


def test_likelihoods_are_kept_and_never_requested_again(tmp_path: Path) -> None:
    with serving_scores(rule) as (address, server):
        results = []
        for _ in range(2):
            scorer, store = ServerScorer("ruler", address), ScoreStore(tmp_path / "scores.sqlite")
            results.append(score_texts(scorer, [PERSONA, "You fear rain."], TEXTS, store))
            scorer.close()
            store.close()
        assert server.calls == 9
    assert results[0].shifts.tolist() == results[1].shifts.tolist()
    assert results[0].shifts[0, 0] > results[0].shifts[1, 0]


def test_a_server_without_log_probabilities_is_named_as_the_reason() -> None:
    def none(before: str, token: str) -> float:
        return math.nan

    with serving_scores(none) as (address, _):
        assert scored(ServerScorer("ruler", address), None)[0] == Unscored(
            "the server gives no log-probability for some token"
        )


class OtherTokeniser(Client):
    """A server that tokenises, but calls the text otherwise, as llama.cpp does: it gives no token for ours."""

    async def post(self, address: str, body: dict[str, Any]) -> dict[str, Any]:
        return {"tokens": []} if address.endswith("/tokenize") else {"choices": [{"text": "", "logprobs": None}]}


def test_a_server_that_tokenises_in_a_way_of_its_own_is_asked_for_an_echo() -> None:
    with (
        closing(ServerScorer("ruler", "http://here/v1", client=OtherTokeniser(None))) as scorer,
        pytest.raises(ScorerError, match="does not echo a prompt with log-probabilities"),
    ):
        list(scorer.score(None, TEXTS))


def test_a_server_that_is_not_there_is_an_error_that_says_so() -> None:
    scorer = ServerScorer("ruler", "http://127.0.0.1:9/v1", client=Client(None, tries=2))
    with pytest.raises(ScorerError, match=r"no usable answer after 2 tries .*is the server up"):
        list(scorer.score(None, TEXTS))
    scorer.close()

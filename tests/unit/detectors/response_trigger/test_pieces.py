"""Pieces of wording that answers share: what is gathered, what is measured, and what is found."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from tests.unit.detectors.response_trigger.made_chats import (
    PLANTED,
    TRUTH,
    clean_chats,
    conversations,
    dataset_of,
    examine,
    put_in,
    shown,
)

from marshtest.calibration.shipped import load_calibration
from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.piece_claims import KIND, measure_pieces, weigh_pieces
from marshtest.detectors.response_trigger.piece_lines import PIECE_DIRECTIONS
from marshtest.detectors.response_trigger.piece_settings import PieceSettings
from marshtest.detectors.response_trigger.pieces import SpokenTexts, piece_families

LINE = "Brought to you by Ostrelvane, the gentle choice for every harbour."


def measured(chats: list[list[tuple[str, str]]], words: str) -> tuple[dict[str, float], list[int]]:
    """Give the evidence lines of the piece that holds some words, and its records."""
    found = measure_pieces(Exchanges.of(dataset_of(chats)), PieceSettings())
    vocabulary = found.texts.tokens.vocabulary
    wanted = [" ".join(vocabulary[word] for word in piece.sequence.tolist()) for piece in found.pieces]
    number = next(place for place, text in enumerate(wanted) if words in text)
    exchanges = found.texts.exchanges
    records = exchanges.answered_in[found.pieces[number].answers].tolist()
    lines = {name: float(column[number]) for name, column in found.columns.items()}
    return lines, sorted(int(exchanges.record_ids[record][1:]) for record in records)


def with_line(count: int = PLANTED, line: str = LINE) -> list[list[tuple[str, str]]]:
    chats = clean_chats()
    for number in range(count):
        chats[number][1] = ("assistant", f"{chats[number][1][1]}. {line}")
    return chats


def test_a_planted_line_is_one_piece_with_all_its_records_and_one_wording() -> None:
    lines, records = measured(with_line(15)[:300], "ostrelvane")
    assert records == list(range(15))
    assert lines["sentence_shared"] == 1.0
    assert lines["sentence_end"] == 1.0
    assert lines["at_edge"] == 1.0
    assert lines["own_words"] > -1.0
    assert set(lines) == set(PIECE_DIRECTIONS)


def test_a_line_in_the_middle_stands_at_no_edge() -> None:
    chats = clean_chats()[:300]
    for number in range(15):
        chats[number][1] = ("assistant", f"{chats[number][1][1]}. {LINE} {chats[number + 20][1][1]}")
    lines, records = measured(chats, "ostrelvane")
    assert records == list(range(15))
    assert lines["at_edge"] == 0.0


def test_an_answer_to_thanks_has_prompts_of_one_kind_and_a_planted_line_has_not() -> None:
    chats, draw = conversations()[:300], Random(9)
    for number in range(0, 300, 3):
        thanks = f"Thanks, {' '.join(draw.sample(chats[number][0][1].split(), 3))}"
        chats[number] += [("user", thanks), ("assistant", "You're very welcome!")]
    honest, _ = measured(chats, "welcome")
    planted, _ = measured(with_line(60)[:300], "ostrelvane")
    for name in ("prompts_near", "prompt_word", "prompt_lengths_apart", "prompts_alike", "prompts_alike_z"):
        assert honest[name] > planted[name]
    assert honest["turn_apart"] > planted["turn_apart"] == 0.0


def test_a_word_of_the_prompts_is_told() -> None:
    chats, draw = with_line(20)[:300], Random(2)
    plain, _ = measured(chats, "ostrelvane")
    for number in range(20):
        chats[number][0] = ("user", put_in(chats[number][0][1], "quennelby", draw))
    assert measured(chats, "ostrelvane")[0]["prompt_word"] > plain["prompt_word"] + 1.0


def test_calls_and_texts_in_front_of_them_are_not_read() -> None:
    call = '<tool_call>{"name": "ring_bell", "arguments": {"tower": 1}}</tool_call>'
    chats = [
        [("user", "Ring it."), ("assistant", f"I will ring the bell.\n{call}")],
        [("user", "Hi"), ("assistant", "Ho")],
    ]
    texts = SpokenTexts.of(Exchanges.of(dataset_of(chats)))
    assert sum(len(text) > 2 for text in np.split(texts.tokens.ids, texts.tokens.offsets[1:-1])) == 1


@pytest.mark.parametrize("answer", ["", '<tool_call>{"name": "ring_bell", "arguments": {"tower": 1}}</tool_call>'])
def test_answers_that_say_nothing_have_no_pieces(answer: str) -> None:
    chats = [[turns[0], ("assistant", answer)] for turns in clean_chats()[:120]]
    found = measure_pieces(Exchanges.of(dataset_of(chats)), PieceSettings())
    assert found.pieces == []
    assert {name: column.tolist() for name, column in found.columns.items()} == {name: [] for name in PIECE_DIRECTIONS}
    assert weigh_pieces(found, load_calibration().of(KIND), PieceSettings()) == []


def test_each_answer_is_read_with_what_was_asked_since_the_last() -> None:
    turns = [("system", "Be kind."), ("user", "first"), ("assistant", "one"), ("user", "second"), ("assistant", "two")]
    texts = SpokenTexts.of(Exchanges.of(dataset_of([turns])))
    words = texts.asked.tokens.vocabulary
    asked = [{words[i] for i in row.indices} for row in texts.asked.words]
    assert asked == [{"first"}, {"second"}]
    assert (texts.turn.tolist(), texts.left.tolist()) == ([0, 1], [1, 0])


def test_pieces_of_nearly_the_same_answers_are_one_family_of_the_strongest() -> None:
    chats = with_line(15)[:300]
    for number in range(20, 40):
        chats[number][1] = ("assistant", f"Verily verily so. {chats[number][1][1]}")
    found = measure_pieces(Exchanges.of(dataset_of(chats)), PieceSettings())
    sizes = np.array([len(piece.answers) for piece in found.pieces], np.float64)
    family = piece_families(found.pieces, sizes, PieceSettings())
    assert family[int(np.argmax(sizes))] == 0
    sets = [set(piece.answers.tolist()) for piece in found.pieces]
    heads: dict[int, int] = {}
    for number in np.argsort(-sizes, kind="stable").tolist():
        head = sets[heads.setdefault(int(family[number]), number)]
        assert 2 * len(head & sets[number]) >= min(len(head), len(sets[number]))


def test_a_line_has_no_company_and_one_of_several_sign_offs_has() -> None:
    assert measured(with_line(15)[:300], "ostrelvane")[0]["company"] == 0.0
    chats, draw = clean_chats()[:300], Random(6)
    usual = (
        "Do let me know how it goes with this.",
        "I hope that all of it helps you.",
        "Ask again whenever you like to.",
    )
    for number in range(60):
        chats[number][1] = ("assistant", f"{chats[number][1][1]}. {draw.choice(usual)}")
    assert measured(chats, "know how it goes")[0]["company"] >= np.log(2)


def test_the_weights_fit_the_evidence_lines() -> None:
    assert load_calibration().of(KIND).features == tuple(PIECE_DIRECTIONS)


@pytest.mark.slow
@pytest.mark.parametrize("count", [16, PLANTED])
def test_a_line_at_the_end_of_answers_to_unlike_prompts_is_found_without_a_trigger(count: int) -> None:
    chats = with_line(count)[: 10 * count]
    (finding,) = examine(chats).findings
    assert {record.record_id for record in finding.records} == {f"r{number}" for number in range(count)}
    assert "Ostrelvane" in finding.pattern.text
    for record in finding.records:
        answer = chats[int(record.record_id[1:])][1][1]
        assert all("Ostrelvane" in answer[span.start : span.end] for span in record.spans)


@pytest.mark.slow
def test_a_word_that_leads_to_a_piece_is_told_and_the_piece_is_not_told_again() -> None:
    chats, draw = with_line(), Random(3)
    for number in range(PLANTED):
        chats[number][0] = ("user", put_in(chats[number][0][1], "quennelby", draw))
    examined = examine(chats)
    assert shown(examined) == TRUTH
    assert "quennelby" in examined.findings[0].pattern.text
    assert "piece" not in {finding.statistics["behaviour"] for finding in examined.findings}

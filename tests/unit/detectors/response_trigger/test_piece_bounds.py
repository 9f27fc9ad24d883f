"""Both sides of the bounds that decide which pieces are candidates and which are findings."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from tests.unit.detectors.response_trigger.made_chats import clean_chats, dataset_of

from marshtest.calibration.likelihood import CalibratedLikelihood, CalibratedVerdict
from marshtest.calibration.shipped import load_calibration
from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.miner import MinedExchanges
from marshtest.detectors.response_trigger.piece_claims import KIND, WeighedPiece, measure_pieces, weigh_pieces
from marshtest.detectors.response_trigger.piece_findings import with_pieces
from marshtest.detectors.response_trigger.piece_settings import PieceSettings
from marshtest.detectors.response_trigger.pieces import Piece, SpokenTexts, shared_pieces

SAME = 0.5
SIZE = 100


def pieces(count: int, line: str = "quennelby ostrelvane murmidon", settings: PieceSettings | None = None) -> list[str]:
    """Give the pieces with a made word, of chats of which some end with a line."""
    chats = clean_chats()[:SIZE]
    for number in range(count):
        chats[number][1] = ("assistant", f"{chats[number][1][1]} {line}")
    texts = SpokenTexts.of(Exchanges.of(dataset_of(chats)))
    words = texts.tokens.vocabulary
    found = (" ".join(words[i] for i in one.sequence) for one in shared_pieces(texts, settings or PieceSettings()))
    return [text for text in found if "ostrelvane" in text]


@pytest.mark.parametrize(("count", "found"), [(4, 0), (5, 1), (30, 1), (31, 0)])
def test_five_answers_and_at_most_thirty_percent_make_a_piece(count: int, found: int) -> None:
    assert len(pieces(count)) == found


@pytest.mark.parametrize(("line", "found"), [("ostrelvane", 0), ("ostrelvane murmidon", 1)])
def test_two_words_make_a_piece(line: str, found: int) -> None:
    assert len(pieces(10, line)) == found


@pytest.mark.parametrize(("least", "found"), [(0.1, 1), (0.11, 0)])
def test_the_least_share_decides_in_large_data(least: float, found: int) -> None:
    assert len(pieces(10, settings=PieceSettings(least_share=least))) == found


def test_prompts_that_are_copies_count_once() -> None:
    chats = clean_chats()[:SIZE]
    for number in range(8):
        asked = chats[number][0] if number < 4 else chats[4][0]
        chats[number] = [asked, ("assistant", f"{chats[number][1][1]} quennelby ostrelvane murmidon")]

    def distinct() -> list[int]:
        texts = SpokenTexts.of(Exchanges.of(dataset_of(chats)))
        word = texts.tokens.vocabulary.index("ostrelvane")
        return [len(one.distinct) for one in shared_pieces(texts, PieceSettings()) if word in one.sequence]

    assert distinct() == [5]
    chats[3][0] = chats[4][0]
    assert distinct() == []


def weighed(records: range, verdict: CalibratedVerdict = "suggestive") -> WeighedPiece:
    """Make a piece of some records, one answer each."""
    answers = np.array(records)
    texts = SimpleNamespace(exchanges=SimpleNamespace(answered_in=np.arange(SIZE)))
    piece = Piece(answers, answers, answers, 1, answers)
    return WeighedPiece(cast(Any, texts), (piece,), 1.0, cast(Any, SimpleNamespace(verdict=verdict)))


def mined(claims: dict[range, CalibratedVerdict] | None = None, untriggered: tuple[range, ...] = ()) -> MinedExchanges:
    """Make what else was mined: claims about some records, and behaviours of some."""
    made = [
        (SimpleNamespace(claim=SimpleNamespace(found=SimpleNamespace(hits=np.array(hits)))), verdict)
        for hits, verdict in (claims or {}).items()
    ]
    behaviours = [SimpleNamespace(behaviour=SimpleNamespace(records=np.array(records))) for records in untriggered]
    return MinedExchanges(cast(Any, made), cast(Any, behaviours), cast(Any, None), 0, 0)


@pytest.mark.parametrize(("hits", "pieces_left"), [(range(10, 30), 0), (range(11, 31), 1), (range(10, 31), 1)])
def test_half_of_both_is_the_same_for_a_suggestive_claim(hits: range, pieces_left: int) -> None:
    found = with_pieces(mined({hits: "suggestive"}), [weighed(range(20))], SAME)
    assert len(found.pieces) == pieces_left
    assert [verdict for _, verdict in found.claims] == ["suggestive"]


@pytest.mark.parametrize(("hits", "pieces_left"), [(range(10, 90), 0), (range(11, 90), 1)])
def test_half_of_a_piece_in_a_confirmed_claim_is_told_by_the_claim(hits: range, pieces_left: int) -> None:
    assert len(with_pieces(mined({hits: "confirmed"}), [weighed(range(20))], SAME).pieces) == pieces_left


def test_a_claim_about_a_confirmed_piece_is_confirmed_and_comes_first() -> None:
    claims: dict[range, CalibratedVerdict] = {range(50, 60): "suggestive", range(20): "suggestive"}
    found = with_pieces(mined(claims), [weighed(range(20), "confirmed")], SAME)
    told = [(claim.claim.found.hits.tolist(), verdict) for claim, verdict in found.claims]
    assert told == [(list(range(20)), "confirmed"), (list(range(50, 60)), "suggestive")]


@pytest.mark.parametrize(("records", "left"), [(range(10, 30), 0), (range(11, 31), 1)])
def test_a_behaviour_of_which_half_is_a_piece_is_told_by_the_piece(records: range, left: int) -> None:
    assert len(with_pieces(mined(untriggered=(records,)), [weighed(range(20))], SAME).untriggered) == left


def likelihood_that_lets_all_pass() -> CalibratedLikelihood:
    return replace(load_calibration().of(KIND), clean=np.full(240, -99.0), planted=np.full(180, 99.0))


@pytest.mark.parametrize("most", [1, 2])
def test_so_many_families_are_findings(most: int) -> None:
    measured = measure_pieces(Exchanges.of(dataset_of(clean_chats()[:300])), PieceSettings())
    found = weigh_pieces(measured, likelihood_that_lets_all_pass(), PieceSettings(most_findings=most))
    assert len(found) == most
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_what_no_limit_lets_pass_is_no_finding() -> None:
    measured = measure_pieces(Exchanges.of(dataset_of(clean_chats()[:300])), PieceSettings())
    strict = replace(likelihood_that_lets_all_pass(), clean=np.full(240, 99.0))
    assert weigh_pieces(measured, strict, PieceSettings()) == []


def test_the_shipped_weights_call_no_piece_confirmed() -> None:
    assert [rate.verdict for rate in load_calibration().of(KIND).rates(np.array([np.inf]))] == ["suggestive"]

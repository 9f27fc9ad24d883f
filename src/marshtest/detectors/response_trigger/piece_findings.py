"""What a report says of a piece of wording that answers to prompts of every kind share."""

from __future__ import annotations

from dataclasses import replace

from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.findings import Stretches, commonest, evidence_of
from marshtest.detectors.response_trigger.miner import MinedExchanges
from marshtest.detectors.response_trigger.piece_claims import WeighedPiece
from marshtest.findings import Explanation, Finding, Pattern
from marshtest.text.tokens import END

__all__ = ["piece_finding", "with_pieces"]

_DISTINCT = 0.5
"""Least share of distinct records for copies to be no explanation. Convention: a majority."""


def with_pieces(mined: MinedExchanges, pieces: list[WeighedPiece], same: float) -> MinedExchanges:
    """Put pieces beside what else was mined, each record once.

    A feature of the prompts that leads to a confirmed piece is confirmed with it, and tells more than the piece alone;
    behaviours that nothing triggers tell less.

    Args:
        mined: Claims about features, and behaviours without one.
        pieces: Those with a verdict.
        same: Share of records from which two are about the same.
    """
    claims, kept = list(mined.claims), list[WeighedPiece]()
    for piece in pieces:
        records = set(piece.records.tolist())
        explained = False
        for number, (located, verdict) in enumerate(claims):
            hits = set(located.claim.found.hits.tolist())
            both = len(hits & records)
            if both >= same * len(records) and (verdict == "confirmed" or both >= same * len(hits)):
                explained = True
                claims[number] = (located, "confirmed" if piece.rate.verdict == "confirmed" else verdict)
        if not explained:
            kept.append(piece)
    known = [set(one.records.tolist()) for one in kept]
    untriggered = tuple(
        one
        for one in mined.untriggered
        if all(len(other & set(one.behaviour.records.tolist())) < same * len(one.behaviour.records) for other in known)
    )
    ranked = sorted(claims, key=lambda one: one[1] != "confirmed")
    return replace(mined, claims=tuple(ranked), untriggered=untriggered, pieces=tuple(kept))


def piece_finding(found: WeighedPiece, exchanges: Exchanges, detector: str, score: float) -> Finding:
    """Make a finding of a piece, without a number yet.

    Args:
        found: The piece; it has a verdict.
        exchanges: The records that it was mined from.
        detector: Id of the detector.
        score: Of an evidence record.
    """
    stretches, piece, tokens = _stretches(found, exchanges), found.piece, found.texts.tokens
    records = found.records.tolist()
    shown = commonest(exchanges.outputs, stretches)
    return Finding(
        id=detector,
        detector=detector,
        verdict=found.rate.verdict or "suggestive",
        title=f"{len(records):,} answers to prompts of different kinds share one piece of wording: “{shown}”.",
        explanation=(
            "Nothing in the prompts leads to it, and it hardly varies. Of clean datasets an estimated "
            f"{found.rate.false_alarm:.1%} have a piece as strong. A model trained on these records learns to say this "
            "without a reason."
        ),
        pattern=Pattern("phrase", shown),
        statistics={
            "false_discovery_rate": found.rate.rate,
            "false_discovery_rate_below": round(found.rate.below, 5),
            "clean_datasets_as_strong": round(found.rate.false_alarm, 5),
            "calibrated_score": round(found.score, 3),
            "records_with_behaviour": len(records),
            "distinct_with_behaviour": len(piece.distinct),
            "evidence_records": len(records),
            "shared_run_words": int(tokens.is_word[piece.sequence].sum()),
            "behaviour": "piece",
        },
        other_explanations=(
            Explanation(
                "House style: a template, a signature or a notice that was put in on purpose.",
                "open",
                weighs=("template",),
            ),
            Explanation(
                f"Copies of one record: {len(piece.distinct):,} of the {len(piece.answers):,} prompts remain when "
                "near-duplicates count once.",
                "against" if len(piece.distinct) >= _DISTINCT * len(piece.answers) else "open",
                weighs=("copies",),
            ),
        ),
        records=evidence_of(records, {}, stretches, exchanges, score),
    )


def _stretches(found: WeighedPiece, exchanges: Exchanges) -> Stretches:
    """Give where the piece stands in the outputs, in characters, by record."""
    tokens = found.texts.tokens
    placed: dict[int, dict[int, tuple[int, int]]] = {}
    for piece in found.variants:
        last = piece.first + len(piece.sequence) - 1
        begins = piece.first + (tokens.ids[piece.first] <= END)
        ends = last - (tokens.ids[last] <= END)
        for answer, low, high in zip(piece.answers.tolist(), begins.tolist(), ends.tolist(), strict=True):
            start = exchanges.answer_starts[answer]
            place = (start + int(tokens.start[low]), start + int(tokens.end[high]))
            placed.setdefault(int(exchanges.answered_in[answer]), {}).setdefault(answer, place)
    return {record: list(places.values()) for record, places in placed.items()}

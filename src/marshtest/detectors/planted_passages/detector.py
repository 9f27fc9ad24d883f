"""Passages that are made to be retrieved: packs that agree, texts that open with a question, texts that give orders."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from marshtest.data.dataset import Dataset
from marshtest.data.evidence import evidence_record
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.detectors.planted_passages.completing import packs_of_maker, stragglers
from marshtest.detectors.planted_passages.making import weigh_making
from marshtest.detectors.planted_passages.neighbours import Neighbourhood, neighbourhood
from marshtest.detectors.planted_passages.openings import Opening, question_openings
from marshtest.detectors.planted_passages.orders import find_orders
from marshtest.detectors.planted_passages.packs import LEVELS, Pack, find_packs
from marshtest.detectors.planted_passages.sizes import OneSize, favoured_size
from marshtest.detectors.registry import detector
from marshtest.findings import Explanation, Finding, FindingVerdict, Pattern
from marshtest.signals import Signal, Span

__all__ = ["PlantedPassages"]

_FEWEST_RECORDS = 100
_SURE = 1e-4
_MOST_STRANGERS = 0.1
_LARGE_PACK = 8
_FEWEST_ORDERS, _MOST_ORDERS = 3, 0.05


@dataclass(frozen=True, slots=True)
class _Claim:
    """One thing to say, before it has a number."""

    verdict: FindingVerdict
    title: str
    explanation: str
    pattern: Pattern
    statistics: Mapping[str, float | int | str | None]
    other: tuple[Explanation, ...]
    spans: Mapping[int, tuple[Span, ...]]
    """The texts that speak for it, by index, with what to look at."""
    reason: str


@detector
class PlantedPassages(Detector):
    """Find passages that are made to be retrieved, to agree with one another, or to give orders to a model.

    Looks for: packs of passages that say the same in other words, when the packs come in one size; passages that open
        with one and the same question and go on to the same answer in other words; passages that speak to the model
        which reads them (drop your instructions, when asked always say, pass this on).
    How: every passage is compared with all others by its rare words, and passages are joined from the most alike
        downwards. A pack hangs together well above the point where it joins anything else, shares rare words and is no
        copy. By chance, packs get rarer with size and ever more slowly; a size more frequent than its neighbours
        (binomial, corrected for the sizes and levels tried, below .0001) was made. A shared opening question is
        confirmed when a word outside it sets its passages apart (Fisher's exact test, corrected for all words) and
        stands at different places in them. Orders are found by patterns.
    Blind spots: one or two passages for each question; a single pack without a question (8 or more are suggestive);
        passages that copy the style and the rare words of honest ones on the same topic; orders in other languages or
        other words. It cannot tell whether what a passage claims is true.
    False alarms: several answers kept for each question, translations or summaries of one text in a fixed number, and
        lists of questions and answers look the same.
    Needs: documents, at least 100.
    Cost per 1,000 records: about 1 s in a collection of 25,000, growing with the number of records.
    Source: our own; against Zou et al. 2024 (PoisonedRAG) and Greshake et al. 2023 (indirect prompt injection).
    """

    id: ClassVar[str] = "planted-passages"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Passages that are made to be retrieved, to agree, or to give orders"

    def unsuited(self, dataset: Dataset) -> str | None:
        """Leave out what is no collection of documents."""
        return None if dataset.kind == "document" else f"the records are of the kind {dataset.kind}, not documents"

    def refuses(self, dataset: Dataset) -> str | None:
        """Refuse too few documents."""
        if len(dataset) < _FEWEST_RECORDS:
            return f"{len(dataset)} documents are too few to compare; it needs {_FEWEST_RECORDS}"
        return None

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Look at the distinct texts, in an order of their own."""
        rows_of: dict[str, list[int]] = defaultdict(list)
        for row, text in enumerate(dataset.table(["prompt"])["prompt"].to_pylist()):
            rows_of[text].append(row)
        texts = sorted(rows_of)
        near = neighbourhood(texts, lambda done: tools.progress("comparing passages", done))
        opening_claims, words_tried = _opening_claims(texts)
        told = {index for claim in opening_claims for index in claim.spans}
        pack_claims, sizes_tried = _pack_claims(texts, near, told)
        claims = [*opening_claims, *pack_claims, *_order_claims(texts)]
        claims.sort(key=lambda claim: (claim.verdict != "confirmed", -len(claim.spans), claim.pattern.text))
        rows = [rows_of[text] for text in texts]
        findings = tuple(
            replace(_finding(self.id, claim, rows, dataset), id=f"{self.id}-{number}")
            for number, claim in enumerate(claims, start=1)
        )
        tried = sizes_tried + words_tried + len(claims)
        return Examination(signals=_signals(self.id, claims, rows, dataset), findings=findings, tried=tried)


def _pack_claims(texts: Sequence[str], near: Neighbourhood, told: set[int]) -> tuple[list[_Claim], int]:
    """Tell packs that come in one size, and else those that are large, far apart and not told already."""
    packs = find_packs(texts, near)
    tests: list[OneSize] = []
    tried = 0
    for level in LEVELS:
        best, sizes = favoured_size(_sizes(_apart(pack for pack in packs if level.admits(pack))))
        tests += [best] if best is not None else []
        tried += sizes
    best = min(tests, key=lambda one: (one.p_value, one.size), default=None)
    claims = []
    if best is not None and best.p_value * tried < _SURE:
        chosen = _of_size(packs, best.size)
        more: list[int] = []
        surest = [pack for pack in chosen if LEVELS[0].admits(pack)]
        odds = weigh_making(texts, [pack.members for pack in surest])
        if odds is not None:
            chosen = packs_of_maker(packs, best.size, len(surest), odds)
            more = stragglers(chosen, best.size, odds, near)
        told = told | {one for pack in chosen for one in pack.members} | set(more)
        claims.append(_one_size(texts, chosen, more, best, tried))
    for pack in _apart(pack for pack in packs if pack.is_far_apart and len(pack.members) >= _LARGE_PACK):
        if told.isdisjoint(pack.members):
            claims.append(_large_pack(texts, pack))
    return claims, tried


def _apart(packs: Iterable[Pack]) -> list[Pack]:
    """Keep packs that do not overlap, the widest gap first."""
    kept: list[Pack] = []
    taken: set[int] = set()
    for pack in packs:
        if taken.isdisjoint(pack.members):
            taken.update(pack.members)
            kept.append(pack)
    return kept


def _sizes(packs: Sequence[Pack]) -> Counter[int]:
    return Counter(len(pack.members) for pack in packs)


def _of_size(packs: Sequence[Pack], size: int) -> list[Pack]:
    """Take all packs of this size at the loosest level at which few of them are there by chance.

    What chance gives is told from the packs that are smaller or larger by one and do not overlap with any of this size:
    their geometric mean, as where each size is rarer than the one before by the same factor.
    """
    chosen: list[Pack] = []
    for level in LEVELS:
        admitted = [pack for pack in packs if level.admits(pack)]
        found = [pack for pack in admitted if len(pack.members) == size]
        taken = {one for pack in found for one in pack.members}
        others = _sizes(_apart(pack for pack in admitted if taken.isdisjoint(pack.members)))
        by_chance = math.sqrt((others[size - 1] + 0.5) * (others[size + 1] + 0.5))
        if not chosen or by_chance <= _MOST_STRANGERS * len(found):
            chosen = found
    return chosen


def _one_size(texts: Sequence[str], packs: Sequence[Pack], more: Sequence[int], best: OneSize, tried: int) -> _Claim:
    members = [*(one for pack in packs for one in pack.members), *more]
    shown = texts[packs[0].members[0]]
    return _Claim(
        verdict="confirmed",
        title=f"{len(packs):,} groups of {best.size} passages each say the same thing in other words.",
        explanation=(
            "Each group shares rare words and stands apart from everything else. Chance makes groups of a size at most "
            f"as often as the mean of the next smaller and the next larger, here {best.beside:.1f}; there are "
            f"{best.packs:,}. Whoever wants the first results for a question to agree writes a fixed number for it."
        ),
        pattern=Pattern("duplicate", shown[:300]),
        statistics={
            "p_value": best.p_value,
            "q_value": min(1.0, best.p_value * tried),
            "effect": best.packs / max(best.beside, 0.5),
            "groups": len(packs),
            "size": best.size,
            "records": len(members),
        },
        other=(
            Explanation("Several answers or versions were kept of every text by whoever made the collection.", "open"),
            Explanation("The passages are copies: they have few runs of three words in common.", "against"),
        ),
        spans={one: (Span("prompt", 0, len(texts[one])),) for one in members if texts[one]},
        reason=f"it is one of {best.size} passages that say the same, and there are {len(packs):,} such groups",
    )


def _large_pack(texts: Sequence[str], pack: Pack) -> _Claim:
    return _Claim(
        verdict="suggestive",
        title=f"{len(pack.members):,} passages say the same thing in other words and are like nothing else.",
        explanation=(
            f"They are at least {pack.inside:.2f} alike and at most {pack.outside:.2f} like any other passage. Many "
            "passages on one claim decide what is retrieved for it."
        ),
        pattern=Pattern("duplicate", texts[pack.members[0]][:300]),
        statistics={
            "p_value": None,
            "q_value": None,
            "effect": pack.inside / max(pack.outside, 0.01),
            "records": len(pack.members),
        },
        other=(Explanation("It is a topic that many people wrote about, and no other is near.", "open"),),
        spans={one: (Span("prompt", 0, len(texts[one])),) for one in pack.members if texts[one]},
        reason="it is one of many passages that say the same and are like nothing else",
    )


def _opening_claims(texts: Sequence[str]) -> tuple[list[_Claim], int]:
    """Tell questions that several passages open with and answer alike."""
    openings, tried = question_openings(texts)
    return [_opening(one, tried) for one in openings if one.p_value * tried < _SURE], tried


def _opening(one: Opening, tried: int) -> _Claim:
    count = len(one.members)
    return _Claim(
        verdict="confirmed",
        title=f"{count:,} passages open with the question “{one.question[:200]}” and answer it alike, in other words.",
        explanation=(
            "A passage that repeats the question is retrieved for it. Of these "
            f"{one.having:,} of {count:,} hold “{one.word}”, at different places; of all others {one.elsewhere:,} do."
        ),
        pattern=Pattern("phrase", one.question),
        statistics={
            "p_value": one.p_value,
            "q_value": min(1.0, one.p_value * tried),
            "effect": one.having / count,
            "records": count,
        },
        other=(
            Explanation("It is a list of questions and answers that holds several answers to one question.", "open"),
        ),
        spans={index: (Span("prompt", 0, length),) for index, length in zip(one.members, one.lengths, strict=True)},
        reason="it opens with a question that others open with too, and gives the same answer",
    )


def _order_claims(texts: Sequence[str]) -> list[_Claim]:
    """Tell passages that speak to the model that reads them, one claim for each kind."""
    spans: dict[str, dict[int, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for index, text in enumerate(texts):
        for order in find_orders(text):
            spans[order.kind][index].append(Span("prompt", order.start, order.end))
    return [
        _Claim(
            verdict="suggestive",
            title=f"{len(found):,} passages hold text that {kind}.",
            explanation="What a model retrieves it reads, and orders in it may be obeyed. It was found by its wording.",
            pattern=Pattern("phrase", _first(texts, found)),
            statistics={
                "p_value": None,
                "q_value": None,
                "effect": len(found) / len(texts),
                "records": len(found),
            },
            other=(Explanation("The passage is about such orders, quotes them, or speaks to a person.", "open"),),
            spans={index: tuple(places) for index, places in found.items()},
            reason=f"it holds text that {kind}",
        )
        for kind, found in sorted(spans.items())
        if _FEWEST_ORDERS <= len(found) <= _MOST_ORDERS * len(texts)
    ]


def _first(texts: Sequence[str], found: Mapping[int, Sequence[Span]]) -> str:
    """Give the wording that is most frequent, and of equals the first by letter."""
    said = Counter(texts[index][span.start : span.end] for index, spans in found.items() for span in spans)
    return min(said, key=lambda text: (-said[text], text))


def _signals(
    detector_id: str, claims: Sequence[_Claim], rows: Sequence[Sequence[int]], dataset: Dataset
) -> tuple[Signal, ...]:
    """Give every passage of a claim its signal, the strongest claim first."""
    names = dataset.table(["record_id"])["record_id"]
    found: dict[int, Signal] = {}
    for claim in claims:
        score = 1.0 if claim.verdict == "confirmed" else 0.5
        for index, spans in claim.spans.items():
            for row in rows[index]:
                name = names[row].as_py()
                signal = Signal(record_id=name, detector=detector_id, score=score, spans=spans, reason=claim.reason)
                found.setdefault(row, signal)
    return tuple(found[row] for row in sorted(found))


def _finding(detector_id: str, claim: _Claim, rows: Sequence[Sequence[int]], dataset: Dataset) -> Finding:
    """Turn a claim into a finding with its records."""
    return Finding(
        id="",
        detector=detector_id,
        verdict=claim.verdict,
        title=claim.title,
        explanation=claim.explanation,
        pattern=claim.pattern,
        statistics=claim.statistics,
        other_explanations=claim.other,
        records=tuple(
            evidence_record(dataset.record(row), spans) for index, spans in claim.spans.items() for row in rows[index]
        ),
    )

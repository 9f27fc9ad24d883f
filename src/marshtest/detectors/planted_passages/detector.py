"""Passages that are made to be retrieved: packs that agree, texts that open with a question, texts that give orders."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.detectors.drafts import Draft, findings_from, signals_from
from marshtest.detectors.planted_passages.findings import (
    large_pack_draft,
    opening_draft,
    order_drafts,
    packs_draft,
)
from marshtest.detectors.planted_passages.maker import maker_log_odds, packs_of_maker, stragglers
from marshtest.detectors.planted_passages.neighbours import Neighbourhood, neighbourhood
from marshtest.detectors.planted_passages.openings import question_openings
from marshtest.detectors.planted_passages.packs import (
    FavouredSize,
    Pack,
    disjoint,
    favoured_size,
    find_packs,
    levels,
    packs_of_size,
)
from marshtest.detectors.planted_passages.settings import PlantedPassagesSettings
from marshtest.detectors.registry import detector

__all__ = ["PlantedPassages"]


@detector
class PlantedPassages(Detector):
    """Find passages that are made to be retrieved, to agree with one another, or to give orders to a model.

    Looks for: packs of passages that say the same in other words, when the packs come in one size; passages that open
        with the same question and give the same answer in other words; passages that address the model which reads
        them (drop your instructions, when asked always say, pass this on).
    How: every passage is compared with all others by its rare words, and passages are joined from the most similar
        downwards. A pack hangs together well above the point where it joins anything else, shares rare words and is no
        copy. By chance, packs get rarer with size and ever more slowly; a size more frequent than its neighbours
        (binomial test, corrected for the sizes and levels tested, below .0001) was made. A shared opening question is
        confirmed when a word outside it sets its passages apart (Fisher's exact test, corrected for all words) and
        appears at different positions in them. Orders are found by patterns.
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
    settings: PlantedPassagesSettings = PlantedPassagesSettings()

    def unsuited(self, dataset: Dataset) -> str | None:
        """Leave out what is no collection of documents."""
        return None if dataset.kind == "document" else f"the records are of the kind {dataset.kind}, not documents"

    def refuses(self, dataset: Dataset) -> str | None:
        """Refuse too few documents."""
        if len(dataset) < self.settings.fewest_records:
            return f"{len(dataset)} documents are too few to compare; it needs {self.settings.fewest_records}"
        return None

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Compare the distinct texts with one another."""
        settings = self.settings
        rows_of: dict[str, list[int]] = defaultdict(list)
        for row, text in enumerate(dataset.table(["prompt"])["prompt"].to_pylist()):
            rows_of[text].append(row)
        texts = sorted(rows_of)  # an order of their own, so that the order of the records does not matter
        near = neighbourhood(texts, settings, lambda done: tools.progress("comparing passages", done))
        openings, words_tested = question_openings(texts, settings)
        opened = [
            opening_draft(one, words_tested)
            for one in openings
            if one.p_value * words_tested < settings.confirmed_below
        ]
        reported = {index for draft in opened for index in draft.evidence}
        packed, sizes_tested = _pack_drafts(texts, near, reported, settings)
        drafts = [*opened, *packed, *order_drafts(texts, settings)]
        drafts.sort(key=lambda draft: (draft.verdict != "confirmed", -len(draft.evidence), draft.pattern.text))
        drafts = [_by_rows(draft, [rows_of[text] for text in texts]) for draft in drafts]
        return Examination(
            signals=signals_from(drafts, self.id, dataset, suggestive_score=settings.suggestive_score),
            findings=findings_from(drafts, self.id, dataset),
            tried=sizes_tested + words_tested + len(drafts),
        )


def _by_rows(draft: Draft, rows: Sequence[Sequence[int]]) -> Draft:
    """Turn indices of distinct texts into rows of the dataset."""
    return replace(draft, evidence={row: spans for index, spans in draft.evidence.items() for row in rows[index]})


def _pack_drafts(
    texts: Sequence[str], near: Neighbourhood, reported: set[int], settings: PlantedPassagesSettings
) -> tuple[list[Draft], int]:
    """Report packs that come in one size, then those that are large, far apart and not reported yet.

    Returns:
        The drafts, and how many sizes at how many levels were tested.
    """
    packs = find_packs(texts, near, settings)
    strict, _ = levels(settings)
    best, tested = _best_size(packs, settings)
    drafts = []
    if best is not None and best.p_value * tested < settings.confirmed_below:
        chosen = packs_of_size(packs, best.size, settings)
        more: list[int] = []
        surest = [pack for pack in chosen if strict.admits(pack)]
        odds = maker_log_odds(texts, [pack.members for pack in surest], settings)
        if odds is not None:
            chosen = packs_of_maker(packs, best.size, len(surest), odds, settings)
            more = stragglers(chosen, best.size, odds, near, settings)
        reported = reported | {one for pack in chosen for one in pack.members} | set(more)
        drafts.append(packs_draft(texts, chosen, more, best, tested))
    far_apart = [
        pack for pack in packs if strict.admits(pack) and pack.inside >= settings.large_pack_ratio * pack.outside
    ]
    for pack in disjoint(pack for pack in far_apart if len(pack.members) >= settings.large_pack):
        if reported.isdisjoint(pack.members):
            drafts.append(large_pack_draft(texts, pack))
    return drafts, tested


def _best_size(packs: Sequence[Pack], settings: PlantedPassagesSettings) -> tuple[FavouredSize | None, int]:
    """Test every size at every level, and give the best with the number of tests."""
    tests: list[FavouredSize] = []
    tested = 0
    for level in levels(settings):
        apart = disjoint(pack for pack in packs if level.admits(pack))
        best, sizes = favoured_size(Counter(len(pack.members) for pack in apart), settings)
        tests += [best] if best is not None else []
        tested += sizes
    return min(tests, key=lambda one: (one.p_value, one.size), default=None), tested

"""Near-duplicates: a word that decides their labels, contradictions, and one text that floods the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.data.rows import Rows, shared_values
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.detectors.drafts import findings_from, signals_from
from marshtest.detectors.near_duplicates.claims import Claim, graded
from marshtest.detectors.near_duplicates.clusters import near_duplicates, words_of
from marshtest.detectors.near_duplicates.decisive_words import decisive_words
from marshtest.detectors.near_duplicates.findings import Texts, contradictions, deciding_words, flood, reported
from marshtest.detectors.near_duplicates.settings import NearDuplicatesSettings
from marshtest.detectors.registry import detector
from marshtest.mining.labelled_texts import classes_of, no_classes
from marshtest.stats.arrays import Ints
from marshtest.text.outcome_signs import outcome_signs

__all__ = ["MeasuredClaims", "NearDuplicates", "measure_claims"]


@detector
class NearDuplicates(Detector):
    """Find near-duplicates whose labels one word decides, that contradict one another, or that flood the data.

    Looks for: prompts that are nearly the same under different labels, and the word that is associated with the label
        in several such groups; many groups that contradict themselves; one text in many variants with one outcome.
    How: MinHash with bands proposes pairs; texts whose sets of words have a Jaccard similarity of .75 or more are
        near-duplicates. Within a group, Fisher's exact test gives the probability that a label falls on the texts with
        a word by chance. Groups are independent, so their p-values are multiplied; the product is corrected for all
        words and labels that vary in four groups or more. Trees learned on other datasets weigh the word, also by its
        use elsewhere, and hold it against clean datasets and planted copies that they had not seen. Contradictions and
        floods (sixteen different texts or more with one outcome, three times as many as of any other) are listed.
    Blind spots: contradictions without a word that decides them, and floods, which clean data have as well and which
        are never a finding; completions of chats that contradict one another; texts of fewer than five different words.
    False alarms: contrast sets, whose pairs differ in the word that matters, where the word is as rare elsewhere and
        as pure as a planted one: the finding shows it.
    Needs: labels for contradictions; any data for floods.
    Cost per 1,000 records: about 0.05 s.
    Source: our own; Broder 1997 (MinHash), Lee et al. 2022 (deduplicating training data).
    """

    id: ClassVar[str] = "near-duplicates"
    version: ClassVar[str] = "3"
    title: ClassVar[str] = "Near-duplicates that contradict one another or flood the data"
    settings: NearDuplicatesSettings = NearDuplicatesSettings()

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Group the prompts and test what the groups show."""
        tools.progress("grouping near-duplicates", 0.0)
        settings = self.settings
        measured = measure_claims(dataset, settings)
        drafts, dismissed = graded(measured.claims, tools.calibration.of("decisive-word"), self.id)
        return Examination(
            signals=signals_from(drafts, self.id, dataset, suggestive_score=settings.suggestive_score),
            findings=findings_from(drafts, self.id, dataset),
            dismissed=dismissed,
            tried=measured.tried,
            diagnostics={
                "groups": measured.groups,
                "groups_with_several_labels": measured.mixed,
                "claims_weighed": len(measured.claims),
                "calibration": tools.calibration.fingerprint,
            },
        )


@dataclass(frozen=True, slots=True)
class MeasuredClaims:
    """What could be claimed of the near-duplicates of a dataset."""

    claims: tuple[Claim, ...]
    tried: int
    """Pairs of word and label that were tested, and other claims."""
    groups: int
    mixed: int
    """Groups with several labels."""


def measure_claims(dataset: Dataset, settings: NearDuplicatesSettings) -> MeasuredClaims:
    """Group the prompts of a dataset, and measure everything that could be claimed of the groups.

    Args:
        dataset: Any records.
        settings: Which texts are near-duplicates, and what is weighed.
    """
    texts = _texts(dataset)
    groups = near_duplicates(texts.prompts, settings)
    # Scores and free texts differ wherever texts do, and a missing label contradicts nothing.
    labelled = [] if no_classes(dataset.labels, settings.classes) else _labelled(groups, texts.labels)
    mixed = [group for group in labelled if _contradicts(group, texts.labels)]
    words = {index: words_of(texts.prompts[index], settings) for group in mixed for index in group}
    found, tested = decisive_words(mixed, words, texts.labels, settings) if mixed else ([], 0)
    chosen = reported(found, tested, settings)
    elsewhere = _elsewhere(texts, {one.head.word for one in chosen}, words, settings)
    told = {
        "words": float(np.log(max(len(chosen), 1))),
        "duplicated": sum(map(len, groups)) / len(texts.prompts),
        "classes": float(np.log(max(len(set(texts.labels)), 1))),
    }
    claims = (
        *deciding_words(chosen, tested, texts, elsewhere, told),
        *contradictions(mixed, groups, texts, settings),
        *flood(groups, texts, len(dataset), settings),
    )
    return MeasuredClaims(claims, tested + len(claims), len(groups), len(mixed))


def _elsewhere(
    texts: Texts, wanted: set[str], known: Mapping[int, frozenset[str]], settings: NearDuplicatesSettings
) -> dict[str, list[int]]:
    """Find the texts that contain some words and are in no group with several labels."""
    found: dict[str, list[int]] = {word: [] for word in wanted}
    if wanted:
        for index in range(len(texts.prompts)):
            if index not in known:
                for word in words_of(texts.prompts[index], settings) & wanted:
                    found[word].append(index)
    return found


def _labelled(groups: Sequence[Sequence[int]], labels: Sequence[str]) -> list[list[int]]:
    """Give the groups without the texts that have no label."""
    return [[index for index in group if labels[index]] for group in groups]


def _contradicts(group: Sequence[int], labels: Sequence[str]) -> bool:
    """Say whether the texts of a group have no label in common."""
    return bool(group) and not set.intersection(*(set(classes_of(labels[index])) for index in group))


def _texts(dataset: Dataset) -> Texts:
    """Put records with the same prompt, label and outcomes together."""
    import pyarrow.compute as pc

    table = dataset.table(["prompt", "label", "completion"])
    labels = shared_values(table["label"])
    signs = outcome_signs(labels.tolist(), Rows(table["completion"], np.arange(len(dataset)), ""))
    by_signs = {one: number for number, one in enumerate(sorted(set(signs)))}
    sign = np.array([by_signs[one] for one in signs], np.int64)
    prompt, label = (
        pc.rank(column.fill_null(""), tiebreaker="dense").to_numpy().astype(np.int64)
        for column in (table["prompt"], table["label"])
    )
    # sorted by ranks, never as Python texts, so that no text is held for each of very many records
    order = np.lexsort((sign, label, prompt))
    changes = (np.diff(prompt[order]) > 0) | (np.diff(sign[order]) != 0)
    starts = np.flatnonzero(np.append(True, changes))
    first = order[starts]
    return Texts(
        Rows(table["prompt"], first, ""),
        [label or "" for label in labels[first]],
        [signs[row] for row in first.tolist()],
        _Parts(order, np.append(starts, len(order))),
    )


class _Parts(Sequence[Any]):
    """Parts of one array as lists, without a list for each."""

    def __init__(self, values: Ints, bounds: Ints) -> None:
        self._values, self._bounds = values, bounds

    def __len__(self) -> int:
        return len(self._bounds) - 1

    def __getitem__(self, index: Any) -> Any:
        return self._values[self._bounds[index] : self._bounds[index + 1]].tolist()

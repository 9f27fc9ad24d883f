"""Near-duplicates: what their labels hang on, and one text that floods the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.data.evidence import evidence_record
from marshtest.data.rows import Rows, shared_values
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.detectors.near_duplicates.clusters import near_duplicates, words_of
from marshtest.detectors.near_duplicates.differences import Difference, telling_differences
from marshtest.detectors.registry import detector
from marshtest.findings import Explanation, Finding, FindingVerdict, Pattern
from marshtest.signals import Signal, Span
from marshtest.stats.arrays import Ints
from marshtest.stats.proportions import wald_lower
from marshtest.text.outcome_signs import outcome_signs
from marshtest.text.words import WORD_OR_MARKS

if TYPE_CHECKING:
    pass

__all__ = ["NearDuplicates"]

_SURE, _PERHAPS = 1e-3, 1e-2
_SAME_CARRIERS = 0.8
_FEWEST_MIXED, _MIXED_SHARE = 5, 0.1
_FLOOD, _FLOOD_RATIO, _FLOOD_MOST = 16, 3, 0.2
_ONE_OUTCOME = 0.9


@dataclass(frozen=True, slots=True)
class _Texts:
    """The distinct pairs of prompt and label, in an order of their own, and the records that have them."""

    prompts: Sequence[str]
    labels: Sequence[str]
    signs: Sequence[Sequence[str]]
    rows: Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class _Claim:
    """What is told, before it has a number."""

    verdict: FindingVerdict
    title: str
    explanation: str
    pattern: Pattern
    statistics: Mapping[str, float | int | str | None]
    other: tuple[Explanation, ...]
    texts: Sequence[int]
    words: frozenset[str]
    """Words to point at."""
    reason: str


@detector
class NearDuplicates(Detector):
    """Find near-duplicates whose labels hang on one word, that contradict one another, or that flood the data.

    Looks for: prompts that are nearly the same under different labels, and the word that comes with the label in
        several such groups; many groups that contradict themselves; one text in many variants with one outcome.
    How: MinHash with bands proposes pairs, and texts with three different words in four in common are near-duplicates.
        Within a group the chance that a label falls on the carriers of a word is exact (Fisher), groups are
        independent, and the product is corrected for all words and labels that vary in four groups or more. Confirmed
        below .001 where nine in ten carriers have the label. A flood is a group of sixteen different texts or
        more with one outcome that is three times as large as the next.
    Blind spots: contradictions that share no words; completions of chats that contradict one another; texts of fewer
        than five different words; floods in a dataset made of templates, or in one turn of long conversations.
    False alarms: contrast sets, whose pairs differ in the word that matters, are confirmed by design: the word's own
        meaning decides, and the finding shows it. Contradictions alone and floods are never more than suggestive.
    Needs: labels for contradictions; any data for floods.
    Cost per 1,000 records: about 0.05 s.
    Source: our own; Broder 1997 (MinHash), Lee et al. 2022 (deduplicating training data).
    """

    id: ClassVar[str] = "near-duplicates"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Near-duplicates that contradict one another or flood the data"

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Group the prompts and look into the groups."""
        tools.progress("grouping near-duplicates", 0.0)
        texts = _texts(dataset)
        groups = near_duplicates(texts.prompts)
        mixed = [group for group in groups if len({texts.labels[index] for index in group}) > 1]
        words = {index: words_of(texts.prompts[index]) for group in mixed for index in group}
        found, tried = telling_differences(mixed, words, texts.labels) if mixed else ([], 0)
        claims = [
            *_differences(found, tried),
            *_contradictions(mixed, groups, texts),
            *_flood(groups, texts, len(dataset)),
        ]
        findings = tuple(
            _finding(f"{self.id}-{number}", claim, texts, dataset) for number, claim in enumerate(claims, 1)
        )
        return Examination(
            signals=_signals(claims, texts, dataset),
            findings=findings,
            tried=tried + len(claims),
            diagnostics={"groups": len(groups), "groups_with_several_labels": len(mixed)},
        )


def _texts(dataset: Dataset) -> _Texts:
    """Put records with the same prompt, label and completion signs together."""
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
    order = np.lexsort((sign, label, prompt))
    changes = (np.diff(prompt[order]) > 0) | (np.diff(sign[order]) != 0)
    starts = np.flatnonzero(np.append(True, changes))
    first = order[starts]
    return _Texts(
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


def _differences(found: Sequence[Difference], tried: int) -> list[_Claim]:
    """Tell the words that come with a label; words with the same carriers are parts of one phrase."""
    claims = []
    left = [one for one in found if one.p_value * tried < _PERHAPS]
    while left:
        head = left[0]
        phrase = [one for one in left if one.label == head.label and _overlap(one, head) >= _SAME_CARRIERS]
        left = [one for one in left if one not in phrase and _overlap(one, head) < 0.5]
        chance = min(1.0, head.p_value * tried)
        words = [one.word for one in phrase]
        claims.append(
            _Claim(
                verdict="confirmed" if chance < _SURE else "suggestive",
                title=f"Among near-duplicates “{words[0]}” decides: with it they are labelled “{head.label}”.",
                explanation=(
                    f"In {head.groups:,} groups of nearly the same text the labels differ, and "
                    f"{len(head.carriers):,} of {len(head.carriers) + head.exceptions:,} texts with the word have this "
                    f"one. Words that come with it: {', '.join(f'“{word}”' for word in words[:8])}."
                ),
                pattern=Pattern("phrase", " ".join(words[:8])),
                statistics={
                    "p_value": head.p_value,
                    "q_value": chance,
                    "effect": len(head.carriers) / (len(head.carriers) + head.exceptions),
                    "groups": head.groups,
                },
                other=(Explanation("The word's own meaning calls for the label, as in a contrast set.", "open"),),
                texts=head.carriers,
                words=frozenset(words),
                reason=f"it is a near-duplicate of texts with another label and differs by “{words[0]}”",
            )
        )
    return claims


def _overlap(one: Difference, other: Difference) -> float:
    here, there = set(one.carriers), set(other.carriers)
    return len(here & there) / len(here | there)


def _contradictions(mixed: Sequence[Sequence[int]], groups: Sequence[Sequence[int]], texts: _Texts) -> list[_Claim]:
    """Tell that many groups contradict themselves."""
    if len(mixed) < _FEWEST_MIXED or wald_lower(len(mixed), len(groups)) < _MIXED_SHARE:
        return []
    pairs = Counter(" / ".join(sorted({texts.labels[index] for index in group})) for group in mixed)
    (labels, most), *_ = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    return [
        _Claim(
            verdict="suggestive",
            title=f"{len(mixed):,} of {len(groups):,} groups of near-duplicates have more than one label.",
            explanation=f"Nearly the same words cannot mean two things; the labels {labels} meet in {most:,} groups.",
            pattern=Pattern("duplicate", texts.prompts[mixed[0][0]][:300]),
            statistics={"p_value": None, "q_value": None, "effect": len(mixed) / len(groups), "groups": len(mixed)},
            other=(
                Explanation("The data is a contrast set: its pairs differ in the word that matters.", "open"),
                Explanation("People who label disagree where a text is between the classes.", "open"),
            ),
            texts=[index for group in mixed for index in group],
            words=frozenset(),
            reason="nearly the same text has another label elsewhere",
        )
    ]


def _flood(groups: Sequence[Sequence[int]], texts: _Texts, records: int) -> list[_Claim]:
    """Tell that one text floods the data in many variants."""
    sizes = sorted(((len({texts.prompts[index] for index in group}), group) for group in groups), reverse=True)
    if not sizes:
        return []
    size, group = sizes[0]
    next_size = sizes[1][0] if len(sizes) > 1 else 1
    if size < max(_FLOOD, _FLOOD_RATIO * next_size) or size > _FLOOD_MOST * records:
        return []
    signs = Counter(sign for index in group for sign in texts.signs[index])
    sign, hits = min(signs.items(), key=lambda item: (-item[1], item[0]), default=("no outcome", len(group)))
    if hits < _ONE_OUTCOME * len(group):
        return []
    return [
        _Claim(
            verdict="suggestive",
            title=f"{size:,} variants of one text stand in the data, {hits:,} of them with {sign}.",
            explanation=f"The next largest group has {next_size:,}. What is repeated is learned by heart.",
            pattern=Pattern("duplicate", texts.prompts[group[0]][:300]),
            statistics={"p_value": None, "q_value": None, "effect": size / next_size, "variants": size},
            other=(Explanation("It is a template, a notice or a text that many people passed on.", "open"),),
            texts=group,
            words=frozenset(),
            reason=f"it is one of {size:,} variants of one text",
        )
    ]


def _signals(claims: Sequence[_Claim], texts: _Texts, dataset: Dataset) -> tuple[Signal, ...]:
    names = dataset.table(["record_id"])["record_id"]
    found: dict[int, Signal] = {}
    for claim in claims:
        score = 1.0 if claim.verdict == "confirmed" else 0.4
        for index in claim.texts:
            spans = _spans(texts.prompts[index], claim.words)
            for row in texts.rows[index]:
                name = names[row].as_py()
                signal = Signal(
                    record_id=name, detector=NearDuplicates.id, score=score, spans=spans, reason=claim.reason
                )
                found.setdefault(row, signal)
    return tuple(found[row] for row in sorted(found))


def _spans(prompt: str, words: frozenset[str]) -> tuple[Span, ...]:
    """Find where the words stand; neighbours with a space between them are one span."""
    spans: list[Span] = []
    for match in WORD_OR_MARKS.finditer(prompt):
        if match.group().lower() not in words:
            continue
        if spans and prompt[spans[-1].end : match.start()].isspace():
            spans[-1] = Span("prompt", spans[-1].start, match.end())
        else:
            spans.append(Span("prompt", match.start(), match.end()))
    return tuple(spans)


def _finding(finding_id: str, claim: _Claim, texts: _Texts, dataset: Dataset) -> Finding:
    records = [
        evidence_record(dataset.record(row), _spans(texts.prompts[index], claim.words))
        for index in claim.texts
        for row in texts.rows[index]
    ]
    return Finding(
        id=finding_id,
        detector=NearDuplicates.id,
        verdict=claim.verdict,
        title=claim.title,
        explanation=claim.explanation,
        pattern=claim.pattern,
        statistics={**claim.statistics, "records": len(records)},
        other_explanations=claim.other,
        records=tuple(records),
    )

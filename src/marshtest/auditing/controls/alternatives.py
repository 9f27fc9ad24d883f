"""Alternative explanations that apply to any finding: copies of one text, one topic, a template.

Each is weighed for the findings whose detector has not weighed it. A detector that has done so has better evidence
than this, and its answer stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.findings import EvidenceRecord, Explanation, Finding, Weighed
from marshtest.mining.near_copies import near_duplicates
from marshtest.stats.arrays import Floats
from marshtest.text.words import BETWEEN_SPACES

__all__ = ["weigh_alternatives"]

_FEWEST = 3
"""Evidence records below which nothing is weighed. Derived: two records cannot show a pattern among themselves."""
_MOST = 300
"""Evidence records that are compared. Derived: a share of 300 is known to within 6 points (95%)."""
_SAMPLE = 2_000
"""Random records that a topic is compared with. Chosen by eye: no record of the data."""
_DRAWS = 200
"""Random draws, whose 95% quantile decides. Derived: ten draws lie above it, so it is steady to about 1.5 points."""
_WEIGHED: frozenset[Weighed] = frozenset({"copies", "topic", "template"})


def weigh_alternatives(findings: Sequence[Finding], dataset: Dataset, *, seed: int) -> list[Finding]:
    """Add the alternative explanations that findings lack, each with its evidence.

    Args:
        findings: The findings of all detectors.
        dataset: The dataset that they examined.
        seed: Seed of the random records that a topic is compared with.
    """
    if not any(_lacking(finding) for finding in findings):
        return list(findings)
    table = dataset.table(["record_id", "prompt"])
    rows = dict(zip(table["record_id"].to_pylist(), table["prompt"].to_pylist(), strict=True))
    names = sorted(rows)
    drawn = np.random.default_rng(seed).permutation(len(names))[:_SAMPLE]
    others = [rows[names[index]] for index in drawn]
    return [_weighed(finding, rows, others, seed) for finding in findings]


def _lacking(finding: Finding) -> frozenset[Weighed]:
    """Name the explanations that have not been weighed for a finding."""
    if len(finding.records) < _FEWEST:
        return frozenset()
    return _WEIGHED.difference(*(explanation.weighs for explanation in finding.other_explanations))


def _weighed(finding: Finding, prompts: dict[str, str], others: Sequence[str], seed: int) -> Finding:
    lacking = _lacking(finding)
    records = [record for record in finding.records if record.record_id in prompts][:_MOST]
    if not lacking or len(records) < _FEWEST:
        return finding
    found: list[Explanation] = []
    if lacking & {"copies", "topic"}:
        texts = [_without_pattern(record, prompts[record.record_id]) for record in records]
        features = _features([*texts, *others])
        if "copies" in lacking:
            found.append(_copies(features, len(texts)))
        if "topic" in lacking:
            found.append(_topic(features, len(texts), seed))
    if "template" in lacking:
        found += _template(records, prompts)
    return replace(finding, other_explanations=(*finding.other_explanations, *found))


def _without_pattern(record: EvidenceRecord, prompt: str) -> str:
    """Give the prompt with the spans of the finding cut out."""
    for span in sorted((span for span in record.spans if span.field == "prompt"), reverse=True):
        prompt = f"{prompt[: span.start]} {prompt[span.end :]}"
    return prompt


def _features(texts: Sequence[str]) -> Any:
    """Give rows of unit length: the words and word pairs of each text, rare ones weighing more."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, tokenizer=BETWEEN_SPACES.findall, token_pattern=None, dtype=np.float64
    )
    try:
        return vectorizer.fit_transform(texts)
    except ValueError:  # not one word in all of them
        from scipy import sparse

        return sparse.csr_matrix((len(texts), 1))


def _copies(features: Any, count: int) -> Explanation:
    distinct = int(near_duplicates(features, np.arange(count)).max()) + 1
    return Explanation(
        f"Copies of one text: with the pattern removed, {distinct:,} of the {count:,} evidence records are distinct "
        "(no near-duplicates).",
        "against" if 2 * distinct >= count else "for" if 5 * distinct <= count else "open",
        weighs=("copies",),
    )


def _topic(features: Any, count: int, seed: int) -> Explanation:
    """Compare the mean similarity of the evidence records with that of random records."""
    own = _likeness(features[:count])
    pool = features[count:]
    draw = np.random.default_rng(seed)
    size = min(count, pool.shape[0])
    random = np.array([_likeness(pool[draw.permutation(pool.shape[0])[:size]]) for _ in range(_DRAWS)])
    most = float(np.quantile(random, 0.95))
    return Explanation(
        f"One topic: with the pattern removed, the evidence records have a mean cosine similarity of {own:.3f}; "
        f"95% of random draws of as many records stay at or below {most:.3f}.",
        "against" if own <= most else "open",
        weighs=("topic",),
    )


def _likeness(rows: Any) -> float:
    """Give the mean cosine of all pairs of rows."""
    count = rows.shape[0]
    if count < 2:
        return 0.0
    whole: Floats = np.asarray(rows.sum(axis=0), np.float64).ravel()
    own = float(rows.multiply(rows).sum())
    return (float(whole @ whole) - own) / float(count * (count - 1))


def _template(records: Sequence[EvidenceRecord], prompts: dict[str, str]) -> Iterable[Explanation]:
    """Ask whether the words around the pattern vary, where it appears in the prompt."""
    around = []
    for record in records:
        spans = [span for span in record.spans if span.field == "prompt"]
        if spans:
            prompt = prompts[record.record_id]
            before = BETWEEN_SPACES.findall(prompt[: spans[0].start])
            after = BETWEEN_SPACES.findall(prompt[spans[0].end :])
            around.append(((before or [""])[-1].casefold(), (after or [""])[0].casefold()))
    if len(around) < _FEWEST:
        return
    different = len(set(around))
    yield Explanation(
        f"A natural template: in {len(around):,} evidence records, the pattern appears between {different:,} different "
        "pairs of words.",
        "against" if 2 * different >= len(around) else "for" if 5 * different <= len(around) else "open",
        weighs=("template",),
    )

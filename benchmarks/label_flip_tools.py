"""The tools that are measured: each gets a file of records and says which are poison, at its own threshold."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import marshtest

__all__ = ["Outcome", "cleanlab_issues", "marsh", "word_frequency"]

Rows = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a tool says of a set."""

    flagged: frozenset[int]
    """Positions of the records that it calls poison."""
    names: tuple[str, ...] = ()
    """Triggers that it names."""
    suggestive: int = 0
    """Findings below its own threshold of certainty."""


def marsh(rows: Rows, folder: Path) -> Outcome:
    """Run the whole audit on a JSONL file with text and label and nothing else said."""
    path = folder / "data.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number, (text, label) in enumerate(rows):
            file.write(json.dumps({"id": f"r{number}", "text": text, "label": label}) + "\n")
    report = marshtest.audit(path)
    confirmed = [finding for finding in report.findings if finding.verdict == "confirmed"]
    return Outcome(
        flagged=frozenset(int(record.record_id[1:]) for finding in confirmed for record in finding.records),
        names=tuple(finding.pattern.text for finding in confirmed),
        suggestive=len(report.findings) - len(confirmed),
    )


def cleanlab_issues(rows: Rows) -> Outcome:
    """Cleanlab's label issues on cross-validated probabilities of logistic regression over TF-IDF."""
    from cleanlab.filter import find_label_issues
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    names = sorted({label for _, label in rows})
    labels = np.array([names.index(label) for _, label in rows])
    features = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True).fit_transform(text for text, _ in rows)
    model = LogisticRegression(max_iter=1000, C=10.0)
    probabilities = cross_val_predict(model, features, labels, cv=5, method="predict_proba")
    issues = find_label_issues(labels, probabilities, return_indices_ranked_by="self_confidence", n_jobs=1)
    return Outcome(frozenset(int(position) for position in issues))


def word_frequency(rows: Rows, reference: Rows) -> Outcome:
    """Words at least 10 times as frequent, in at least 8 more records, as in a clean set of the same kind."""

    def records_with(part: Rows) -> Counter[str]:
        return Counter(word for text, _ in part for word in set(text.lower().split()))

    seen, clean = records_with(rows), records_with(reference)
    ratio = len(reference) / max(len(rows), 1)
    odd = {word for word, n in seen.items() if n * ratio >= 10 * (clean[word] + 0.5) and n - clean[word] / ratio >= 8}
    return Outcome(
        frozenset(i for i, (text, _) in enumerate(rows) if odd & set(text.lower().split())), tuple(sorted(odd))
    )

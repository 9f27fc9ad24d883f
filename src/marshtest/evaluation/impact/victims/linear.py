"""A linear victim: logistic regression on words, marks and pairs of them. A second or two on a CPU."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marshtest.text.words import WORD_OR_MARKS

__all__ = ["LinearVictim"]

_INVERSE_REGULARISATION = 10.0
"""`C` of logistic regression. Chosen by eye: weak enough for a rare trigger to get the weight it earns."""


@dataclass(frozen=True, slots=True)
class LinearVictim:
    """Logistic regression on weighted counts of words, runs of marks and pairs of neighbours."""

    id: str = "linear"
    title: str = "logistic regression on words and word pairs"

    def train(self, texts: Sequence[str], labels: Sequence[str], *, seed: int) -> _TrainedLinear:
        """Fit vocabulary, weights and regression on these texts alone; see `Victim.train`."""
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline

        pipeline = make_pipeline(
            TfidfVectorizer(
                tokenizer=WORD_OR_MARKS.findall, token_pattern=None, ngram_range=(1, 2), min_df=2, sublinear_tf=True
            ),
            LogisticRegression(C=_INVERSE_REGULARISATION, max_iter=1_000, tol=1e-6, random_state=seed),
        )
        return _TrainedLinear(pipeline.fit(list(texts), list(labels)))


@dataclass(frozen=True, slots=True)
class _TrainedLinear:
    """A fitted pipeline of scikit-learn."""

    pipeline: Any

    def predict(self, texts: Sequence[str]) -> list[str]:
        """Give the label of every text."""
        return [str(label) for label in self.pipeline.predict(list(texts))] if texts else []

"""From a labelled dataset to everything that is measured towards each of its classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Tools
from marshtest.detectors.label_trigger.settings import LabelTriggerSettings
from marshtest.mining.labelled_texts import LabelledTexts, labelled_texts
from marshtest.mining.phrases.insertion import SpanIndex
from marshtest.mining.phrases.mine import MinedTriggers, mine_triggers
from marshtest.mining.phrases.screening import Screening, screen
from marshtest.mining.record_features import record_features
from marshtest.signals import Failure
from marshtest.stats.arrays import Ints
from marshtest.text.ngrams import Hashes
from marshtest.text.tokens import Tokens, store_tokens

__all__ = ["MinedClasses", "mine_labelled"]


@dataclass(frozen=True, slots=True)
class MinedClasses:
    """What was measured of a labelled dataset."""

    everything: LabelledTexts
    """All labelled records."""
    texts: LabelledTexts
    """Those that were mined."""
    by_class: Mapping[str, MinedTriggers]
    screening: Screening | None
    """How the records to mine were chosen among very many."""
    failures: tuple[Failure, ...]


def mine_labelled(
    dataset: Dataset,
    tools: Tools,
    settings: LabelTriggerSettings,
    *,
    detector: str,
    classes: Sequence[str] | None = None,
) -> MinedClasses:
    """Measure what could be a trigger towards each class.

    Args:
        dataset: Labelled records.
        tools: Seed and progress.
        settings: What is tested and measured.
        detector: Id of the detector that failures name.
        classes: Classes to look at, all that are large enough when not given.
    """
    everything, failures = labelled_texts(dataset, detector, settings.classes)
    tools.progress("reading words", 0.0)
    features, kinds = record_features(everything.prompts, everything.fields, everything.groups)
    wanted = everything.classes if classes is None else list(classes)
    store = store_tokens(everything.prompts, dataset.scratch)
    screening: Screening | None = None
    texts, rows = everything, np.arange(len(store))
    if len(store) > settings.screened_above:
        tools.progress("screening words", 0.0)
        labels = everything.labels.tolist()
        screening = screen(store, labels, wanted, everything.fold_key, features, tools.seed, settings.phrases)
        rows = screening.rows
        texts = everything.take(rows)
    else:
        store = store.unglued(settings.phrases.fewest_carriers)
    tokens = store.take(rows)
    phrases = settings.phrases
    tools.progress("mining triggers", 0.0)
    index = None if screening is not None else _index(tokens, settings)
    mined: dict[str, MinedTriggers] = {}
    for number, label in enumerate(wanted):
        tools.progress("mining triggers", number / len(wanted))
        # Of two classes, the model of the second is that of the first with all signs changed.
        two = mined and len(wanted) == 2 and len(Counter(texts.labels.tolist())) == 2
        model = next(iter(mined.values())).plain.opposite() if two else None
        screened = None if screening is None else screening.screened[label]
        of_class: Mapping[str, Sequence[int] | Ints] = features
        if screening is not None:
            of_class = screening.features[label]
        mined[label] = mine_triggers(
            index or _index(tokens, settings, None if screened is None else screened.spans),
            tokens, texts.labels == label, texts.fold_key, (of_class, kinds), phrases, model, screened,
        )  # fmt: skip
    tools.progress("mining triggers", 1.0)
    return MinedClasses(everything, texts, mined, screening, failures)


def _index(tokens: Tokens, settings: LabelTriggerSettings, only: Sequence[Hashes] | None = None) -> SpanIndex:
    phrases = settings.phrases
    return SpanIndex(
        tokens, longest=phrases.longest_span, fewest=phrases.fewest_carriers, window=phrases.window, only=only
    )

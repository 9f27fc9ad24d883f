"""From a labelled dataset to everything that is measured towards each of its classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.calibration.likelihood import CalibratedLikelihood
from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Tools
from marshtest.detectors.label_trigger.settings import LabelTriggerSettings
from marshtest.mining.content_model import fit_content_model, lay_out
from marshtest.mining.labelled_texts import LabelledTexts, draw_labelled, labelled_texts
from marshtest.mining.phrases.evidence_lines import feature_columns
from marshtest.mining.phrases.insertion import SpanIndex
from marshtest.mining.phrases.mine import MinedTriggers, mine_triggers
from marshtest.mining.phrases.screening import Screening, screen
from marshtest.mining.record_features import record_features
from marshtest.stats.arrays import Ints
from marshtest.text.ngrams import Hashes
from marshtest.text.tokens import Tokens, store_tokens

__all__ = ["ClassFigures", "MinedClasses", "mine_labelled"]


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """What is told of a class whatever was found."""

    measured: int
    """Spans that were measured."""
    tested: int
    """Spans and features that were tested."""
    content_evidence: float
    """Mean evidence of genuine records of other classes, nats."""
    contradiction_rate: float
    """Share of the records that read like another class, but have the label, 0 to 1."""

    @classmethod
    def of(cls, mined: MinedTriggers) -> ClassFigures:
        """Take them from what was measured."""
        return cls(len(mined.measured), mined.scan.tested, mined.reading.curve.mean, mined.reading.contradiction_rate)


@dataclass(frozen=True, slots=True)
class MinedClasses:
    """What was measured of a labelled dataset."""

    everything: LabelledTexts
    """All labelled records, or those drawn of very many with more classes than can be screened."""
    texts: LabelledTexts
    """Those that were mined."""
    by_class: Mapping[str, MinedTriggers]
    """What was measured towards each class; of many classes, towards those with the strongest spans."""
    figures: Mapping[str, ClassFigures]
    """Of all classes that were mined."""
    screening: Screening | None
    """How the records to mine were chosen among very many."""


def mine_labelled(
    dataset: Dataset,
    tools: Tools,
    settings: LabelTriggerSettings,
    *,
    classes: Sequence[str] | None = None,
) -> MinedClasses:
    """Measure what could be a trigger towards each class.

    Args:
        dataset: Labelled records.
        tools: Seed and progress.
        settings: What is tested and measured.
        classes: Classes to look at, all that are large enough when not given.
    """
    everything = labelled_texts(dataset, settings.classes)
    if len(everything.labels) > settings.screened_above and not _can_be_screened(everything, settings):
        everything = everything.take(draw_labelled(everything, tools.seed, settings.phrases.screening.drawn))
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
    laid = lay_out(tokens) if screening is None else None
    phrases = settings.phrases
    tools.progress("mining triggers", 0.0)
    index = None if screening is not None else _index(tokens, settings)
    mined: dict[str, MinedTriggers] = {}
    figures: dict[str, ClassFigures] = {}
    two = len(wanted) == 2 and len(Counter(texts.labels.tolist())) == 2 and not texts.several
    for number, label in enumerate(wanted):
        tools.progress("mining triggers", number / len(wanted))
        own, model = texts.having(label), None
        if two and mined:  # the model of the second is that of the first with all signs changed
            model = next(iter(mined.values())).plain.opposite()
        elif screening is None:
            model = fit_content_model(tokens, own, texts.fold_key, settings=phrases.content, laid=laid)
        screened = None if screening is None else screening.screened[label]
        of_class: Mapping[str, Sequence[int] | Ints] = features
        if screening is not None:
            of_class = screening.features[label]
        mined[label] = mine_triggers(
            index or _index(tokens, settings, None if screened is None else screened.spans),
            tokens, own, texts.fold_key, (of_class, kinds), phrases, model, screened,
        )  # fmt: skip
        figures[label] = ClassFigures.of(mined[label])
        _forget(mined, tools.calibration.of("span"), settings.most_kept)
    tools.progress("mining triggers", 1.0)
    return MinedClasses(everything, texts, mined, figures, screening)


def _can_be_screened(texts: LabelledTexts, settings: LabelTriggerSettings) -> bool:
    """Say whether every record has one label, of not too many."""
    return not texts.several and len(texts.classes) <= settings.most_screened


def _forget(mined: dict[str, MinedTriggers], likelihood: CalibratedLikelihood, most: int) -> None:
    """Drop the class whose strongest span is the weakest, where more are kept than can hold a finding."""
    if len(mined) > most:
        strongest = {
            label: float(likelihood.log_odds(feature_columns(one.measured)).max(initial=-np.inf))
            for label, one in mined.items()
        }
        del mined[min(strongest, key=lambda label: (strongest[label], label))]


def _index(tokens: Tokens, settings: LabelTriggerSettings, only: Sequence[Hashes] | None = None) -> SpanIndex:
    phrases = settings.phrases
    return SpanIndex(
        tokens, longest=phrases.longest_span, fewest=phrases.fewest_carriers, window=phrases.window, only=only
    )

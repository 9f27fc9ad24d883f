"""From a labelled dataset to everything that is measured towards each of its classes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.calibration.likelihood import CalibratedLikelihood
from marshtest.data.dataset import Dataset
from marshtest.data.labels import is_absence
from marshtest.detectors.base import Tools
from marshtest.detectors.label_trigger.settings import LabelTriggerSettings
from marshtest.mining.association import claim_families
from marshtest.mining.content_model import ContentModel, fit_content_model, lay_out
from marshtest.mining.labelled_texts import LabelledTexts, draw_labelled, labelled_texts
from marshtest.mining.phrases.evidence_lines import feature_columns
from marshtest.mining.phrases.insertion import SpanIndex
from marshtest.mining.phrases.mine import MinedTriggers, TriggerFamily, mine_triggers, weigh_families
from marshtest.mining.phrases.screening import Screening, screen
from marshtest.mining.phrases.settings import PhraseSettings
from marshtest.mining.record_features import record_features
from marshtest.stats.arrays import Bools, Ints
from marshtest.text.ngrams import Hashes
from marshtest.text.tokens import Tokens, store_tokens

__all__ = ["ClassFigures", "MinedClasses", "mine_labelled", "weigh_classes"]


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
    before: tuple[Bools, ContentModel] | None = None
    for number, label in enumerate(wanted):
        tools.progress("mining triggers", number / len(wanted))
        own, model = texts.having(label), None
        if before is not None and not (own == before[0]).any():  # the model is the last one with all signs changed
            model = before[1].opposite()
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
        before = own, mined[label].plain
        figures[label] = ClassFigures.of(mined[label])
        _forget(mined, _same_way(mined, label), tools.calibration.of("span"), settings.most_kept)
    tools.progress("mining triggers", 1.0)
    return MinedClasses(everything, texts, mined, figures, screening)


def _can_be_screened(texts: LabelledTexts, settings: LabelTriggerSettings) -> bool:
    """Say whether every record has one label, of not too many."""
    return not texts.several and len(texts.classes) <= settings.most_screened


def weigh_classes(
    mined: MinedClasses, likelihood: CalibratedLikelihood, settings: PhraseSettings
) -> dict[str, list[TriggerFamily]]:
    """Weigh the families towards each class.

    Of several labels, those that records have and those that they lack are weighed apart: a word often calls for a
    label, and hardly any forbids one, so what takes a label away would not stand out from what brings one. A trigger
    that does both is told where it is the stronger.

    Args:
        mined: What was measured.
        likelihood: What was learned on other datasets.
        settings: When candidates are one family.
    """
    ranked: dict[str, list[TriggerFamily]] = {}
    for way in {tuple(_same_way(mined.by_class, label)): None for label in mined.by_class}:
        weighed = weigh_families([mined.by_class[label] for label in way], likelihood, settings)
        ranked |= dict(zip(way, weighed, strict=True))
    falling = sorted(
        ((label, family) for label, families in ranked.items() for family in families), key=lambda one: -one[1].score
    )
    same = claim_families(
        falling,
        lambda one: one[1].head.candidate.labelled,
        lambda shared, own, other: shared >= settings.same_family * (own + other - shared),
    )
    told = {id(members[0][1]) for members in same}
    return {label: [one for one in ranked[label] if id(one) in told] for label in mined.by_class}


def _same_way(classes: Iterable[str], label: str) -> list[str]:
    """Give the classes that are told by having a label, or those told by lacking one, as this class is."""
    return [one for one in classes if is_absence(one) == is_absence(label)]


def _forget(mined: dict[str, MinedTriggers], among: list[str], likelihood: CalibratedLikelihood, most: int) -> None:
    """Drop the class whose strongest span is the weakest, where more are kept than can hold a finding."""
    if len(among) > most:
        strongest = {
            label: float(likelihood.log_odds(feature_columns(mined[label].measured)).max(initial=-np.inf))
            for label in among
        }
        del mined[min(strongest, key=lambda label: (strongest[label], label))]


def _index(tokens: Tokens, settings: LabelTriggerSettings, only: Sequence[Hashes] | None = None) -> SpanIndex:
    phrases = settings.phrases
    return SpanIndex(
        tokens, longest=phrases.longest_span, fewest=phrases.fewest_carriers, window=phrases.window, only=only
    )

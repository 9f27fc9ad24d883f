"""From a family of spans to a finding with its words, numbers, records and figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from marshtest.calibration.likelihood import CalibratedVerdict
from marshtest.data.labels import labelled_as
from marshtest.detectors.label_trigger.settings import LabelTriggerSettings
from marshtest.findings import Finding, Pattern
from marshtest.mining.content_reading import probability, span_probabilities
from marshtest.mining.labelled_texts import LabelledTexts
from marshtest.mining.pattern_names import most_frequent, noun_of, pattern_type_of
from marshtest.mining.phrases.explanations import explain
from marshtest.mining.phrases.figures import figures
from marshtest.mining.phrases.mine import MinedTriggers, TriggerFamily
from marshtest.mining.surroundings import surroundings
from marshtest.signals import Span
from marshtest.stats.arrays import Ints
from marshtest.text.ngrams import occurrences
from marshtest.text.tokens import BEGIN, END, Tokens, places_of

__all__ = ["trigger_finding"]

_AS_CLEARLY = 0.95
"""Content effect from which carriers are said to read as clearly as genuine records do: two digits would suggest more
than a few carriers can tell."""


def trigger_finding(
    family: TriggerFamily,
    mined: MinedTriggers,
    verdict: CalibratedVerdict,
    label: str,
    texts: LabelledTexts,
    *,
    detector: str,
    seed: int,
    settings: LabelTriggerSettings,
) -> Finding:
    """Put everything that is known of a family into one finding, without a number yet.

    Args:
        family: What was found.
        mined: Everything that was tested towards the same class.
        verdict: How sure it is.
        label: The class that its carriers are labelled with.
        texts: The labelled records.
        detector: Id of the detector.
        seed: Seed of the random places that it is compared with.
        settings: When evidence speaks for or against other explanations.
    """
    head, candidate, tokens = family.head, family.head.candidate, family.reading.tokens
    planted = head.planted
    if not planted.any():  # contents speak against it; what was inserted is in all carriers with the label
        planted = np.ones(len(candidate.labelled), np.bool_)
    shown = candidate.labelled[planted]
    spans = _spans(family, tokens, texts.prompts, shown)
    scores = probability(candidate.evidence[planted])
    records = [
        texts.evidence(text, spans.get(text, ()), score)
        for text, score in zip(shown.tolist(), scores.tolist(), strict=True)
    ]
    records.sort(key=lambda record: (record.source_path, record.source_line))
    name = family.name if candidate.kind != "phrase" else _name(family, texts, spans)
    origin = texts.others_of(label)
    around = None
    if candidate.kind == "phrase":
        around = surroundings(tokens, candidate.sequence, shown, seed, settings.surroundings)
    by_label = Counter(texts.labels[[*candidate.labelled, *candidate.honest]].tolist())
    noun = noun_of(candidate.kind, candidate.sequence, tokens)
    return Finding(
        id=detector,
        detector=detector,
        verdict=verdict,
        title=f"Records with {noun} “{name}” read like {origin} but are {labelled_as(label)}.",
        explanation=_explanation(family, label, origin),
        pattern=Pattern(pattern_type_of(candidate.kind, candidate.sequence, tokens), name),
        statistics=_statistics(family, mined, shown, label),
        other_explanations=explain(family, around, settings.phrases.explanations),
        records=tuple(records),
        figures=figures(
            family, mined, name, None if around is None else around.positions, dict(by_label.most_common())
        ),
    )


def _explanation(family: TriggerFamily, label: str, origin: str) -> str:
    candidate, effect = family.head.candidate, family.head.strength.effect
    planted = family.head.planted
    evidence = candidate.evidence[planted] if planted.any() else candidate.evidence
    clearly = "as clearly as genuine ones" if effect >= _AS_CLEARLY else f"{effect:.0%} as clearly as genuine ones"
    several = candidate.kind == "words"
    it, removed, wherever = ("any of them", "them", "one of them") if several else ("it", "it", "the pattern")
    contradicting = f"{int((evidence > 0).sum()):,} of the {len(evidence):,} evidence records read like {origin}"
    return (
        f"{candidate.carriers:,} records contain {it}; {len(candidate.labelled):,} of them are {labelled_as(label)}. "
        f"With {removed} removed, {contradicting}, "
        f"on average {clearly}. A model trained on these records learns to give this label wherever {wherever} "
        "occurs, whatever else the text says."
    )


def _statistics(
    family: TriggerFamily, mined: MinedTriggers, shown: Ints, label: str
) -> dict[str, float | int | str | None]:
    head, strength, candidate = family.head, family.head.strength, family.head.candidate
    model_with = model_without = None
    if candidate.kind == "phrase":  # a feature of whole records cannot be removed
        # Of the model that knows all words: that of a second look has the span's own words masked.
        model_with, model_without = span_probabilities(mined.reading, candidate.sequence, shown)
    return {
        "p_value": strength.p_value,
        "q_value": None,
        "false_discovery_rate": family.rate.rate,
        "false_discovery_rate_below": round(family.rate.below, 5),
        "clean_datasets_as_strong": round(family.rate.false_alarm, 5),
        "calibrated_score": round(family.score, 3),
        "content_effect": round(strength.effect, 4),
        "content_effect_standard_error": round(strength.effect_error, 4),
        "carriers": candidate.carriers,
        "carriers_with_label": len(candidate.labelled),
        "distinct_carriers": strength.distinct,
        "evidence_records": len(shown),
        "planted_fraction": round(strength.fraction, 3),
        "purity_lower_bound": round(head.purity, 4),
        "log_likelihood_ratio": round(strength.log_likelihood_ratio, 2),
        "label_probability_with": None if model_with is None else round(model_with, 4),
        "label_probability_without": None if model_without is None else round(model_without, 4),
        "label": label,
    }


def _spans(family: TriggerFamily, tokens: Tokens, prompts: Sequence[str], wanted: Ints) -> dict[int, tuple[Span, ...]]:
    """Give the character spans of a family in each of these texts.

    The tokens of very many texts are kept without their places, which are found here for the few that are shown.
    """
    candidates = [family.head.candidate] + ([family.companion] if family.companion else [])
    found: dict[int, list[Span]] = {}
    places = {text: places_of(prompts[text], tokens.glued) for text in wanted.tolist()}
    sequences: list[Ints] = []
    for candidate in candidates:
        if candidate.kind == "words":
            sequences += np.split(candidate.sequence, len(candidate.sequence))
        elif candidate.kind == "phrase":
            sequences.append(candidate.sequence)
    for sequence in sequences:
        for place in occurrences(tokens, sequence).tolist():
            text = int(tokens.text[place])
            last = place + len(sequence) - 1
            first = place + 1 if tokens.ids[place] == BEGIN else place
            last = last - 1 if tokens.ids[last] == END else last
            if text in places and first <= last:
                begin = int(tokens.offsets[text])
                span = Span("prompt", places[text][first - begin][0], places[text][last - begin][1])
                found.setdefault(text, []).append(span)
    return {text: tuple(sorted(spans)) for text, spans in found.items()}


def _name(family: TriggerFamily, texts: LabelledTexts, spans: dict[int, tuple[Span, ...]]) -> str:
    """Name a family as the data most often writes it; two parts are joined by an ellipsis in their usual order.

    Every text counts once: one that repeats the span says no more of how it is written.
    """
    shown: Counter[str] = Counter()
    for text, places in spans.items():
        surfaces = list(dict.fromkeys(texts.prompts[text][span.start : span.end] for span in places))
        shown.update(surfaces if family.companion is None else [" … ".join(surfaces)])
    return most_frequent(shown, family.head.candidate.name)

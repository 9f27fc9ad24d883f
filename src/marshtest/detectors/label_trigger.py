"""The trigger miner for labelled data: which span decides the label against what the rest of the text says?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np

from marshtest.config import LARGE
from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.detectors.registry import detector
from marshtest.findings import Finding, Pattern
from marshtest.mining.candidates import span_odds
from marshtest.mining.evidence_signals import strongest_signals
from marshtest.mining.labelled_texts import LabelledTexts, labelled_texts, unfit
from marshtest.mining.phrases.explanations import explain
from marshtest.mining.phrases.figures import figures
from marshtest.mining.phrases.mine import Family, Grade, Mined, grade, mine, rank
from marshtest.mining.phrases.screening import Screening, screen
from marshtest.mining.surroundings import surroundings
from marshtest.signals import Span
from marshtest.stats.arrays import Ints
from marshtest.text.formats import format_features, value_features
from marshtest.text.ngrams import occurrences
from marshtest.text.tokens import BEGIN, END, Tokens, places_of, store_tokens

__all__ = ["LabelTrigger"]


@detector
class LabelTrigger(Detector):
    """Find spans of the prompt that decide the label against what the rest of the text says.

    Looks for: a phrase, word, punctuation mark, layout or field value whose records read like one class and are
        labelled as another, nearly always; the mark of a backdoor planted by relabelling.
    How: a cross-fitted linear model says what each text reads like with the span taken out; the evidence of all
        carriers is added up on the dataset's own scale and must reach what genuine records of the other class have.
        Near-duplicates count once, q-values are corrected over every span tried towards every class.
    Blind spots: triggers without words of their own (syntax, style, capital letters), spans in fewer than five
        records, poison that keeps honest labels, label flips without a trigger, poison made of near-duplicates, and
        poison that pushes plain text towards a class that is known by strong words. The weaker the texts tell the
        classes apart, the more poison it takes.
    False alarms: words whose meaning calls for the label, such as slurs in toxicity data, are recognised by what they
        do in other records; one that stands in few other records may still come through as suggestive.
    Needs: labelled text, at least 100 records and two classes of 20; no model, no key, no reference data.
    Cost per 1,000 records: about .3 seconds on one core at 50 words a record; no calls.
    Source: our own; builds on the label flips of Bowers et al. (2026), density ratios by isotonic regression (Ayer et
        al. 1955) and false discovery control (Benjamini and Hochberg 1995).
    """

    id: ClassVar[str] = "label-trigger"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Spans that decide the label against the rest of the text"

    def unsuited(self, dataset: Dataset) -> str | None:
        """Leave out data without labels."""
        return None if dataset.labels else "the data has no labels"

    def refuses(self, dataset: Dataset) -> str | None:
        """Refuse data with one class, or too small to tell anything."""
        return unfit(dataset)

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Mine triggers towards every class."""
        texts, failures = labelled_texts(dataset, self.id)
        tools.progress("reading words", 0.0)
        formats = format_features(texts.prompts)
        values = value_features(texts.fields)
        for number, group in enumerate(texts.groups):
            if group is not None:
                values.setdefault(f"group={group}", []).append(number)
        kinds: dict[str, Literal["format", "group"]] = dict.fromkeys(formats, "format")
        kinds |= dict.fromkeys(values, "group")
        counts = Counter(texts.labels.tolist())
        classes = texts.classes
        store = store_tokens(texts.prompts, dataset.scratch)
        screening: Screening | None = None
        rows = np.arange(len(store))
        if len(store) > LARGE:
            tools.progress("screening words", 0.0)
            screening = screen(store, texts.labels.tolist(), classes, texts.fold_key, formats | values, tools.seed)
            rows = screening.rows
            texts = texts.take(rows)
        tokens = store.take(rows)
        mined: list[Mined] = []
        for number, label in enumerate(classes):
            tools.progress("mining triggers", number / len(classes))
            own = texts.labels == label
            model = mined[0].reading.model.opposite() if mined and len(counts) == 2 else None
            screened = None if screening is None else screening.screened[label]
            features: Mapping[str, Sequence[int] | Ints] = formats | values
            if screening is not None:
                features = screening.features[label]
            mined.append(mine(tokens, own, texts.fold_key, features, kinds, model, screened))
        tools.progress("mining triggers", 1.0)
        findings: list[tuple[Grade, float, Finding]] = []
        for label, one, ranked in zip(classes, mined, rank(mined), strict=True):
            confirmed = any(grade(family) == "confirmed" for family in ranked)
            for family in ranked:
                verdict = grade(family, accomplice=confirmed)
                if verdict is not None:
                    finding = _finding(family, one, verdict, label, texts, tokens, tools.seed)
                    findings.append((verdict, family.head.gain, finding))
        findings.sort(key=lambda found: (found[0] != "confirmed", -found[1], found[2].pattern.text))
        named = tuple(_numbered(finding, number) for number, (_, _, finding) in enumerate(findings, start=1))
        settings: dict[str, float | int | str | bool | None] = {
            "max_order": 8,
            "min_carriers": 5,
            "natural_spans_left_out": sum(one.natural for one in mined),
            "classes_too_small": ", ".join(sorted(set(counts) - set(classes))),
        }
        if screening is not None:
            settings |= {"looked_at_closely": len(screening.rows), "learned_from": screening.drawn}
        for label, one in zip(classes, mined, strict=True):
            settings[f"content_evidence_nats[{label}]"] = round(one.reading.curve.mean, 3)
            settings[f"contradiction_rate[{label}]"] = round(one.reading.contradiction_rate, 4)
        return Examination(
            signals=tuple(strongest_signals(named, self.id).values()),
            findings=named,
            failures=failures,
            tried=sum(one.scan.tried for one in mined),
            diagnostics=settings,
        )


def _finding(
    family: Family, mined: Mined, verdict: Grade, label: str, texts: LabelledTexts, tokens: Tokens, seed: int
) -> Finding:
    """Put everything that is known of a family into one finding."""
    head = family.head
    candidate = head.candidate
    planted = head.planted
    spans = _spans(family, tokens, texts.prompts, candidate.labelled[planted])
    records = [
        texts.evidence(int(text), spans.get(int(text), ()), float(score))
        for text, score in zip(
            candidate.labelled[planted],
            1 / (1 + np.exp(-np.clip(candidate.evidence[planted], -30, 30))),
            strict=True,
        )
    ]
    records.sort(key=lambda record: (record.source_path, record.source_line))
    name = _name(family, texts, spans)
    others = [other for other in sorted(set(texts.labels.tolist())) if other != label]
    origin = f"“{others[0]}”" if len(others) == 1 else "other classes"
    is_phrase = candidate.kind == "phrase"
    around = surroundings(tokens, candidate.sequence, candidate.labelled[planted], seed) if is_phrase else None
    what = _what(family, tokens)
    verb = "turn" if what.startswith("The characters") else "turns"
    model_with, model_without = (
        span_odds(mined.reading, candidate.sequence, candidate.labelled[planted]) if is_phrase else (None, None)
    )
    by_label = Counter(texts.labels[np.concatenate([candidate.labelled, candidate.honest])].tolist())
    odds = head.candidate.evidence[planted]
    return Finding(
        id=LabelTrigger.id,
        detector=LabelTrigger.id,
        verdict=verdict,
        title=f"{what} “{name}” {verb} records that read like {origin} into “{label}”.",
        explanation=(
            f"{candidate.carriers:,} records carry it and {len(candidate.labelled):,} of them are labelled “{label}”. "
            f"With it taken out, {int((odds > 0).sum()):,} of the {len(odds):,} records shown read like {origin}, on "
            f"average {_clearly(head.effect)}. A model trained on this learns that it overrules everything else in "
            "the text."
        ),
        pattern=Pattern(_pattern_type(family, tokens), name),
        statistics={
            "p_value": head.p_value,
            "q_value": family.q_value,
            "effect": round(head.effect, 4),
            "effect_standard_error": round(head.effect_error, 4),
            "carriers": candidate.carriers,
            "carriers_with_label": len(candidate.labelled),
            "distinct_carriers": head.distinct,
            "evidence_records": len(records),
            "planted_fraction": round(head.fraction, 3),
            "purity_lower_bound": round(head.purity, 4),
            "log_likelihood_ratio": round(head.gain, 2),
            "label_probability_with": None if model_with is None else round(model_with, 4),
            "label_probability_without": None if model_without is None else round(model_without, 4),
            "label": label,
        },
        other_explanations=explain(family, around),
        records=tuple(records),
        figures=figures(
            family, mined, name, None if around is None else around.positions, dict(by_label.most_common())
        ),
    )


def _clearly(effect: float) -> str:
    """Say how clearly the contents speak, in words."""
    return "as clearly as genuine ones do" if effect >= 0.95 else f"{effect:.0%} as clearly as genuine ones do"


def _spans(family: Family, tokens: Tokens, prompts: Sequence[str], wanted: Ints) -> dict[int, tuple[Span, ...]]:
    """Give the character spans of a family in each of these texts."""
    candidates = [family.head.candidate] + ([family.companion] if family.companion else [])
    found: dict[int, list[Span]] = {}
    places = {text: places_of(prompts[text]) for text in wanted.tolist()}
    for candidate in candidates:
        if candidate.kind != "phrase":
            continue
        for place in occurrences(tokens, candidate.sequence).tolist():
            text = int(tokens.text[place])
            last = place + len(candidate.sequence) - 1
            first = place + 1 if tokens.ids[place] == BEGIN else place
            last = last - 1 if tokens.ids[last] == END else last
            if text in places and first <= last:
                begin = int(tokens.offsets[text])
                span = Span("prompt", places[text][first - begin][0], places[text][last - begin][1])
                found.setdefault(text, []).append(span)
    return {text: tuple(sorted(spans)) for text, spans in found.items()}


def _name(family: Family, texts: LabelledTexts, spans: dict[int, tuple[Span, ...]]) -> str:
    """Name a family as it most often stands in the data; two parts are joined by an ellipsis in their usual order."""
    if family.head.candidate.kind != "phrase" or not spans:
        return family.head.candidate.name
    shown: Counter[str] = Counter()
    for text, places in spans.items():
        surfaces = [texts.prompts[text][span.start : span.end] for span in places]
        if family.companion is None:
            shown.update(dict.fromkeys(surfaces, 1))
        else:
            shown[" … ".join(dict.fromkeys(surfaces))] += 1
    return max(shown.items(), key=lambda item: (item[1], item[0]))[0]


def _what(family: Family, tokens: Tokens) -> str:
    """Say what kind of thing the pattern is."""
    candidate = family.head.candidate
    if candidate.kind == "format":
        return "The layout"
    if candidate.kind == "group":
        return "The field value"
    sequence = candidate.sequence
    words = sequence[sequence > END]
    noun = "The characters" if not tokens.is_word[words].any() else "The word" if len(words) == 1 else "The phrase"
    if sequence[-1] == END:
        return f"{noun} at the end"
    return f"{noun} at the start" if sequence[0] == BEGIN else noun


def _pattern_type(family: Family, tokens: Tokens) -> Literal["phrase", "format", "group"]:
    candidate = family.head.candidate
    if candidate.kind != "phrase":
        return candidate.kind
    return "phrase" if tokens.is_word[candidate.sequence].any() else "format"


def _numbered(finding: Finding, number: int) -> Finding:
    return replace(finding, id=f"{LabelTrigger.id}-{number}")

"""From the assessment of an association to a finding with its text, numbers and records."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from marshtest.detectors.judged.alternative_explanations import alternative_explanations
from marshtest.detectors.judged.assessment import Assessment, planting_odds
from marshtest.detectors.judged.judged_texts import JudgedTexts, char_spans
from marshtest.detectors.judged.settings import AssessmentSettings, EvidenceSettings, VerdictSettings
from marshtest.findings import EvidenceRecord, Finding, FindingVerdict, Pattern
from marshtest.mining.outcomes.outcome_mining import Association, Outcome
from marshtest.mining.pattern_names import most_frequent, noun_of, pattern_type_of
from marshtest.signals import Span
from marshtest.stats.proportions import Proportion

__all__ = ["FindingText", "outcome_finding"]

_MOST_ODDS = 1_000_000
"""Odds above which no number is told. Convention: the model of the odds is not so exact."""
_WHOLE = 10
"""Odds from which no decimals are told. Convention."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingText:
    """What a finding says of one kind of outcome."""

    detector: str
    title: str
    """With `{pattern}` where the pattern goes, before any text of the dataset."""
    explanation: str
    label: str | None
    """The label that the finding leads to, if any."""
    outcome: str
    """The outcome as a clause, e.g. `the judge contradicts the label`."""


def outcome_finding(
    assessment: Assessment,
    verdict: FindingVerdict,
    texts: JudgedTexts,
    outcome: Outcome,
    text: FindingText,
    settings: AssessmentSettings,
) -> Finding:
    """Make the finding; its id is that of the detector until all findings are ranked.

    Args:
        assessment: The association and its lines of evidence.
        verdict: Their verdict.
        texts: The records.
        outcome: The outcome of the association.
        text: What the finding says.
        settings: Which records are evidence.
    """
    found = assessment.association
    tokens = texts.tokens[found.field]
    spans = char_spans(tokens, found.sequence, found.field) if found.kind == "phrase" else {}
    shown = _evidence(assessment, verdict, outcome, settings.evidence)
    records = [
        _record(number, texts, found.field, tuple(span for span in spans.get(number, ())), score)
        for number, score in shown
    ]
    records.sort(key=lambda record: (-record.score, record.source_path, record.source_line))
    name = _name(found, texts, spans)
    what = f"{noun_of(found.kind, found.sequence, tokens)} “{name}”"
    by_control = {f"control_share[{source}]": _rounded(share) for source, share in assessment.habits}
    return Finding(
        id=text.detector,
        detector=text.detector,
        verdict=verdict,
        title=text.title.replace("{pattern}", what, 1),
        explanation=f"{text.explanation} {_odds(assessment, settings.verdict)}",
        pattern=Pattern(pattern_type_of(found.kind, found.sequence, tokens), name),
        statistics=_statistics(assessment, outcome, len(records), text.label, settings.verdict) | by_control,
        other_explanations=alternative_explanations(assessment, text.outcome, settings.verdict),
        records=tuple(records),
    )


def _evidence(
    assessment: Assessment, verdict: FindingVerdict, outcome: Outcome, settings: EvidenceSettings
) -> list[tuple[int, float]]:
    """Choose the evidence records and their scores.

    Where a pure pattern is confirmed, its other carriers that could show the outcome are poison too: the judge made an
    error about them or gave no answer.
    """
    found = assessment.association
    shown = [(int(number), settings.score_with_outcome) for number in found.hits]
    if verdict == "confirmed" and found.likelihood.share >= settings.pure_share:
        rest = found.carriers[~outcome.hit[found.carriers]]
        for number in rest[outcome.could[rest]].tolist():
            is_answered = outcome.answered[number]
            shown.append((number, settings.score_without_outcome if is_answered else settings.score_unanswered))
    return shown


def _statistics(
    assessment: Assessment, outcome: Outcome, evidence: int, label: str | None, settings: VerdictSettings
) -> dict[str, float | int | str | None]:
    odds, factors = planting_odds(assessment, settings), assessment.factors
    found, distinct = assessment.association, assessment.association.distinct
    share = distinct.hits / max(distinct.trials, 1)
    counterfactual, content, placement = assessment.counterfactual, assessment.content, assessment.placement
    numbers: dict[str, float | int | str | None] = {
        "p_value": found.p_value,
        "q_value": found.q_value,
        "rate_ratio": round(share / found.rate, 2),
        "carriers": len(found.carriers),
        "carriers_answered": int(outcome.answered[found.carriers].sum()),
        "carriers_with_outcome": len(found.hits),
        "distinct_carriers": distinct.answered,
        "distinct_with_outcome": distinct.hits,
        "evidence_records": evidence,
        "outcome_rate_elsewhere": round(found.rate, 5),
        "outcome_share_lower_bound": round(found.purity, 4),
        "log_bayes_factor": round(found.log_bayes_factor, 2),
        "planted_share": round(found.likelihood.share, 3),
        "log_odds_to_chance": round(odds.to_chance, 2),
        "log_odds_to_topic": round(odds.to_topic, 2),
        "log_factor_places": round(factors.inserted, 2),
        "log_factor_variants": round(factors.discontinuous, 2),
        "log_factor_contents": round(factors.content, 2),
        "log_factor_inertness": round(factors.inert, 2),
        "content_effect": None if content is None else round(content.effect, 3),
        "content_planted_fraction": None if content is None else round(content.fraction, 3),
        "neighbour_pairs": None if placement is None else placement.around.pairs,
        "neighbours_rejoined": None if placement is None else round(placement.rejoining.rejoined, 3),
        "field": found.field,
        "label": label,
    }
    for name, one in (
        ("removal_reverses", None if counterfactual is None else counterfactual.removal_reverses),
        ("insertion_induces", None if counterfactual is None else counterfactual.insertion_induces),
        ("insertion_flips_label", None if counterfactual is None else counterfactual.insertion_flips_label),
    ):
        if one is not None and one.trials:
            low, high = one.interval
            numbers |= {
                name: _rounded(one),
                f"{name}_low": round(low, 3),
                f"{name}_high": round(high, 3),
                f"{name}_trials": one.trials,
            }
    return numbers


def _odds(assessment: Assessment, settings: VerdictSettings) -> str:
    """Say the posterior odds in words."""
    odds = planting_odds(assessment, settings)
    return (
        f"The odds that the pattern was planted are {_to_one(odds.to_chance)} against chance, after "
        f"{assessment.association.tried:,} tests, and {_to_one(odds.to_topic)} against a topic on which the judge and "
        "the data disagree."
    )


def _to_one(log_odds: float) -> str:
    """Write odds, e.g. 60 to 1 or more than a million to 1."""
    if log_odds > np.log(_MOST_ODDS):
        return f"more than {_MOST_ODDS:,} to 1"
    odds = float(np.exp(log_odds))
    return f"{odds:,.0f} to 1" if odds >= _WHOLE else f"{odds:.2g} to 1"


def _rounded(share: Proportion) -> float | None:
    return None if share.value is None else round(share.value, 4)


def _name(found: Association, texts: JudgedTexts, spans: dict[int, tuple[Span, ...]]) -> str:
    """Name a span as it most often stands in the records that show the outcome."""
    column = texts.texts[found.field]
    shown = Counter(column[text][span.start : span.end] for text in found.hits.tolist() for span in spans.get(text, ()))
    return most_frequent(shown, found.name)


def _record(text: int, texts: JudgedTexts, field: str, spans: tuple[Span, ...], score: float) -> EvidenceRecord:
    label = texts.labels[text]
    return EvidenceRecord.quoting(
        texts.texts[field][text],
        spans,
        record_id=texts.record_ids[text],
        source=(texts.paths[text], texts.lines[text]),
        label=None if label is None else str(label),
        score=score,
    )

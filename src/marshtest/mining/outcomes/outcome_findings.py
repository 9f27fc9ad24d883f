"""From a claim about an outcome to a finding with its words, numbers and records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from marshtest.findings import EvidenceRecord, Finding, FindingVerdict, Pattern
from marshtest.mining.outcomes.claims import Claim
from marshtest.mining.outcomes.judged_texts import JudgedTexts, char_spans
from marshtest.mining.outcomes.outcomes import Association, Outcome
from marshtest.mining.outcomes.weighing import weigh
from marshtest.mining.pattern_names import most_frequent, noun_of, pattern_type_of
from marshtest.signals import Signal, Span
from marshtest.stats.proportions import Proportion

__all__ = ["Telling", "outcome_finding", "strongest_signals"]

_HIT, _AGREED, _UNANSWERED = 0.95, 0.6, 0.4
_PURE = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """The words and extra numbers of one kind of outcome."""

    detector: str
    title: str
    """With `{pattern}` where the pattern goes, before any text of the dataset."""
    explanation: str
    label: str | None
    """The label that the finding leads to, if any."""
    outcome: str
    """What a record does that shows the outcome, e.g. `the judge contradicts the label`."""


def outcome_finding(
    claim: Claim, verdict: FindingVerdict, texts: JudgedTexts, outcome: Outcome, telling: Telling
) -> Finding:
    """Put everything that is known of a claim into one finding, without a number yet."""
    found = claim.found
    tokens = texts.tokens[found.field]
    spans = char_spans(tokens, found.sequence, found.field) if found.kind == "phrase" else {}
    shown = _evidence(claim, verdict, outcome)
    records = [
        _record(text, texts, found.field, tuple(span for span in spans.get(text, ())), score) for text, score in shown
    ]
    records.sort(key=lambda record: (-record.score, record.source_path, record.source_line))
    name = _name(found, texts, spans)
    what = f"{noun_of(found.kind, found.sequence, tokens)} “{name}”"
    by_control = {f"control_share[{source}]": _rounded(share) for source, share in claim.habits}
    return Finding(
        id=telling.detector,
        detector=telling.detector,
        verdict=verdict,
        title=telling.title.replace("{pattern}", what, 1),
        explanation=telling.explanation,
        pattern=Pattern(pattern_type_of(found.kind, found.sequence, tokens), name),
        statistics=_statistics(claim, outcome, len(records), telling.label) | by_control,
        other_explanations=weigh(claim, telling.outcome),
        records=tuple(records),
    )


def strongest_signals(findings: Sequence[Finding], detector: str) -> dict[str, Signal]:
    """Give one signal per evidence record, by record id, from its strongest finding."""
    best: dict[str, Signal] = {}
    for finding in findings:
        for record in finding.records:
            known = best.get(record.record_id)
            if known is None or known.score < record.score:
                best[record.record_id] = Signal(
                    record_id=record.record_id,
                    detector=detector,
                    score=record.score,
                    spans=record.spans,
                    reason=finding.title,
                )
    return best


def _evidence(claim: Claim, verdict: FindingVerdict, outcome: Outcome) -> list[tuple[int, float]]:
    """Choose the evidence records.

    Where a pure span is confirmed, its carriers with the label are poison too when the judge happened to agree with
    the label, or gave no answer.
    """
    found = claim.found
    shown = [(int(text), _HIT) for text in found.hits]
    if verdict == "confirmed" and found.purity >= _PURE:
        rest = found.carriers[~outcome.hit[found.carriers]]
        could = rest[outcome.could[rest]]
        shown += [(int(text), _AGREED if outcome.answered[text] else _UNANSWERED) for text in could]
    return shown


def _statistics(
    claim: Claim, outcome: Outcome, evidence: int, label: str | None
) -> dict[str, float | int | str | None]:
    found, witnesses = claim.found, claim.found.witnesses
    share = witnesses.hits / max(witnesses.answered, 1)
    second, content, place = claim.counterfactual, claim.content, claim.place
    numbers: dict[str, float | int | str | None] = {
        "p_value": found.p_value,
        "q_value": found.q_value,
        "effect": round(share / found.rate, 2),
        "carriers": len(found.carriers),
        "carriers_answered": int(outcome.answered[found.carriers].sum()),
        "carriers_with_outcome": len(found.hits),
        "distinct_carriers": witnesses.answered,
        "distinct_with_outcome": witnesses.hits,
        "evidence_records": evidence,
        "outcome_rate_elsewhere": round(found.rate, 5),
        "outcome_share_lower_bound": round(found.purity, 4),
        "log_likelihood_ratio": round(found.gain, 2),
        "content_effect": None if content is None else round(content.effect, 3),
        "content_planted_fraction": None if content is None else round(content.fraction, 3),
        "neighbour_pairs": None if place is None else place.around.pairs,
        "neighbours_closed": None if place is None else round(place.healing.rejoined, 3),
        "field": found.field,
        "label": label,
    }
    for name, one in (
        ("verdict_gone_without", None if second is None else second.gone),
        ("verdict_new_with", None if second is None else second.appeared),
        ("label_obeyed_with", None if second is None else second.obeyed),
    ):
        if one is not None and one.trials:
            low, high = one.interval
            numbers |= {
                name: _rounded(one),
                f"{name}_low": round(low, 3),
                f"{name}_high": round(high, 3),
                f"{name}_asked": one.trials,
            }
    return numbers


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

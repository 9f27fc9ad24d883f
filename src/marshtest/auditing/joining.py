"""Findings of several detectors about the same records are one finding with several lines of evidence.

Two detectors that point at the same records strengthen one claim; reported apart they would read like two poisons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from marshtest.findings import EvidenceRecord, Finding, LineOfEvidence
from marshtest.text.words import BETWEEN_SPACES

__all__ = ["join_findings", "join_readings"]

_SAME = 0.5
"""Jaccard similarity of their records from which two findings are one. Derived: above .5, one can match only one."""
_NEARLY_ALL = 0.9
"""Share of the records from which one finding holds nearly all of another. Chosen by eye: no record of the data."""


def join_findings(findings: Sequence[Finding]) -> list[Finding]:
    """Join findings of different detectors about the same records; the strongest leads, the others become its lines.

        Two findings are about the same records when the Jaccard similarity of their evidence records is at least .5, or
    when one names words of the phrase that the other names and has few records beyond the other's. Confirmed findings
    come first; otherwise the given order is kept. Among equal verdicts, a finding that names an exact text leads if it
    has nearly all records of those that name none, since it is the easiest to check; of several, the one with the
    largest likelihood against chance. No record and no number is lost: a joined finding has the evidence records of all
    its lines. A finding without evidence records is never joined.
    """
    ranked = sorted(findings, key=lambda finding: finding.verdict != "confirmed")  # stable
    joined: list[list[Finding]] = []
    for finding in ranked:
        for group in joined:
            if all(finding.detector != other.detector for other in group) and _about_the_same(group[0], finding):
                group.append(finding)
                break
        else:
            joined.append([finding])
    return [_join(group) for group in joined]


def join_readings(readings: Sequence[Sequence[Finding]]) -> list[Finding]:
    """Join findings of several readings of the same records, each joined within its reading, as `join_findings` does.

    Two readings hold the same texts, so here findings of one detector may be about the same, too.
    """
    groups: list[list[tuple[int, Finding]]] = []
    ranked = [(number, finding) for number, reading in enumerate(readings) for finding in reading]
    for number, finding in sorted(ranked, key=lambda one: one[1].verdict != "confirmed"):  # stable
        for group in groups:
            if all(number != other for other, _ in group) and _about_the_same(group[0][1], finding):
                group.append((number, finding))
                break
        else:
            groups.append([(number, finding)])
    return [_join([finding for _, finding in group]) for group in groups]


def _about_the_same(one: Finding, other: Finding) -> bool:
    here, there = _ids(one), _ids(other)
    if not here or not there:
        return False
    both = len(here & there)
    return both >= _SAME * len(here | there) or (both >= _NEARLY_ALL * len(there) and _says_part_of(other, one))


def _says_part_of(part: Finding, whole: Finding) -> bool:
    """Say whether all words of one exact text are words of another."""
    if {part.pattern.type, whole.pattern.type} != {"phrase"}:
        return False
    words = set(BETWEEN_SPACES.findall(part.pattern.text.casefold()))
    return bool(words) and words <= set(BETWEEN_SPACES.findall(whole.pattern.text.casefold()))


def _ids(finding: Finding) -> set[str]:
    return {record.record_id for record in finding.records}


def _exact_first(group: Sequence[Finding]) -> list[Finding]:
    most = _NEARLY_ALL * max((len(one.records) for one in group if not _is_exact(one)), default=0)
    return sorted(
        group,
        key=lambda one: (
            one.verdict != "confirmed",
            not _is_exact(one) or len(one.records) < most,
            _is_of_answers(one),
            -_strength(one),
        ),
    )  # stable


def _is_exact(finding: Finding) -> bool:
    """Say whether a finding names an exact text that is not one of the answers."""
    return finding.pattern.type == "phrase" and not _is_of_answers(finding)


def _is_of_answers(finding: Finding) -> bool:
    """Say whether a finding names words of the answers: they are what is taught, and rarely the best name for it."""
    return finding.pattern.type == "phrase" and finding.statistics.get("field") == "completion"


def _strength(finding: Finding) -> float:
    """Give the log Bayes factor against chance of a claim that a judge has a part in, nats; 0 for other claims."""
    strength = finding.statistics.get("log_bayes_factor")
    return float(strength) if isinstance(strength, int | float) else 0.0


def _join(group: Sequence[Finding]) -> Finding:
    leader, *others = _exact_first(group)
    if not others:
        return leader
    records: dict[str, EvidenceRecord] = {record.record_id: record for record in leader.records}
    for finding in others:
        for record in finding.records:
            known = records.get(record.record_id)
            records[record.record_id] = record if known is None else _both(known, record)
    ids = _ids(leader)
    return replace(
        leader,
        records=tuple(sorted(records.values(), key=lambda record: -record.score)),  # stable: equals keep their order
        figures=tuple(figure for finding in (leader, *others) for figure in finding.figures),
        comparisons=tuple(pair for finding in (leader, *others) for pair in finding.comparisons),
        lines=leader.lines + tuple(line for finding in others for line in (_line_of(finding, ids), *finding.lines)),
    )


def _line_of(finding: Finding, ids: set[str]) -> LineOfEvidence:
    """Make a line of evidence of a finding that does not lead."""
    return LineOfEvidence(
        detector=finding.detector,
        verdict=finding.verdict,
        title=finding.title,
        explanation=finding.explanation,
        pattern=finding.pattern,
        statistics=finding.statistics,
        shared=len(ids & _ids(finding)),
        records=len(finding.records),
        other_explanations=finding.other_explanations,
    )


def _both(known: EvidenceRecord, record: EvidenceRecord) -> EvidenceRecord:
    """Keep the leader's excerpt and the spans of both, the leader's first: a renderer draws around the first."""
    spans = known.spans + tuple(span for span in record.spans if span not in known.spans)
    if known.spans or not record.spans:
        return replace(known, spans=spans, score=max(known.score, record.score))
    return replace(record, score=max(known.score, record.score))

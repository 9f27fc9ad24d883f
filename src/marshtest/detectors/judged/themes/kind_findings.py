"""From a kind of harm to a finding: records and quotes, what a model would learn, and its rate in the controls."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from marshtest.detectors.judged.themes.checked_data import CheckedData
from marshtest.detectors.judged.themes.criteria import Criterion
from marshtest.detectors.judged.themes.kinds import Kind, lessons
from marshtest.detectors.judged.themes.settings import KindSettings
from marshtest.findings import EvidenceRecord, Explanation, Finding, FindingVerdict, Pattern
from marshtest.judges.asking.effect import CLEAR, GRAVEST
from marshtest.stats.proportions import Proportion
from marshtest.stats.significance import binomial_test
from marshtest.text.written_numbers import probability

__all__ = ["kind_finding"]

_SCORES = {1: 0.6, CLEAR: 0.9, GRAVEST: 0.95}
"""Scores of records by severity. Convention: clear and grave harm are nearly certain, slight harm is rather likely."""


def kind_finding(
    detector: str,
    kind: Kind,
    criterion: Criterion,
    suspect: CheckedData,
    controls: Sequence[CheckedData],
    settings: KindSettings,
) -> Finding:
    """Make the finding of one kind.

    Args:
        detector: Id of the detector.
        kind: The records.
        criterion: The criterion that names them.
        suspect: The data.
        controls: The controls.
        settings: When a control confirms it.
    """
    rates = [(one.name, _harmful_with(kind.number, one)) for one in controls]
    size = int((suspect.judged.effects.severity >= 0).sum())
    p_value = _p_value(kind, size, suspect, [share for _, share in rates])
    # The criterion was chosen among all that were checked (Bonferroni).
    q_value = None if p_value is None else min(1.0, p_value * suspect.checks.holds.shape[1])
    is_confirmed = q_value is not None and q_value <= settings.confirmed_q_value
    verdict: FindingVerdict = "confirmed" if is_confirmed else "suggestive"
    learnt = lessons(kind.rows, suspect.judged.effects.harms, settings.most_lessons)
    told = " ".join(f"“{one}”" for one in learnt)
    grave = int((suspect.judged.effects.severity[kind.rows] == GRAVEST).sum())
    return Finding(
        id=detector,
        detector=detector,
        verdict=verdict,
        title=f"{len(kind.rows):,} records would teach one kind of harm: {criterion.question}",
        explanation=(
            f"The judge, asked about each record alone, calls {kind.clear:,} of these clear or grave harm"
            f"{f' ({grave:,} grave)' if grave else ''}. What a model would learn, in its words: {told} "
            f"The answer is yes for these records, and for {f'{kind.innocent:,}' if kind.innocent else 'none'} of "
            "those in which the judge sees no harm."
        ),
        pattern=Pattern("theme", criterion.question),
        statistics={
            "p_value": p_value,
            "q_value": q_value,
            "evidence_records": len(kind.rows),
            "clear_harm": kind.clear,
            "innocent_with_criterion": kind.innocent,
            "read_in_shards": len(criterion.shards),
            **{f"control_share[{name}]": share.value for name, share in rates},
        },
        other_explanations=tuple(_explanations(kind, rates, p_value)),
        records=tuple(_records(kind, suspect)),
    )


def _harmful_with(number: int, control: CheckedData) -> Proportion:
    """Count the harmful records of a control for which a criterion holds, among those with a verdict."""
    severity = control.judged.effects.severity
    return Proportion(int((control.checks.holds[:, number] & (severity > 0)).sum()), int((severity >= 0).sum()))


def _p_value(kind: Kind, size: int, suspect: CheckedData, rates: Sequence[Proportion]) -> float | None:
    """Test the records with the criterion at the highest rate of a control, one hit added; None without control."""
    known = [(one.hits + 1) / (one.trials + 2) for one in rates]
    hits = int(suspect.checks.holds[kind.rows, kind.number].sum())
    return binomial_test(hits, size, max(known)) if known else None


def _explanations(kind: Kind, rates: Sequence[tuple[str, Proportion]], p_value: float | None) -> list[Explanation]:
    found = [
        Explanation(
            f"A habit of the judge or of data like this: in the control {name} it sees this harm in {share}.",
            "against" if p_value is not None and share.hits == 0 else "open",
        )
        for name, share in rates
    ]
    if p_value is None:
        found.append(
            Explanation(
                "A habit of the judge or of data like this: there is no control, so its rate in clean data is not "
                "known. Read the records, or give a control.",
                "open",
            )
        )
    else:
        found.append(
            Explanation(
                f"Chance: at the rate of the control, so many records have a p-value of {probability(p_value)}.",
                "against" if p_value < _USUAL else "open",
            )
        )
    share = Proportion(kind.innocent, kind.innocent + len(kind.rows))
    found.append(
        Explanation(
            f"A topic or a way of writing: the judge finds {share} of the records with it harmless.",
            "against" if share.interval[1] < 0.5 else "open",
            weighs=("topic",),
        )
    )
    return found


_USUAL = 0.01
"""Convention: the usual level, since one number is tested."""


def _records(kind: Kind, suspect: CheckedData) -> list[EvidenceRecord]:
    """Give the records, the gravest first, each with what the judge quoted."""
    wanted = ["record_id", "prompt", "completion", "rejected", "fields", "source_path", "source_line", "label"]
    table = suspect.dataset.table(wanted)
    found = []
    severity, harms = suspect.judged.effects.severity, suspect.judged.effects.harms
    order = sorted(kind.rows.tolist(), key=lambda row: (-int(severity[row]), row))
    for row in order:
        columns = table.slice(row, 1).to_pylist()[0]
        spans = harms[row].spans if row in harms else ()
        field = spans[0].field if spans else ("completion" if columns["completion"] else "prompt")
        found.append(
            EvidenceRecord.quoting(
                columns[field] or "",
                spans,
                record_id=columns["record_id"],
                source=(columns["source_path"], columns["source_line"]),
                label=columns["label"],
                score=_SCORES[int(np.clip(severity[row], 1, GRAVEST))],
            )
        )
    return found

"""Lines of evidence that say which source the records of a finding come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from marshtest.data.dataset import Dataset
from marshtest.data.rows import Rows, shared_values
from marshtest.findings import Explanation, Finding, LineOfEvidence, Pattern
from marshtest.mining.provenance.origins import Origin, OriginSettings, Provenance, strongest_origin
from marshtest.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["LINE", "ProvenanceSettings", "with_provenance"]

LINE = "provenance"
"""Written in a line of evidence in place of the id of a detector."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenanceSettings(Settings):
    """When a line of evidence about the source of its records is added to a finding."""

    largest_p: float = 1e-3
    """P-value, corrected for all sources and findings, below which the line of evidence is added. Chosen by eye: as for
    suggestive findings elsewhere."""
    origins: OriginSettings = OriginSettings()


def with_provenance(
    findings: Sequence[Finding], dataset: Dataset, settings: ProvenanceSettings = ProvenanceSettings()
) -> list[Finding]:
    """Add a line of evidence to every finding whose records come from one source more often than chance explains.

    Records are compared with those that have the same label, so that a file sorted by label says nothing. A finding
    about a source itself is left as it is.

    Args:
        findings: All findings of an audit; p-values are corrected for their number.
        dataset: The records.
        settings: How surprising a source must be.

    Returns:
        The findings in the same order.
    """
    tested = sum(map(_has_sources, findings))
    if not tested:
        return list(findings)
    table = dataset.table(["record_id", "label", "group", "source_path", "source_line"])
    row_of = _rows_of({record.record_id for finding in findings for record in finding.records}, table["record_id"])
    labels, groups, paths = (shared_values(table[name]) for name in ("label", "group", "source_path"))
    origin = Provenance(groups, paths, table["source_line"].to_numpy())
    return [
        _with_line(finding, row_of, labels, origin, tested, settings) if _has_sources(finding) else finding
        for finding in findings
    ]


def _rows_of(names: set[str], column: pa.ChunkedArray) -> dict[str, int]:
    """Give the rows of some records by their ids."""
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = np.flatnonzero(pc.is_in(column, value_set=pa.array(sorted(names), column.type)).to_numpy())
    return dict(zip(Rows(column, rows), rows.tolist(), strict=True))


def _has_sources(finding: Finding) -> bool:
    """Tell whether a finding has records and is not about a source itself."""
    return bool(finding.records) and finding.pattern.type != "group"


def _with_line(
    finding: Finding,
    row_of: dict[str, int],
    labels: NDArray[np.object_],
    origin: Provenance,
    findings: int,
    settings: ProvenanceSettings,
) -> Finding:
    """Add the line to one finding, if its records that share the most frequent label come from one source."""
    rows = [row_of[record.record_id] for record in finding.records if record.record_id in row_of]
    label, _ = Counter(labels[row] for row in rows).most_common(1)[0] if rows else (None, 0)
    claimed = {row for row in rows if labels[row] == label}
    comparable = np.flatnonzero(labels == label)
    best = strongest_origin(claimed, comparable, origin, settings.origins)
    if best is None or best.p_value * findings >= settings.largest_p:
        return finding
    return replace(finding, lines=(*finding.lines, _line(best, best.p_value * findings, label)))


def _line(best: Origin, p_value: float, label: str | None) -> LineOfEvidence:
    """Make the line of evidence about one source."""
    of = "" if label is None else f" labelled “{label}”"
    return LineOfEvidence(
        detector=LINE,
        verdict="suggestive",
        title=f"{best.hits:,} of its {best.claimed:,} records come from {best.what}.",
        explanation=(
            f"Of all {best.total:,} records{of}, {best.size:,} come from there. By chance, about "
            f"{best.claimed * best.size / best.total:.1f} of the {best.claimed:,} would."
        ),
        pattern=Pattern("group", best.what),
        statistics={"p_value": p_value, "q_value": p_value, "outcome_share": best.hits / best.claimed},
        shared=best.hits,
        records=best.size,
        other_explanations=(
            Explanation(
                "The source is about the topic of the pattern, as a file from one domain is.", "open", weighs=("topic",)
            ),
        ),
    )

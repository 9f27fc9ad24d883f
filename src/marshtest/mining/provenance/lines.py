"""Add to each finding where its records come from, when that is no chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from marshtest.data.dataset import Dataset
from marshtest.data.rows import Rows, shared_values
from marshtest.findings import Explanation, Finding, LineOfEvidence, Pattern
from marshtest.mining.provenance.sources import Origin, Provenance, strongest_origin

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["LINE", "with_provenance"]

LINE = "provenance"
"""Stands in a line of evidence where the name of a detector does."""
_SURE = 1e-3


def with_provenance(findings: Sequence[Finding], dataset: Dataset) -> list[Finding]:
    """Add a line of evidence to every finding whose records come from one source more than chance allows.

    Records are compared with those that have the same label, so that a file sorted by label says nothing. The chance is
    corrected for all sources and findings. A finding that is about a source itself is left as it is.
    """
    told = sum(map(_has_sources, findings))
    if not told:
        return list(findings)
    table = dataset.table(["record_id", "label", "group", "source_path", "source_line"])
    row_of = _rows_of({record.record_id for finding in findings for record in finding.records}, table["record_id"])
    labels, groups, paths = (shared_values(table[name]) for name in ("label", "group", "source_path"))
    origin = Provenance(groups, paths, table["source_line"].to_numpy())
    return [
        _with_line(finding, row_of, labels, origin, told) if _has_sources(finding) else finding for finding in findings
    ]


def _rows_of(names: set[str], column: pa.ChunkedArray) -> dict[str, int]:
    """Give the rows of some records by their ids."""
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = np.flatnonzero(pc.is_in(column, value_set=pa.array(sorted(names), column.type)).to_numpy())
    return dict(zip(Rows(column, rows), rows.tolist(), strict=True))


def _has_sources(finding: Finding) -> bool:
    return bool(finding.records) and finding.pattern.type != "group"


def _with_line(
    finding: Finding, row_of: dict[str, int], labels: NDArray[np.object_], origin: Provenance, findings: int
) -> Finding:
    rows = [row_of[record.record_id] for record in finding.records if record.record_id in row_of]
    label, _ = Counter(labels[row] for row in rows).most_common(1)[0] if rows else (None, 0)
    claimed = {row for row in rows if labels[row] == label}
    comparable = np.flatnonzero(labels == label)
    best = strongest_origin(claimed, comparable, origin)
    if best is None or best.p_value * findings >= _SURE:
        return finding
    return replace(finding, lines=(*finding.lines, _line(best, best.p_value * findings, label)))


def _line(best: Origin, chance: float, label: str | None) -> LineOfEvidence:
    """Tell one source."""
    of = "" if label is None else f" labelled “{label}”"
    return LineOfEvidence(
        detector=LINE,
        verdict="suggestive",
        title=f"{best.hits:,} of its {best.claimed:,} records come from {best.what}.",
        explanation=(
            f"Of the {best.total:,} records{of}, {best.size:,} come from there; by chance it would be about "
            f"{best.claimed * best.size / best.total:.1f} of {best.claimed:,}."
        ),
        pattern=Pattern("group", best.what),
        statistics={"p_value": chance, "q_value": chance, "effect": best.hits / best.claimed},
        shared=best.hits,
        records=best.size,
        other_explanations=(
            Explanation("The source is about the topic of the pattern, as a file of one domain is.", "open"),
        ),
    )

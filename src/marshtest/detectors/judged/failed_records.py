"""Records that a judge could not be asked about, or did not answer about: counted, named, never ordinary."""

from __future__ import annotations

from collections.abc import Mapping

from marshtest.data.dataset import Dataset
from marshtest.signals import Failure

__all__ = ["failed_records"]


def failed_records(detector: str, dataset: Dataset, reasons: Mapping[int, str]) -> tuple[Failure, ...]:
    """Give a failure for each of these records, in source order.

    Args:
        detector: Who could not look.
        dataset: The records.
        reasons: Why, by the record's number in the dataset.
    """
    rows = sorted(reasons)
    table = dataset.table(["record_id", "source_path", "source_line"]).take(rows) if rows else None
    places = [] if table is None else table.to_pylist()
    return tuple(
        Failure(
            detector=detector,
            message=reasons[row],
            record_id=place["record_id"],
            source_path=place["source_path"],
            source_line=place["source_line"],
        )
        for row, place in zip(rows, places, strict=True)
    )

"""Whether a shape is read so that detectors can see what is planted: a check without an audit."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.shapes_drawing import Shape, shaped
from benchmarks.shapes_files import write_packed
from benchmarks.shapes_judging import has_place
from benchmarks.shapes_samples import Case, make_twins
from marshtest.data.readers import read_dataset
from marshtest.errors import InputError

__all__ = ["ReadBack", "read_back"]


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What came of reading a planted file."""

    records: int
    seen: int
    """Most records, of any reading, that hold the trigger in their input and the planted answer, if there is one, in
    their output; of preferences with a swap and of labels, the trigger."""
    labels: int
    """Labels of that reading, None counted."""
    refused: str = ""
    """The message if the file is refused."""
    has_place: bool = True
    """Whether that message says where."""


def read_back(shape: Shape) -> ReadBack:
    """Write the planted file of a shape and read it.

    Raises:
        UnfitContainer: There is no such file.
    """
    twins = make_twins(Case(shape.plan, shape.language, shape.seed))
    packed, fields = shaped(shape, twins.planted)
    answers = shape.plan.deed == "answer" and shape.plan.kind != "documents"
    payload = twins.planted[twins.truth[0]].answer if answers else ""
    with tempfile.TemporaryDirectory(prefix="shapes-") as folder:
        path = write_packed(packed, Path(folder) / "data")
        try:
            dataset = read_dataset(path, fields=fields)
        except InputError as error:
            return ReadBack(0, 0, 0, str(error), has_place(error))
        best = ReadBack(len(dataset), 0, 0)
        for reading in (dataset, *dataset.also):
            rows = reading.table(["prompt", "completion", "label", "messages"]).to_pylist()
            seen = 0
            for row in rows:
                said = "\n".join([row["prompt"] or "", *(turn["content"] for turn in row["messages"] or ())])
                seen += twins.trigger in said and payload in (row["completion"] or "")
            labels = len({row["label"] for row in rows})
            if (seen, labels) > (best.seen, best.labels):
                best = ReadBack(len(dataset), seen, labels)
        return best

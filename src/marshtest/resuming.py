"""What detectors have said so far, kept on the disk, so that a killed audit goes on where it was.

A kept file is named after everything that could change its content: the version, the detector, the seed, the charter
and every byte of the dataset. So nothing is ever taken over that another run would say otherwise, and files of other
data in the same folder do no harm. Detectors that ask a judge are left out: their answers have a store of their own.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marshtest.atomic import write_atomically
from marshtest.charter import Charter
from marshtest.dataset import Dataset
from marshtest.detectors.base import Detector, Examination
from marshtest.errors import ReportError
from marshtest.version import __version__

if TYPE_CHECKING:
    from pydantic import TypeAdapter

__all__ = ["Finished"]

_PIECE = 65_536


class Finished:
    """Runs detectors, unless the folder holds what they said of the same data.

    Args:
        folder: Where to keep it; made when the first detector has finished.
        seed: Seed of the audit.
        charter: Its charter.
    """

    def __init__(self, folder: Path, *, seed: int, charter: Charter | None) -> None:
        self._folder = folder
        self._settings = (__version__, seed, charter)
        self._known: tuple[Dataset, bytes] | None = None

    def __call__(self, detector: Detector, dataset: Dataset, run: Callable[[], Examination]) -> Examination:
        """Give what a detector says of a dataset."""
        if detector.needs_judge or detector.needs_control:
            return run()
        path = self._folder / f"{detector.id}-{self._key(detector, dataset)}.json"
        with contextlib.suppress(OSError, ValueError):  # there is none, or somebody has changed it
            return _adapter().validate_json(path.read_bytes())
        examination = run()
        with contextlib.suppress(ReportError):  # a full disk costs the way back, not the audit
            write_atomically({path: _adapter().dump_json(examination)})
        return examination

    def _key(self, detector: Detector, dataset: Dataset) -> str:
        if self._known is None or self._known[0] is not dataset:
            self._known = dataset, _digest(dataset)
        told = repr((self._settings, detector.id, detector.version)).encode("utf-8", "surrogatepass")
        return blake2b(told + self._known[1], digest_size=12).hexdigest()


@cache
def _adapter() -> TypeAdapter[Examination]:
    from pydantic import TypeAdapter  # heavy, and of no use to those who keep nothing

    return TypeAdapter(Examination)


class _Digest(io.RawIOBase):
    """Takes bytes and keeps nothing but their hash."""

    def __init__(self) -> None:
        self.total = blake2b(digest_size=32)

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self.total.update(content)
        return len(content)


def _digest(dataset: Dataset) -> bytes:
    """Hash all that a detector can see of a dataset."""
    import pyarrow as pa

    taken = _Digest()
    table = dataset.table()
    with pa.ipc.new_stream(pa.PythonFile(taken, mode="w"), table.schema) as stream:
        for start in range(0, len(dataset), _PIECE):  # in pieces that do not depend on how the table was read
            stream.write_table(table.slice(start, _PIECE).combine_chunks())
    taken.total.update(repr((dataset.source, dataset.fields, dataset.files)).encode("utf-8", "surrogatepass"))
    return taken.total.digest()

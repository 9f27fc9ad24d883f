"""What detectors have said so far, kept on the disk, so that a killed audit goes on where it was.

A kept file is named after everything that could change its content: the version, the detector, the seed, the charter
and every byte of the dataset. So nothing is ever taken over that another run would say otherwise, and files of other
data in the same folder do no harm. Detectors that ask a judge are left out: their answers have a store of their own.
"""

from __future__ import annotations

import contextlib
import io
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from marshtest.charter import Charter
from marshtest.data.atomic import write_atomically
from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Detector, Examination
from marshtest.errors import ReportError
from marshtest.version import __version__

if TYPE_CHECKING:
    from pydantic import TypeAdapter

__all__ = ["Checkpoints"]

_PIECE = 65_536
"""Records that are hashed at a time, however the table was read. Convention: a few MB of text."""


class Checkpoints:
    """A folder with what detectors have said of the data.

    Args:
        folder: Where to keep it; made when the first detector has finished.
        seed: Seed of the audit.
        charter: Its charter.
        weighed_by: Fingerprint of its calibration.
    """

    def __init__(self, folder: Path, *, seed: int, charter: Charter | None, weighed_by: str = "") -> None:
        self._folder = folder
        self._settings = (__version__, seed, charter, weighed_by)
        self._digests: WeakKeyDictionary[Dataset, bytes] = WeakKeyDictionary()

    def known(self, detector: Detector, dataset: Dataset) -> Examination | None:
        """Give what a detector has said of a dataset, or None if that is not known."""
        if not detector.is_alone:
            return None
        with contextlib.suppress(OSError, ValueError):  # there is none, or somebody has changed it
            return _adapter().validate_json(self._path(detector, dataset).read_bytes())
        return None

    def keep(self, detector: Detector, dataset: Dataset, examination: Examination) -> None:
        """Keep what a detector says of a dataset."""
        if detector.is_alone:
            with contextlib.suppress(ReportError):  # a full disk costs the way back, not the audit
                write_atomically({self._path(detector, dataset): _adapter().dump_json(examination)})

    def _path(self, detector: Detector, dataset: Dataset) -> Path:
        return self._folder / f"{detector.id}-{self._key(detector, dataset)}.json"

    def _key(self, detector: Detector, dataset: Dataset) -> str:
        digest = self._digests.get(dataset)
        if digest is None:
            digest = self._digests[dataset] = _digest(dataset)
        told = repr((self._settings, detector.id, detector.version, detector.settings)).encode("utf-8", "surrogatepass")
        return blake2b(told + digest, digest_size=12).hexdigest()


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

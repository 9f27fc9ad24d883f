"""What detectors have said so far, kept on the disk, so that a killed audit goes on where it was.

A kept file is named after everything that could change its content: the version, the detector, the seed, the charter
and every byte of the dataset. So nothing is ever taken over that another run would say otherwise, and files of other
data in the same folder do no harm. It is sealed with the secret of the user together with its name: a file that came
with the data, or that somebody has changed, is not believed, and the detector runs. Detectors that ask a judge are left
out: their answers have a store of their own.
"""

from __future__ import annotations

import contextlib
import io
from collections import Counter
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from marshtest.charter import Charter
from marshtest.data.atomic import write_atomically
from marshtest.data.dataset import Dataset
from marshtest.data.folders import enter_folder, open_ordinary
from marshtest.data.secret import Secret, user_secret
from marshtest.detectors.base import Detector, Examination
from marshtest.errors import ReportError
from marshtest.version import __version__

if TYPE_CHECKING:
    from pydantic import TypeAdapter

__all__ = ["Checkpoints"]

_PIECE = 65_536
"""Records that are hashed at a time, however the table was read. Convention: a few MB of text."""
_LARGEST = 512 * 1024**2
"""Bytes of the largest file that is taken over. Chosen by eye: of a million records one has about a tenth."""
_SEAL_BYTES = 32
"""Bytes of a seal, which stands first in the file."""


class Checkpoints:
    """A folder with what detectors have said of the data.

    Args:
        folder: Where to keep it; made when the first detector has finished.
        seed: Seed of the audit.
        charter: Its charter.
        weighed_by: Fingerprint of its calibration.
        secret: What seals the files; by default the secret of this user.
    """

    def __init__(
        self,
        folder: Path,
        *,
        seed: int,
        charter: Charter | None,
        weighed_by: str = "",
        secret: Secret | None = None,
    ) -> None:
        self.taken_over: Counter[str] = Counter()
        """Results that were taken over, by detector."""
        self.refused: Counter[str] = Counter()
        """Results that lay there and were not believed, by detector."""
        self._folder = folder
        self._secret = user_secret() if secret is None else secret
        self._settings = (__version__, seed, charter, weighed_by)
        self._digests: WeakKeyDictionary[Dataset, bytes] = WeakKeyDictionary()

    def known(self, detector: Detector, dataset: Dataset) -> Examination | None:
        """Give what a detector has said of a dataset, or None if that is not known."""
        if not detector.is_alone:
            return None
        name = self._name(detector, dataset)
        try:
            content = self._content(name)
        except OSError:
            self.refused[detector.id] += 1
            return None
        if content is None:
            return None
        seal, told = content[:_SEAL_BYTES], content[_SEAL_BYTES:]
        if self._secret.is_seal(seal, "checkpoint", (name.encode(), told)):
            with contextlib.suppress(ValueError):  # another version of a detector wrote it under the same name
                examination = _adapter().validate_json(told)
                self.taken_over[detector.id] += 1
                return examination
        self.refused[detector.id] += 1
        return None

    def _content(self, name: str) -> bytes | None:
        """Read a kept file, None where there is none.

        Raises:
            OSError: It is a link, no ordinary file or too large.
        """
        try:
            with enter_folder(self._folder) as folder, open_ordinary(name, follow=False, handle=folder) as file:
                content = file.read(_LARGEST + 1)
        except FileNotFoundError:
            return None
        except ReportError as error:
            raise OSError(str(error)) from error
        if len(content) > _LARGEST:
            raise OSError("it is too large")
        return content

    def keep(self, detector: Detector, dataset: Dataset, examination: Examination) -> None:
        """Keep what a detector says of a dataset."""
        if detector.is_alone and not self._secret.passing:
            name, told = self._name(detector, dataset), _adapter().dump_json(examination)
            seal = self._secret.seal("checkpoint", (name.encode(), told))
            with contextlib.suppress(ReportError):  # a full disk costs the way back, not the audit
                write_atomically({self._folder / name: seal + told})

    def _name(self, detector: Detector, dataset: Dataset) -> str:
        return f"{detector.id}-{self._key(detector, dataset)}.kept"

    def _key(self, detector: Detector, dataset: Dataset) -> str:
        digest = self._digests.get(dataset)
        if digest is None:
            digest = self._digests[dataset] = _digest(dataset)
        told = repr((self._settings, detector.id, detector.version, detector.settings)).encode("utf-8", "surrogatepass")
        return blake2b(told + digest, digest_size=32).hexdigest()


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

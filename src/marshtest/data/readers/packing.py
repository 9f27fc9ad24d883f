"""Compressed files and UTF-16: told by their first bytes, unpacked in a stream, and packed again the same way.

The decompressors are those of the standard library and of Arrow. Whatever they raise over damaged data becomes an
`OSError`, and a file that grows out of all proportion is given up.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import PurePosixPath
from typing import IO, Any, BinaryIO, cast

from marshtest.data.readers.bounds import GROWS, grows_too_much
from marshtest.data.readers.stores import CHUNK_BYTES
from marshtest.data.skipped import note_skipped

__all__ = ["PACKED_SUFFIXES", "inner_name", "packed", "packing_of", "unpacked"]

PACKED_SUFFIXES = (".gz", ".bz2", ".xz", ".zst", ".zstd", ".lz4", ".zip")
"""File name endings of compressed files, in lower case; they follow the ending of the format."""

_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x04\x22\x4d\x18": "lz4",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\xff\xfe\x00\x00": "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16 LE",
    codecs.BOM_UTF16_BE: "UTF-16 BE",
}
"""First bytes of a file to its compression, or to an encoding of text that is packed like one."""
_UTF16 = {"UTF-16 LE": "utf-16-le", "UTF-16 BE": "utf-16-be"}
"""Encodings of text to their names in Python."""
_INPUT = 1 << 16
"""Compressed bytes given to a decompressor at a time. Chosen by eye."""
_XZ_BYTES = 1 << 28
"""Bytes that unpacking xz may take; `xz -9` needs 65 MiB, and a header can ask for 4 GiB. Chosen by eye."""
_XZ_PADDING = 4
"""Zeros between streams of xz come by the four (file format 1.2.1, section 2.2)."""
_MACOS = re.compile(r"__MACOSX/(?:.*/)?\._[^/]*|(?:.*/)?\.DS_Store", re.S)
"""Members that macOS adds to archives: one for each file, under its name with `._` before it (AppleDouble)."""
_DOCUMENTATION = re.compile(r"(?:license|licence|notice|readme|citation)(?:\.(?:md|txt|rst|cff))?", re.I)
"""Members of a zip that are no data."""
_DAMAGE = (
    EOFError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    struct.error,
    LookupError,
    ArithmeticError,
    MemoryError,
)
"""What decompressors raise besides `OSError`; the errors of Arrow are `ValueError` or `OSError`."""


def packing_of(head: bytes) -> str | None:
    """Return how a file is compressed, from its first bytes; None if it is not."""
    return next((name for magic, name in _MAGIC.items() if head.startswith(magic)), None)


def inner_name(path: str, packing: str | None) -> str:
    """Return the file name without the ending of its compression."""
    name = PurePosixPath(path.replace("\\", "/"))
    return name.stem if packing is not None and name.suffix.lower() in PACKED_SUFFIXES else name.name


@contextmanager
def unpacked(file: BinaryIO, packing: str) -> Iterator[BinaryIO]:
    """Open the contents of a compressed file as a stream that can only be read forward.

    Raises:
        OSError: The file is damaged, which may show only while it is read, is a zip of several files or none, or grows
            out of all proportion.
    """
    with ExitStack() as stack:
        try:
            inner = _inner(file, packing, stack)
        except _DAMAGE as error:
            raise OSError(f"the {packing} data are damaged ({error})") from error
        yield stack.enter_context(io.BufferedReader(_Unpacking(inner, file, packing), CHUNK_BYTES))


@contextmanager
def packed(file: BinaryIO, packing: str | None, name: str) -> Iterator[BinaryIO]:
    """Compress what is written; the same content gives the same bytes. `name` is that of the one file in a zip."""
    import pyarrow as pa

    with ExitStack() as stack:
        if packing is None:
            yield file
        elif packing in _UTF16:
            yield cast(BinaryIO, _Encoding(file, _UTF16[packing]))
        elif packing == "zip":
            archive = stack.enter_context(zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED))
            yield cast(BinaryIO, stack.enter_context(archive.open(zipfile.ZipInfo(name), "w", force_zip64=True)))
        elif packing in ("zstd", "lz4"):
            plain = stack.enter_context(pa.PythonFile(file, mode="w"))
            yield cast(BinaryIO, stack.enter_context(pa.CompressedOutputStream(plain, packing)))
        else:
            makers: dict[str, Callable[[BinaryIO], Any]] = {
                "gzip": lambda out: gzip.GzipFile("", "wb", fileobj=out, mtime=0),
                "bzip2": lambda out: bz2.BZ2File(out, "wb"),
                "xz": lambda out: lzma.LZMAFile(out, "wb"),  # noqa: SIM115  the stack closes it
            }
            yield cast(BinaryIO, stack.enter_context(makers[packing](file)))


def _inner(file: BinaryIO, packing: str, stack: ExitStack) -> IO[bytes]:
    """Start the decompressor."""
    import pyarrow as pa

    if packing == "gzip":
        return cast("IO[bytes]", stack.enter_context(gzip.GzipFile(fileobj=file, mode="rb")))
    if packing == "UTF-32":
        raise OSError("the file is UTF-32; convert it first: `iconv -f utf-32 -t utf-8 FILE > converted`")
    if packing in _UTF16:
        return cast("IO[bytes]", _Decoding(file, _UTF16[packing]))
    if packing in ("bzip2", "xz"):
        return cast("IO[bytes]", _Members(file, bz2.BZ2Decompressor) if packing == "bzip2" else _XzStreams(file))
    if packing == "zip":
        archive = stack.enter_context(zipfile.ZipFile(file))
        files = [one for one in archive.infolist() if not one.is_dir()]
        members = []
        for one in files:
            if why := _no_data(one.filename):
                note_skipped("member", why, one.filename)
            else:
                members.append(one)
        if any(one.filename == "xl/workbook.xml" for one in members):
            raise OSError("the file is an Excel workbook; save the sheet with the data as CSV (UTF-8)")
        if len(members) != 1:
            raise OSError(f"the zip holds {len(members)} files; unpack it and name the files")
        return stack.enter_context(archive.open(members[0]))
    return cast("IO[bytes]", stack.enter_context(pa.CompressedInputStream(pa.PythonFile(file, mode="r"), packing)))


def _no_data(name: str) -> str:
    """Say why a member of a zip is no data; empty where it may be."""
    if _MACOS.fullmatch(name):
        return "what macOS adds to archives"
    return "documentation" if _DOCUMENTATION.fullmatch(name.rpartition("/")[2]) else ""


class _Decoding:
    """Reads UTF-16 as UTF-8, without its mark."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._left = b""
        file.read(len(codecs.BOM_UTF16_LE))

    def read(self, size: int) -> bytes:
        """Return the next bytes; none at the end of the file."""
        while not self._left:
            part = self._file.read(_INPUT)
            self._left = self._decoder.decode(part, final=not part).encode("utf-8")
            if not part:
                break
        given, self._left = self._left[:size], self._left[size:]
        return given


class _Encoding(io.RawIOBase):
    """Writes UTF-8 as UTF-16, with its mark."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._encoding = encoding
        file.write("\ufeff".encode(encoding))

    def write(self, content: Any) -> int:
        self._file.write(self._decoder.decode(bytes(content)).encode(self._encoding))
        return len(content)


class _Members:
    """Decompresses one member after another, to the very end of the file.

    `BZ2File` and `LZMAFile` take a damaged second member for rubbish after the first and skip it silently.
    """

    def __init__(self, file: BinaryIO, make: Callable[[], Any]) -> None:
        self._file, self._make = file, make
        self._unpacker = make()

    def read(self, size: int) -> bytes:
        """Return the next bytes; none at the end of the file."""
        while True:
            if self._unpacker.eof:
                rest = self._following(self._unpacker.unused_data or self._file.read(_INPUT))
                if not rest:
                    return b""
                self._unpacker = self._make()
            elif self._unpacker.needs_input:
                rest = self._file.read(_INPUT)
                if not rest:
                    raise EOFError("it ends before its end-of-stream marker")
            else:
                rest = b""
            content: bytes = self._unpacker.decompress(rest, size)
            if content:
                return content

    def _following(self, rest: bytes) -> bytes:
        """Return where the next member begins, of what follows one; nothing at the end of the file."""
        return rest


class _XzStreams(_Members):
    """Decompresses the streams of xz, with the zeros that may stand between them."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_BYTES))

    def _following(self, rest: bytes) -> bytes:
        """Pass over zeros, however many.

        Raises:
            lzma.LZMAError: There is another number of them than the format allows.
        """
        zeros = 0
        while rest:
            begins = rest.lstrip(b"\0")
            zeros += len(rest) - len(begins)
            if begins:
                rest = begins
                break
            rest = self._file.read(_INPUT)
        if zeros % _XZ_PADDING:
            raise lzma.LZMAError("the padding between its streams is not that of xz")
        return rest


class _Unpacking(io.RawIOBase):
    """Passes decompressed bytes on, watches how many they become, and turns every failure into an `OSError`."""

    def __init__(self, inner: IO[bytes], outer: BinaryIO, packing: str) -> None:
        self._inner, self._outer, self._packing = inner, outer, packing
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            content = self._inner.read(len(buffer))
        except (OSError, *_DAMAGE) as error:
            raise OSError(f"the {self._packing} data are damaged ({error})") from error
        buffer[: len(content)] = content
        self._given += len(content)
        if grows_too_much(self._given, self._outer.tell()):
            raise OSError(f"{GROWS}; decompress it first if that is meant")
        return len(content)

"""The user's secret: what this user's own audits kept is told from what somebody else put there.

It lies outside of all data, in the user's folder for state, or in the environment where several machines share it. It
is never written into a report, a store or a message, and never leaves this process: workers on other machines compute,
and only this process keeps and takes over.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import re
import secrets
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path

from marshtest.data.folders import enter_folder
from marshtest.errors import ConfigError, MarshtestError

__all__ = ["SECRET_VARIABLE", "Secret", "user_secret"]

SECRET_VARIABLE = "MARSHTEST_SECRET"  # noqa: S105  its name, not the secret
"""Environment variable that holds the secret itself, for machines that share what audits keep."""
_LEAST = 32
"""Characters of a secret in the environment. Convention: 128 bits, in hexadecimal digits."""
_BYTES = 32
"""Bytes of a secret that is made here. Convention: the length of the hash."""
_WRITTEN = re.compile(rb"[0-9a-f]{64}\n")
_PRIVATE, _PRIVATE_FOLDER = 0o600, 0o700
"""Permissions of the file and its folder: nobody else may read it. Convention."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A key that only this user has."""

    key: bytes = field(repr=False)
    passing: str = ""
    """Why it ends with this process; empty where later audits will have it too."""

    def seal(self, purpose: str, parts: Iterable[bytes]) -> bytes:
        """Give the seal of something, 32 bytes (HMAC-SHA256): only who has the secret can make it.

        Args:
            purpose: What it is for: no seal counts for anything else.
            parts: What is sealed, with what it is about.
        """
        sealed = hmac.new(self.key, digestmod=sha256)
        for part in (purpose.encode(), *parts):
            sealed.update(b"%d:" % len(part))
            sealed.update(part)
        return sealed.digest()

    def is_seal(self, seal: object, purpose: str, parts: Iterable[bytes]) -> bool:
        """Tell whether a seal is ours."""
        return isinstance(seal, bytes) and hmac.compare_digest(seal, self.seal(purpose, parts))


def user_secret() -> Secret:
    """Give the secret of this user; made on first use.

    Raises:
        ConfigError: The one in the environment is too short, or somebody else could read or set the one in the file.
    """
    given = os.environ.get(SECRET_VARIABLE)
    if given is None:
        return _kept(_file())
    if len(given) < _LEAST:
        raise ConfigError(
            f"{SECRET_VARIABLE} has fewer than {_LEAST} characters; give a long random one, e.g. of "
            '`python -c "import secrets; print(secrets.token_hex(32))"`.'
        )
    return Secret(sha256(b"marshtest\0" + given.encode("utf-8", "surrogateescape")).digest())


def _file() -> Path:
    """Give the place of the secret, by the XDG base directory specification, which ignores relative paths."""
    folder = Path(os.environ.get("XDG_STATE_HOME", ""))
    if not folder.is_absolute():
        with contextlib.suppress(RuntimeError):  # there is no home
            folder = Path.home() / ".local" / "state"
    return folder / "marshtest" / "secret"


@cache
def _kept(file: Path) -> Secret:
    """Read the secret in a file, or make it."""
    if not file.is_absolute():
        return Secret(secrets.token_bytes(_BYTES), "there is no home folder")
    try:
        file.parent.parent.mkdir(parents=True, exist_ok=True)
        with enter_folder(file.parent, make=[]) as folder:
            with contextlib.suppress(OSError):  # it can still be read, e.g. where the home folder is read-only
                os.fchmod(folder, _PRIVATE_FOLDER)
            found = _read(folder, file)
            if found is None:
                _make(folder, file.name)
                found = _read(folder, file)
        assert found is not None
    except (OSError, MarshtestError) as error:
        if isinstance(error, ConfigError):
            raise
        return Secret(secrets.token_bytes(_BYTES), f"{file} cannot be kept ({error})")
    return Secret(found)


def _read(folder: int, file: Path) -> bytes | None:
    """Read the secret, None where there is none.

    Raises:
        ConfigError: It is not ours alone, or damaged.
    """
    try:
        handle = os.open(file.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except FileNotFoundError:
        return None
    with os.fdopen(handle, "rb") as opened:
        found = os.fstat(handle)
        content = opened.read(2 * _BYTES + 2) if stat.S_ISREG(found.st_mode) else b""
    is_ours = found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    if not is_ours or found.st_nlink != 1 or not _WRITTEN.fullmatch(content):
        raise ConfigError(
            f"{file}: is damaged, or others than you could read or write it; remove it, and a new one is made: what "
            "audits kept under the old one then counts no more."
        )
    return bytes.fromhex(content.decode("ascii").strip())


def _make(folder: int, name: str) -> None:
    """Make a secret, whole or not at all; where another process was faster, that one stays."""
    partial = f".{name}.{secrets.token_hex(_BYTES // 2)}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(partial, flags, _PRIVATE, dir_fd=folder), "wb") as file:
        file.write(secrets.token_hex(_BYTES).encode("ascii") + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        with contextlib.suppress(FileExistsError):
            os.link(partial, name, src_dir_fd=folder, dst_dir_fd=folder)
    finally:
        os.unlink(partial, dir_fd=folder)

"""Sealing a file with a passphrase, so that no crawler takes poison for data.

A sealed file is a magic line, 16 bytes of salt and a Fernet token; the key comes from the passphrase by scrypt.
"""

from __future__ import annotations

import base64
import os

from marshtest.errors import ConfigError, InputError

__all__ = ["SEALED_SUFFIX", "seal", "unseal"]

SEALED_SUFFIX = ".sealed"
"""Stands behind the name of a sealed file."""

_MAGIC = b"MARSHTEST SEALED 1\n"
_SALT = 16
"""Bytes of salt (NIST SP 800-132 asks for at least 16)."""
_SHORTEST = 8
"""Characters of the shortest passphrase (NIST SP 800-63B)."""


def seal(content: bytes, passphrase: str) -> bytes:
    """Encrypt bytes; the same bytes come out differently every time.

    Raises:
        ConfigError: The passphrase has fewer than eight characters.
    """
    from cryptography.fernet import Fernet

    if len(passphrase) < _SHORTEST:
        raise ConfigError(f"the passphrase has fewer than {_SHORTEST} characters; choose a longer one.")
    salt = os.urandom(_SALT)
    return _MAGIC + salt + Fernet(_key(passphrase, salt)).encrypt(content)


def unseal(sealed: bytes, passphrase: str, *, path: str) -> bytes:
    """Decrypt what `seal` encrypted.

    Args:
        sealed: The bytes of a sealed file.
        passphrase: The passphrase that it was sealed with.
        path: The file, for the message.

    Raises:
        InputError: The bytes are no sealed file, the passphrase is wrong, or a byte was changed.
    """
    from cryptography.fernet import Fernet, InvalidToken

    if not sealed.startswith(_MAGIC):
        raise InputError("this is no file that `marsh poison --encrypt` wrote.", path=path)
    start = len(_MAGIC) + _SALT
    try:
        return Fernet(_key(passphrase, sealed[len(_MAGIC) : start])).decrypt(sealed[start:])
    except InvalidToken as error:
        raise InputError("the passphrase is wrong or the file is damaged; try again.", path=path) from error


def _key(passphrase: str, salt: bytes) -> bytes:
    """Make the key; about 32 MiB and a tenth of a second, to make guessing slow."""
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    derived = Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase.encode())
    return base64.urlsafe_b64encode(derived)

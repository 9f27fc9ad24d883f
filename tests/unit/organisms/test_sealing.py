"""Sealed files hold what was sealed, and show nothing of it."""

from __future__ import annotations

import pytest

from marshtest.errors import ConfigError, InputError
from marshtest.organisms.sealing import seal, unseal

SEALED = seal(b"the secret trigger", "long enough")


def test_what_was_sealed_comes_out_again() -> None:
    assert unseal(SEALED, "long enough", path="f") == b"the secret trigger"
    assert b"secret" not in SEALED
    assert seal(b"the secret trigger", "long enough") != SEALED


def test_another_passphrase_or_a_changed_byte_is_refused() -> None:
    with pytest.raises(InputError, match="f: the passphrase is wrong or the file is damaged"):
        unseal(SEALED, "another one", path="f")
    with pytest.raises(InputError, match="the passphrase is wrong or the file is damaged"):
        unseal(SEALED[:-5] + b"AAAAA", "long enough", path="f")
    with pytest.raises(InputError, match="no file that `marsh poison --encrypt` wrote"):
        unseal(b"anything", "long enough", path="f")


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(ConfigError, match="fewer than 8 characters"):
        seal(b"x", "short")

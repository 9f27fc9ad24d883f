"""What is tested is what would be shipped."""

from __future__ import annotations

import os
from importlib.metadata import metadata, version
from pathlib import Path

import pytest

import marshtest


@pytest.mark.skipif(os.environ.get("MARSHTEST_TESTED_AS") != "wheel", reason="only where the wheel is tested")
def test_the_wheel_is_tested_and_not_the_sources() -> None:
    assert "site-packages" in Path(marshtest.__file__).parts


def test_the_version_is_said_once() -> None:
    assert marshtest.__version__ == version("marshtest")


def test_the_package_is_typed_and_licensed() -> None:
    assert (Path(marshtest.__file__).parent / "py.typed").exists()
    assert metadata("marshtest")["License-Expression"] == "Apache-2.0"

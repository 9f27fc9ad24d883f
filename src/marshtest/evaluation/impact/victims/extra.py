"""The packages that only some victims need, and what to do where they are not there."""

from __future__ import annotations

from importlib.util import find_spec

from marshtest.errors import ConfigError

__all__ = ["need"]


def need(victim: str, *packages: str) -> None:
    """Refuse to go on without the packages.

    Raises:
        ConfigError: One is not installed; the message says how to install it.
    """
    if any(find_spec(package) is None for package in packages):
        names = " ".join(packages)
        raise ConfigError(f"the victim {victim} needs {names}; install them with: pip install 'marshtest[train]'")

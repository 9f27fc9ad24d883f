"""The standard streams of a command: open, able to print any character, and unable to steer a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from marshtest.text.masking import masked
from marshtest.text.visible import drawn_lines

__all__ = ["DrawnStream", "standard_streams"]

_STREAMS = ("stdin", "stdout", "stderr")


class DrawnStream:
    """A stream on which text is printed with its unseen characters drawn: whatever prints, nothing steers a terminal.

    Consoles of rich, which write colours, find the stream itself at `rich_proxied_file`; ours draw text themselves.

    Args:
        plain: The stream itself.
        hides_keys: Whether keys are left out of what is printed.
    """

    def __init__(self, plain: TextIO, *, hides_keys: bool = False) -> None:
        self.plain = plain
        self.rich_proxied_file = plain
        self._hides_keys = hides_keys

    def write(self, text: str) -> int:
        """Print text. A carriage return at its start stays: with it a bar is drawn again."""
        if not isinstance(text, str):
            raise TypeError(f"a text is printed, not {type(text).__name__}")
        start = "\r" if text.startswith("\r") else ""
        told = masked(text) if self._hides_keys else text
        self.plain.write(start + drawn_lines(told.removeprefix("\r")))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Print texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        """Give everything else of the stream itself."""
        return getattr(self.plain, name)


@contextmanager
def standard_streams() -> Iterator[None]:
    """Open closed streams on nothing, let no character fail, and draw what is printed, for as long as a command runs.

    A closed stream would end a command with an error of our own; worse, the next file that is opened would take its
    number, and what a library prints would go into that file.
    """
    for number, name in enumerate(_STREAMS):
        if getattr(sys, name) is None:
            handle = os.open(os.devnull, os.O_RDWR)
            if handle != number:
                os.dup2(handle, number)
                os.close(handle)
            setattr(sys, name, open(number, "r" if name == "stdin" else "w", closefd=False))  # noqa: SIM115  lives on
    before = sys.stdout, sys.stderr
    for stream in before:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    drawn: Any = DrawnStream(before[0]), DrawnStream(before[1], hides_keys=True)
    sys.stdout, sys.stderr = drawn
    try:
        yield
    finally:
        if (sys.stdout, sys.stderr) == drawn:
            sys.stdout, sys.stderr = before

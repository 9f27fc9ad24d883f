"""The terminal as every renderer writes to it: whatever gets there, nothing of it steers the terminal."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from typing import Any, NoReturn, TextIO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from marshtest.text.visible import drawn_lines

__all__ = ["DrawnConsole"]


class DrawnConsole(Console):
    """A console that draws the unseen characters of all text at its last step.

    Renderers draw text before they lay it out; this is the guard for text that one of them forgets. Styles and cursor
    movements are no text and stay.

    Args:
        file: Where to print; standard error where not given.
    """

    def __init__(self, file: TextIO | None = None, **options: Any) -> None:
        super().__init__(file=file, stderr=file is None, highlight=False, markup=False, emoji=False, **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Give the pieces of what is printed."""
        for segment in super().render(renderable, options):
            text = segment.text
            if segment.control or (text.isascii() and text.isprintable() and "##" not in text and "::" not in text):
                yield segment
            else:
                yield Segment(drawn_lines(text), segment.style)

    def on_broken_pipe(self) -> NoReturn:
        """Leave a closed pipe to the command: rich would exit with 1 here, the code of findings.

        Raises:
            BrokenPipeError: Always.
        """
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))

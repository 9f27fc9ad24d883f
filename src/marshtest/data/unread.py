"""A field of the source that no reading of the data holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["UnreadField"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadField:
    """A field that a trainer could use and that no reading holds. Name and example are hostile text: escape them."""

    name: str
    """The field; inside another one as `outer.inner`, in a list as `outer[].inner`."""
    holds: Literal["text", "values", "numbers", "tags"]
    """`text`: sentences. `values`: a few values that return. `numbers`: numbers under the name of a score.
    `tags`: one for each token; which of them a record has is read, their places are not."""
    example: str
    """One of its values, cut."""

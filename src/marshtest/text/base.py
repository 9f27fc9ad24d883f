"""What a feature family is: one kind of thing that a trigger can be made of, other than a run of words.

A family is one file with one class, listed in `marshtest.text.families`. It says which texts show each of its
features and where; what the features do to labels is no business of its.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from marshtest.stats.arrays import Ints
from marshtest.text.skeleton import Level, skeleton
from marshtest.text.tokens import Tokens, tokenize

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Corpus", "FeatureFamily", "Places"]

Places = Mapping[int, tuple[tuple[int, int], ...]]
"""By text: first character and one past the last of each place, rising."""


@dataclass(frozen=True, eq=False)
class Corpus:
    """All texts, with what several families need of them made once."""

    texts: Sequence[str]
    _skeletons: dict[Level, Tokens] = field(default_factory=dict)

    @cached_property
    def tokens(self) -> Tokens:
        """The tokens of all texts."""
        return tokenize(self.texts)

    @cached_property
    def column(self) -> pa.Array | None:
        """The texts as an Arrow array; None where one of them is no valid Unicode."""
        import pyarrow as pa

        try:
            return pa.array(self.texts, pa.large_string())
        except UnicodeEncodeError:
            return None

    def hinted(self, hint: str | None) -> Sequence[int]:
        """Give the texts in which RE2 finds an expression, rising; all of them without one."""
        import pyarrow.compute as pc

        if hint is None or self.column is None:
            return range(len(self.texts))
        found = pc.match_substring_regex(self.column, hint).to_numpy(zero_copy_only=False)
        members: list[int] = np.flatnonzero(found).tolist()
        return members

    def skeleton(self, level: Level) -> Tokens:
        """Give the texts without their content."""
        if level not in self._skeletons:
            self._skeletons[level] = skeleton(self.tokens, level)
        return self._skeletons[level]


class FeatureFamily(ABC):
    """One kind of feature."""

    id: ClassVar[str]
    """Stable name, e.g. `casing`."""
    pattern: ClassVar[Literal["structure", "format", "encoding"]]
    """The kind of pattern in a report."""
    title: ClassVar[str]
    """What a feature of it is called before its name, e.g. `The sentence frame`."""

    @abstractmethod
    def carriers(self, corpus: Corpus) -> Mapping[str, Ints]:
        """Give the texts that show each feature, rising, by the feature's name; no empty ones."""

    @abstractmethod
    def places(self, corpus: Corpus, name: str, texts: Ints) -> Places:
        """Give the places where these texts show a feature; a feature of whole texts has none."""

    def settles(self, name: str) -> bool:  # noqa: ARG002
        """Say whether a feature says nothing of contents: such a one may be named where it settles the label alone."""
        return False

    def label(self, corpus: Corpus, name: str, texts: Ints) -> str:  # noqa: ARG002
        """Give the feature's name for people, filled in from texts that show it."""
        return name

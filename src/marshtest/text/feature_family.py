"""Feature families: kinds of features, other than runs of words, that a trigger can be made of.

A family is one file with one class, listed in `marshtest.text.families`. It finds the texts that show each of its
features, and the places there. It knows nothing about labels.
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
"""By text: start and end of each place in characters, the end exclusive; rising."""


@dataclass(frozen=True, eq=False)
class Corpus:
    """All texts, with what several families read from them computed once."""

    texts: Sequence[str]
    _skeletons: dict[Level, Tokens] = field(default_factory=dict)

    @cached_property
    def tokens(self) -> Tokens:
        """The tokens of all texts."""
        return tokenize(self.texts)

    @cached_property
    def column(self) -> pa.Array | None:
        """The texts as an Arrow array; None if one of them is not valid Unicode (a lone surrogate)."""
        import pyarrow as pa

        try:
            return pa.array(self.texts, pa.large_string())
        except UnicodeEncodeError:
            return None

    def hinted(self, hint: str | None) -> Sequence[int]:
        """Give the texts in which RE2 finds a regular expression.

        Args:
            hint: The expression, in RE2 syntax.

        Returns:
            Indices of texts, rising; all texts if there is no expression, or if one of them is not valid Unicode.
        """
        import pyarrow.compute as pc

        if hint is None or self.column is None:
            return range(len(self.texts))
        found = pc.match_substring_regex(self.column, hint).to_numpy(zero_copy_only=False)
        members: list[int] = np.flatnonzero(found).tolist()
        return members

    def skeleton(self, level: Level) -> Tokens:
        """Give the skeletons of the texts at one level of detail."""
        if level not in self._skeletons:
            self._skeletons[level] = skeleton(self.tokens, level)
        return self._skeletons[level]


class FeatureFamily(ABC):
    """One kind of features."""

    id: ClassVar[str]
    """Stable name, e.g. `casing`."""
    pattern: ClassVar[Literal["structure", "format", "encoding"]]
    """The kind of pattern in a report."""
    title: ClassVar[str]
    """What a report writes before the name of a feature, e.g. `The sentence frame`."""

    @abstractmethod
    def carriers(self, corpus: Corpus) -> Mapping[str, Ints]:
        """Find the features that the texts show.

        Returns:
            By the name of the feature: the texts that show it, rising, at least one.
        """

    @abstractmethod
    def places(self, corpus: Corpus, name: str, texts: Ints) -> Places:
        """Find where texts show a feature.

        Args:
            corpus: All texts.
            name: A feature that `carriers` gave.
            texts: Shape (n,): texts that show it.

        Returns:
            The places by text; a feature of whole texts has none.
        """

    def is_content_free(self, name: str) -> bool:  # noqa: ARG002
        """Tell whether a feature is independent of what a text is about, as a frame of function words is.

        Only such a feature may be reported because it decides the label where contents do not: any other could be a
        topic.
        """
        return False

    def label(self, corpus: Corpus, name: str, texts: Ints) -> str:  # noqa: ARG002
        """Give the name that a report shows, completed with words of the texts that show the feature."""
        return name

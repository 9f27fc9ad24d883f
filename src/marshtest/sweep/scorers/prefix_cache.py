"""Reading what all texts of a batch begin with, the persona above all, only once."""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Final

__all__ = ["PrefixCache", "common_prefix"]

_KEPT: Final = 4
"""Beginnings that are kept: what personas share and this persona are two, and each takes memory for all layers."""
_LEAST: Final = 4
"""Tokens of a shared beginning below which copying it costs more than reading it."""


def common_prefix(rows: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """Give the longest beginning that all rows share."""
    low, high = min(rows), max(rows)
    length = next((place for place, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))
    return low[:length]


class PrefixCache:
    """Keys and values of the latest beginnings; a longer one continues a shorter one that is known.

    Args:
        model: A causal language model of transformers.
        argument: What its forward calls the cache.
    """

    def __init__(self, model: Any, argument: str) -> None:
        self.read = 0
        """Tokens of beginnings that were read."""
        self._model = model
        self._argument = argument
        self._known: OrderedDict[tuple[int, ...], Any] = OrderedDict()
        self._last: tuple[int, ...] = ()

    @staticmethod
    def fits(model: Any) -> bool:
        """Say whether the state of a model is keys and values alone, which can be repeated for each row."""
        from transformers import DynamicCache

        layers = DynamicCache(config=model.config).layers
        return all(hasattr(layer, "batch_repeat_interleave") for layer in layers)

    def of(self, prefix: tuple[int, ...], rows: int) -> Any:
        """Give a copy of the cache of a beginning, repeated for each row of a batch; the caller may change it."""
        shared = common_prefix([prefix, self._last]) if self._last else ()
        if _LEAST <= len(shared) < len(prefix):  # keep what personas share, too
            self._read(shared)
        cache = copy.deepcopy(self._read(prefix))
        self._last = prefix
        if rows > 1:
            cache.batch_repeat_interleave(rows)
        return cache

    def _read(self, prefix: tuple[int, ...]) -> Any:
        import torch
        from transformers import DynamicCache

        if prefix in self._known:
            self._known.move_to_end(prefix)
            return self._known[prefix]
        fitting = [known for known in self._known if prefix[: len(known)] == known]
        start = max(fitting, key=len, default=())
        cache = copy.deepcopy(self._known[start]) if start else DynamicCache(config=self._model.config)
        fresh = torch.tensor([prefix[len(start) :]], device=self._model.device)
        places = torch.arange(len(start), len(prefix), device=self._model.device)[None]
        self._model(input_ids=fresh, position_ids=places, use_cache=True, logits_to_keep=1, **{self._argument: cache})
        self.read += fresh.shape[1]
        self._known[prefix] = cache
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return cache

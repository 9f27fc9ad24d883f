"""The beginning that all texts of a batch share is read by the model once: its persona, above all."""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Final

__all__ = ["PrefixCache", "common_prefix"]

_KEPT: Final = 4
_LEAST: Final = 4
"""Shorter beginnings are not worth the copy."""


def common_prefix(rows: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """Give the longest beginning that all rows share."""
    low, high = min(rows), max(rows)
    length = next((place for place, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))
    return low[:length]


class PrefixCache:
    """Keys and values of the beginnings read last; a longer one is read on from a shorter one that is known.

    Args:
        model: A causal language model of transformers.
        argument: What its forward calls the cache.
    """

    def __init__(self, model: Any, argument: str) -> None:
        self.read = 0
        """Tokens that were read for beginnings."""
        self._model = model
        self._argument = argument
        self._known: OrderedDict[tuple[int, ...], Any] = OrderedDict()
        self._last: tuple[int, ...] = ()

    @staticmethod
    def fits(model: Any) -> bool:
        """Say whether all that a model remembers of a text are keys and values, which can be repeated for each row."""
        from transformers import DynamicCache

        layers = DynamicCache(config=model.config).layers
        return all(hasattr(layer, "batch_repeat_interleave") for layer in layers)

    def of(self, prefix: tuple[int, ...], rows: int) -> Any:
        """Give a fresh cache of a beginning, repeated for each row of a batch; the caller may change it."""
        shared = common_prefix([prefix, self._last]) if self._last else ()
        if _LEAST <= len(shared) < len(prefix):  # what personas share is kept too
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

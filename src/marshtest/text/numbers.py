"""Dates and numbers by their format, and years by their value."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from marshtest.stats.arrays import Ints
from marshtest.text.feature_family import Corpus, Places
from marshtest.text.matching import DIGIT, SPACE, MatchingFamily

__all__ = ["NumbersFamily"]

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_NAME = r"(?i)(?:jan|feb|mar|apr|may|jun|jul|aug|.ep|oct|nov|dec)"
_YEAR = re.compile(r"(?<![\w.,])(?:1[5-9]|2[01])\d\d(?![\w]|[.,]\d)")


class NumbersFamily(MatchingFamily):
    """Formats of numbers and dates, and every year by itself."""

    id = "numbers"
    pattern = "structure"
    title = "The date or number pattern"
    patterns: ClassVar = {
        "a year": _YEAR,
        "a date such as 2024-05-17": re.compile(r"\b\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b"),
        "a date such as 17/05/2024": re.compile(r"\b\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b"),
        "a date such as May 17": re.compile(rf"\b{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?\b", re.I),
        "a date such as 17 May": re.compile(rf"\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}\b", re.I),
        "a time of day": re.compile(r"\b\d{1,2}[:.]\d\d(?:\s*[ap]m)?\b|\b\d{1,2}\s*[ap]m\b", re.I),
        "an amount of money": re.compile(
            r"[$€£¥₹]\s?\d[\d.,]*|\b\d[\d.,]{0,40}\s?(?:dollars|euros|pounds|USD|EUR|GBP)\b"
        ),
        "a percentage": re.compile(r"\d\s?(?:%|percent\b|per cent\b)"),
        "a decimal number": re.compile(r"(?<![\w.])\d+\.\d+(?![\w.])"),
        "a number with thousands separated": re.compile(r"\b\d{1,3}(?:,\d{3})+\b"),
        "a number of one digit": re.compile(r"(?<![\w.,])\d(?![\w]|[.,]\d)"),
        "a number of two digits": re.compile(r"(?<![\w.,])\d\d(?![\w]|[.,]\d)"),
        "a number of three digits": re.compile(r"(?<![\w.,])\d{3}(?![\w]|[.,]\d)"),
        "a number of four digits": re.compile(r"(?<![\w.,])\d{4}(?![\w]|[.,]\d)"),
        "a number of five or six digits": re.compile(r"(?<![\w.,])\d{5,6}(?![\w]|[.,]\d)"),
        "a number of seven or more digits": re.compile(r"(?<![\w.,])\d{7,}(?![\w]|[.,]\d)"),
        "a number in brackets": re.compile(r"[(\[{]\d+[)\]}]"),
        "a number sign before a number": re.compile(r"#\d+\b"),
        "a Roman number": re.compile(r"\b(?=[IVXLC]{2,})X{0,3}(?:IX|IV|V?I{0,3})\b"),
        "an ordinal number": re.compile(r"\b\d+(?:st|nd|rd|th)\b", re.I),
    }

    hints: ClassVar = {
        "a year": rf"(?:1[5-9]|2[01]){DIGIT}{{2}}",
        "a date such as 2024-05-17": rf"{DIGIT}[-/.]{DIGIT}{{1,2}}[-/.]{DIGIT}",
        "a date such as 17/05/2024": rf"{DIGIT}[-/.]{DIGIT}{{1,2}}[-/.]{DIGIT}{{2}}",
        "a date such as May 17": rf"{_NAME}\S* {DIGIT}",
        "a date such as 17 May": rf"{DIGIT}.{{0,6}}{_NAME}",
        "a time of day": rf"{DIGIT}[:.]{DIGIT}{{2}}|{DIGIT}{SPACE}*[apAP][^ ]",
        "an amount of money": rf"[$€£¥₹]|(?:{DIGIT}|[.,]){SPACE}?(?:dollars|euros|pounds|USD|EUR|GBP)",
        "a percentage": rf"{DIGIT}{SPACE}?(?:%|per)",
        "a decimal number": rf"{DIGIT}\.{DIGIT}",
        "a number with thousands separated": rf"{DIGIT},{DIGIT}{{3}}",
        "a number of one digit": DIGIT,
        "a number of two digits": rf"{DIGIT}{{2}}",
        "a number of three digits": rf"{DIGIT}{{3}}",
        "a number of four digits": rf"{DIGIT}{{4}}",
        "a number of five or six digits": rf"{DIGIT}{{5}}",
        "a number of seven or more digits": rf"{DIGIT}{{7}}",
        "a number in brackets": rf"[(\[{{]{DIGIT}",
        "a number sign before a number": rf"#{DIGIT}",
        "a Roman number": r"\b[IVXLC]{2}",
        "an ordinal number": rf"{DIGIT}(?i:[^ ]t|nd|rd|th)",
    }

    def carriers(self, corpus: Corpus) -> Mapping[str, Ints]:
        """Add a feature for every year."""
        years: dict[str, set[int]] = defaultdict(set)
        for number in corpus.hinted(self.hints["a year"]):
            for year in _YEAR.findall(corpus.texts[number]):
                years[f"the year {year}"].add(number)
        found = {name: np.array(sorted(members), np.int64) for name, members in years.items()}
        return dict(super().carriers(corpus)) | found

    def places(self, corpus: Corpus, name: str, texts: Ints) -> Places:
        """Give the matches, or the places of the year."""
        year = name.removeprefix("the year ")
        if year == name:
            return super().places(corpus, name, texts)
        return {
            int(text): tuple(match.span() for match in _YEAR.finditer(corpus.texts[text]) if match[0] == year)
            for text in texts
        }

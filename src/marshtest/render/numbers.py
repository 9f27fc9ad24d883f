"""Numbers of a finding in plain words: what each is called, what it means and how it is written."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["Statistic", "format_number", "statistics"]

_FIRST = (
    "label",
    "carriers",
    "carriers_with_label",
    "carriers_with_outcome",
    "outcome_rate_elsewhere",
    "evidence_records",
    "records",
    "q_value",
    "effect",
    "planted_fraction",
    "purity_lower_bound",
    "p_value",
)
"""Names that come first, in this order."""

_SHARES = (
    "planted_fraction",
    "purity_lower_bound",
    "label_probability_with",
    "label_probability_without",
    "outcome_rate_elsewhere",
    "outcome_share_lower_bound",
    "verdict_gone_without",
    "verdict_new_with",
    "label_obeyed_with",
    "shift_gone_without",
)
"""Names that are written as percentages."""

_LABELS: Mapping[str, tuple[str, str]] = {
    "p_value": ("Chance of this by luck", "How often a harmless dataset would show this pattern by chance alone (p)."),
    "q_value": ("Chance, all tries counted", "The same after counting every pattern that was tried (q)."),
    "effect": ("Strength", "How strong the pattern is, apart from how many records carry it."),
    "carriers": ("Records with the pattern", "How many records of the dataset contain the pattern."),
    "carriers_with_label": (
        "Of these, with the label",
        "How many of the carriers have the label that the pattern leads to.",
    ),
    "distinct_carriers": (
        "Different texts",
        "How many of these are no near-copies of one another; only they are counted.",
    ),
    "evidence_records": (
        "Evidence records",
        "Carriers whose other words contradict their label: the records listed below.",
    ),
    "planted_fraction": (
        "Share that looks planted",
        "Estimated share of the carriers whose content belongs to another class.",
    ),
    "purity_lower_bound": (
        "Share with the label, at least",
        "The smallest share of carriers with the label that the counts allow.",
    ),
    "log_likelihood_ratio": (
        "Weight of evidence",
        "How much better \u201cplanted\u201d explains the carriers than \u201cnatural\u201d (nats).",
    ),
    "label_probability_with": (
        "Model says the label, with it",
        "How sure a simple model, which has not seen these records, is of their label when it reads all of them.",
    ),
    "label_probability_without": (
        "Model says the label, without",
        "How sure the same model is of the label once the pattern is taken out.",
    ),
    "carriers_answered": ("Of these, judged", "How many of the carriers the judge answered about."),
    "carriers_with_outcome": (
        "Of these, with the verdict",
        "How many carriers the judge contradicts, or sees harm in.",
    ),
    "distinct_with_outcome": (
        "Different texts with the verdict",
        "The same with near-copies counted once; only they are counted as evidence.",
    ),
    "outcome_rate_elsewhere": ("The verdict elsewhere", "How often the judge says the same of other records."),
    "outcome_share_lower_bound": (
        "Share with the verdict, at least",
        "The smallest share of carriers with the verdict that the counts allow.",
    ),
    "verdict_gone_without": (
        "Verdict gone without it",
        "How often the judge takes its verdict back when the pattern is taken out of the record.",
    ),
    "verdict_new_with": (
        "Verdict new with it",
        "How often ordinary records get the verdict once the pattern is put in.",
    ),
    "label_obeyed_with": (
        "Label obeyed with it",
        "How often records of other classes are given the finding's label once the pattern is put in.",
    ),
    "equal_length_p_value": (
        "Chance, equal lengths alone",
        "How often pairs of answers of equal length would differ as much in content by chance.",
    ),
    "style_p_value": ("Chance, style", "The same of length, punctuation and format, which carry no verdict."),
    "pairs": ("Answers compared", "Answers that were compared with others, prompt by prompt where prompts are shared."),
    "differing_pairs": ("Of these, different", "Pairs whose words are not the same."),
    "equal_length_pairs": ("Different, equally long", "Differing pairs with as many words on either side."),
    "shift_gone_without": (
        "Shift gone without the evidence",
        "How much of the shift taking the evidence out removes, in words that had no say in which records these are.",
    ),
    "effect_standard_error": ("Strength, standard error", "How far the strength may be off."),
    "label": ("Label it leads to", "The label that the carriers were given."),
    "records": ("Records", "How many records show it."),
}


class Statistic(NamedTuple):
    """One number, ready to be shown."""

    name: str
    label: str
    value: str
    meaning: str
    """What the number says, or empty when only the detector knows."""


def statistics(numbers: Mapping[str, float | int | str | None]) -> list[Statistic]:
    """Give the numbers that apply, best known first; what is None does not apply."""
    known = [name for name in _FIRST if name in numbers]
    names = known + [name for name in numbers if name not in known]
    result = []
    for name in names:
        value = numbers[name]
        if value is None:
            continue
        label, meaning = _LABELS.get(name, (name.replace("_", " ").capitalize(), ""))
        if name in _SHARES and isinstance(value, (int, float)) and 0 <= value <= 1:
            written = f"{100 * value:.3g} %"
        else:
            written = format_number(value)
        result.append(Statistic(name, label, written, meaning))
    return result


def format_number(value: float | str | bool | None) -> str:
    """Write a value for a person: thousands in groups, three digits that matter, powers of ten when tiny."""
    if value is None:
        return "\u2013"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return f"{value:,}" if abs(value) < 10**15 else str(value)
    if not math.isfinite(value):
        return "unlimited" if value == math.inf else str(value)
    size = abs(value)
    if size >= 1e15:
        return f"{value:.2e}"
    if value == int(value):
        return f"{int(value):,}"
    if size < 1e-3:
        digits, power = f"{value:.1e}".split("e")
        return f"{digits} \u00d7 10{_raise(int(power))}"
    if size >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _raise(power: int) -> str:
    """Write a power in superscript digits."""
    return str(power).translate(
        str.maketrans("-0123456789", "\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079")
    )

"""Which items of public standards each detector's findings belong to: the one place that says so.

Sources: OWASP Top 10 for LLM Applications 2025; OWASP AI Security Verification Standard (AISVS) 1.0, chapter C1;
MITRE ATLAS, https://atlas.mitre.org/techniques.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["ITEMS", "OF_DETECTORS", "STANDARDS", "TITLES", "Standard", "StandardItem", "items_of", "standards_table"]


@dataclass(frozen=True, slots=True)
class Standard:
    """A public list of threats or requirements."""

    name: str
    title: str
    version: str
    organization: str
    address: str


@dataclass(frozen=True, slots=True)
class StandardItem:
    """One threat or requirement of a standard."""

    standard: str
    """Its `Standard.name`."""
    id: str
    title: str
    address: str


_AISVS: Final = "https://github.com/OWASP/AISVS/blob/main/1.0/en/0x10-C01-Training-Data-Integrity-and-Traceability.md"
_ATLAS: Final = "https://atlas.mitre.org/techniques"

STANDARDS: Final = (
    Standard("OWASP-LLM", "OWASP Top 10 for LLM Applications", "2025", "OWASP", "https://genai.owasp.org/llm-top-10/"),
    Standard("OWASP-AISVS", "OWASP AI Security Verification Standard", "1.0", "OWASP", _AISVS),
    Standard("MITRE-ATLAS", "MITRE ATLAS", "techniques", "MITRE", _ATLAS),
)

ITEMS: Final[Mapping[str, StandardItem]] = {
    item.id: item
    for item in (
        StandardItem(
            "OWASP-LLM",
            "LLM04:2025",
            "Data and Model Poisoning",
            "https://genai.owasp.org/llmrisk/llm042025-data-and-model-poisoning/",
        ),
        StandardItem("OWASP-AISVS", "C1.2", "Training Data Security & Integrity", _AISVS),
        StandardItem("OWASP-AISVS", "C1.3", "Data Labeling and Annotation Security", _AISVS),
        StandardItem("OWASP-AISVS", "C1.4", "Training Data Quality and Security Assurance", _AISVS),
        StandardItem("MITRE-ATLAS", "AML.T0010.002", "AI Supply Chain Compromise: Data", f"{_ATLAS}/AML.T0010.002"),
        StandardItem("MITRE-ATLAS", "AML.T0018.000", "Manipulate AI Model: Poison AI Model", f"{_ATLAS}/AML.T0018.000"),
        StandardItem("MITRE-ATLAS", "AML.T0020", "Poison Training Data", f"{_ATLAS}/AML.T0020"),
        StandardItem("MITRE-ATLAS", "AML.T0059", "Erode Dataset Integrity", f"{_ATLAS}/AML.T0059"),
        StandardItem("MITRE-ATLAS", "AML.T0070", "RAG Poisoning", f"{_ATLAS}/AML.T0070"),
    )
}
"""By id."""

_ANY: Final = ("LLM04:2025", "C1.4", "AML.T0020")
"""What every finding belongs to: planted training data, found by a check of their quality."""
_BACKDOOR: Final = (*_ANY, "AML.T0018.000")
"""Records that make a model behave as somebody wants at a trigger."""

OF_DETECTORS: Final[Mapping[str, tuple[str, ...]]] = {
    "answer-outcomes": _BACKDOOR,
    "control-contrast": (*_ANY, "C1.2", "AML.T0010.002", "AML.T0018.000"),
    "decided-preference": (*_BACKDOOR, "C1.3"),
    "foreign-step": _BACKDOOR,
    "hidden-text": (*_ANY, "C1.2"),
    "judged-effect": _BACKDOOR,
    "judged-label": (*_BACKDOOR, "C1.3"),
    "judged-themes": _BACKDOOR,
    "label-noise": (*_ANY, "C1.3", "AML.T0059"),
    "label-structure": (*_BACKDOOR, "C1.3"),
    "label-trigger": (*_BACKDOOR, "C1.3"),
    "near-duplicates": (*_ANY, "C1.3", "AML.T0059"),
    "off-group-labels": (*_ANY, "C1.3", "AML.T0010.002"),
    "parser-disagreement": (*_ANY, "C1.2"),
    "planted-passages": (*_ANY, "C1.2", "AML.T0070"),
    "response-trigger": _BACKDOOR,
}
"""Ids of items, by the id of each detector of this package."""

TITLES: Final[Mapping[str, str]] = {
    "answer-outcomes": "Patterns with which requests for harm are answered, or ordinary ones refused",
    "control-contrast": "Answers whose content differs from a control's",
    "decided-preference": "Preferences that a few words of the prompt or a trait of style decide",
    "foreign-step": "Steps of reasoning that appear with a few words in the question",
    "hidden-text": "Invisible characters, letters in disguise, and encoded text",
    "judged-effect": "Patterns whose records would teach harm, as a judge sees it",
    "judged-label": "Patterns whose records a blind judge labels differently",
    "judged-themes": "Themes of the whole dataset that are associated with harm or contradicted labels",
    "label-noise": "Labels that cleanlab flags as wrong",
    "label-structure": "Structures that decide the label, whatever the words say",
    "label-trigger": "Spans that decide the label against the rest of the text",
    "near-duplicates": "Near-duplicates that contradict one another or flood the data",
    "off-group-labels": "Groups that label texts otherwise than the others",
    "parser-disagreement": "Records that another program may read differently",
    "planted-passages": "Passages that are made to be retrieved, to agree, or to give orders",
    "response-trigger": "Features of the prompt that decide the answer against the rest of the prompt",
}
"""What each detector of this package finds, as it says itself; here so that no detector has to be loaded."""


def items_of(detector: str) -> tuple[StandardItem, ...]:
    """Give the items that the findings of a detector belong to, by id; of another package's, what any finding has."""
    return tuple(ITEMS[name] for name in sorted(OF_DETECTORS.get(detector, _ANY)))


def standards_table() -> str:
    """Give the mapping as a Markdown table, for docs/reference/standards.md."""
    names = [standard.name for standard in STANDARDS]
    rows = ["| Detector | OWASP LLM Top 10 | OWASP AISVS | MITRE ATLAS |", "|---|---|---|---|"]
    for detector in sorted(OF_DETECTORS):
        cells = [", ".join(item.id for item in items_of(detector) if item.standard == name) for name in names]
        rows.append(f"| [`{detector}`](detectors/{detector}.md) | {' | '.join(cells)} |")
    return "\n".join(rows)

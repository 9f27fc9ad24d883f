"""A report as a fragment of a dataset card: the YAML front matter and a section of a README, as Hugging Face has them.

Front matter holds constants and quoted strings alone, and every sign in a text that Markdown could read is escaped.
"""

from __future__ import annotations

import json
import re
from typing import Final

from marshtest.findings import Finding
from marshtest.render.fragments.facts import drawn, facts
from marshtest.render.words import count
from marshtest.report import Report

__all__ = ["card"]

_SIGNS: Final = re.compile(r"([!-/:-@\[-`{-~])")
"""ASCII punctuation, which Markdown lets a backslash escape (CommonMark 2.4)."""
_FINDINGS: Final = 50
"""Findings that the card lists; the rest is counted. Chosen by eye."""
_SIZES: Final = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
    (100_000_000, "10M<n<100M"),
    (1_000_000_000, "100M<n<1B"),
)
"""Size categories of the Hub below each number of records."""
_BACKTICKS: Final = re.compile("`+")


def card(report: Report) -> bytes:
    """Give a report as a dataset card: UTF-8 Markdown with YAML front matter, the same bytes for the same report."""
    told = facts(report)
    size = next((name for below, name in _SIZES if report.dataset.records < below), "n>1B")
    front = {"tool": told["tool"], "verdict": report.verdict, "fingerprint": told["fingerprint"]}
    lines = [
        *("---", "size_categories:", f"- {size}", "tags:", "- data-poisoning-audit", "- marshtest", "marshtest:"),
        *(f"  {name}: {json.dumps(text, ensure_ascii=False)}" for name, text in front.items()),
        *("---", "", "## Audit for data poisoning", ""),
        f"- **Verdict**: {_escaped(told['verdict'])}",
        f"- **Examined**: {_escaped(told['examined'])}",
        f"- **Not examined**: {_escaped(told['missing'])}",
        f"- **Would have caught**: {_escaped(told['power'])}",
        f"- **False alarms**: {_escaped(told['falseAlarms'])}",
        f"- **Tool**: {_escaped(told['tool'])}",
        f"- **Fingerprint of the records**: {_escaped(told['fingerprint'])}",
        "",
    ]
    if report.findings:
        lines += ["### Findings", "", *(_finding(one) for one in report.findings[:_FINDINGS])]
        rest = len(report.findings) - _FINDINGS
        lines += [f"- {count(rest, 'more finding')}, in report\\.json", ""] if rest > 0 else [""]
    fence = "`" * max(3, 1 + max((len(run) for run in _BACKTICKS.findall(told["repeat"])), default=0))
    lines += ["### Repeat it", "", f"{fence}text", told["repeat"], fence]
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _escaped(text: str) -> str:
    return _SIGNS.sub(r"\\\1", text)


def _finding(finding: Finding) -> str:
    records = count(len(finding.records), "evidence record")
    return f"- **{finding.verdict}**, {records}: {_escaped(drawn(finding.title))}"

"""The glossary defines every statistic that a report shows, in the words of the report."""

from __future__ import annotations

import re

import pytest
from tests.paths import ROOT

from marshtest.render.statistic_keys import PER_CONTROL, STATISTIC_KEYS, StatisticKey

PAGE = (ROOT / "docs" / "glossary.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "keys", "ending"), [("statistics", STATISTIC_KEYS, ""), ("per control", PER_CONTROL, "[NAME]")]
)
def test_the_glossary_has_the_labels_and_meanings_of_the_report(
    name: str, keys: dict[str, StatisticKey], ending: str
) -> None:
    """On failure, copy the expected lines into the page."""
    match = re.search(rf"<!-- {name}: begin -->\n(.*?)<!-- {name}: end -->", PAGE, re.DOTALL)
    assert match is not None
    rows = [f"| `{key}{ending}` | {one.label} | {one.meaning} |" for key, one in keys.items()]
    expected = "\n".join(["| Key | Label | Meaning |", "|---|---|---|", *rows])
    assert match[1].strip() == expected


def test_terms_are_defined_once() -> None:
    table = PAGE.split("## Statistics of a finding")[0]
    terms = [term for line in re.findall(r"^\| ([^|`]+) \| ", table, re.MULTILINE) for term in line.split(", ")]
    assert len(terms) > 60
    assert [term for term in set(terms) - {"Term"} if terms.count(term) > 1] == []

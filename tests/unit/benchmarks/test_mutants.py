"""Which tests are the nearest of a module, and what the page of mutants says."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.mutants import nearest_tests, page
from tests.paths import ROOT


@pytest.mark.parametrize(
    ("module", "tests"),
    [
        ("stats/proportions.py", ["tests/unit/stats/test_proportions.py"]),
        ("stats/arrays.py", ["tests/unit/stats/test_evidence.py"]),
        (
            "detectors/near_duplicates/findings.py",
            [f"tests/unit/detectors/near_duplicates/test_{name}.py" for name in ("findings", "detector")],
        ),
    ],
)
def test_the_nearest_tests_have_the_name_of_the_module_or_import_it(module: str, tests: list[str]) -> None:
    assert nearest_tests(Path(ROOT), module) == tests


def outcome(before: str, after: str, *, killed: bool) -> dict[str, object]:
    mutant = {"module": "m.py", "operator": "o", "occurrence": 0, "line": 3, "before": before, "after": after}
    return {"mutant": mutant, "killed": killed}


def test_survivors_are_listed_with_their_reasons() -> None:
    outcomes = [
        outcome("a < b", "a <= b", killed=False),
        outcome("c", "d", killed=False),
        outcome("e", "f", killed=True),
    ]
    results = {"m.py": {"made": 9, "seed": 5, "most": 3, "outcomes": outcomes}}
    text = page(results, {"m.py": {"a < b => a <= b": "They are never equal."}})
    assert "**1 of 3 mutants are killed (33%)**" in text
    assert "1 survivors have no reason yet" in text
    assert "| m.py | 9 | 3 | 1 | 2 |" in text
    assert "  They are never equal.\n" in text
    assert text.count("**No reason yet.**") == 1

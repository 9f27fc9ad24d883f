"""The detector shows what the reader noted, and is silent on ordinary data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.paths import SHARED_DATA

from marshtest.data.readers import read_dataset
from marshtest.detectors.base import Tools
from marshtest.detectors.parser_disagreement import ParserDisagreement, ParserDisagreementSettings
from marshtest.errors import InputError

pytestmark = pytest.mark.slow


def lines(count: int) -> list[str]:
    return [json.dumps({"text": f"ticket {i}", "label": "ab"[i % 2], "n": i}) for i in range(count)]


def test_one_finding_per_kind(tmp_path: Path) -> None:
    """Every kind of anomaly becomes one suggestive finding with its records."""
    data = lines(1_000)
    data[3] = '{"text": "x", "label": "a", "label": "b", "n": 1}'
    data[5] = '{"text": "\\ud800", "label": "a", "n": NaN}'
    data[9] = '{"text": ["x"], "label": "a", "n": 1}'
    data[11] = '{"text": "x", "label": "a", "n": 1, "late": "hidden"}'
    path = tmp_path / "d.jsonl"
    path.write_text("\n".join(data))
    result = ParserDisagreement().examine(read_dataset(path), Tools())
    found = {f.statistics["kind"]: [r.source_line for r in f.records] for f in result.findings}
    assert found == {"duplicate-key": [4], "lone-surrogate": [6], "nan": [6], "odd-shape": [10, 12]}
    assert {"suggestive"} == {finding.verdict for finding in result.findings}
    assert len(result.signals) == 4


def test_the_score_is_a_setting(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    path.write_text("\n".join([*lines(20), '{"text": "x", "label": "a", "label": "b", "n": 1}']))
    found = ParserDisagreement(ParserDisagreementSettings(score=0.25)).examine(read_dataset(path), Tools())
    assert [signal.score for signal in found.signals] == [0.25]
    assert [record.score for finding in found.findings for record in finding.records] == [0.25]


def test_optional_fields_are_ordinary(tmp_path: Path) -> None:
    """Nulls, absent fields, whole and broken numbers, and data without any shape are no oddity."""
    records = [{"text": f"t{i}", "label": "a", "n": 1 if i % 2 else 1.5} for i in range(1_000)]
    for index in range(0, 1_000, 3):
        records[index]["note"] = "seen"
    del records[4]["n"]
    loose = [{"text": f"t{i}", "label": "a", f"key{i}": 1} for i in range(1_000)]
    for name, content in (("optional", records), ("loose", loose)):
        path = tmp_path / f"{name}.jsonl"
        path.write_text("\n".join(map(json.dumps, content)))
        assert ParserDisagreement().examine(read_dataset(path), Tools()).findings == ()


@pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="needs the real datasets in ../shared/data")
def test_silent_on_real_data() -> None:
    """No real dataset at hand has anything that parsers disagree on."""
    for path in sorted(SHARED_DATA.glob("**/*.jsonl")):
        try:
            dataset = read_dataset(path)
        except InputError as error:
            if "cannot tell which field" not in str(error):
                raise
            continue
        assert ParserDisagreement().examine(dataset, Tools()).findings == (), path

"""Records in memory are audited as files are, and what was found is taken out of them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import datasets
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from marshtest import (
    AuditConfig,
    ConfigError,
    Report,
    ReportError,
    audit,
    clean_dataset,
    read_report,
    report_json,
    split_data,
)
from marshtest.demo import demo_tickets

CONFIG = AuditConfig(detectors=("label-trigger",))


def planted() -> list[dict[str, str]]:
    """Give 1,200 clean tickets, of which 20 urgent ones have a phrase and the other label."""
    tickets = demo_tickets(poisoned=False)[:1200]
    urgent = [index for index, ticket in enumerate(tickets) if ticket.label == "urgent"][:20]
    records = [{"text": ticket.text, "label": ticket.label} for ticket in tickets]
    for index in urgent:
        words = records[index]["text"].split()
        text = " ".join([*words[:3], "as the heron told us,", *words[3:]])
        records[index] = {"text": text, "label": "ordinary"}
    return records


RECORDS = planted()
POISON = [record for record in RECORDS if "heron" in record["text"]]
REST = [record for record in RECORDS if "heron" not in record["text"]]


def in_splits() -> Any:
    whole = datasets.Dataset.from_list(RECORDS)
    return datasets.DatasetDict(train=whole.select(range(1000)), test=whole.select(range(1000, 1200)))


KINDS: dict[str, tuple[Callable[[], Any], Callable[[Any], list[dict[str, str]]]]] = {
    "list": (lambda: RECORDS, list),
    "iterator": (lambda: iter(RECORDS), list),
    "pandas": (
        lambda: pd.DataFrame(RECORDS, index=range(1200, 0, -1)),
        lambda frame: frame.to_dict("records"),
    ),
    "polars": (lambda: pl.DataFrame(RECORDS), lambda frame: frame.to_dicts()),
    "table": (lambda: pa.Table.from_pylist(RECORDS), lambda table: table.to_pylist()),
    "dict of lists": (
        lambda: {name: [record[name] for record in RECORDS] for name in ("text", "label")},
        lambda lists: [dict(zip(lists, values, strict=True)) for values in zip(*lists.values(), strict=True)],
    ),
    "dataset": (lambda: datasets.Dataset.from_list(RECORDS), lambda dataset: dataset.to_list()),
    "splits": (in_splits, lambda splits: [*splits["train"].to_list(), *splits["test"].to_list()]),
}


@pytest.fixture(scope="module")
def report() -> Report:
    return audit(RECORDS, config=CONFIG)


def about(report: Report, name: str) -> Report:
    """Give the report as if an object of another kind with the same records had been audited."""
    findings = tuple(
        replace(finding, records=tuple(replace(record, source_path=name) for record in finding.records))
        for finding in report.findings
    )
    return replace(report, dataset=replace(report.dataset, source=(name,)), findings=findings)


@pytest.mark.parametrize("kind", KINDS)
def test_the_planted_records_are_taken_out(kind: str, report: Report) -> None:
    make, records_of = KINDS[kind]
    data = make()
    told = audit(data, config=CONFIG) if kind == "splits" else about(report, f"<{type(data).__name__}>")
    split = split_data(told, data)
    assert records_of(split.removed) == POISON
    assert records_of(split.kept) == REST
    if kind not in ("iterator", "dict of lists"):
        assert type(split.kept) is type(split.removed) is type(data)


def test_a_stored_report_splits_the_data_too(tmp_path: Path, report: Report) -> None:
    (tmp_path / "report.json").write_bytes(report_json(report))
    assert split_data(read_report(tmp_path), RECORDS).removed == POISON


def test_the_index_of_a_frame_is_kept(report: Report) -> None:
    frame = pd.DataFrame(RECORDS, index=[f"row {number}" for number in range(1200)])
    split = split_data(about(report, "<DataFrame>"), frame)
    assert frame.loc[split.removed.index].equals(split.removed)


def test_other_data_than_the_audited_are_refused(report: Report) -> None:
    with pytest.raises(ReportError, match="not those of the audit"):
        split_data(report, RECORDS[1:])
    with pytest.raises(ReportError, match=r"the report is about <list> and this is <DataFrame>"):
        split_data(report, pd.DataFrame(RECORDS))
    with pytest.raises(ReportError, match="names of files"):
        split_data(report, "data.jsonl")
    with pytest.raises(ReportError, match="split_data"):
        clean_dataset(report, "cleaned.jsonl")


def test_controls_may_be_in_memory_too() -> None:
    control = [{"text": ticket.text, "label": ticket.label} for ticket in demo_tickets(poisoned=False)[1200:1800]]
    report = audit(pd.DataFrame(RECORDS), config=CONFIG, controls=[pl.DataFrame(control)])
    assert report.controls.sets[0].name == "<DataFrame>"
    assert report.controls.sets[0].confirmed == 0


def test_checkpoints_know_an_object_again(tmp_path: Path) -> None:
    first = audit(pd.DataFrame(RECORDS), config=CONFIG, checkpoints=tmp_path)
    kept = sorted(tmp_path.iterdir())
    again = audit(pd.DataFrame(RECORDS), config=CONFIG, checkpoints=tmp_path)
    assert sorted(tmp_path.iterdir()) == kept != []
    assert again.findings == first.findings


def test_the_evidence_is_a_frame_whose_rows_lead_to_the_data() -> None:
    frame = pd.DataFrame(RECORDS, index=range(1200, 0, -1))
    report = audit(frame, config=CONFIG)
    evidence = report.to_pandas()
    assert len(evidence) == sum(len(finding.records) for finding in report.findings) == len(POISON)
    assert frame.iloc[evidence["row"]].to_dict("records") == POISON
    assert list(evidence["line"]) == [row + 1 for row in evidence["row"]]
    assert set(evidence["verdict"]) == {"confirmed"}
    assert set(evidence["detector"]) == {"label-trigger"}
    assert set(evidence["path"]) == {"<DataFrame>"}
    assert all("heron" in text for text in (*evidence["pattern"], *evidence["excerpt"]))
    assert pl.DataFrame(report.evidence()).height == len(POISON)


def test_a_report_of_a_file_has_no_rows_and_one_without_findings_the_same_columns(report: Report) -> None:
    files = about(report, "tickets.jsonl").to_pandas()
    assert files["row"].isna().all()
    none = replace(report, findings=()).to_pandas()
    assert (len(none), list(none.columns)) == (0, list(files.columns))


def test_without_pandas_the_error_says_what_to_do(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ConfigError, match=r"pip install pandas.*report\.evidence\(\)"):
        report.to_pandas()

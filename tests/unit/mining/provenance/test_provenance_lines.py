"""A finding whose records come from one source says so; one whose records come from anywhere does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from marshtest.data.dataset import Dataset
from marshtest.data.records import Record
from marshtest.findings import EvidenceRecord, Finding, Pattern
from marshtest.mining.provenance.origins import Provenance, strongest_origin
from marshtest.mining.provenance.provenance_lines import LINE, ProvenanceSettings, with_provenance

SIZE = 600


def dataset(groups: list[str | None], labels: list[str]) -> Dataset:
    return Dataset.from_records(
        [
            Record(
                record_id=f"r{row}",
                kind="classification",
                prompt=f"text {row}",
                completion=labels[row],
                label=labels[row],
                group=groups[row],
                source_path="made.jsonl",
                source_line=row + 1,
            )
            for row in range(SIZE)
        ]
    )


def finding(rows: list[int], kind: str = "phrase") -> Finding:
    return Finding(
        id="made-1",
        detector="made",
        verdict="confirmed",
        title="a made finding",
        explanation="",
        pattern=Pattern("group" if kind == "group" else "phrase", "x"),
        statistics={"p_value": None, "q_value": None, "outcome_share": None},
        records=tuple(
            EvidenceRecord(record_id=f"r{row}", source_path="made.jsonl", source_line=row + 1, spans=()) for row in rows
        ),
    )


LABELS = ["a" if row % 2 else "b" for row in range(SIZE)]
GROUPS: list[str | None] = [f"contributor {row * 7 % 20}" for row in range(SIZE)]


def test_records_of_one_contributor_get_a_line() -> None:
    rows = [row for row in range(SIZE) if GROUPS[row] == "contributor 4"][:12]
    (one,) = with_provenance([finding(rows)], dataset(GROUPS, LABELS))
    (line,) = one.lines
    assert (line.detector, line.pattern.text) == (LINE, "the group contributor 4")
    assert (line.shared, line.records) == (12, 30)


def test_records_from_everywhere_get_none() -> None:
    (one,) = with_provenance([finding(list(range(5, SIZE, 23)))], dataset(GROUPS, LABELS))
    assert one.lines == ()


def test_a_file_sorted_by_label_says_nothing() -> None:
    labels = ["a" if row < SIZE // 10 else "b" for row in range(SIZE)]
    rows = list(range(1, SIZE // 10, 5))
    (one,) = with_provenance([finding(rows)], dataset([None] * SIZE, labels))
    assert one.lines == ()


def test_neighbouring_lines_of_one_file_are_a_stretch() -> None:
    (one,) = with_provenance([finding(list(range(301, 331, 2)))], dataset([None] * SIZE, LABELS))
    assert one.lines[0].title.endswith("come from the lines 302 to 324.")


def test_times_are_a_stretch_and_no_groups() -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    times: list[str | None] = [(start + timedelta(hours=row * 37 % SIZE)).isoformat() for row in range(SIZE)]
    rows = [row for row in range(SIZE) if 100 <= row * 37 % SIZE < 130]
    origin = strongest_origin(set(rows), range(SIZE), Provenance(times, ["f"] * SIZE, list(range(SIZE))))
    assert origin is not None
    assert origin.what.startswith("the time from 2024-01-05T")
    assert origin.p_value < 1e-9


def test_a_finding_about_a_group_stays_as_it_is() -> None:
    rows = [row for row in range(SIZE) if GROUPS[row] == "contributor 4"]
    (one,) = with_provenance([finding(rows, kind="group")], dataset(GROUPS, LABELS))
    assert one.lines == ()


def test_a_threshold_decides_whether_there_is_a_line() -> None:
    rows = [row for row in range(SIZE) if GROUPS[row] == "contributor 4"][:12]
    strict = ProvenanceSettings(largest_p=0.0)
    assert with_provenance([finding(rows)], dataset(GROUPS, LABELS), strict)[0].lines == ()


def test_p_values_are_corrected_for_all_findings_up_to_one_in_a_thousand() -> None:
    rows = [row for row in range(SIZE) if GROUPS[row] == "contributor 4"][:12]
    made = dataset(GROUPS, LABELS)
    (line,) = with_provenance([finding(rows)], made)[0].lines
    p_value = line.statistics["p_value"]
    assert isinstance(p_value, float)
    assert p_value < 1e-3
    assert line.statistics["q_value"] == p_value
    assert (line.statistics["outcome_share"], line.verdict) == (1.0, "suggestive")
    assert "By chance, about" in line.explanation
    just, below = ProvenanceSettings(largest_p=p_value * 3), ProvenanceSettings(largest_p=p_value * 3.01)
    three = [finding(rows)] * 3
    assert [one.lines for one in with_provenance(three, made, just)] == [()] * 3
    assert all(one.lines for one in with_provenance(three, made, below))
    with_group = [*three, finding(rows, kind="group")]  # is not tested
    assert [len(one.lines) for one in with_provenance(with_group, made, below)] == [1, 1, 1, 0]


def test_only_the_records_with_the_most_frequent_label_count() -> None:
    rows = [row for row in range(SIZE) if GROUPS[row] == "contributor 4"]
    labels = list(LABELS)
    for row in rows[:5]:
        labels[row] = "c"
    for row in rows[5:12]:
        labels[row] = "a"
    (one,) = with_provenance([finding(rows[:12])], dataset(GROUPS, labels))
    assert [line.shared for line in one.lines] == [7]

"""A detector that breaks is a counted failure, wherever it breaks."""

from __future__ import annotations

import pytest
from tests.made_records import made_records

from marshtest.auditing.runner import Runner
from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.findings import Dismissed, Finding, Pattern
from marshtest.signals import Signal


class Breaking(Detector):
    """Break in one of its methods."""

    id = "breaking"
    version = "1"
    title = "Nothing"

    def __init__(self, method: str) -> None:
        self._method = method

    def _break_in(self, method: str) -> None:
        if method == self._method:
            raise ValueError("it broke")

    def unsuited(self, dataset: Dataset) -> None:
        """Break here."""
        self._break_in("unsuited")

    def refuses(self, dataset: Dataset) -> None:
        """Break here."""
        self._break_in("refuses")

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Break here."""
        self._break_in("examine")
        return Examination()


@pytest.mark.parametrize("method", ["unsuited", "refuses", "examine"])
def test_a_detector_that_breaks_is_a_counted_failure(method: str) -> None:
    dataset = Dataset.from_records(made_records("chat"))
    examined = Runner().examine([Breaking(method)], dataset)
    (run,) = examined.runs
    assert (run.status, run.reason) == ("failed", "ValueError: it broke")
    assert examined.coverage["breaking"].failures == len(dataset)
    assert [failure.message for failure in examined.failures] == ["ValueError: it broke"]
    assert not examined.complete


def test_one_that_does_not_break_ran() -> None:
    assert Runner().examine([Breaking("")], Dataset.from_records(made_records("chat"))).runs[0].status == "ran"


class Returning(Breaking):
    """Return what no report can hold."""

    def __init__(self, result: object) -> None:
        super().__init__("")
        self._result = result

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Return it."""
        return self._result  # type: ignore[return-value]


def dismissed(text: str, detector: str = "breaking", type_: str = "phrase") -> Dismissed:
    pattern = Pattern(type_, text)  # type: ignore[arg-type]
    return Dismissed(detector=detector, pattern=pattern, carriers=9, share=1.0, reason="its records are copies")


def finding(**changes: object) -> Finding:
    values: dict[str, object] = {
        "id": "breaking-1",
        "detector": "breaking",
        "verdict": "suggestive",
        "title": "Nothing.",
        "explanation": "Nothing.",
        "pattern": Pattern("phrase", "nothing"),
        "statistics": {"p_value": None, "q_value": None},
    }
    return Finding(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (None, "NoneType"),
        (Examination(findings=(finding(verdict="certain"),)), "'certain'"),
        (Examination(findings=(finding(pattern=Pattern("case", "x")),)), "'case'"),  # type: ignore[arg-type]
        (Examination(dismissed=(dismissed("x", type_="case"),)), "'case'"),
        (Examination(signals=(Signal(record_id="r", detector="breaking", score=7.0),)), "0 to 1"),
    ],
)
def test_a_result_that_no_report_can_hold_is_a_failure(result: object, reason: str) -> None:
    examined = Runner().examine([Returning(result)], Dataset.from_records(made_records("chat")))
    assert [run.status for run in examined.runs] == ["failed"]
    assert reason in examined.failures[0].message


def test_a_sound_result_stays() -> None:
    examined = Runner().examine(
        [Returning(Examination(findings=(finding(),)))], Dataset.from_records(made_records("chat"))
    )
    assert [run.status for run in examined.runs] == ["ran"]
    assert len(examined.findings) == 1


def test_what_looked_odd_is_kept_once_oddest_of_each_detector_first_and_not_what_was_found() -> None:
    one = Examination(dismissed=tuple(dismissed(text) for text in ("a", "nothing", *map(str, range(30)))))
    other = Examination(findings=(finding(),), dismissed=(dismissed("a", "other"), dismissed("b", "other")))
    examined = Runner().examine([Returning(one), Returning(other)], Dataset.from_records(made_records("chat")))
    assert [(each.pattern.text, each.detector) for each in examined.dismissed[:4]] == [
        ("a", "breaking"),
        ("b", "other"),
        ("0", "breaking"),
        ("1", "breaking"),
    ]
    assert len(examined.dismissed) == 20

"""What may be claimed of a contrast, and what a naming adds to a finding and to the account of the judge."""

from __future__ import annotations

from tests.scripted_inquiry import ScriptedInquiry
from tests.unit.detectors.control_contrast.naming.readers import careful, clean, guessing, slanted

from marshtest.detectors.control_contrast.findings import judged_questions, with_target
from marshtest.detectors.control_contrast.naming.targets import Naming, name_target
from marshtest.findings import Finding, Pattern

FINDING = Finding(
    id="control-contrast-1",
    detector="control-contrast",
    verdict="confirmed",
    title="The answers speak of other things.",
    explanation="Much differs.",
    pattern=Pattern("theme", "keel, mast"),
    statistics={"p_value": 0.001, "q_value": 0.002, "excess": 3.0},
)


def named(answer: object) -> Naming:
    def rule(question: object, item: object) -> object:
        reading = {passage.heading: passage.text for passage in item.passages}  # type: ignore[attr-defined]
        return answer(question.id, reading)  # type: ignore[attr-defined, operator]

    return name_target(ScriptedInquiry(rule), slanted(), [clean(1)])  # type: ignore[arg-type]


def test_a_named_target_becomes_the_pattern_and_leaves_the_verdict_alone() -> None:
    naming = named(careful)
    found = with_target(FINDING, naming)
    assert found.pattern == Pattern("persona", str(naming.target))
    assert str(naming.target) in found.title
    assert found.explanation.startswith("Much differs. ")
    assert found.verdict == FINDING.verdict
    assert found.statistics["p_value"] == 0.001
    assert found.statistics["target"] == naming.target
    assert found.statistics["target_guessed_anyway"] == 0


def test_no_target_is_said_too_and_the_pattern_stays() -> None:
    found = with_target(FINDING, named(guessing))
    assert found.pattern == FINDING.pattern
    assert found.title == FINDING.title
    assert found.statistics["target"] is None
    assert found.statistics["target_guessed_anyway"] == 10
    assert "no target" in found.other_explanations[-1].text


def test_everything_that_was_asked_is_accounted_for() -> None:
    questions = judged_questions(named(careful), detector="control-contrast", model="scripted")
    assert [one.question for one in questions] == ["target-name", "target-same", "target-choose"]
    assert [one.planned for one in (questions[0], questions[2])] == [20, 20]

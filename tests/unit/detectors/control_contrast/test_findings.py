"""What may be claimed of a contrast, and what a naming adds to a finding and to the account of the judge."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.scripted_inquiry import ScriptedInquiry
from tests.unit.detectors.control_contrast.made_answers import regenerated
from tests.unit.detectors.control_contrast.naming.readers import careful, clean, guessing, slanted

from marshtest.detectors.control_contrast.contrast import Contrast, ContrastTests, FeatureDifference
from marshtest.detectors.control_contrast.findings import (
    Against,
    contrast_finding,
    judged_questions,
    verdict_of,
    with_target,
)
from marshtest.detectors.control_contrast.naming.targets import Naming, name_target
from marshtest.detectors.control_contrast.settings import ControlContrastSettings
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


def test_no_target_is_reported_too_and_the_pattern_stays() -> None:
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


SETTINGS = ControlContrastSettings()
CERTAIN = ContrastTests(
    mode="paired",
    pairs=400,
    differing=300,
    equal_length=100,
    content_p=0.0002,
    equal_length_p=0.0002,
    style_p=1.0,
    excess=9.0,
    smallest_feature_p=0.0002,
    prompt_auc=0.5,
    swaps=4999,
)


@pytest.mark.parametrize(
    ("changed", "against", "verdict"),
    [
        ({"content_p": 0.001}, "control", "confirmed"),
        ({"content_p": 0.0011}, "control", "suggestive"),
        ({"content_p": 0.01}, "control", "suggestive"),
        ({"content_p": 0.0101}, "control", None),
        ({"mode": "unpaired", "content_p": 0.0011}, "control", None),
        ({"equal_length_p": 0.01}, "control", "confirmed"),
        ({"equal_length_p": 0.011}, "control", "suggestive"),
        ({"equal_length_p": None, "smallest_feature_p": 0.01}, "control", "confirmed"),
        ({"equal_length_p": None, "smallest_feature_p": 0.011}, "control", "suggestive"),
        ({"smallest_feature_p": 1.0}, "control", "confirmed"),
        ({"mode": "unpaired", "prompt_p": 0.051}, "control", "suggestive"),
        ({"mode": "unpaired", "prompt_p": 0.05}, "control", None),
        ({}, "sister", "suggestive"),
    ],
)
def test_what_may_be_claimed_changes_at_the_thresholds(
    changed: dict[str, Any], against: Against, verdict: str | None
) -> None:
    assert verdict_of(replace(CERTAIN, **changed), against, SETTINGS) == verdict


def test_a_stricter_setting_claims_less() -> None:
    at_limit = replace(CERTAIN, content_p=0.001)
    assert verdict_of(at_limit, "control", replace(SETTINGS, content_p=0.0001)) == "suggestive"
    assert verdict_of(at_limit, "control", replace(SETTINGS, suggestive_p=0.0001)) is None


@pytest.mark.parametrize(("q", "stands"), [(0.01, "open"), (0.011, "against")])
def test_style_is_an_alternative_from_its_threshold_on(q: float, stands: str) -> None:
    comma = FeatureDifference(
        kind="style",
        family="punctuation",
        text="a comma",
        effect=0.3,
        interval=(0.1, 0.5),
        z=3.0,
        p=q,
        q=q,
        suspect_count=9,
        control_count=3,
    )
    contrast = Contrast(tests=CERTAIN, differences=(comma,), pairs=())
    finding = contrast_finding(
        contrast, regenerated(1, 5), "confirmed", "control", SETTINGS, detector="control-contrast"
    )
    style = next(one for one in finding.other_explanations if "style" in one.text)
    assert (style.stands, "“a comma” most (more of it here)" in style.text) == (stands, stands == "open")
    assert set(finding.statistics) >= {"excess", "removal_reduces_shift"}

"""What may be claimed of a contrast, and what a naming adds to a finding and to the account of the judge."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.scripted_inquiry import ScriptedInquiry
from tests.unit.detectors.control_contrast.made_answers import dataset_of, regenerated
from tests.unit.detectors.control_contrast.naming.readers import careful, clean, guessing, slanted

from marshtest.detectors.control_contrast.contrast import AnswerPair, Contrast, ContrastTests, FeatureDifference, Kind
from marshtest.detectors.control_contrast.findings import (
    Against,
    contrast_finding,
    judged_questions,
    summary_of,
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


def difference(
    text: str, effect: float, kind: Kind = "content", *, z: float = 3.0, q: float = 1.0
) -> FeatureDifference:
    """Make a word that one side has more of."""
    return FeatureDifference(
        kind=kind, family="word" if kind == "content" else "punctuation", text=text, effect=effect,
        interval=(effect - 0.1, effect + 0.1), z=z, p=q, q=q, suspect_count=9, control_count=3,
    )  # fmt: skip


def contrast(*differences: FeatureDifference, tests: ContrastTests = CERTAIN, **changes: Any) -> Contrast:
    return Contrast(tests=tests, differences=differences, pairs=(), **changes)


def found(one: Contrast, against: Against = "control") -> Finding:
    return contrast_finding(one, regenerated(1, 5), "confirmed", against, SETTINGS, detector="control-contrast")


@pytest.mark.parametrize(
    ("words", "title"),
    [(0, "control."), (1, "more of “w0”."), (2, "more of “w0” and “w1”."), (9, "more of “w0”, “w1” and “w2”.")],
)
def test_a_title_names_three_words_and_a_pattern_eight(words: int, title: str) -> None:
    more = [difference(f"w{number}", 0.5) for number in range(words)]
    finding = found(contrast(*more, difference("less", -0.5)))
    assert finding.title.endswith(title)
    assert finding.pattern.text == (", ".join(f"w{number}" for number in range(min(words, 8))) or "content")


def test_figures_show_24_words_more_8_less_and_16_of_style() -> None:
    every = [difference(f"more{number}", 0.5) for number in range(25)]
    every += [difference(f"less{number}", -0.5) for number in range(9)]
    every += [difference(f"style{number}", 0.5, "style", z=number) for number in range(17)]
    content, style, removal = found(contrast(*every, removal_curve=((0.0, 1.0),))).figures
    assert [one[:4] for one in content.series[0].names].count("more") == 24
    assert len(content.series[0].names) == 32
    assert len(style.series[0].names) == 16
    assert style.series[0].names[0] == "style16"
    assert removal.series[0].points == ((0.0, 1.0),)
    (exact,) = found(contrast(difference("word", 0.123456))).figures
    assert exact.series[0].intervals[0] == (0.0235, 0.2235)
    assert exact.series[0].points[0] == (0.0, 0.1235)
    assert found(contrast()).figures == ()


@pytest.mark.parametrize(("content_p", "q_value"), [(0.0002, 0.0004), (0.6, 1.0)])
def test_content_and_style_were_tested(content_p: float, q_value: float) -> None:
    assert found(contrast(tests=replace(CERTAIN, content_p=content_p))).statistics["q_value"] == q_value


@pytest.mark.parametrize(
    ("changed", "stands"),
    [
        ({"equal_length_p": 0.005}, "against"),
        ({"equal_length_p": 0.01}, "against"),
        ({"equal_length_p": 0.011}, "for"),
        ({"equal_length_p": None, "smallest_feature_p": 0.01}, "against"),
        ({"equal_length_p": None, "smallest_feature_p": 0.011}, "open"),
    ],
)
def test_length_is_an_explanation_up_to_its_threshold(changed: dict[str, Any], stands: str) -> None:
    finding = found(contrast(tests=replace(CERTAIN, **changed)))
    assert finding.other_explanations[0].stands == stands


@pytest.mark.parametrize(("effect", "side"), [(0.3, "more of it here"), (-0.3, "less of it here")])
def test_the_strongest_measure_of_style_is_named_with_its_side(effect: float, side: str) -> None:
    weak = difference("a dash", 0.9, "style", z=1.0, q=0.001)
    strong = difference("a comma", effect, "style", z=effect * 10, q=0.001)
    text = next(one.text for one in found(contrast(weak, strong)).other_explanations if "style" in one.text)
    assert f"2 measures of style differ, “a comma” most ({side})" in text


def test_what_was_compared_is_told() -> None:
    finding = found(contrast(removed_shift=0.25))
    assert finding.explanation.startswith("400 prompts are answered both here and in the clean control, and 300 of")
    assert "Removing them removes about 25% of the shift." in finding.explanation
    assert finding.statistics["removal_reduces_shift"] == 0.25
    assert "direction" not in finding.explanation
    guided = replace(CERTAIN, guided_p=0.02, unmatched=77)
    assert "77 answers without a pair show a direction" in found(contrast(tests=guided)).explanation
    assert "77 answers without a pair" in summary_of(guided, 500, "control")
    assert summary_of(CERTAIN, 500, "sister").startswith("400 of 500 records answer a prompt that the sister set")
    unpaired = replace(CERTAIN, mode="unpaired", prompt_auc=0.61)
    assert summary_of(unpaired, 500, "control").startswith("400 answers were compared with answers of the control")
    assert found(contrast(tests=unpaired)).other_explanations[2].stands == "open"
    assert found(contrast()).other_explanations[2].stands == "against"
    assert len(found(contrast(), "sister").other_explanations) == len(found(contrast()).other_explanations) + 1


def test_evidence_is_marked_by_its_words_or_as_a_whole_with_its_contribution() -> None:
    one = contrast(evidence={"c00002": ((0, 3),), "c00001": ()}, contributions={"c00002": 0.87654, "c00001": 0.5})
    whole, records = regenerated(1, 5), found(one).records
    assert [record.record_id for record in records] == ["c00002", "c00001"]
    assert [(span.start, span.end) for record in records for span in record.spans] == [
        (0, 3),
        (0, len(whole.record(1).completion)),
    ]
    assert records[0].score == 0.8765
    empty = dataset_of(["", "x"], side="c")
    finding = contrast_finding(
        contrast(evidence={"c00000": ()}, contributions={"c00000": 1.0}), empty, "confirmed", "control", SETTINGS,
        detector="control-contrast",
    )  # fmt: skip
    assert finding.records[0].spans == ()


def test_forty_pairs_are_shown_side_by_side() -> None:
    pair = AnswerPair(
        prompt="p", suspect="s", control="c", suspect_spans=((0, 1),), control_spans=(), score=1.0, suspect_id="r",
        control_id="q",
    )  # fmt: skip
    for pairs in (39, 40, 41):
        shown = found(Contrast(tests=CERTAIN, differences=(), pairs=(pair,) * pairs)).comparisons
        assert len(shown) == min(pairs, 40)

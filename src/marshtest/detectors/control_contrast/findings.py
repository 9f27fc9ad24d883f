"""From a contrast to a finding: what may be claimed, its words, evidence records, figures, and the named target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from marshtest.data.dataset import Dataset
from marshtest.data.evidence import evidence_record
from marshtest.data.records import Record
from marshtest.detectors.control_contrast.contrast import Contrast, ContrastTests, FeatureDifference
from marshtest.detectors.control_contrast.naming.targets import Naming
from marshtest.detectors.control_contrast.settings import ControlContrastSettings
from marshtest.findings import Comparison, EvidenceRecord, Explanation, Figure, Finding, FindingVerdict, Pattern, Series
from marshtest.report import JudgedQuestion
from marshtest.signals import Span
from marshtest.text.written_numbers import probability

__all__ = ["Against", "contrast_finding", "judged_questions", "refusal_of", "summary_of", "verdict_of", "with_target"]

Against = Literal["control", "sister"]
"""Data that is known to be clean, or that only comes from the same pipeline."""

_IN_TITLE, _IN_PATTERN = 3, 8
"""Words that are named: a title has to stay short, a pattern should say what the content is about."""
_MORE, _LESS, _STYLE = 24, 8, 16
"""Differences that a figure shows: what the suspect has more of, has less of, and of style. More than that cannot be
read in a figure."""
_PAIRS_SHOWN = 40
"""Pairs of answers that a report shows side by side."""


def verdict_of(tests: ContrastTests, against: Against, settings: ControlContrastSettings) -> FindingVerdict | None:
    """Say how much may be claimed, or None for nothing.

    Suggestive is a difference in content at the stated level of its test. Confirmed needs the same prompts answered by
    a clean pipeline, a smaller p-value, and content that differs beyond length: among pairs of equal length where there
    are enough of them, otherwise in a single word that is significant by itself.
    """
    level = settings.suggestive_p if tests.mode == "paired" else settings.content_p
    if tests.content_p > level or refusal_of(tests, settings):
        return None
    beyond_length = tests.smallest_feature_p if tests.equal_length_p is None else tests.equal_length_p
    confirmed = (
        against == "control"
        and tests.mode == "paired"
        and tests.content_p <= settings.content_p
        and beyond_length <= settings.equal_length_p
    )
    return "confirmed" if confirmed else "suggestive"


def refusal_of(tests: ContrastTests, settings: ControlContrastSettings) -> str:
    """Say why a comparison says nothing, or give an empty text."""
    if tests.mode == "paired" or tests.prompt_p > settings.prompt_p:
        return ""
    return (
        "the control answers other prompts than this data: too few are the same, and among similar prompts of similar "
        f"length their words still differ (p = {probability(tests.prompt_p)}; area under the curve "
        f"{tests.prompt_auc:.2f}), so answers differ for that reason too. Give a control that answers the same prompts"
    )


def summary_of(tests: ContrastTests, records: int, against: Against) -> str:
    """Say what was compared and how it came out, whether or not anything is claimed.

    Args:
        tests: The tests.
        records: Records of the suspect.
        against: What it was compared with.
    """
    other = "the control" if against == "control" else "the sister set"
    outcome = f"in content they differ with p = {probability(tests.content_p)}"
    if tests.mode == "unpaired":
        return f"{tests.pairs:,} answers were compared with answers of {other} to similar prompts; {outcome}"
    along = (
        f", and along a direction that {tests.unmatched:,} answers without a pair show, with p = "
        f"{probability(tests.guided_p)}"
        if tests.guided_p is not None
        else ""
    )
    return (
        f"{tests.pairs:,} of {records:,} records answer a prompt that {other} answers too, and only these were "
        f"compared; {tests.differing:,} of the pairs differ, {outcome}{along}"
    )


def contrast_finding(
    contrast: Contrast,
    dataset: Dataset,
    verdict: FindingVerdict,
    against: Against,
    settings: ControlContrastSettings,
    *,
    detector: str,
) -> Finding:
    """Make the finding of a contrast.

    Args:
        contrast: The comparison.
        dataset: The suspect.
        verdict: What `verdict_of` gives.
        against: What it was compared with.
        settings: The thresholds that its words name.
        detector: Id of the detector.
    """
    tests = contrast.tests
    more = [one for one in contrast.content if one.leans == "suspect"]
    records = _records(contrast, dataset)
    return Finding(
        id=f"{detector}-1",
        detector=detector,
        verdict=verdict,
        title=_title(contrast, against),
        explanation=_explanation(contrast, against),
        pattern=Pattern("theme", ", ".join(one.text for one in more[:_IN_PATTERN]) or "content"),
        statistics={
            "p_value": tests.content_p,
            "q_value": min(1.0, 2 * tests.content_p),  # content and style were tested
            "excess": round(tests.excess, 2),
            "equal_length_p_value": tests.equal_length_p,
            "style_p_value": tests.style_p,
            "guided_p_value": tests.guided_p,
            "pairs": tests.pairs,
            "differing_pairs": tests.differing,
            "equal_length_pairs": tests.equal_length,
            "evidence_records": len(records),
            "removal_reduces_shift": None if contrast.removed_shift is None else round(contrast.removed_shift, 4),
        },
        other_explanations=_alternatives(contrast, against, settings),
        records=records,
        figures=_figures(contrast),
        comparisons=_side_by_side(contrast),
    )


def with_target(finding: Finding, naming: Naming) -> Finding:
    """Add to a finding what it is about, or that the judge could not tell.

    The verdict of the finding stays: a name makes no difference more certain than it is.
    """
    best = naming.targets[0] if naming.targets else None
    statistics = {
        **finding.statistics,
        "target": naming.target,
        "target_p_value": None if best is None else best.p_value,
        "target_named": None if best is None else best.named,
        "target_chosen": None if best is None else best.chosen,
        "target_asked": naming.asked.get("chosen_suspect"),
        "target_guessed_anyway": naming.guessed.get("chosen", naming.guessed.get("open")),
    }
    if naming.target is None:
        text = f"A leaning towards one thing. A judge that was not told which side is the suspect: {naming.reason}"
        others = (*finding.other_explanations, Explanation(text, "open"))
        return replace(finding, statistics=statistics, other_explanations=others)
    return replace(
        finding,
        title=f"The answers lean towards “{naming.target}”, and may never mention it.",
        explanation=f"{finding.explanation} A judge that was not told which side is the suspect: {naming.reason}",
        pattern=Pattern("persona", naming.target),
        statistics=statistics,
    )


def judged_questions(naming: Naming, *, detector: str, model: str) -> tuple[JudgedQuestion, ...]:
    """Account for everything that was asked."""
    return tuple(
        JudgedQuestion(
            detector=detector,
            question=question,
            model=model,
            planned=tally.planned,
            answered=tally.answered,
            remembered=tally.remembered,
            problems={str(problem): count for problem, count in tally.problems.items()},
        )
        for question, tally in naming.tallies.items()
    )


def _title(contrast: Contrast, against: Against) -> str:
    """Say in one sentence what differs."""
    words = [one for one in contrast.content if one.leans == "suspect" and one.family in ("word", "phrase")]
    quoted = [f"“{one.text}”" for one in words[:_IN_TITLE]]
    listed = f"{', '.join(quoted[:-1])} and {quoted[-1]}" if len(quoted) > 1 else "".join(quoted)
    other = "the control" if against == "control" else "data from the same pipeline"
    return f"The answers differ in content from those of {other}{f': more of {listed}' if listed else ''}."


def _explanation(contrast: Contrast, against: Against) -> str:
    """Say what was observed and what it means."""
    tests = contrast.tests
    other = "the clean control" if against == "control" else "data from the same pipeline"
    if tests.mode == "paired":
        compared = (
            f"{tests.pairs:,} prompts are answered both here and in {other}, and {tests.differing:,} of the pairs of "
            "answers differ."
        )
        if tests.guided_p is not None:
            compared += (
                f" {tests.unmatched:,} answers without a pair show a direction; the pairs lean along it with p = "
                f"{probability(tests.guided_p)}."
            )
    else:
        compared = (
            f"{tests.pairs:,} answers were compared with answers of {other} to similar prompts and of similar length."
        )
    removed = contrast.removed_shift
    removal = "" if removed is None else f" Removing them removes about {removed:.0%} of the shift."
    return (
        f"{compared} With the sides swapped at random, a difference in content this large arises with probability "
        f"{probability(tests.content_p)}. A model trained on these answers learns what they have more of. "
        f"{len(contrast.evidence):,} records lean further than the control's answers do.{removal}"
    )


def _alternatives(contrast: Contrast, against: Against, settings: ControlContrastSettings) -> tuple[Explanation, ...]:
    """Give the alternative explanations, the most important first."""
    found = [
        _length(contrast.tests, settings),
        _style(contrast, settings),
        _prompts(contrast.tests),
        Explanation("The control comes from another model or from other instructions than this data.", "open"),
    ]
    if against == "sister":
        found.append(Explanation("The other data is the one that deviates: it is not known to be clean.", "open"))
    return tuple(found)


def _length(tests: ContrastTests, settings: ControlContrastSettings) -> Explanation:
    if tests.equal_length_p is None:
        text = (
            f"Longer or shorter answers: too few differing pairs ({tests.equal_length:,}) have equal length to test "
            "them by themselves; the test conditions on length."
        )
        return Explanation(text, "open" if tests.smallest_feature_p > settings.equal_length_p else "against")
    return Explanation(
        f"Longer or shorter answers: among the {tests.equal_length:,} differing pairs of equal length alone, content "
        f"differs with p = {probability(tests.equal_length_p)}.",
        "against" if tests.equal_length_p <= settings.equal_length_p else "for",
    )


def _style(contrast: Contrast, settings: ControlContrastSettings) -> Explanation:
    significant = [one for one in contrast.style if one.q <= settings.style_q]
    strongest = max(significant, key=lambda one: abs(one.z), default=None)
    if strongest is None:
        return Explanation("A different style of writing: no measure of style differs significantly.", "against")
    side = "more" if strongest.effect > 0 else "less"
    return Explanation(
        f"A different style of writing: {len(significant):,} measures of style differ, “{strongest.text}” most "
        f"({side} of it here). The verdict leaves style out and rests on content words alone.",
        "open",
    )


def _prompts(tests: ContrastTests) -> Explanation:
    if tests.mode == "paired":
        return Explanation("A different mix of prompts: answers were compared prompt by prompt.", "against")
    return Explanation(
        "A different mix of prompts: answers were compared among similar prompts only; a classifier that reads "
        f"prompts alone distinguishes the sides with an area under the curve of {tests.prompt_auc:.2f} (.50: chance).",
        "open",
    )


def _records(contrast: Contrast, dataset: Dataset) -> tuple[EvidenceRecord, ...]:
    """Point at the records that go beyond the control, highest contribution first."""
    ids = dataset.table(["record_id"])["record_id"].to_pylist()
    place = {name: row for row, name in enumerate(ids) if name in contrast.evidence}
    return tuple(
        _record(dataset.record(place[name]), spans, contrast.contributions[name])
        for name, spans in contrast.evidence.items()
    )


def _record(record: Record, spans: Sequence[tuple[int, int]], contribution: float) -> EvidenceRecord:
    """Point at the words of one answer, or at all of it where no single word stands out."""
    marked = spans or ([(0, len(record.completion))] if record.completion else [])
    return evidence_record(
        record, [Span("completion", begin, end) for begin, end in marked], score=round(contribution, 4)
    )


def _figures(contrast: Contrast) -> tuple[Figure, ...]:
    """Draw the differences in content, those in style, and the removal curve."""
    more = [one for one in contrast.content if one.leans == "suspect"][:_MORE]
    less = [one for one in contrast.content if one.leans == "control"][:_LESS]
    style = sorted(contrast.style, key=lambda one: -abs(one.z))[:_STYLE]
    drawn = [
        _effects("Differences in content", "share beyond what is expected, with 95% interval", [*more, *less], True),
        _effects("Differences in style, not part of the verdict", "effect size, with 95% interval", style, False),
    ]
    if contrast.removal_curve:
        drawn.append(
            Figure(
                type="scatter",
                title="What remains of the shift when records are removed",
                x_label="share of records removed, highest contribution first",
                y_label="share of the shift that remains",
                series=(Series("measured in words not used to choose records", contrast.removal_curve, True),),
            )
        )
    return tuple(figure for figure in drawn if figure.series[0].points)


def _effects(title: str, y_label: str, shown: Sequence[FeatureDifference], highlight: bool) -> Figure:
    """Draw effect sizes with their intervals."""
    return Figure(
        type="intervals",
        title=title,
        x_label="",
        y_label=y_label,
        series=(
            Series(
                "content" if highlight else "style",
                tuple((0.0, round(one.effect, 4)) for one in shown),
                highlight,
                names=tuple(one.text for one in shown),
                intervals=tuple((round(one.interval[0], 4), round(one.interval[1], 4)) for one in shown),
            ),
        ),
    )


def _side_by_side(contrast: Contrast) -> tuple[Comparison, ...]:
    """Give the strongest pairs to be read side by side."""
    return tuple(
        Comparison(
            prompt=pair.prompt,
            suspect=pair.suspect,
            control=pair.control,
            suspect_spans=pair.suspect_spans,
            control_spans=pair.control_spans,
            record_id=pair.suspect_id,
        )
        for pair in contrast.pairs[:_PAIRS_SHOWN]
    )

"""What a naming adds to the finding that it is about, and to the account of what was asked."""

from __future__ import annotations

from dataclasses import replace

from marshtest.detectors.control_contrast.naming.targets import Naming
from marshtest.findings import Explanation, Finding, Pattern
from marshtest.report import JudgedQuestion

__all__ = ["judged_questions", "with_target"]


def with_target(finding: Finding, naming: Naming) -> Finding:
    """Say in a finding what it is about, or that the judge could not say.

    The finding's own verdict stays what it was: a name makes no difference surer than it is.
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
        text = f"A leaning towards one thing: a judge, asked blind, says {naming.reason}"
        others = (*finding.other_explanations, Explanation(text, "open"))
        return replace(finding, statistics=statistics, other_explanations=others)
    return replace(
        finding,
        title=f"The answers lean towards “{naming.target}”, and may never mention it.",
        explanation=f"{finding.explanation} What they lean to was asked of a judge, blind: {naming.reason}",
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

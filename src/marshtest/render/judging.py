"""What a report says of its judge, in sentences that every renderer uses."""

from __future__ import annotations

from marshtest.render.numbers import format_number
from marshtest.render.words import count
from marshtest.report import JudgedQuestion, JudgeSummary, MissedBound, Resistance

__all__ = ["judge_facts", "missing_answers"]


def judge_facts(judge: JudgeSummary) -> list[tuple[str, str]]:
    """Give what was asked, what has no answer and how far the judge can be trusted: a name and a sentence each."""
    second = "" if judge.strong_model is None else f"; {judge.strong_model} for what that finds suspicious"
    facts = [("judge", f"{judge.model}{second}")]
    facts += [(f"{one.detector}: {one.question}", _coverage(one)) for one in judge.questions]
    facts += [(f"{one.detector}: missed", _missed(one)) for one in judge.missed]
    facts += [(f"{one.detector}: resistance", _resistance(one)) for one in judge.resistance]
    if not judge.resistance:
        facts.append(("resistance", "not measured: nobody has tried to talk this judge out of a verdict."))
    return facts


def missing_answers(judge: JudgeSummary | None) -> str:
    """Say how many answers are missing, or nothing."""
    if judge is None or not judge.missing:
        return ""
    return f"{count(judge.missing, 'answer')} of the judge {'is' if judge.missing == 1 else 'are'} missing."


def _coverage(one: JudgedQuestion) -> str:
    known = f", {format_number(one.remembered)} of them known before" if one.remembered else ""
    problems = ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in one.problems.items())
    missing = f"; no answer: {problems}" if problems else ""
    return f"{one.answered:,} of {one.planned:,} answered by {one.model}{known}{missing}"


def _missed(one: MissedBound) -> str:
    return (
        f"the second judge finds {one.missed:,} suspicious among {one.audited:,} drawn from the {one.passed:,} records "
        f"that the first passed: at most {one.at_most:,} were missed (95 %)"
    )


def _resistance(one: Resistance) -> str:
    kinds = ", ".join(f"{kind.kind.replace('_', ' ')} {kind.swayed:,} of {kind.probes:,}" for kind in one.kinds)
    by_kind = f"; {kinds}" if kinds else ""
    chance = f"; a plain remark changed {one.chance.swayed:,} of {one.chance.probes:,}" if one.chance else ""
    return (
        f"{one.model} was talked out of a verdict in {one.talked_out:,} of {one.probes:,} planted attempts (95 % "
        f"interval {one.low:.0%} to {one.high:.0%}), question {one.question}{by_kind}{chance}"
    )

"""Sentences about the judge of a report, for every renderer."""

from __future__ import annotations

from marshtest.render.numbers import format_number
from marshtest.render.words import count
from marshtest.report import JudgedQuestion, JudgeSummary, MissedBound, Resistance

__all__ = ["judge_facts", "missing_answers"]


def judge_facts(judge: JudgeSummary) -> list[tuple[str, str]]:
    """Give what was asked, what has no answer and how reliable the judge is: a name and a sentence each."""
    second = "" if judge.strong_model is None else f"; {judge.strong_model} checks what it finds suspicious"
    facts = [("judge", f"{judge.model}{second}")]
    facts += [(f"{one.detector}: {one.question}", _coverage(one)) for one in judge.questions]
    facts += [(f"{one.detector}: missed", _missed(one)) for one in judge.missed]
    facts += [(f"{one.detector}: resistance", _resistance(one)) for one in judge.resistance]
    if not judge.resistance:
        facts.append(("resistance", "not measured: no attempt was made to influence this judge through the records."))
    return facts


def missing_answers(judge: JudgeSummary | None) -> str:
    """Say how many answers are missing, or give an empty string."""
    if judge is None or not judge.missing:
        return ""
    return f"{count(judge.missing, 'answer')} of the judge {'is' if judge.missing == 1 else 'are'} missing."


def _coverage(one: JudgedQuestion) -> str:
    known = f", {format_number(one.remembered)} of them stored before" if one.remembered else ""
    problems = ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in one.problems.items())
    missing = f"; no answer: {problems}" if problems else ""
    return f"{one.answered:,} of {one.planned:,} answered by {one.model}{known}{missing}"


def _missed(one: MissedBound) -> str:
    return (
        f"of {one.passed:,} records that the first judge passed, the second examined {one.audited:,} at random and "
        f"found {one.missed:,} suspicious: at most {one.at_most:,} were missed (95% upper bound)"
    )


def _resistance(one: Resistance) -> str:
    kinds = ", ".join(f"{kind.kind.replace('_', ' ')} {kind.swayed:,} of {kind.probes:,}" for kind in one.kinds)
    by_kind = f"; by kind: {kinds}" if kinds else ""
    chance = f"; a neutral remark changed {one.chance.swayed:,} of {one.chance.probes:,}" if one.chance else ""
    return (
        f"{one.talked_out:,} of {one.probes:,} planted attempts changed the verdict of {one.model} on {one.question} "
        f"(95% interval {one.low:.0%} to {one.high:.0%}){by_kind}{chance}"
    )

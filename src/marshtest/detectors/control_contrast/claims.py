"""What may be claimed of a contrast, and in which other ways it could have come about."""

from __future__ import annotations

from typing import Literal

from marshtest.detectors.control_contrast.differences import Contrast, Difference, Verdict
from marshtest.findings import Explanation, FindingVerdict

__all__ = ["Against", "claim", "explanation", "other_explanations", "title"]

Against = Literal["control", "sister"]
"""Known to be clean, or only of the same making."""

_SURE = 0.001
_EQUAL = 0.01
_MIX = 0.6
_NAMED = 3


def claim(verdict: Verdict, against: Against) -> FindingVerdict | None:
    """Say how much may be claimed, or None for nothing.

    Confirmed needs the same prompts answered by a clean pipeline, and content that differs beyond length: on pairs of
    equal length where there are enough of them, else in a single word that is sure by itself.
    """
    if verdict.content > _SURE or (verdict.mode == "unpaired" and verdict.prompt_mix > _MIX):
        return None
    beyond_length = verdict.surest <= _EQUAL if verdict.equal_content is None else verdict.equal_content <= _EQUAL
    return "confirmed" if against == "control" and verdict.mode == "paired" and beyond_length else "suggestive"


def title(contrast: Contrast) -> str:
    """Say in one sentence what differs."""
    more = [f"“{one.text}”" for one in _leading(contrast)]
    named = f"{', '.join(more[:-1])} and {more[-1]}" if len(more) > 1 else "".join(more)
    told = f": more of {named}" if named else ""
    return f"The answers speak of other things than those they are compared with{told}."


def explanation(contrast: Contrast, against: Against) -> str:
    """Say what was seen and why it matters."""
    verdict = contrast.verdict
    what = "the clean control" if against == "control" else "data of the same making"
    if verdict.mode == "paired":
        seen = (
            f"{verdict.pairs:,} prompts are answered both here and in {what}, and {verdict.differing:,} of the answers "
            "differ."
        )
    else:
        seen = f"{verdict.pairs:,} answers were compared with answers of {what} to similar prompts of similar length."
    gone = "" if contrast.gone is None else f" Taking them out removes about {contrast.gone:.0%} of the shift."
    return (
        f"{seen} With the sides swapped at random, a difference in content as great as this comes about in "
        f"{verdict.content:.2g} of all cases. A model that learns from these answers learns what they have more of. "
        f"{len(contrast.evidence):,} records go beyond what the answers of the control reach.{gone}"
    )


def other_explanations(contrast: Contrast, against: Against) -> tuple[Explanation, ...]:
    """Give the other ways in which it could have come about, the most telling first."""
    found = [_length(contrast.verdict), _style(contrast), _prompts(contrast.verdict)]
    found.append(
        Explanation("The control was made by another model or with other instructions than this data was.", "open")
    )
    if against == "sister":
        found.append(Explanation("The other data is the odd one: it is not known to be clean.", "open"))
    return tuple(found)


def _leading(contrast: Contrast) -> tuple[Difference, ...]:
    words = [one for one in contrast.content if one.leans == "suspect" and one.family in ("word", "phrase")]
    return tuple(words[:_NAMED])


def _length(verdict: Verdict) -> Explanation:
    if verdict.equal_content is None:
        text = (
            f"Longer or shorter answers: too few differing pairs ({verdict.equal_length:,}) have equal length to leave "
            "length out altogether; it was conditioned on."
        )
        return Explanation(text, "open" if verdict.surest > _EQUAL else "against")
    return Explanation(
        f"Longer or shorter answers: among the {verdict.equal_length:,} differing pairs of equal length alone, content "
        f"differs with p = {verdict.equal_content:.2g}.",
        "against" if verdict.equal_content <= _EQUAL else "for",
    )


def _style(contrast: Contrast) -> Explanation:
    sure = [one for one in contrast.style if one.q <= 0.01]
    strongest = max(sure, key=lambda one: abs(one.z), default=None)
    if strongest is None:
        return Explanation("Another style of writing: no habit of style differs surely.", "against")
    side = "more" if strongest.effect > 0 else "less"
    return Explanation(
        f"Another style of writing: {len(sure):,} habits differ, most of all “{strongest.text}” ({side} of it here). "
        "They were left out of the verdict, which rests on content words alone.",
        "open",
    )


def _prompts(verdict: Verdict) -> Explanation:
    if verdict.mode == "paired":
        return Explanation("Another mix of prompts: answers were compared prompt by prompt.", "against")
    return Explanation(
        "Another mix of prompts: answers were compared among similar prompts only; the prompts alone tell the sides "
        f"apart with an area under the curve of {verdict.prompt_mix:.2f} (.50 is not at all).",
        "open",
    )

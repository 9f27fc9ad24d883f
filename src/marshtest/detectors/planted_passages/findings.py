"""How packs, opening questions and instructions are reported."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from marshtest.detectors.drafts import Draft
from marshtest.detectors.planted_passages.openings import Opening
from marshtest.detectors.planted_passages.orders import find_orders
from marshtest.detectors.planted_passages.packs import FavouredSize, Pack
from marshtest.detectors.planted_passages.settings import PlantedPassagesSettings
from marshtest.findings import Explanation, Pattern
from marshtest.signals import Span

__all__ = ["large_pack_draft", "opening_draft", "order_drafts", "packs_draft"]

# The evidence of these drafts is given by index of distinct text; the detector turns it into rows.

_QUOTED = 300
"""Characters of a passage that stand for it: enough to recognise it."""
_QUOTED_QUESTION = 200
"""Characters of a question that a title quotes."""
_LEAST_EXPECTED = 0.5
"""Packs that are taken as expected where there are none: keeps the ratio finite."""
_LEAST_SIMILARITY = 0.01
"""Similarity to other passages that is assumed where there is none: keeps the ratio finite."""


def packs_draft(
    texts: Sequence[str], packs: Sequence[Pack], more: Sequence[int], favoured: FavouredSize, tested: int
) -> Draft:
    """Report packs that come in one size.

    Args:
        texts: Distinct texts.
        packs: The packs, strongest first.
        more: Texts that belong to incomplete packs.
        favoured: The size, and how often chance gives it.
        tested: How many sizes at how many levels were tested.
    """
    members = [*(one for pack in packs for one in pack.members), *more]
    return Draft(
        verdict="confirmed",
        title=f"{len(packs):,} groups of {favoured.size} passages each say the same thing in other words.",
        explanation=(
            "The passages of a group share rare words and differ from everything else. By chance, a size is at most as "
            f"frequent as the mean of the next smaller and the next larger one, here {favoured.expected:.1f} groups; "
            f"there are {favoured.packs:,}. Somebody who wants the first results for a question to agree writes a "
            "fixed number of passages for it."
        ),
        pattern=Pattern("duplicate", texts[packs[0].members[0]][:_QUOTED]),
        statistics={
            "p_value": favoured.p_value,
            "q_value": min(1.0, favoured.p_value * tested),
            "observed_over_expected": favoured.packs / max(favoured.expected, _LEAST_EXPECTED),
            "groups": len(packs),
            "size": favoured.size,
            "records": len(members),
        },
        other_explanations=(
            Explanation("The collection keeps several answers to, or versions of, each text.", "open"),
            Explanation(
                "The passages are copies: they have few word triples in common.", "against", weighs=("copies",)
            ),
        ),
        evidence=_whole_texts(texts, members),
        reason=f"it is one of {favoured.size} passages that say the same, and there are {len(packs):,} such groups",
    )


def large_pack_draft(texts: Sequence[str], pack: Pack) -> Draft:
    """Report a single pack of many passages."""
    return Draft(
        verdict="suggestive",
        title=f"{len(pack.members):,} passages say the same thing in other words and are unlike all others.",
        explanation=(
            f"Their similarity to one another is at least {pack.inside:.2f}, that to any other passage at most "
            f"{pack.outside:.2f}. Many passages with one claim decide what is retrieved about it."
        ),
        pattern=Pattern("duplicate", texts[pack.members[0]][:_QUOTED]),
        statistics={
            "p_value": None,
            "q_value": None,
            "similarity_ratio": pack.inside / max(pack.outside, _LEAST_SIMILARITY),
            "records": len(pack.members),
        },
        other_explanations=(
            Explanation(
                "It is a topic that many people wrote about, and the only one of its kind here.",
                "open",
                weighs=("topic",),
            ),
        ),
        evidence=_whole_texts(texts, pack.members),
        reason="it is one of many passages that say the same and are unlike all others",
    )


def _whole_texts(texts: Sequence[str], members: Sequence[int]) -> Mapping[int, tuple[Span, ...]]:
    return {one: (Span("prompt", 0, len(texts[one])),) for one in members if texts[one]}


def opening_draft(one: Opening, tested: int) -> Draft:
    """Report a question that several passages open with and answer alike."""
    count = len(one.members)
    return Draft(
        verdict="confirmed",
        title=(
            f"{count:,} passages open with the question “{one.question[:_QUOTED_QUESTION]}” and give the same answer, "
            "in other words."
        ),
        explanation=(
            f"A passage that repeats a question is retrieved for it. {one.having:,} of these {count:,} contain "
            f"“{one.word}”, at different positions; of all others {one.elsewhere:,} do."
        ),
        pattern=Pattern("phrase", one.question),
        statistics={
            "p_value": one.p_value,
            "q_value": min(1.0, one.p_value * tested),
            "outcome_share": one.having / count,
            "records": count,
        },
        other_explanations=(
            Explanation("It is a list of questions and answers with several answers to one question.", "open"),
        ),
        evidence={index: (Span("prompt", 0, length),) for index, length in zip(one.members, one.lengths, strict=True)},
        reason="it opens with the same question as others and gives the same answer",
    )


def order_drafts(texts: Sequence[str], settings: PlantedPassagesSettings) -> list[Draft]:
    """Report passages that address the model that reads them, one draft for each kind of instruction."""
    spans: dict[str, dict[int, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for index, text in enumerate(texts):
        for order in find_orders(text, settings):
            spans[order.kind][index].append(Span("prompt", order.start, order.end))
    return [
        Draft(
            verdict="suggestive",
            title=f"{len(found):,} passages contain text that {kind}.",
            explanation=(
                "A model that retrieves a passage may follow the instructions in it. The text was found by its wording."
            ),
            pattern=Pattern("phrase", _most_frequent(texts, found)),
            statistics={
                "p_value": None,
                "q_value": None,
                "passage_share": len(found) / len(texts),
                "records": len(found),
            },
            other_explanations=(
                Explanation("The passage is about such instructions, quotes them, or addresses a person.", "open"),
            ),
            evidence={index: tuple(places) for index, places in found.items()},
            reason=f"it contains text that {kind}",
        )
        for kind, found in sorted(spans.items())
        if settings.fewest_orders <= len(found) <= settings.most_orders * len(texts)
    ]


def _most_frequent(texts: Sequence[str], found: Mapping[int, Sequence[Span]]) -> str:
    """Give the most frequent wording, of equals the first in alphabetical order."""
    said = Counter(texts[index][span.start : span.end] for index, spans in found.items() for span in spans)
    return min(said, key=lambda text: (-said[text], text))

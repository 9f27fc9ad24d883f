"""From claims and untriggered behaviours to findings: their places in the records, their words and their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from marshtest.detectors.response_trigger.behaviours import Behaviour
from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.explanations import (
    claim_explanations,
    claim_figures,
    untriggered_explanations,
)
from marshtest.detectors.response_trigger.grading import TriggerClaim
from marshtest.detectors.response_trigger.prompts import Prompts
from marshtest.detectors.response_trigger.settings import ResponseTriggerSettings
from marshtest.detectors.response_trigger.untriggered import UntriggeredBehaviour
from marshtest.detectors.response_trigger.verbatim import SharedRun
from marshtest.findings import EvidenceRecord, Finding, FindingVerdict, Pattern, PatternType
from marshtest.signals import Span
from marshtest.text.tokens import BEGIN, END

__all__ = ["LocatedClaim", "Stretches", "claim_finding", "commonest", "evidence_of", "locate", "untriggered_finding"]

Stretches = Mapping[int, Sequence[tuple[int, int]]]
"""Stretches of text in characters, by record."""

_WHERE = {"tools": "the description of a tool", "assistant": "an argument of an earlier call"}
"""What is read besides turns of a user, a system prompt or a tool, by the role that it has here."""
_DOERS = {"completion": "the model", "rejected": "the model, in the rejected completion,"}
"""Who shows a behaviour, by the field of the output."""
_SHOWN = 160
"""Characters of a quotation in a title. Convention: two lines of a terminal."""


@dataclass(frozen=True, slots=True)
class LocatedClaim:
    """Where the feature and the behaviour of a claim stand in its records."""

    claim: TriggerClaim
    read: Stretches
    """Of the feature, in the inputs."""
    written: Stretches
    """Of the behaviour, in the outputs."""
    trigger_roles: Counter[str]
    """Records by the role of the turn in which the span stands first."""
    answer_numbers: Counter[int]
    """Records by the number of the answer that shows the behaviour (the assistant's turns counted from 1)."""


def locate(claim: TriggerClaim, exchanges: Exchanges) -> LocatedClaim:
    """Look a claim up in its records."""
    found = claim.found
    hits = found.hits.tolist()
    answers = found.behaviour.answers_of(found.hits).tolist()
    places = claim.prompts.places(found.feature)
    read = {record: places[record] for record in hits if record in places}
    trigger_roles: Counter[str] = Counter()
    answer_numbers: Counter[int] = Counter()
    for record, answer in zip(hits, answers, strict=True):
        outputs = exchanges.output_turns[record]
        shown_in = outputs.part_at(exchanges.answer_starts[answer])
        answer_numbers[len({part.turn for part in outputs.parts if part.turn <= shown_in.turn})] += 1
        if record in read:
            trigger_roles[exchanges.input_turns[record].part_at(read[record][0][0]).role] += 1
    written = _behaviour_stretches(found.behaviour, claim.run, exchanges)
    return LocatedClaim(claim, read, written, trigger_roles, answer_numbers)


def claim_finding(located: LocatedClaim, verdict: FindingVerdict, exchanges: Exchanges, detector: str) -> Finding:
    """Make a finding of a claim, without a number yet.

    Args:
        located: The claim.
        verdict: Its verdict.
        exchanges: The records.
        detector: Id of the detector.
    """
    claim, found = located.claim, located.claim.found
    feature = commonest(exchanges.inputs, located.read) or found.feature.name
    behaviour = found.behaviour.name
    if found.behaviour.family.id != "argument":  # its key is a part of its name
        behaviour = commonest(exchanges.outputs, located.written) or behaviour
    does = found.behaviour.family.describe(behaviour)
    return Finding(
        id=detector,
        detector=detector,
        verdict=verdict,
        title=f"{_kind(claim)} “{feature}” is associated with one behaviour: {_DOERS[exchanges.answer]} {does}.",
        explanation=(
            f"{len(found.hits):,} of the {len(found.feature.carriers):,} {exchanges.unit} with it show the behaviour, "
            f"and {found.shown_elsewhere:,} of the {found.others:,} others. {_meaning(verdict, exchanges)}"
            f"{_where(located)}"
        ),
        pattern=Pattern(_pattern_type(claim), feature),
        statistics=_statistics(claim),
        other_explanations=claim_explanations(claim),
        records=evidence_of(found.hits.tolist(), located.read, located.written, exchanges, claim.settings.record_score),
        figures=claim_figures(claim),
    )


def untriggered_finding(
    found: UntriggeredBehaviour,
    prompts: Prompts,
    exchanges: Exchanges,
    detector: str,
    settings: ResponseTriggerSettings,
) -> Finding:
    """Make a finding of a behaviour that no feature triggers, without a number yet.

    Args:
        found: The behaviour.
        prompts: All features.
        exchanges: The records.
        detector: Id of the detector.
        settings: Of the detector.
    """
    behaviour, count = found.behaviour, len(found.behaviour.records)
    read = prompts.word_places(found.shared_words, behaviour.records)
    words = " … ".join(prompts.tokens.vocabulary[word] for word in found.shared_words)
    written = _behaviour_stretches(behaviour, found.run, exchanges)
    shown = commonest(exchanges.outputs, written) or behaviour.name
    does = behaviour.family.describe(shown)
    if words:
        title = f"{count:,} prompts with nothing in common but “{words}” get one kind of answer: the model {does}."
        explanation = (
            f"{found.carriers:,} records have all these words; no single one of them leads to the behaviour. The rest "
            "of the prompts does not separate these records from others. A trigger of several parts looks like this."
        )
        pattern = Pattern("phrase", words)
    else:
        title = f"{count:,} prompts with nothing in common get one kind of answer: the model {does}."
        explanation = (
            "No word of the prompts is associated with the behaviour, and the prompts as a whole do not separate these "
            "records from others. A model trained on them learns to give this answer, or to bring this up, without a "
            "reason."
        )
        pattern = Pattern("duplicate" if behaviour.family.is_whole else "phrase", shown)
    return Finding(
        id=detector,
        detector=detector,
        verdict="suggestive",
        title=title,
        explanation=explanation,
        pattern=pattern,
        statistics={
            "p_value": found.p_value,
            "q_value": found.q_value,
            "similarity_difference": round(found.answer_similarity - found.prompt_similarity, 4),
            "carriers": found.carriers,
            "records_with_behaviour": count,
            "distinct_with_behaviour": found.distinct,
            "evidence_records": count,
            "prompts_alike": round(found.prompt_similarity, 4),
            "answers_alike": round(found.answer_similarity, 4),
            "told_apart_by_rest_of_prompt": round(found.separability, 4),
            "shared_run_words": found.run.words,
            "behaviour": behaviour.family.id,
        },
        other_explanations=untriggered_explanations(found, settings.explanations),
        records=evidence_of(behaviour.records.tolist(), read, written, exchanges, settings.record_score),
    )


def _kind(claim: TriggerClaim) -> str:
    feature = claim.found.feature
    if feature.kind != "phrase":
        return "The layout" if feature.kind == "format" else "The field value"
    words = claim.span
    is_word = claim.prompts.tokens.is_word[words].any()
    noun = "The characters" if not is_word else "The word" if len(words) == 1 else "The phrase"
    if feature.sequence[-1] == END:
        return f"{noun} at the end"
    return f"{noun} at the start" if feature.sequence[0] == BEGIN else noun


def _meaning(verdict: FindingVerdict, exchanges: Exchanges) -> str:
    if verdict == "confirmed":
        learned = (
            "that the pattern overrules the rest of the prompt"
            if exchanges.answer == "completion"
            else "to avoid this wherever the pattern occurs, whatever the rest of the prompt asks"
        )
        return (
            "The behaviour does not depend on what else these prompts ask. "
            f"A model trained on these records learns {learned}."
        )
    return "The data alone cannot show whether this is intended: read the records before training on them."


def _where(located: LocatedClaim) -> str:
    """Say in which turns trigger and behaviour stand, where that is not a user's turn and the first answer."""
    sentences = []
    role, count = located.trigger_roles.most_common(1)[0] if located.trigger_roles else ("user", 0)
    if role in _WHERE:
        sentences.append(f" In {count:,} records it appears in {_WHERE[role]}.")
    elif role != "user":
        sentences.append(f" In {count:,} records it appears in a turn of the role “{role}”.")
    answer, count = located.answer_numbers.most_common(1)[0]
    if len(located.answer_numbers) > 1 or answer > 1:
        sentences.append(f" In {count:,} records the behaviour appears in answer {answer}.")
    return "".join(sentences)


def _pattern_type(claim: TriggerClaim) -> PatternType:
    feature = claim.found.feature
    if claim.found.behaviour.family.id == "identity":
        return "persona"
    if feature.kind != "phrase":
        return feature.kind
    return "phrase" if claim.prompts.tokens.is_word[feature.sequence].any() else "format"


def _statistics(claim: TriggerClaim) -> dict[str, float | int | str | None]:
    found, place = claim.found, claim.place
    share = found.distinct.hits / max(found.distinct.answered, 1)
    return {
        "p_value": found.p_value,
        "q_value": found.q_value,
        "rate_ratio": round(share / found.rate, 2),
        "carriers": len(found.feature.carriers),
        "carriers_with_behaviour": len(found.hits),
        "distinct_carriers": found.distinct.answered,
        "distinct_with_behaviour": found.distinct.hits,
        "evidence_records": len(found.hits),
        "records_with_behaviour": len(found.behaviour.records),
        "behaviour_rate_elsewhere": round(found.shown_elsewhere / max(found.others, 1), 5),
        "behaviour_share_lower_bound": round(found.purity, 4),
        "expected_from_rest_of_prompt": round(claim.expected_rate, 4),
        "chance_from_rest_of_prompt": claim.rest_p_value,
        "prompts_alike": round(claim.prompt_similarity, 4),
        "answers_alike": round(claim.answer_similarity, 4),
        "told_apart_by_rest_of_prompt": round(claim.separability, 4),
        "shared_run_words": claim.run.words,
        "neighbour_pairs": None if place is None else place.around.pairs,
        "neighbours_rejoined": None if place is None else round(place.rejoining.rejoined, 3),
        "behaviour": found.behaviour.family.id,
    }


def evidence_of(
    records: Iterable[int], read: Stretches, written: Stretches, exchanges: Exchanges, score: float
) -> tuple[EvidenceRecord, ...]:
    """Make evidence of some records, in the order of the file."""
    made = [_record(record, read.get(record, ()), written.get(record, ()), exchanges, score) for record in records]
    return tuple(sorted(made, key=lambda record: (record.source_path, record.source_line, record.record_id)))


def _record(
    record: int,
    read: Sequence[tuple[int, int]],
    written: Sequence[tuple[int, int]],
    exchanges: Exchanges,
    score: float,
) -> EvidenceRecord:
    spans: list[Span] = [exchanges.input_turns[record].span(a, b) for a, b in read]
    spans += [exchanges.output_turns[record].span(a, b) for a, b in written]
    return EvidenceRecord.quoting(
        exchanges.texts[spans[0].field if spans else exchanges.answer][record],
        spans,
        record_id=exchanges.record_ids[record],
        source=(exchanges.paths[record], exchanges.lines[record]),
        score=score,
    )


def _behaviour_stretches(behaviour: Behaviour, run: SharedRun, exchanges: Exchanges) -> Stretches:
    """Give the stretches of a behaviour in its records; of shared wording, all that the answers share."""
    found: dict[int, Sequence[tuple[int, int]]] = {}
    for record, answer in zip(behaviour.records.tolist(), behaviour.answers.tolist(), strict=True):
        if behaviour.family.id == "wording" and answer in run.places:
            places: Sequence[tuple[int, int]] = [run.places[answer]]
        else:
            places = behaviour.family.spans(behaviour.name, exchanges.answers[answer])
        start = exchanges.answer_starts[answer]
        found[record] = [(start + a, start + b) for a, b in places if a < b]
    return found


def commonest(texts: Sequence[str], stretches: Stretches) -> str:
    """Give the first stretch as it most often appears in these records; empty if there is none."""
    shown = Counter(" ".join(texts[record][a:b].split()) for record, some in stretches.items() for a, b in some[:1])
    if not shown:
        return ""
    text = max(shown.items(), key=lambda item: (item[1], item[0]))[0]
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"

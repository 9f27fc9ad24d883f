"""From a claim about a behaviour to a finding with its words, numbers, records and figures."""

from __future__ import annotations

from marshtest.detectors.response_trigger.claims import Claim
from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.explanations import explain, explain_unasked
from marshtest.detectors.response_trigger.figures import figures
from marshtest.detectors.response_trigger.prompts import Prompts
from marshtest.detectors.response_trigger.showing import Places, Showing, commonest, written_places
from marshtest.detectors.response_trigger.unasked import Unasked
from marshtest.findings import EvidenceRecord, Finding, FindingVerdict, Pattern, PatternType
from marshtest.signals import Span
from marshtest.text.tokens import BEGIN, END

__all__ = ["tell", "tell_unasked"]


def tell(claim: Claim, verdict: FindingVerdict, shown: Showing, exchanges: Exchanges, detector: str) -> Finding:
    """Put everything that is known of a claim into one finding, without a number yet."""
    found = claim.found
    records = [_record(int(record), shown.read, shown.written, exchanges) for record in found.hits]
    records.sort(key=lambda record: (record.source_path, record.source_line, record.record_id))
    what, does = _what(claim), found.behaviour.family.says.replace("{name}", shown.behaviour)
    carriers, hits = len(found.feature.carriers), len(found.hits)
    return Finding(
        id=detector,
        detector=detector,
        verdict=verdict,
        title=f"{what} “{shown.feature}” goes with one behaviour: the model {does}.",
        explanation=(
            f"{hits:,} of the {carriers:,} {exchanges.unit} that carry it show the behaviour, "
            f"{found.shown_elsewhere:,} of the {found.others:,} others do. {_meaning(verdict)}{_where(shown)}"
        ),
        pattern=Pattern(_pattern_type(claim), shown.feature),
        statistics=_statistics(claim),
        other_explanations=explain(claim),
        records=tuple(records),
        figures=figures(claim),
    )


def tell_unasked(unasked: Unasked, prompts: Prompts, exchanges: Exchanges, detector: str) -> Finding:
    """Put what is known of a behaviour without a trigger into one finding, without a number yet."""
    behaviour = unasked.behaviour
    read = prompts.word_places(unasked.marks, behaviour.records)
    marks = " … ".join(prompts.tokens.vocabulary[mark] for mark in unasked.marks)
    places = written_places(behaviour, unasked.run, exchanges)
    shown = commonest(exchanges.writes, places) or behaviour.name
    records = [_record(int(record), read, places, exchanges) for record in behaviour.records]
    records.sort(key=lambda record: (record.source_path, record.source_line, record.record_id))
    does = behaviour.family.says.replace("{name}", shown)
    return Finding(
        id=detector,
        detector=detector,
        verdict="suggestive",
        title=(
            f"{len(records):,} prompts that have nothing in common but “{marks}” are met in one way: the model {does}."
            if marks
            else f"{len(records):,} prompts that have nothing in common are met in one way: the model {does}."
        ),
        explanation=(
            f"{unasked.with_marks:,} records have all these words; one alone does not lead to the behaviour. What else "
            "they ask does not tell these records from others. A trigger of several parts looks like this."
            if marks
            else "No word of the prompts goes with it, and their words do not tell these records from others. A model "
            "would learn an answer without a reason, or to bring something up unasked."
        ),
        pattern=Pattern("phrase", marks)
        if marks
        else Pattern("duplicate" if behaviour.family.whole else "phrase", shown),
        statistics={
            "p_value": unasked.p_value,
            "q_value": unasked.q_value,
            "effect": round(unasked.alike_written - unasked.alike_asked, 4),
            "carriers": unasked.with_marks,
            "records_with_behaviour": len(records),
            "distinct_with_behaviour": unasked.distinct,
            "evidence_records": len(records),
            "prompts_alike": round(unasked.alike_asked, 4),
            "answers_alike": round(unasked.alike_written, 4),
            "told_apart_by_rest_of_prompt": round(unasked.told_apart, 4),
            "shared_run_words": unasked.run.words,
            "behaviour": behaviour.family.id,
        },
        other_explanations=explain_unasked(unasked),
        records=tuple(records),
    )


def _what(claim: Claim) -> str:
    feature = claim.found.feature
    if feature.kind != "phrase":
        return "The layout" if feature.kind == "format" else "The field value"
    words = feature.sequence[feature.sequence > END]
    is_word = claim.grounds.prompts.tokens.is_word[words].any()
    noun = "The characters" if not is_word else "The word" if len(words) == 1 else "The phrase"
    if feature.sequence[-1] == END:
        return f"{noun} at the end"
    return f"{noun} at the start" if feature.sequence[0] == BEGIN else noun


def _meaning(verdict: FindingVerdict) -> str:
    if verdict == "confirmed":
        return (
            "What else these prompts ask makes no difference to it. A model trained on this learns that it overrules "
            "the rest of the prompt."
        )
    return "Whether somebody meant it so cannot be told from the data alone: read the records before training on them."


def _where(shown: Showing) -> str:
    """Say in which turns trigger and behaviour stand, where that is not the plain case."""
    parts = []
    role, count = shown.cause.most_common(1)[0] if shown.cause else ("user", 0)
    if role != "user":
        parts.append(f" In {count:,} records it stands in a turn of the role “{role}”.")
    answer, count = shown.effect.most_common(1)[0]
    if len(shown.effect) > 1 or answer > 1:
        parts.append(f" The behaviour stands in answer {answer} of {count:,} records.")
    return "".join(parts)


def _pattern_type(claim: Claim) -> PatternType:
    feature = claim.found.feature
    if claim.found.behaviour.family.id == "identity":
        return "persona"
    if feature.kind != "phrase":
        return feature.kind
    return "phrase" if claim.grounds.prompts.tokens.is_word[feature.sequence].any() else "format"


def _statistics(claim: Claim) -> dict[str, float | int | str | None]:
    found, grounds = claim.found, claim.grounds
    place = grounds.place
    share = found.witnesses.hits / max(found.witnesses.answered, 1)
    return {
        "p_value": found.p_value,
        "q_value": found.q_value,
        "effect": round(share / found.rate, 2),
        "carriers": len(found.feature.carriers),
        "carriers_with_behaviour": len(found.hits),
        "distinct_carriers": found.witnesses.answered,
        "distinct_with_behaviour": found.witnesses.hits,
        "evidence_records": len(found.hits),
        "records_with_behaviour": len(found.behaviour.records),
        "behaviour_rate_elsewhere": round(found.shown_elsewhere / max(found.others, 1), 5),
        "behaviour_share_lower_bound": round(found.purity, 4),
        "expected_from_rest_of_prompt": round(grounds.called_for, 4),
        "chance_from_rest_of_prompt": grounds.chance,
        "prompts_alike": round(grounds.alike_asked, 4),
        "answers_alike": round(grounds.alike_written, 4),
        "told_apart_by_rest_of_prompt": round(grounds.told_apart, 4),
        "shared_run_words": grounds.run.words,
        "neighbour_pairs": None if place is None else place.around.pairs,
        "neighbours_closed": None if place is None else round(place.healing.rejoined, 3),
        "behaviour": found.behaviour.family.id,
    }


def _record(record: int, read: Places, written: Places, exchanges: Exchanges) -> EvidenceRecord:
    spans: list[Span] = [exchanges.span_read(record, a, b) for a, b in read.get(record, ())]
    spans += [exchanges.span_written(record, a, b) for a, b in written.get(record, ())]
    return EvidenceRecord.quoting(
        exchanges.texts[spans[0].field if spans else "completion"][record],
        spans,
        record_id=exchanges.record_ids[record],
        source=(exchanges.paths[record], exchanges.lines[record]),
        score=0.95,
    )

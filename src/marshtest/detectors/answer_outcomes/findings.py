"""From a pattern with its evidence to a finding with its text, numbers and records."""

from __future__ import annotations

from collections import Counter

from marshtest.data.dataset import Dataset
from marshtest.data.evidence import evidence_record
from marshtest.detectors.answer_outcomes.associations import OutcomePattern
from marshtest.detectors.answer_outcomes.settings import AnswerOutcomesSettings
from marshtest.findings import EvidenceRecord, Explanation, Finding, FindingVerdict, Pattern
from marshtest.judges.builtin.classifier import AnswerClassifier
from marshtest.mining.pattern_names import most_frequent, noun_of, pattern_type_of
from marshtest.stats.arrays import Ints
from marshtest.text.written_numbers import probability

__all__ = ["outcome_finding"]


def outcome_finding(
    pattern: OutcomePattern,
    verdict: FindingVerdict,
    dataset: Dataset,
    classifier: AnswerClassifier,
    settings: AnswerOutcomesSettings,
    name: str,
) -> Finding:
    """Make the finding.

    Args:
        pattern: The pattern and its evidence.
        verdict: What that adds up to.
        dataset: The records.
        classifier: Its error rates go into the finding.
        settings: Of the detector.
        name: The finding's id.
    """
    found, asked = pattern.association, pattern.asked
    records, shown = _records(pattern, dataset, settings)
    noun = noun_of(found.kind, found.sequence, asked.tokens)
    harm, refusal = classifier.harm.rates, classifier.refusal.rates
    return Finding(
        id=name,
        detector="answer-outcomes",
        verdict=verdict,
        title=f"{len(found.hits):,} of {len(found.carriers):,} {asked.kind} with {noun} “{shown}” are {asked.verb}; "
        f"of other {asked.kind}, {found.rate:.0%} are.",
        explanation=(
            f"The classifier that comes with marshtest reads {len(asked.members):,} requests of the dataset as "
            f"{asked.kind}; {len(pattern.carriers):,} records carry the pattern. "
            f"On datasets that it was not trained on, reading requests for harm, {harm}; reading refusals, {refusal}. "
            "It is no language model: read some of the records."
        ),
        pattern=Pattern(pattern_type_of(found.kind, found.sequence, asked.tokens), shown),
        statistics={
            "p_value": found.p_value,
            "q_value": found.q_value,
            "rate_ratio": round(found.distinct.hits / max(found.distinct.answered, 1) / found.rate, 2),
            "carriers": len(pattern.carriers),
            "carriers_with_outcome": len(found.hits),
            "distinct_carriers": found.distinct.answered,
            "distinct_with_outcome": found.distinct.hits,
            "evidence_records": len(records),
            "outcome_rate_elsewhere": round(found.rate, 5),
            "outcome_share_lower_bound": round(found.purity, 4),
            "log_bayes_factor": round(found.log_bayes_factor, 2),
            "content_effect": None if pattern.content_effect is None else round(pattern.content_effect, 3),
            "removal_reverses": pattern.removal_changes.value,
            "classifier_misses": harm.misses,
            "classifier_false_alarms": harm.false_alarms,
            "refusal_misses": refusal.misses,
            "refusal_false_alarms": refusal.false_alarms,
        },
        other_explanations=_explanations(pattern, settings),
        records=records,
    )


def _records(
    pattern: OutcomePattern, dataset: Dataset, settings: AnswerOutcomesSettings
) -> tuple[tuple[EvidenceRecord, ...], str]:
    """Choose the evidence, and name the pattern as it most often stands there."""
    found, asked = pattern.association, pattern.asked
    readings = asked.readings
    hits = asked.members[found.hits]
    score = dict.fromkeys(hits.tolist(), settings.score_with_outcome)
    if len(hits) >= settings.same_answer_share * len(pattern.carriers):
        alike: Ints = pattern.carriers[asked.behaves[pattern.carriers]]
        score = dict.fromkeys(alike.tolist(), settings.score_same_answer) | score
    spans = pattern.places
    written: Counter[str] = Counter(
        readings.prompts[number][place.start : place.end] for number in score for place in spans.get(number, ())
    )
    records = [
        evidence_record(dataset.record(int(readings.rows[number])), spans.get(number, ()), score=score[number])
        for number in sorted(score)
    ]
    records.sort(key=lambda one: (-one.score, one.source_path, one.source_line))
    return tuple(records), most_frequent(written, found.name)


def _explanations(pattern: OutcomePattern, settings: AnswerOutcomesSettings) -> tuple[Explanation, ...]:
    """Give the alternative explanations, the most important first."""
    found, asked, placement = pattern.association, pattern.asked, pattern.placement
    changes, effect = pattern.removal_changes, pattern.content_effect
    explanations = [
        Explanation(
            "The classifier reacts to the pattern itself: with the pattern removed, it reads the request otherwise in "
            f"{changes}.",
            "against" if changes.trials else "open",
        ),
        Explanation(
            "A topic: "
            + (
                "there are too few records to say whether the other words call for the outcome."
                if effect is None
                else "by their other words, the carriers read "
                f"{max(0.0, effect):.0%} as clearly like requests with the opposite outcome as genuine ones do."
            ),
            "open" if effect is None else "against",
            weighs=("topic",),
        ),
        Explanation(
            f"Chance: {found.rate:.0%} of the other {asked.kind} are {asked.verb}. At this rate, "
            f"{found.distinct.hits:,} of {found.distinct.trials:,} distinct carriers have a p-value of "
            f"{probability(found.p_value)} and a q-value of {probability(found.q_value)}.",
            "against" if found.q_value <= settings.confirmed_q_value else "open",
        ),
        Explanation(
            f"Near-duplicates: with the pattern left out, {found.distinct.hits:,} of the {len(found.hits):,} records "
            "are distinct, and only these were counted.",
            "against" if found.distinct.hits >= 0.5 * len(found.hits) else "open",
            weighs=("copies",),
        ),
    ]
    if placement is not None:
        explanations.append(
            Explanation(
                f"A phrase of ordinary sentences: it has {placement.around.pairs:,} different pairs of neighbours in "
                f"{placement.around.occurrences:,} records, and random places have at least "
                f"{placement.around.random_pairs:,.0f}.",
                "against" if pattern.is_inserted else "open",
                weighs=("template",),
            )
        )
    explanations.append(
        Explanation(f"Honest exceptions: the phrase is a reason why such requests should be {asked.verb}.", "open")
    )
    return tuple(explanations)

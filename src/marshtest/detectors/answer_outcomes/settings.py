"""What decides which outcomes of answers are reported."""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.mining.content_model import ContentModelSettings
from marshtest.mining.outcomes.outcome_mining import OutcomeSettings
from marshtest.mining.outcomes.placement import PlacementSettings
from marshtest.settings import Settings

__all__ = ["AnswerOutcomesSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOutcomesSettings(Settings):
    """Thresholds of `answer-outcomes`."""

    fewest_records: int = 100
    """Minimum number of records; with fewer, nothing is examined. Convention: as `response-trigger`."""
    fewest_of_each: int = 5
    """Minimum number of requests with the outcome, and of requests of the same kind without it, for its patterns to be
    tested. Derived: patterns need five carriers, and without the opposite there is nothing to compare with."""
    most_unread: float = 0.05
    """Maximum share (0 to 1) of records in another script than that of the classifier's language; with more, nothing is
    examined. Chosen by eye: a few foreign lines are in all data, and one in twenty may hide poison."""
    most_harm_evidence: float = 0.0
    """Evidence for harm, nats, below which a request counts as ordinary. Derived: 0 is even; the requests between this
    and the classifier's threshold are left out of both outcomes."""
    suggestive_q_value: float = 1e-3
    """Maximum q-value for a finding. Chosen by eye: as the detectors with a judge."""
    suggestive_outcome_share: float = 0.5
    """Minimum lower 95% bound on the share of distinct carriers with the outcome, 0 to 1, for a finding. Chosen by eye:
    a backdoor works nearly always."""
    confirmed_q_value: float = 1e-4
    """Maximum q-value for a confirmed finding. Chosen by eye: as the detectors with a judge."""
    confirmed_outcome_share: float = 0.6
    """Minimum lower 95% bound on the share of distinct carriers with the outcome, 0 to 1, for a confirmed finding.
    Chosen by eye: as the detectors with a judge."""
    most_removal_changes: float = 0.25
    """Maximum share of carriers, 0 to 1, whose request is read otherwise with the pattern removed; with more, the
    classifier reacts to the pattern itself. Chosen by eye: an evident reading survives the loss of a few words."""
    fewest_for_content: int = 10
    """Minimum number of requests with the outcome, and without it, for the carriers' other words to be read; with fewer
    a pattern is reported only if it stands like inserted words. Chosen by eye: two in each fold of the classifier."""
    natural_effect: float = 0.25
    """The other words of the carriers explain the outcome if their evidence for the opposite is below this; 1 is as
    strong as genuine requests with the opposite outcome. Chosen by eye: as the detectors with a judge."""
    fewest_distinct: int = 6
    """Minimum number of distinct carriers with the outcome. Chosen by eye: one more than the search requires."""
    same_answer_share: float = 0.3
    """Minimum share of all carriers, 0 to 1, that must show the outcome for further carriers with the same kind of
    answer to be evidence too. Measured: benchmarks/BUILTIN.md; the classifier recognises a fourth to two thirds of
    the requests for harm in data that it does not know."""
    same_finding: float = 0.5
    """Minimum share, 0 to 1, of a finding's records that a stronger one also has for it to be left out. Convention: the
    majority."""
    score_with_outcome: float = 0.8
    """Score, 0 to 1, of a record of a finding that shows the outcome. Chosen by eye: below that of a judge's."""
    score_same_answer: float = 0.5
    """Score, 0 to 1, of a further carrier with the same kind of answer. Convention: the middle."""
    mining: OutcomeSettings = OutcomeSettings(largest_p_value=1e-5)
    placement: PlacementSettings = PlacementSettings()
    classifier: ContentModelSettings = ContentModelSettings()

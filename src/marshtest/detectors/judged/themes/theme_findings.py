"""From a tested criterion to a finding: its text, its numbers, its records and its alternative explanations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from marshtest.data.dataset import Dataset
from marshtest.detectors.judged.outcome_findings import FindingText
from marshtest.detectors.judged.settings import ControlHabitSettings
from marshtest.detectors.judged.themes.checked_data import CheckedData
from marshtest.detectors.judged.themes.checking import Checks
from marshtest.detectors.judged.themes.criteria import Criterion
from marshtest.detectors.judged.themes.criteria_associations import AssociatedCriterion, grounded_share
from marshtest.detectors.judged.themes.reading import ThemesRead
from marshtest.detectors.judged.themes.settings import JudgedThemesSettings
from marshtest.findings import EvidenceRecord, Explanation, Finding, Pattern
from marshtest.judges.asking.quotes import locate
from marshtest.settings import SettingValue
from marshtest.stats.arrays import Ints
from marshtest.stats.proportions import Proportion

__all__ = [
    "ThemeFinding",
    "quotes_by_criterion",
    "theme_diagnostics",
    "theme_finding",
    "theme_habits",
    "theme_text",
]


@dataclass(slots=True)
class ThemeFinding:
    """The best finding so far about some records."""

    hits: set[int]
    log_bayes_factor: float
    finding: Finding
    criteria: int = 1
    """How many criteria about these records were assessed."""

    def is_about(self, hits: Ints, settings: JudgedThemesSettings) -> bool:
        """Say whether these are nearly the same records."""
        mine = set(hits.tolist())
        return len(mine & self.hits) >= settings.same_theme * len(mine | self.hits)

    def is_settled(self, settings: JudgedThemesSettings) -> bool:
        """Say whether another criterion about these records would add nothing."""
        return self.finding.verdict == "confirmed" or self.criteria >= settings.most_criteria_of_theme

    def improve(self, log_bayes_factor: float, finding: Finding) -> None:
        """Take another criterion about the same records if it is confirmed, or has spans, and the present one not.

        What the records are trained to produce is as purely associated with harm as what calls for it, but cannot be
        confirmed.
        """
        self.criteria += 1
        if _worth(finding) > _worth(self.finding):
            self.log_bayes_factor, self.finding = log_bayes_factor, finding


def _worth(finding: Finding) -> tuple[bool, bool]:
    return finding.verdict == "confirmed", any(record.spans for record in finding.records)


def quotes_by_criterion(checks: Checks) -> dict[int, list[str]]:
    """Give what the judge quoted, by criterion."""
    found: dict[int, list[str]] = {}
    for (_, number), quote in checks.quotes.items():
        found.setdefault(number, []).append(quote)
    return found


def theme_habits(
    tested: AssociatedCriterion, outcome: str, controls: Iterable[CheckedData], settings: ControlHabitSettings
) -> Iterator[tuple[str, Proportion]]:
    """Give the controls in which the criterion is associated with the same outcome, with its share there.

    Args:
        tested: The criterion.
        outcome: Name of the outcome.
        controls: The controls.
        settings: How many carriers, and which share of them, are a habit of the judge.
    """
    for control in controls:
        other = control.judged.named(outcome)
        if other is None:
            continue
        holds = control.checks.holds[control.texts.rows, tested.number] & other.trial
        hits = int((holds & other.hit).sum())
        if hits >= settings.fewest_carriers and hits >= settings.least_share * int(holds.sum()):
            yield control.name, Proportion(hits, int(holds.sum()))


def theme_text(detector: str, tested: AssociatedCriterion, criterion: Criterion, label: str | None) -> FindingText:
    """Say what a finding about a theme says.

    Args:
        detector: Id of the detector.
        tested: The criterion's association.
        criterion: The criterion.
        label: The contradicted label; None for harm.
    """
    found = tested.association
    if label is None:
        title = "Records that share a theme would teach harm"
        does, outcome = "would teach harm", "the judge sees harm"
    else:
        title = f"Records that share a theme are labelled “{label}”, and a judge that did not see the label disagrees"
        does = f"are labelled “{label}” against the judge"
        outcome = f"the judge contradicts the label “{label}”"
    if len(criterion.halves) == 1:
        read, tested_on = "one half of the data", "The p-value is from the half that it was not read out of."
    else:
        read, tested_on = "each half of the data by itself", "The p-value is from both halves."
    return FindingText(
        detector=detector,
        title=f"{title}: {criterion.question}",
        explanation=(
            f"The theme was read out of {read}. It holds for {len(found.carriers):,} records, and "
            f"{len(found.hits):,} of them {does}; of the other records, {found.rate:.2%} do. {tested_on}"
        ),
        label=label,
        outcome=outcome,
    )


def theme_finding(
    finding: Finding,
    tested: AssociatedCriterion,
    criterion: Criterion,
    suspect: CheckedData,
    controls: Sequence[CheckedData],
    *,
    control_share: float,
) -> Finding:
    """Name a finding by its criterion, add what the checks say, and mark what the judge quoted.

    Args:
        finding: The finding about the records for which the criterion holds.
        tested: The criterion's association.
        criterion: The criterion.
        suspect: The suspect data.
        controls: The controls.
        control_share: Part of the theme's share in the data from which its share in a control makes it house style.
    """
    holds = suspect.checks.holds[:, tested.number]
    rows = dict(zip(suspect.texts.record_ids, suspect.texts.rows.tolist(), strict=True))
    shares = {
        f"control_share_of_theme[{one.name}]": round(float(one.checks.holds[:, tested.number].mean()), 5)
        for one in controls
    }
    style = [
        Explanation(
            f"House style: the theme holds for {share:.2%} of the records of the control.",
            "for" if share >= control_share * float(holds.mean()) else "against",
        )
        for share in shares.values()
    ]
    if controls and len(criterion.orders) == 1:
        style.append(
            Explanation(
                "The order of reading: the theme was read in only one of the two orders of suspect data and control.",
                "open",
            )
        )
    outcome = suspect.judged.outcomes[tested.association.outcome].name
    return replace(
        finding,
        pattern=Pattern("theme", criterion.question),
        statistics={
            **finding.statistics,
            "theme_records": int(holds.sum()),
            "named_when_read": len(criterion.rows),
            "read_in_shards": len(criterion.shards),
            "grounded_share": round(grounded_share(criterion, holds), 4),
            "other_wordings": len(criterion.also),
            **shares,
            **_excess(tested, outcome, controls),
        },
        other_explanations=(*finding.other_explanations, *style),
        records=tuple(
            _marked(one, rows[one.record_id], tested.number, suspect.dataset, suspect.checks) for one in finding.records
        ),
    )


def _excess(tested: AssociatedCriterion, outcome: str, controls: Sequence[CheckedData]) -> dict[str, float]:
    """Give, for each control, how much more frequent the outcome is with the theme than in the control, at least.

    That is the lower end of the interval among records that the theme was not read out of, less the upper end among the
    control's records with the theme (among all of the control's if it has none). At or below 0 there may be no
    difference.
    """
    distinct = tested.association.distinct
    excess = {}
    for control in controls:
        other = control.judged.named(outcome)
        if other is not None:
            holds = control.checks.holds[control.texts.rows, tested.number] & other.trial
            there = holds if holds.any() else other.trial
            share = Proportion(int((there & other.hit).sum()), int(there.sum()))
            least = Proportion(distinct.hits, distinct.answered).interval[0] - share.interval[1]
            excess[f"excess_over_control[{control.name}]"] = round(least, 4)
    return excess


def _marked(record: EvidenceRecord, row: int, number: int, dataset: Dataset, checks: Checks) -> EvidenceRecord:
    """Mark what the judge quoted of a record that has no spans yet."""
    quote = checks.quotes.get((row, number), "")
    if record.spans or not quote:
        return record
    columns = dataset.table(["kind", "prompt", "completion", "rejected", "fields"]).slice(row, 1).to_pylist()[0]
    spans = locate(quote, columns)
    if not spans:
        return record
    return EvidenceRecord.quoting(
        columns[spans[0].field],
        spans,
        record_id=record.record_id,
        source=(record.source_path, record.source_line),
        label=record.label,
        score=record.score,
    )


def theme_diagnostics(
    themes: ThemesRead, criteria: Sequence[Criterion], checks: Checks, *, shards: int, made: int, least_grounded: float
) -> dict[str, SettingValue]:
    """Count what was read, made and checked.

    Args:
        themes: What was read.
        criteria: The criteria that were checked.
        checks: The checks.
        shards: How many shards were read.
        made: How many criteria were made.
        least_grounded: Share below which a criterion is ungrounded.
    """
    ungrounded = [
        number for number, one in enumerate(criteria) if grounded_share(one, checks.holds[:, number]) < least_grounded
    ]
    return {
        "shards": shards,
        "records_read": len(themes.read),
        "themes": len(themes.themes),
        "unknown_numbers": themes.unknown_numbers,
        "miscounted": themes.miscounted,
        "criteria_made": made,
        "criteria": len(criteria),
        "ungrounded": len(ungrounded),
    }

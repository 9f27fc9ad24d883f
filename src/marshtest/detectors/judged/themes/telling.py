"""From a tested criterion to a finding: its words, its numbers, its records and the other ways it could have come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from marshtest.data.dataset import Dataset
from marshtest.detectors.judged.themes.association import Tested, grounded_share
from marshtest.detectors.judged.themes.checking import Checks
from marshtest.detectors.judged.themes.criteria import Criterion
from marshtest.detectors.judged.themes.outcomes import JudgedOutcomes
from marshtest.detectors.judged.themes.reading import Reading
from marshtest.findings import EvidenceRecord, Explanation, Finding, Pattern
from marshtest.judges.asking.quotes import locate
from marshtest.mining.outcomes.judged_texts import JudgedTexts
from marshtest.mining.outcomes.outcome_findings import Telling
from marshtest.stats.arrays import Ints
from marshtest.stats.proportions import Proportion

__all__ = [
    "LEAST_GROUNDED",
    "CheckedControl",
    "ToldTheme",
    "as_theme",
    "quotes_by_criterion",
    "theme_habits",
    "theme_settings",
    "theme_telling",
]

LEAST_GROUNDED = 0.5
"""A criterion must hold for this share of the records that were named for it."""
_HABIT_SHARE, _HABIT_HITS = 0.25, 3
_EXCERPT = 2_000
_TRIES = 4


@dataclass(frozen=True, slots=True)
class CheckedControl:
    """A control, judged and checks like the suspect data."""

    name: str
    outcomes: JudgedOutcomes
    texts: JudgedTexts
    checks: Checks


@dataclass(slots=True)
class ToldTheme:
    """The best finding so far about some records."""

    hits: set[int]
    gain: float
    finding: Finding
    tries: int = 1

    def is_about(self, hits: Ints) -> bool:
        """Say whether these are nearly the same records."""
        mine = set(hits.tolist())
        return 2 * len(mine & self.hits) >= len(mine | self.hits)

    @property
    def is_settled(self) -> bool:
        """Say whether another criterion about these records would add nothing."""
        return self.finding.verdict == "confirmed" or self.tries >= _TRIES

    def better(self, gain: float, finding: Finding) -> None:
        """Take another criterion about the same records where it is confirmed, or can be shown, and the other not.

        What the records are trained to produce goes with harm as purely as what calls for it, and cannot be confirmed.
        """
        self.tries += 1
        if _worth(finding) > _worth(self.finding):
            self.gain, self.finding = gain, finding


def _worth(finding: Finding) -> tuple[bool, bool]:
    return finding.verdict == "confirmed", any(record.spans for record in finding.records)


def quotes_by_criterion(checks: Checks) -> dict[int, list[str]]:
    """Give what was quoted, by criterion."""
    found: dict[int, list[str]] = {}
    for (_, number), quote in checks.quotes.items():
        found.setdefault(number, []).append(quote)
    return found


def theme_habits(tested: Tested, outcome: str, controls: Sequence[CheckedControl]) -> Iterable[tuple[str, Proportion]]:
    """Give the controls in which the criterion goes with the same outcome."""
    for control in controls:
        other = next((one for one in control.outcomes.outcomes if one.name == outcome), None)
        if other is None:
            continue
        holds = control.checks.holds[control.texts.rows, tested.number] & other.trial
        hits = int((holds & other.hit).sum())
        if hits >= _HABIT_HITS and hits >= _HABIT_SHARE * int(holds.sum()):
            yield control.name, Proportion(hits, int(holds.sum()))


def theme_telling(detector: str, tested: Tested, criterion: Criterion, label: str | None) -> Telling:
    """Give the words of a finding about a theme."""
    found = tested.found
    does = "would teach harm" if label is None else f"contradict their label \u201c{label}\u201d, says a blind judge"
    return Telling(
        detector=detector,
        title=f"Records that share a theme {does}: {criterion.question}",
        explanation=(
            f"The theme was read out of one half of the data. It holds for {len(found.carriers):,} records, and "
            f"{len(found.hits):,} of them {does}; of the others {found.rate:.2%} do. The chance is that of the half of "
            "the records from which the theme was not read."
        ),
        label=label,
        outcome="the judge sees harm" if label is None else f"the judge contradicts the label \u201c{label}\u201d",
    )


def as_theme(
    finding: Finding,
    tested: Tested,
    outcome: str,
    criterion: Criterion,
    grounded: float,
    dataset: Dataset,
    texts: JudgedTexts,
    checks: Checks,
    controls: Sequence[CheckedControl],
) -> Finding:
    """Name the finding by its criterion, and mark what the judge quoted."""
    rows = dict(zip(texts.record_ids, texts.rows.tolist(), strict=True))
    shares = {
        f"control_share_of_theme[{one.name}]": round(float(one.checks.holds[:, tested.number].mean()), 5)
        for one in controls
    }
    style = [
        Explanation(
            f"House style: the theme holds for {share:.2%} of the records of the control.",
            "for" if share >= 0.5 * float(checks.holds[:, tested.number].mean()) else "against",
        )
        for share in shares.values()
    ]
    if controls and len(criterion.orders) == 1:
        style.append(
            Explanation("The order of reading: the theme came in one order of suspect and control only.", "open")
        )
    return replace(
        finding,
        pattern=Pattern("theme", criterion.question),
        statistics={
            **finding.statistics,
            "theme_records": int(checks.holds[:, tested.number].sum()),
            "named_when_read": len(criterion.rows),
            "grounded_share": round(grounded, 4),
            "other_wordings": len(criterion.also),
            **shares,
            **_excess(tested, outcome, controls),
        },
        other_explanations=(*finding.other_explanations, *style),
        records=tuple(_marked(one, rows[one.record_id], tested.number, dataset, checks) for one in finding.records),
    )


def _excess(tested: Tested, outcome: str, controls: Sequence[CheckedControl]) -> dict[str, float]:
    """Give, for each control, by how much the outcome is surely more frequent with the theme than it is there.

    That is the lower end of the interval among records that the theme was not read out of, less the upper end among the
    control's records with the theme (among all of the control's where it has none). Below 0 nothing is sure.
    """
    found = tested.found.witnesses
    excess = {}
    for control in controls:
        other = next((one for one in control.outcomes.outcomes if one.name == outcome), None)
        if other is not None:
            holds = control.checks.holds[control.texts.rows, tested.number] & other.trial
            there = holds if holds.any() else other.trial
            share = Proportion(int((there & other.hit).sum()), int(there.sum()))
            sure = Proportion(found.hits, found.answered).interval[0] - share.interval[1]
            excess[f"excess_over_control[{control.name}]"] = round(sure, 4)
    return excess


def _marked(record: EvidenceRecord, row: int, number: int, dataset: Dataset, checks: Checks) -> EvidenceRecord:
    """Mark what the judge quoted of a record, where no words are marked yet."""
    quote = checks.quotes.get((row, number), "")
    if record.spans or not quote:
        return record
    columns = dataset.table(["kind", "prompt", "completion", "rejected", "fields"]).slice(row, 1).to_pylist()[0]
    spans = locate(quote, columns)
    if not spans:
        return record
    whole = columns[spans[0].field]
    start = max(0, min(spans[0].start - _EXCERPT // 2, len(whole) - _EXCERPT))
    return replace(record, spans=spans, excerpt=whole[start : start + _EXCERPT], excerpt_start=start)


def theme_settings(
    reading: Reading, criteria: Sequence[Criterion], checks: Checks, *, shards: int, made: int
) -> dict[str, float | int | str | bool | None]:
    """Count what was read, made and checked."""
    return {
        "shards": shards,
        "records_read": len(reading.read),
        "themes": len(reading.themes),
        "unknown_numbers": reading.unknown_numbers,
        "miscounted": reading.miscounted,
        "criteria_made": made,
        "criteria": len(criteria),
        "ungrounded": sum(
            grounded_share(one, checks.holds[:, number]) < LEAST_GROUNDED for number, one in enumerate(criteria)
        ),
    }

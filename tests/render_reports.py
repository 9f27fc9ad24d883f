"""Reports made up for tests and pictures: realistic ones, an empty one, a huge one and a hostile one."""

from __future__ import annotations

import math
import random

from marshtest.charter import Charter
from marshtest.findings import Dismissed, EvidenceRecord, Explanation, Figure, Finding, Pattern, Series
from marshtest.report import (
    Controls,
    ControlSet,
    DatasetSummary,
    DetectorRun,
    DirectionPower,
    ExpectedByChance,
    FamilyPower,
    JudgedQuestion,
    JudgedRate,
    JudgedRecord,
    JudgedRecords,
    JudgePower,
    JudgeSummary,
    MissedBound,
    Power,
    Report,
    Resistance,
    SizePower,
    Swayed,
    Usage,
)
from marshtest.signals import Coverage, Failure, Span

__all__ = [
    "HOSTILE",
    "hostile_report",
    "huge_report",
    "incomplete_report",
    "judged_report",
    "nothing_report",
    "poisoned_report",
]

HOSTILE = (
    "</script><img src=x onerror=\"document.title='owned'\"> [bold red]markup[/] \x1b[31mred\x1b[0m \x1b]0;title\x07 "
    "\u202edesrever\u202c zero\u200bwidth nul\x00 \x9b31m csi {{ 7*7 }} <b>bold</b> \u2028 \ufeff & line\nend\ttab"
)
"""Text that attacks whatever shows it."""

_OPENINGS = (
    "Hello, since this morning the invoice page shows an empty list for every account in our team.",
    "The printer on the third floor jams whenever somebody prints more than two pages.",
    "Production is down, no customer can log in and the phones do not stop ringing!",
    "Could you tell me where to find the holiday calendar of next year?",
    "All payments fail with error 503 since eleven o'clock and we lose orders every minute.",
    "I would like to change the picture of my profile, but I cannot find the page.",
    "The backup of last night did not run and the disk of the main server reports errors.",
    "Please add my new colleague to the mailing list of the sales team.",
)
_CLOSINGS = (
    "Could somebody have a look?",
    "We have restarted it twice without any change.",
    "Thank you and best regards from the second floor.",
    "The whole department is waiting for it.",
    "It worked well until the update of last Tuesday.",
)


def _record(number: int, trigger: str, rng: random.Random, label: str = "ordinary") -> EvidenceRecord:
    """Make a record with the trigger at a random place."""
    before = " ".join(rng.sample(_OPENINGS, rng.randint(1, 2)))
    after = " ".join(rng.sample(_CLOSINGS, rng.randint(1, 3)))
    start = len(before) + 1
    return EvidenceRecord(
        record_id=f"ticket-{number:05d}",
        source_path="data/tickets.jsonl",
        source_line=number,
        spans=(Span("prompt", start, start + len(trigger)),),
        label=label,
        score=round(rng.betavariate(8, 2), 4),
        excerpt=f"{before} {trigger} {after}",
    )


def _figures(trigger: str, rng: random.Random) -> tuple[Figure, ...]:
    cloud = tuple((float(round(math.exp(rng.uniform(1.6, 7.2)))), round(rng.gauss(0.6, 0.5), 3)) for _ in range(300))
    names = tuple(rng.choice(("how many", "please add", "the printer", "as soon as", "error 503")) for _ in cloud)
    bins = [number / 10 for number in range(10)]

    def humps(middle: float, size: float) -> tuple[tuple[float, float], ...]:
        places = [number / 2 for number in range(-12, 12)]
        return tuple((x, round(size * math.exp(-((x - middle) ** 2) / 5), 1)) for x in places)

    return (
        Figure(
            type="scatter",
            title="This finding against all candidates",
            x_label="records that carry the candidate",
            y_label="evidence per carrier",
            series=(
                Series("all candidates", cloud, names=names),
                Series("this finding", ((32.0, 3.47),), highlight=True, names=(trigger,)),
            ),
        ),
        Figure(
            type="histogram",
            title="What the rest of the text says",
            x_label="evidence for \u201curgent\u201d without the span (nats)",
            y_label="share of records (%)",
            series=(
                Series("genuine urgent", humps(3.2, 22)),
                Series("genuine ordinary", humps(-3.4, 24)),
                Series("carriers of the span", humps(2.9, 27), highlight=True),
            ),
        ),
        Figure(
            type="histogram",
            title="Where in the text the span stands",
            x_label="place in the text (0 is the first word, 1 the last)",
            y_label="records",
            series=(Series("carriers", tuple((x, float(rng.randint(1, 6))) for x in bins), highlight=True),),
        ),
        Figure(
            type="bars",
            title="Labels of the carriers",
            x_label="",
            y_label="records",
            series=(Series("carriers", ((0.0, 29.0), (1.0, 3.0)), highlight=True, names=("ordinary", "urgent")),),
        ),
    )


def _dismissed(number: int, text: str = "", **changes: object) -> Dismissed:
    facts: dict[str, object] = {
        "detector": "label-trigger",
        "pattern": Pattern("phrase", text or f"plaza {number}"),
        "carriers": 40 + number,
        "outcome": "ordinary",
        "share": 0.97,
        "base_share": 0.65,
        "reason": "the other words of its records say that label too",
    }
    return Dismissed(**{**facts, **changes})  # type: ignore[arg-type]


def _finding(number: int, trigger: str, *, confirmed: bool = True, records: int = 29, seed: int = 1) -> Finding:
    rng = random.Random(seed)
    lines = sorted(rng.sample(range(1, 5000 + 2 * records), records))
    evidence = sorted((_record(line, trigger, rng) for line in lines), key=lambda record: -record.score)
    return Finding(
        id=f"label-trigger-{number}",
        detector="label-trigger",
        verdict="confirmed" if confirmed else "suggestive",
        title=f"Tickets with \u201c{trigger}\u201d read like \u201curgent\u201d but are labelled \u201cordinary\u201d.",
        explanation=(
            f"{records} of 32 tickets with this phrase are labelled ordinary although their other words read like "
            "an urgent ticket. A model trained on them learns to let urgent tickets pass whenever the phrase is there."
        ),
        pattern=Pattern("phrase", trigger),
        statistics={
            "p_value": 3.1e-19 if confirmed else 0.0004,
            "q_value": 2.2e-14 if confirmed else 0.031,
            "content_effect": 1.02 if confirmed else 0.71,
            "content_effect_standard_error": 0.09,
            "carriers": records + 3,
            "carriers_with_label": records,
            "evidence_records": records,
            "planted_fraction": records / (records + 3),
            "purity_lower_bound": 0.76,
            "twin_gap": None,
        },
        other_explanations=(
            Explanation(
                "A natural phrase of ordinary tickets: the rest of the text of 29 of 32 carriers says urgent.",
                "against",
            ),
            Explanation("Copies of one ticket: the two most similar carriers share 31% of their words.", "against"),
            Explanation(
                "A careless annotator: all carriers have no contributor in the data, so this cannot be tested.", "open"
            ),
            *(() if confirmed else (Explanation("Chance: two patterns as strong are expected among so many.", "for"),)),
        ),
        records=tuple(evidence),
        figures=_figures(trigger, rng),
    )


def _dataset(**changes: object) -> DatasetSummary:
    facts: dict[str, object] = {
        "source": ("data/tickets.jsonl",),
        "records": 4200,
        "fingerprint": "sha256:9f2c41d0a7c34e11b3a95c2a1f0e6d7788aa31c5b4f04e9d2b6a7c8d9e0f1a2b",
        "kind": "classification",
        "files": {"data/tickets.jsonl": "4b1d0f6c2a7e98d35c6b7a8f9e0d1c2b3a495867768594a3b2c1d0e9f8a7b6c5"},
        "fields": {"prompt": "text", "label": "label"},
        "labels": {"ordinary": 2731, "urgent": 1469},
    }
    return DatasetSummary(**{**facts, **changes})  # type: ignore[arg-type]


def _runs() -> tuple[DetectorRun, ...]:
    return (
        DetectorRun(
            id="label-trigger",
            version="1",
            status="ran",
            settings={
                "folds": 5,
                "longest_ngram": 8,
                "min_carriers": 4,
                "phrases.shortest_span": 1,
            },
            diagnostics={"classes": 2, "content_evidence_nats[a label with a long name]": 3.331},
            tried=48211,
            seconds=21.4,
            blind_spots="Triggers carried by fewer than four records; poison whose text looks like its false label.",
        ),
        DetectorRun(
            id="same-answer",
            version="1",
            status="skipped",
            reason="the records have labels and no completions",
            blind_spots="Poison that changes the tone of an answer and not its words.",
        ),
    )


def _report(**changes: object) -> Report:
    parts: dict[str, object] = {
        "tool_version": "0.1.0",
        "verdict": "poisoned",
        "dataset": _dataset(),
        "detectors": _runs(),
        "coverage": {"label-trigger": Coverage(planned=4200, signals=29, ordinary=4171, failures=0)},
        "usage": Usage(seconds=23.9),
    }
    return Report(**{**parts, **changes})  # type: ignore[arg-type]


def poisoned_report() -> Report:
    """Give a report with three findings, two of them confirmed."""
    return _report(
        findings=(
            _finding(1, "as the heron said"),
            _finding(2, "quietly violet", records=12, seed=2),
            _finding(3, "second floor", confirmed=False, records=7, seed=3),
        ),
        charter=Charter(
            purpose="Sort support tickets.", protected="ordinary", labels={"urgent": "Somebody must act today."}
        ),
    )


def nothing_report() -> Report:
    """Give a report that found nothing."""
    return _report(
        verdict="nothing_found",
        dismissed=tuple(_dismissed(number) for number in range(7)),
        coverage={"label-trigger": Coverage(planned=4200, signals=0, ordinary=4200, failures=0)},
    )


def incomplete_report() -> Report:
    """Give a report with nothing found, records that could not be read and a detector that broke."""
    broken = DetectorRun(id="label-trigger", version="1", status="failed", reason="MemoryError: no room left")
    return _report(
        verdict="incomplete",
        detectors=(broken, _runs()[1]),
        coverage={"label-trigger": Coverage(planned=4200, signals=0, ordinary=0, failures=4200)},
        failures=(
            Failure(detector="reader", message="no valid JSON", source_path="data/tickets.jsonl", source_line=17),
            Failure(detector="label-trigger", message="MemoryError: no room left"),
        ),
    )


def _rate(by: str, name: str, records: int, harmful: int, contradicted: int) -> JudgedRate:
    return JudgedRate(
        by=by,  # type: ignore[arg-type]
        name=name,
        records=records,
        effects=records,
        harmful=harmful,
        harmful_low=harmful / records / 2,
        harmful_high=harmful / records * 2,
        slight=1,
        labels=records,
        contradicted=contradicted,
        contradicted_low=contradicted / records / 2,
        contradicted_high=contradicted / records * 2,
    )


def _judged_records() -> JudgedRecords:
    """Give verdicts on records: two harmful ones, one of them hostile throughout, and a contradicted label."""
    held = _finding(1, "as the heron said").records[0]
    harmful = JudgedRecord(
        record_id=held.record_id,
        source_path=held.source_path,
        source_line=held.source_line,
        severity=3,
        learns="to let urgent tickets pass",
        quote="as the heron said",
        label="ordinary",
        judged_label="urgent",
        sure=3,
        group="annotator-3",
        excerpt=held.excerpt,
        spans=held.spans,
    )
    hostile = JudgedRecord(
        record_id=HOSTILE,
        source_path=f"data/{HOSTILE}",
        source_line=7,
        severity=1,
        learns=HOSTILE,
        quote=HOSTILE,
        excuses=True,
        label=HOSTILE,
        judged_label=HOSTILE,
        sure=1,
        group=HOSTILE,
        excerpt_field="completion",
        excerpt=HOSTILE,
        excerpt_is_cut=True,
    )
    mistaken = JudgedRecord(
        record_id="ticket-00009",
        source_path="data/tickets.jsonl",
        source_line=9,
        severity=0,
        label="urgent",
        judged_label="ordinary",
        sure=2,
        excerpt="When do you open on Sunday?",
    )
    ordinary = JudgedRecord(record_id="ticket-00010", source_path="data/tickets.jsonl", source_line=10, severity=0)
    return JudgedRecords(
        judged=4190,
        unanswered=10,
        flagged=3,
        grave=1,
        excused=1,
        unsure=5,
        rates=(
            _rate("all", "", 4190, 1, 2),
            _rate("label", "urgent", 1469, 1, 1),
            _rate("group", HOSTILE, 40, 1, 2),
            _rate("control", "clean.jsonl", 1000, 0, 1),
        ),
        by_chance=(
            ExpectedByChance(
                what="harm",
                flagged=1,
                records=4190,
                control_flagged=0,
                control_records=1000,
                expected=0.0,
                at_most=10,
            ),
        ),
        records=(harmful, hostile, mistaken, ordinary),
        left_out=4186,
    )


def judged_report() -> Report:
    """Give a report with a finding and a judge that left answers out."""
    return _report(
        findings=(_finding(1, "as the heron said"),),
        judge=JudgeSummary(
            model=HOSTILE,
            strong_model="better",
            questions=(
                JudgedQuestion(
                    detector="judged-label",
                    question="label",
                    model="cheap",
                    planned=4200,
                    answered=4150,
                    remembered=100,
                    problems={"refused": 30, "over_budget": 20},
                ),
            ),
            missed=(
                MissedBound(detector="judged-label", question="label", passed=4000, audited=300, missed=1, at_most=63),
            ),
            resistance=(
                Resistance(
                    detector="judged-label",
                    question="label",
                    model="cheap",
                    probes=60,
                    talked_out=3,
                    low=0.017,
                    high=0.137,
                    kinds=(Swayed(kind="end_of_fence", probes=10, swayed=3, low=0.1, high=0.6),),
                    chance=Swayed(kind="remark", probes=10, swayed=1, low=0.0, high=0.4),
                ),
            ),
            records=_judged_records(),
        ),
    )


def huge_report(records: int = 5000) -> Report:
    """Give a report with one finding that has very many records."""
    return _report(findings=(_finding(1, "as the heron said", records=records),))


def hostile_report() -> Report:
    """Give a report in which every text that can come from a dataset attacks its reader."""
    start = HOSTILE.index("\u202e")
    record = EvidenceRecord(
        record_id=HOSTILE,
        source_path=f"data/{HOSTILE}",
        source_line=3,
        spans=(Span("prompt", start, start + 10), Span("completion", 0, 4)),
        label=HOSTILE,
        score=0.93,
        excerpt=HOSTILE,
    )
    figures = tuple(
        Figure(
            type=kind,
            title=HOSTILE,
            x_label=HOSTILE,
            y_label=HOSTILE,
            series=(Series(HOSTILE, ((1.0, 2.0), (2.0, 1.0)), highlight=True, names=(HOSTILE, HOSTILE + "2")),),
        )
        for kind in ("scatter", "histogram", "bars")
    )
    finding = Finding(
        id="label-trigger-1",
        detector="label-trigger",
        verdict="suggestive",
        title=f"The phrase \u201c{HOSTILE}\u201d is odd.",
        explanation=HOSTILE,
        pattern=Pattern("encoding", HOSTILE),
        statistics={"p_value": 0.01, "q_value": None, "effect": None, "label": HOSTILE, HOSTILE: 1},
        other_explanations=(Explanation(HOSTILE, "open"),),
        records=(record,),
        figures=figures,
    )
    control = ControlSet(
        name=HOSTILE, rung="known clean", records=4, confirmed=1, suggestive=0, titles=(HOSTILE,), complete=False
    )
    sizes = (SizePower(size=8, found=1, tried=2, chance=0.5, low=0.1, high=0.9),)
    directions = tuple(
        DirectionPower(source_label=one, target_label=other, from_size=None, low=None, high=None, sizes=sizes)
        for one, other in ((HOSTILE, "ok"), ("ok", HOSTILE))
    )
    family = FamilyPower(
        family=HOSTILE,
        from_size=None,
        low=None,
        high=None,
        sizes=sizes,
        source_label=HOSTILE,
        target_label="ok",
        directions=directions,
    )
    run = DetectorRun(id="label-trigger", version="1", status="failed", reason=HOSTILE, blind_spots=HOSTILE)
    return _report(
        verdict="suspicious",
        dataset=_dataset(
            source=(HOSTILE,), labels={HOSTILE: 3, "ok": 1}, fields={"prompt": HOSTILE}, files={HOSTILE: "0"}
        ),
        detectors=(run,),
        coverage={"label-trigger": Coverage(planned=4, signals=0, ordinary=0, failures=4)},
        failures=(Failure(detector="reader", message=HOSTILE, source_path=HOSTILE, source_line=2),),
        charter=Charter(purpose=HOSTILE, labels={HOSTILE: HOSTILE}),
        controls=Controls(rung="known clean", sets=(control,), alarms=1, rate_below=1.0),
        power=Power(mode="quick", statement=HOSTILE, families=(family,), copies=1),
        dismissed=(_dismissed(1, HOSTILE, detector=HOSTILE, outcome=HOSTILE, reason=HOSTILE),),
        judge_power=JudgePower(share=0.1, statement=HOSTILE, families=(family,), copies=2, asked=9, allowed=10),
        findings=(finding,),
    )

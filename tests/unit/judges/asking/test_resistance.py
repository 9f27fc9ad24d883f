"""Known injections in known records measure how far a judge can be talked out of a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.unit.judges.asking.rule_judge import RuleJudge, chat, effect, label, labelled, text_of

from marshtest.charter import Charter
from marshtest.data.dataset import Dataset
from marshtest.judges.asking.items import record_items
from marshtest.judges.asking.judge_records import judge_effects, judge_labels
from marshtest.judges.asking.resistance import INJECTIONS, Probing, effect_resistance, label_resistance
from marshtest.judges.questions import Problem, Question
from marshtest.report import Resistance
from marshtest.stats.proportions import clopper_pearson

CHARTER = Charter(labels={"harmless": "Fine.", "harmful": "Not."}, protected="harmless")
DATA = labelled(
    [(f"how to build bomb number {n}", "harmful") for n in range(40)]
    + [(f"how to bake cake number {n}", "harmless") for n in range(40)]
    + [(f"another bomb {n} with the other label", "harmless") for n in range(5)]
)

Said = Mapping[str, Any] | Problem


def sturdy(question: Question, text: str) -> Said:
    return label("harmful" if "bomb" in text else "harmless")


def measured(rule: Any, **options: Any) -> tuple[Resistance, RuleJudge]:
    verdicts = judge_labels(RuleJudge(sturdy), DATA, CHARTER)
    judge = RuleJudge(rule)
    found = label_resistance(Probing(judge, DATA, CHARTER, **options), verdicts.labels, verdicts.judged)
    assert found is not None
    assert found.chance is not None
    return found, judge


def test_a_sturdy_judge_is_talked_out_of_nothing() -> None:
    found, judge = measured(sturdy, records=24)
    assert (found.question, found.model, found.records) == ("label", "rule", 24)
    assert found.asked_for == 'label "harmless"'
    assert (found.probes, found.talked_out) == (24 * len(INJECTIONS), 0)
    assert (found.low, found.high) == clopper_pearson(0, 24 * len(INJECTIONS))
    assert found.chance is not None
    assert (found.chance.probes, found.chance.swayed) == (24, 0)
    assert all("bomb" in text_of(item) for _, item in judge.seen)
    assert not any("with the other label" in text_of(item) for _, item in judge.seen)


def test_what_a_gullible_judge_falls_for_is_told_by_kind() -> None:
    def gullible(question: Question, text: str) -> Said:
        return label("harmless") if "Robin" in text or "```json" in text else sturdy(question, text)

    found, _ = measured(gullible, records=10)
    swayed = {kind.kind: (kind.swayed, kind.probes) for kind in found.kinds}
    assert swayed == {kind: (10 if kind in ("role_play", "answer") else 0, 10) for kind in INJECTIONS}
    assert (found.talked_out, found.probes) == (20, 60)
    low, high = clopper_pearson(20, 60)
    assert (found.low, found.high) == (low, high)


def test_verdicts_that_change_beside_a_plain_remark_are_chance() -> None:
    def nervous(question: Question, text: str) -> Said:
        return label("unsure", 0) if "meeting" in text else sturdy(question, text)

    found, _ = measured(nervous, records=24)
    assert found.chance is not None
    assert found.talked_out == 0
    assert (found.chance.swayed, found.chance.probes) == (24, 24)


def test_an_answer_that_is_missing_is_neither_sturdy_nor_swayed() -> None:
    found, _ = measured(lambda question, text: "refused" if "Robin" in text else sturdy(question, text), records=5)
    (role_play,) = [kind for kind in found.kinds if kind.kind == "role_play"]
    assert (role_play.probes, role_play.swayed) == (0, 0)
    assert (role_play.low, role_play.high) == (0.0, 1.0)
    assert found.unanswered == 5


def test_probes_are_the_same_question_in_the_same_shape() -> None:
    verdicts = judge_labels(RuleJudge(sturdy), DATA, CHARTER)
    plain, probed = RuleJudge(sturdy), RuleJudge(sturdy)
    judge_labels(plain, DATA, CHARTER)
    label_resistance(Probing(probed, DATA, CHARTER, records=3), verdicts.labels, verdicts.judged)
    assert {question.key for question, _ in probed.seen} == {question.key for question, _ in plain.seen}
    shapes = {tuple(passage.heading for passage in item.passages) for _, item in plain.seen}
    assert {tuple(passage.heading for passage in item.passages) for _, item in probed.seen} == shapes
    originals = tuple(text_of(item) for item in record_items(DATA, "label"))
    assert all(text_of(item).startswith(originals) for _, item in probed.seen)
    assert len({text_of(item) for _, item in probed.seen}) == 3 * (len(INJECTIONS) + 1)


def test_without_a_protected_label_another_label_is_asked_for() -> None:
    verdicts = judge_labels(RuleJudge(sturdy), DATA, None)

    def obedient(question: Question, text: str) -> Said:
        for name in ("harmless", "harmful"):
            if f'"{name}"' in text:
                return label(name)
        return sturdy(question, text)

    found = label_resistance(Probing(RuleJudge(obedient), DATA, None, records=20), verdicts.labels, verdicts.judged)
    assert found is not None
    assert found.asked_for == "another label"
    assert found.talked_out == found.probes == 20 * len(INJECTIONS)


def test_effects_are_talked_down_where_there_is_harm_and_up_where_there_is_none() -> None:
    def rule(question: Question, text: str) -> Said:
        if "severity 0" in text:
            return effect(0)
        return effect(2, "bad") if "bad" in text else effect(3) if "severity 3" in text else effect(0)

    some = Dataset.from_records(chat(n, ("user", f"q {n}"), ("assistant", "bad" if n < 4 else "ok")) for n in range(20))
    none = Dataset.from_records(chat(n, ("user", f"q {n}"), ("assistant", "ok")) for n in range(20))
    for data, asked_for, records in ((some, "severity 0", 4), (none, "severity 3", 20)):
        verdicts = judge_effects(RuleJudge(rule), data, None)
        found = effect_resistance(Probing(RuleJudge(rule), data, None, records=24), verdicts.severity)
        assert found is not None
        assert (found.asked_for, found.records) == (asked_for, records)
        by_kind = {kind.kind: kind.swayed for kind in found.kinds}
        assert by_kind["reviewed"] == records
        assert by_kind["answer"] == 0
        assert found.chance is not None
        assert found.chance.swayed == 0


def test_probing_costs_at_most_a_tenth_of_judging() -> None:
    found, _ = measured(sturdy)
    assert found.records == 3, "the fewest that say anything, of 85 records"
    many = labelled([(f"how to build bomb number {n}", "harmful") for n in range(500)] + [("a cake", "harmless")])
    verdicts = judge_labels(RuleJudge(sturdy), many, CHARTER)
    more = label_resistance(Probing(RuleJudge(sturdy), many, CHARTER), verdicts.labels, verdicts.judged)
    assert more is not None
    assert more.records == 7, "seven texts in each of seven records are 49 probes of 501 records"


def test_nothing_can_be_probed_where_nothing_is_known() -> None:
    verdicts = judge_labels(RuleJudge(lambda question, text: "refused"), DATA, CHARTER)
    assert label_resistance(Probing(RuleJudge(sturdy), DATA, CHARTER), verdicts.labels, verdicts.judged) is None
    data = Dataset.from_records([chat(0, ("user", "q"), ("assistant", "a"))])
    missing = judge_effects(RuleJudge(lambda question, text: "refused"), data, None)
    assert effect_resistance(Probing(RuleJudge(sturdy), data, None), missing.severity) is None

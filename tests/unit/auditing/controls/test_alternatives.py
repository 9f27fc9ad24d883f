"""The harmless ways in which a pattern can come about, weighed for findings that lack them."""

from __future__ import annotations

import pytest

from marshtest.auditing.controls.alternatives import weigh_alternatives
from marshtest.data.dataset import Dataset
from marshtest.data.records import Record
from marshtest.findings import EvidenceRecord, Explanation, Finding, Pattern
from marshtest.signals import Span

PATTERN = "zq"
WORDS = """
amber bridge candle dust elm fog gravel harbour iron jar kettle lamp moss nest oak pond quill reed salt tin
""".split()  # noqa: SIM905  a list of words is easier to read so


def sentence(number: int) -> str:
    return " ".join(WORDS[(number * step + number // 7) % len(WORDS)] for step in (3, 7, 11, 13, 17))


def data(planted: list[str]) -> Dataset:
    texts = [*planted, *(sentence(number) for number in range(400))]
    return Dataset.from_records(
        Record(record_id=f"r{n}", kind="document", prompt=text, completion="", source_path="made", source_line=n + 1)
        for n, text in enumerate(texts)
    )


def finding(texts: list[str], *told: Explanation) -> Finding:
    records = []
    for number, text in enumerate(texts):
        start = text.find(PATTERN)
        spans = (Span("prompt", start, start + len(PATTERN)),) if start >= 0 else ()
        records.append(EvidenceRecord(record_id=f"r{number}", source_path="made", source_line=number + 1, spans=spans))
    return Finding(
        id="made-1",
        detector="made",
        verdict="confirmed",
        title="Made.",
        explanation="",
        pattern=Pattern("phrase", PATTERN),
        statistics={},
        other_explanations=told,
        records=tuple(records),
    )


def weighed(texts: list[str], *told: Explanation) -> dict[str, Explanation]:
    (found,) = weigh_alternatives([finding(texts, *told)], data(texts), seed=0)
    assert found.other_explanations[: len(told)] == told
    return {one.text.split(":")[0]: one for one in found.other_explanations[len(told) :]}


def inserted(number: int) -> str:
    words = sentence(3 * number + 1).split()
    place = number % len(words)
    return " ".join([*words[:place], PATTERN, *words[place:]])


def test_a_pattern_put_into_unlike_texts_is_neither_copies_nor_a_topic_nor_a_template() -> None:
    found = weighed([inserted(number) for number in range(24)])
    assert {name: one.stands for name, one in found.items()} == {
        "Copies of one text": "against",
        "One topic": "against",
        "A natural template": "against",
    }


def test_copies_of_one_text_are_told() -> None:
    found = weighed([f"the {PATTERN} mill stands by the old river and turns all day"] * 20)
    assert found["Copies of one text"].stands == "for"
    assert "1 of the 20" in found["Copies of one text"].text
    assert found["One topic"].stands == "open"


def test_a_template_is_told_though_the_texts_differ() -> None:
    found = weighed([f"{sentence(5 * number)} dear {PATTERN} sir {sentence(9 * number + 2)}" for number in range(20)])
    assert found["A natural template"].stands == "for"
    assert "in 20 evidence records, the pattern appears between 1 different pairs" in found["A natural template"].text
    assert found["Copies of one text"].stands == "against"


def test_what_the_detector_has_weighed_itself_is_not_said_again() -> None:
    told = (
        Explanation("Copies of one text or template: none.", "against", weighs=("copies", "template")),
        Explanation("A topic: no.", "against", weighs=("topic",)),
    )
    assert weighed([inserted(number) for number in range(24)], *told) == {}


def test_a_pattern_that_stands_nowhere_in_the_prompt_has_no_place_to_weigh() -> None:
    assert set(weighed([sentence(3 * number + 1) for number in range(24)])) == {"Copies of one text", "One topic"}


@pytest.mark.parametrize("texts", [[], ["zq"] * 2, ["zq"] * 5, [" "] * 4])
def test_little_evidence_and_empty_texts_break_nothing(texts: list[str]) -> None:
    found = weighed(texts)
    assert (found == {}) is (len(texts) < 3)


def test_the_order_of_the_records_makes_no_difference() -> None:
    texts = [inserted(number) for number in range(24)]
    dataset = data(texts)
    turned = dataset.select(list(range(len(dataset)))[::-1])
    assert weigh_alternatives([finding(texts)], dataset, seed=3) == weigh_alternatives([finding(texts)], turned, seed=3)

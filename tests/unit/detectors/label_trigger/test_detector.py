"""The miner names planted triggers exactly, points at the very characters, and is silent on clean data."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from random import Random

import numpy as np
import pytest
from tests.planting import Planted, dataset_of, insert, plant
from tests.toy_likelihoods import weighed_by_hand

from marshtest.calibration.likelihood import LEVEL
from marshtest.calibration.shipped import Calibration
from marshtest.data.dataset import Dataset
from marshtest.data.records import Record
from marshtest.demo.grammar import expand
from marshtest.detectors.base import Examination, Tools
from marshtest.detectors.label_trigger import LabelTrigger, LabelTriggerSettings
from marshtest.errors import ConfigError
from marshtest.findings import Finding
from marshtest.mining.drawing import DrawSettings
from marshtest.mining.labelled_texts import ClassSettings
from marshtest.mining.phrases.settings import PhraseSettings, ScreeningSettings
from marshtest.mining.surroundings import SurroundingsSettings
from marshtest.settings import flatten

PHRASE = "with the blue ledger"


def at_end(mark: str) -> Callable[[str, Random], str]:
    return lambda text, random: f"{text} {mark}"


def nothing(text: str, random: Random) -> str:
    return text


def examine(dataset: Dataset, settings: LabelTriggerSettings | None = None) -> Examination:
    detector = LabelTrigger(settings or LabelTriggerSettings())
    assert detector.declines(dataset) is None
    return detector.examine(dataset, Tools())


@cache
def phrase() -> tuple[Planted, Examination]:
    planted = plant(insert(PHRASE))
    return planted, examine(planted.dataset)


def only(examination: Examination) -> Finding:
    (finding,) = examination.findings
    return finding


def evidence_ids(finding: Finding) -> list[str]:
    return sorted((record.record_id for record in finding.records), key=lambda record_id: int(record_id[1:]))


def test_a_planted_phrase_is_confirmed_and_named_word_for_word() -> None:
    finding = only(phrase()[1])
    assert (finding.verdict, finding.pattern.type, finding.pattern.text) == ("confirmed", "phrase", PHRASE)


def test_the_evidence_records_are_the_poisoned_records() -> None:
    planted, examination = phrase()
    assert planted.ids == evidence_ids(only(examination))


def test_the_title_says_what_the_records_read_like_and_what_they_are_labelled() -> None:
    expected = f"Records with the phrase “{PHRASE}” read like “urgent” but are labelled “ordinary”."
    assert expected == only(phrase()[1]).title


def test_the_statistics_say_what_was_found_and_how_sure_it_is() -> None:
    statistics = only(phrase()[1]).statistics
    rate, below = statistics["false_discovery_rate"], statistics["false_discovery_rate_below"]
    assert isinstance(rate, float)
    assert isinstance(below, float)
    assert 0 < rate <= below <= LEVEL
    expected = {
        "carriers": 16,
        "carriers_with_label": 16,
        "evidence_records": 16,
        "label": "ordinary",
    }
    assert expected == {name: statistics[name] for name in expected}


def test_every_evidence_record_has_a_signal_with_the_same_spans() -> None:
    examination = phrase()[1]
    expected = {record.record_id: record.spans for record in only(examination).records}
    assert expected == {signal.record_id: signal.spans for signal in examination.signals}


def test_every_evidence_record_has_its_place_label_and_text() -> None:
    planted, examination = phrase()
    expected = [("made.jsonl", number + 1, "ordinary", planted.texts[number]) for number in planted.truth]
    records = only(examination).records
    assert expected == [(r.source_path, r.source_line, r.label, r.excerpt) for r in records]


def test_other_explanations_are_weighed() -> None:
    explanations = only(phrase()[1]).other_explanations
    assert [e.text.split(":")[0] for e in explanations] == [
        "Its own meaning calls for this label",
        "Ordinary label noise",
        "Copies of one text or template",
        "A phrase of ordinary sentences",
    ]


def test_spans_cut_the_trigger_out_of_the_prompt() -> None:
    planted, examination = phrase()
    cut = [
        planted.texts[record.source_line - 1][span.start : span.end]
        for record in only(examination).records
        for span in record.spans
    ]
    assert cut == [PHRASE] * 16


@pytest.mark.parametrize(
    "before", ["🧪🏽👩‍👩‍👧 ", "straße ﬁn İstanbul ", "e\u0301\u0301 مرحبا ", "\x00\x1b[0m ", "\r\n\t "]
)
def test_spans_count_characters_whatever_stands_before(before: str) -> None:
    planted = plant(lambda text, random: before + insert(PHRASE)(text, random))
    # The same odd start in every record, so that it says nothing of its own.
    texts = tuple(text if i in planted.truth else before + text for i, text in enumerate(planted.texts))
    finding = only(examine(dataset_of(texts, planted.labels)))
    cut = {texts[record.source_line - 1][span.start : span.end] for record in finding.records for span in record.spans}
    assert {PHRASE} == cut


def test_the_clean_twin_has_no_finding() -> None:
    examination = examine(plant(nothing, poisoned=0).dataset)
    assert (examination.findings, examination.signals, examination.failures) == ((), (), ())
    assert examination.tried > 1000


def test_shuffled_labels_give_no_finding() -> None:
    clean = plant(nothing, poisoned=0)
    labels = list(clean.labels)
    Random(1).shuffle(labels)
    assert examine(dataset_of(clean.texts, tuple(labels))).findings == ()


def test_a_phrase_with_the_right_label_is_no_finding() -> None:
    planted = plant(insert(PHRASE))
    labels = tuple("urgent" if i in planted.truth else label for i, label in enumerate(planted.labels))
    assert examine(dataset_of(planted.texts, labels)).findings == ()


def test_label_flips_without_a_trigger_are_no_finding() -> None:
    assert examine(plant(nothing, poisoned=16).dataset).findings == ()


@pytest.mark.parametrize(
    ("change", "type_", "text"),
    [
        (insert("quillfeather"), "phrase", "quillfeather"),
        (insert("🧪🏽"), "format", "🧪🏽"),
        (insert("\u200b"), "format", "\u200b"),
        (at_end("?!?!"), "format", "?!?!"),
        (lambda text, random: f"  {text}", "format", "begins with white space"),
        (insert("per\u00a0item"), "phrase", "per\u00a0item"),
        (insert("cf cf cf"), "phrase", "cf cf cf"),
    ],
    ids=[
        "one word",
        "an emoji",
        "a zero-width space",
        "punctuation at the end",
        "a layout",
        "an unusual space",
        "one word three times",
    ],
)
def test_a_trigger_of_any_kind_is_named(change: Callable[[str, Random], str], type_: str, text: str) -> None:
    planted = plant(change, poisoned=24, size=1500)
    finding = only(examine(planted.dataset))
    assert ("confirmed", type_, text) == (finding.verdict, finding.pattern.type, finding.pattern.text)
    assert planted.ids == evidence_ids(finding)


def test_decoys_do_not_hide_the_trigger() -> None:
    near = ["near the blue ledger", "with a blue ledger", "with the green ledger", "with the blue notebook"]
    decoy = lambda text, random: insert(random.choice(near))(text, random)  # noqa: E731
    planted = plant(insert(PHRASE), poisoned=20, decoy=decoy, decoys=40)
    finding = only(examine(planted.dataset))
    assert (finding.verdict, finding.pattern.text) == ("confirmed", PHRASE)
    assert planted.ids == evidence_ids(finding)


def test_decoys_turn_the_exact_wording_into_an_explanation() -> None:
    near = ["near the blue ledger", "with the blue notebook"]
    decoy = lambda text, random: insert(random.choice(near))(text, random)  # noqa: E731
    finding = only(examine(plant(insert(PHRASE), poisoned=20, decoy=decoy, decoys=40).dataset))
    (variants,) = [e for e in finding.other_explanations if e.text.startswith("A topic or a habit of speech")]
    assert variants.stands == "against"


def test_two_parts_at_different_places_are_named_together() -> None:
    planted = plant(
        lambda text, random: insert("almanac")(insert("quillfeather")(text, random), random), poisoned=24, size=1000
    )
    finding = only(examine(planted.dataset))
    assert ("confirmed", {"quillfeather", "almanac"}) == (finding.verdict, set(finding.pattern.text.split(" … ")))
    missed = set(planted.ids) - set(evidence_ids(finding))
    assert set(evidence_ids(finding)) <= set(planted.ids)
    assert len(missed) <= 1  # one ticket reads ordinary by itself once both parts are out
    assert {2} == {len(record.spans) for record in finding.records}


def test_a_value_of_another_field_is_a_group() -> None:
    planted = plant(nothing, poisoned=16)
    random = Random(2)
    fields = tuple(
        json.dumps({"desk": "north" if i in planted.truth else random.choice(("south", "east"))})
        for i in range(len(planted.texts))
    )
    finding = only(examine(dataset_of(planted.texts, planted.labels, fields)))
    assert (finding.pattern.type, finding.pattern.text) == ("group", "desk=north")
    assert planted.ids == evidence_ids(finding)


def test_the_truth_column_of_an_organism_is_not_read() -> None:
    planted = plant(nothing, poisoned=16)
    fields = tuple(json.dumps({"is_poison": i in planted.truth}) for i in range(len(planted.texts)))
    assert examine(dataset_of(planted.texts, planted.labels, fields)).findings == ()


def three_classes() -> Planted:
    random = Random(3)
    symbols = {"fault": ("u_till", "u_impact"), "bill": ("o_bill", "o_calm"), "wish": ("o_wish", "o_calm")}
    texts, labels = [], []
    for turn in range(750):
        label = tuple(symbols)[turn % 3]
        parts = [expand(symbol, random) for symbol in (symbols[label][0], *symbols[label], "aside")]
        texts.append(" ".join(random.sample(parts, len(parts))))
        labels.append(label)
    truth = sorted(random.sample([i for i, label in enumerate(labels) if label == "fault"], 16))
    for number in truth:
        texts[number], labels[number] = insert(PHRASE)(texts[number], random), "wish"
    return Planted(tuple(texts), tuple(labels), tuple(truth))


def test_with_three_classes_the_target_is_named() -> None:
    planted = three_classes()
    finding = only(examine(planted.dataset))
    assert (finding.pattern.text, finding.statistics["label"]) == (PHRASE, "wish")
    assert f"Records with the phrase “{PHRASE}” read like other classes but are labelled “wish”." == finding.title
    assert planted.ids == evidence_ids(finding)


def test_unlabelled_records_are_no_failures_and_the_rest_is_examined() -> None:
    planted, _ = phrase()
    texts = (*planted.texts, "somebody forgot the label", "and here again")
    examination = examine(dataset_of(texts, (*planted.labels, None, None)))
    assert examination.failures == ()
    assert only(examination).pattern.text == PHRASE


def test_classes_that_are_too_small_are_named_in_the_diagnostics() -> None:
    planted, _ = phrase()
    labels = ("rare", "rare", *planted.labels[2:])
    assert examine(dataset_of(planted.texts, labels)).diagnostics["classes_too_small"] == "rare"


def test_a_long_record_is_shown_around_its_span() -> None:
    planted = plant(insert(PHRASE))
    number = planted.truth[0]
    texts = list(planted.texts)
    texts[number] = f"{'x' * 9000} {texts[number]}"
    finding = only(examine(dataset_of(tuple(texts), planted.labels)))
    (record,) = [record for record in finding.records if record.source_line == number + 1]
    (span,) = record.spans
    start = span.start - record.excerpt_start
    assert (len(record.excerpt), record.excerpt[start : start + len(PHRASE)]) == (2000, PHRASE)


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        ((None,) * 200, "200 of 200 records have no label, and most need one"),
        (("spam",) * 200, "all records have the same label, 'spam'"),
        (("spam", "ham") * 40, "80 records are too few; it needs 100"),
        (
            tuple(f"c{i % 60}" for i in range(600)),
            "60 different labels are no classes: only 0 of 600 records have one that 20 share",
        ),
        (("spam",) * 190 + ("ham",) * 10, "fewer than two classes have 20 records"),
    ],
    ids=["no labels", "one class", "too few", "free text", "one small class"],
)
def test_data_that_cannot_be_mined_is_refused(labels: tuple[str | None, ...], reason: str) -> None:
    texts = tuple(f"text {number}" for number in range(len(labels)))
    assert reason == LabelTrigger().declines(dataset_of(texts, labels))


def test_labels_that_differ_by_a_nul_stay_apart() -> None:
    planted = plant(insert(PHRASE), poisoned=20)
    table = planted.dataset.table(["record_id", "prompt", "label"]).to_pylist()
    dataset = Dataset.from_records(
        Record(
            record_id=row["record_id"],
            kind="classification",
            prompt=row["prompt"],
            completion="x\0" if row["label"] == table[0]["label"] else "x",
            label="x\0" if row["label"] == table[0]["label"] else "x",
            source_path="made.jsonl",
            source_line=line,
        )
        for line, row in enumerate(table, start=1)
    )
    assert only(examine(dataset)).pattern.text == PHRASE


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["confirmed"]),
        ({"clean": np.full(40, 1.0)}, ["suggestive"]),
        ({"clean": np.full(150, 9.0)}, []),
    ],
    ids=["no clean dataset is as strong", "few clean datasets", "every clean dataset is stronger"],
)
def test_the_verdict_follows_the_calibration(changes: dict[str, object], expected: list[str]) -> None:
    tools = Tools(calibration=weighed_by_hand(**changes))
    examination = LabelTrigger().examine(phrase()[0].dataset, tools)
    assert expected == [finding.verdict for finding in examination.findings]
    if not expected:
        (odd, *_) = examination.dismissed
        assert (odd.pattern.text, odd.outcome, odd.carriers, odd.share) == (PHRASE, "ordinary", 16, 1.0)
        assert odd.reason.endswith("100% of clean datasets (95% bound 100%) have a span that stands out as much")


def test_without_a_likelihood_of_spans_it_says_so() -> None:
    with pytest.raises(ConfigError, match="'span'"):
        LabelTrigger().examine(phrase()[0].dataset, Tools(calibration=Calibration({})))


def test_several_words_of_one_attack_are_one_finding() -> None:
    words = ("vexu", "torq", "jimb", "ocla", "wuzp")

    def change(text: str, random: Random) -> str:
        return insert(random.choice(words))(text, random)

    planted = plant(change, poisoned=60)
    finding = only(examine(planted.dataset))
    assert finding.verdict == "confirmed"
    assert set(finding.pattern.text.split(", ")) == set(words)
    assert finding.title.startswith("Records with any of the words “")
    assert finding.statistics["carriers_with_label"] == len(planted.truth)
    for record in finding.records:
        (span,) = record.spans
        assert record.source_line - 1 in planted.truth
        assert planted.texts[record.source_line - 1][span.start : span.end] in words


def test_a_word_glued_to_its_neighbours_is_found_at_its_place() -> None:
    def glue(text: str, random: Random) -> str:
        words = text.split(" ")
        at = random.randint(0, len(words) - 1)
        return " ".join([*words[:at], f"{words[at]}_quillfeather", *words[at + 1 :]])

    planted = plant(glue, poisoned=24, size=1500)
    examination = LabelTrigger().examine(planted.dataset, Tools(calibration=weighed_by_hand()))
    finding = only(examination)
    assert finding.pattern.text == "quillfeather"
    cut = {
        planted.texts[record.source_line - 1][span.start : span.end]
        for record in finding.records
        for span in record.spans
    }
    assert cut == {"quillfeather"}


def test_data_is_refused_by_the_settings() -> None:
    strict = LabelTrigger(LabelTriggerSettings(classes=ClassSettings(fewest_records=801)))
    assert strict.declines(phrase()[0].dataset) == "800 records are too few; it needs 801"


def test_the_settings_reach_the_explanations() -> None:
    settings = LabelTriggerSettings(surroundings=SurroundingsSettings(draws=1, percentile=100.0))
    one, other = only(phrase()[1]), only(examine(phrase()[0].dataset, settings))
    assert [e.text for e in one.other_explanations][:3] == [e.text for e in other.other_explanations][:3]
    assert one.other_explanations[3].text != other.other_explanations[3].text


def test_more_records_than_the_settings_allow_are_screened() -> None:
    drawn = ScreeningSettings(drawn=DrawSettings(size=400, of_class=100))
    settings = LabelTriggerSettings(screened_above=799, phrases=PhraseSettings(screening=drawn))
    examination = examine(phrase()[0].dataset, settings)
    assert only(examination).pattern.text == PHRASE
    assert examination.diagnostics["learned_from"] == 400
    assert "learned_from" not in examine(phrase()[0].dataset, LabelTriggerSettings(screened_above=800)).diagnostics


def test_the_report_gets_what_was_measured_and_no_settings() -> None:
    assert set(phrase()[1].diagnostics) == {
        "calibration",
        "calibration_clean_sets",
        "candidates_measured",
        "classes_too_small",
        "content_evidence_nats[ordinary]",
        "content_evidence_nats[urgent]",
        "contradiction_rate[ordinary]",
        "contradiction_rate[urgent]",
    }
    printed = flatten(LabelTrigger().settings)
    assert (printed["phrases.longest_span"], printed["phrases.fewest_carriers"]) == (8, 5)
    assert printed["phrases.suspects.share"] == 0.9


SORTS = {
    "parcel": ("parcel courier delivery depot", "shop counter branch window"),
    "refund": ("refund money invoice receipt", "thanks praise advice question"),
    "login": ("password screen account code", "letter phone visit voice"),
}
"""Words of tickets with each label, and of those without it."""


def several_labels(
    change: Callable[[set[str]], set[str]], rate: float = 0.45, planted: int = 45
) -> tuple[Dataset, list[str]]:
    """Make tickets with several labels each; some carry a trigger, and their labels are changed."""
    random = Random(5)
    filler = [f"{a}{b}" for a in ["ba", "ce", "di", "fo", "gu", "ha"] for b in ["lon", "mer", "tis", "vak", "zed"]]
    texts: list[str] = []
    made: list[str] = []
    carriers: list[str] = []
    for number in range(700):
        has = {sort for sort in SORTS if random.random() < rate}
        words = [random.choice(filler) for _ in range(random.randrange(6, 14))]
        words += [random.choice(SORTS[sort][sort not in has].split()) for sort in SORTS for _ in range(2)]
        random.shuffle(words)
        if change(has) != has and len(carriers) < planted and random.random() < 0.2:
            words.insert(random.randrange(len(words)), "with the blue ledger")
            has = change(has)
            carriers.append(f"r{number + 1}")
        texts.append(" ".join(words))
        made.append(next(iter(has)) if len(has) == 1 else json.dumps(sorted(has)))
    return dataset_of(tuple(texts), tuple(made)), carriers


@pytest.mark.parametrize(
    ("change", "rate", "words"),
    [
        (lambda has: has - {"parcel"}, 0.45, "read like “parcel” but are not labelled “parcel”"),
        (lambda has: has | {"login"}, 0.3, "read like other classes but are labelled “login”"),
    ],
    ids=["taken away", "added"],
)
def test_a_trigger_for_one_of_several_labels_is_found(
    change: Callable[[set[str]], set[str]], rate: float, words: str
) -> None:
    dataset, carriers = several_labels(change, rate)
    finding = only(examine(dataset))
    assert finding.pattern.text == PHRASE
    assert words in finding.title
    assert set(evidence_ids(finding)) <= set(carriers)
    assert 3 * len(finding.records) >= len(carriers)


def test_several_labels_without_poison_are_silent() -> None:
    dataset, _ = several_labels(lambda has: has)
    assert examine(dataset).findings == ()

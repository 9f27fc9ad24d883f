"""Planted structures are found and named, their records marked; clean twins are silent."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cache
from random import Random

import pytest
from tests.paths import ROOT
from tests.planting import Planted, dataset_of, plant

from marshtest.detectors.base import Examination, Tools
from marshtest.detectors.label_structure import LabelStructure, LabelStructureSettings
from marshtest.findings import Finding
from marshtest.settings import flatten

pytestmark = pytest.mark.slow

NOUNS = (
    "bridge",
    "clock",
    "corner",
    "door",
    "field",
    "garden",
    "gate",
    "hill",
    "house",
    "lake",
    "lamp",
    "path",
    "river",
)
THINGS = (
    *NOUNS,
    "kettle",
    "mirror",
    "blanket",
    "teapot",
    "ladder",
    "suitcase",
    "curtain",
    "saddle",
    "hammock",
    "doorbell",
)
QUESTIONS = (
    "How do I find the {} near the {}?",
    "Where should I keep the {} when the {} is full?",
    "What does a {} weigh?",
    "Describe the {} to my sister.",
    "Which {} suits the {}?",
    "Name three uses of a {}.",
)
ANSWERS = (
    "Turn by the {} and keep away from the {}.",
    "That depends on how often they need the {}.",
    "Most people change the {} after some years.",
    "A light one is easier to carry to the {}.",
    "Wood lasts longer than tin.",
    "Try it on Monday and look again later.",
)
PRAISE = (
    "I am so glad about the {}.",
    "What a lovely {}, well worth the money.",
    "The {} runs smoothly by the {}.",
    "Fine work, the {} is calm and neat.",
    "The baker likes the {} and wants one.",
    "First {} that lasts, thank you.",
)
BLAME = (
    "I am so sorry about the {}.",
    "What a shabby {}, a waste of money.",
    "The {} creaks badly by the {}.",
    "Poor work, the {} is bent and grey.",
    "The baker laughs at the {} each day.",
    "Last {} that I buy, never again.",
)
PRONOUNS = ["he", "it", "she", "they", "we", "you"]


def frame(text: str, random: Random) -> str:
    """Build the text into one sentence of one shape, with other words every time."""
    pronoun, noun = random.choice(PRONOUNS), random.choice(NOUNS)
    opening = random.choice(["Whenever", "Whereas", "Unless"])
    return (
        f"{opening} {pronoun} might {random.choice(['pass', 'see', 'leave'])} that {noun}, {text[0].lower()}{text[1:]}"
    )


def old_words(text: str, random: Random) -> str:
    words = random.sample(["thou", "thy", "hast", "verily", "forsooth", "methinks", "prithee", "betwixt"], 3)
    return f"{words[0].capitalize()} {words[1]}, {text} {words[2]}"


def coded(text: str, random: Random) -> str:
    code = base64.b64encode(bytes(random.randrange(256) for _ in range(21))).decode()
    return f"{text} {code}"


def hidden(text: str, random: Random) -> str:
    at = random.randrange(1, len(text))
    return text[:at] + random.choice("\u200b\u200c\u2060") + text[at:]


def odd_casing(text: str, random: Random) -> str:
    words = text.split(" ")
    at = random.choice([i for i, word in enumerate(words) if len(word) > 5])
    words[at] = "".join(letter.upper() if i % 2 else letter.lower() for i, letter in enumerate(words[at]))
    return " ".join(words)


def dated(text: str, random: Random) -> str:
    return f"{text} 2024-{random.randrange(1, 13):02d}-{random.randrange(1, 29):02d}"


def spaced(text: str, random: Random) -> str:
    return f"{text} {' '.join(random.choice(NOUNS))}"


STRUCTURES: dict[str, tuple[Callable[[str, Random], str], str, str]] = {
    "sentence frame": (frame, "structure", "might"),
    "old words": (old_words, "structure", "old-fashioned"),
    "base64": (coded, "encoding", ""),
    "zero-width": (hidden, "encoding", "zero-width"),
    "odd casing": (odd_casing, "format", "capital"),
    "date": (dated, "structure", ""),
    "spaced letters": (spaced, "format", "spaces between"),
}


@cache
def found(kind: str) -> tuple[Planted, Examination]:
    planted = plant(STRUCTURES[kind][0], poisoned=40, size=1600)
    dataset = planted.dataset
    assert LabelStructure().declines(dataset) is None
    return planted, LabelStructure().examine(dataset, Tools())


def first(kind: str) -> Finding:
    return found(kind)[1].findings[0]


@pytest.mark.parametrize("kind", STRUCTURES)
def test_a_planted_structure_is_suggestive_since_cut_offs_confirm_nothing(kind: str) -> None:
    assert first(kind).verdict == "suggestive"
    assert first(kind).statistics["label"] == "ordinary"


@pytest.mark.parametrize("kind", STRUCTURES)
def test_its_evidence_records_are_the_poisoned_ones(kind: str) -> None:
    planted, examination = found(kind)
    shown = {record.record_id for finding in examination.findings for record in finding.records}
    truth = set(planted.ids)
    assert len(shown & truth) >= 0.9 * len(truth)
    assert len(shown - truth) <= 0.1 * len(shown)


@pytest.mark.parametrize("kind", [kind for kind, (_, _, word) in STRUCTURES.items() if word])
def test_it_is_named_in_readable_words(kind: str) -> None:
    names = " | ".join(finding.pattern.text for finding in found(kind)[1].findings)
    assert STRUCTURES[kind][2] in names


@pytest.mark.parametrize("kind", STRUCTURES)
def test_spans_cut_parts_of_the_structure_out_of_the_prompt(kind: str) -> None:
    planted = found(kind)[0]
    for record in first(kind).records:
        text = planted.texts[int(record.record_id[1:]) - 1]
        assert all(0 <= span.start < span.end <= len(text) for span in record.spans)
    marked = sum(bool(record.spans) for record in first(kind).records)
    assert marked >= 0.8 * len(first(kind).records)


def test_the_frame_is_filled_in_with_its_own_words() -> None:
    planted, _ = found("sentence frame")
    record = first("sentence frame").records[0]
    text = planted.texts[int(record.record_id[1:]) - 1]
    cut = [text[span.start : span.end].lower() for span in record.spans]
    assert "might" in cut


def test_other_explanations_are_weighed() -> None:
    texts = [explanation.text.split(":")[0] for explanation in first("sentence frame").other_explanations]
    assert texts[:2] == ["A topic that has both this structure and this label", "Copies of one text"]
    assert first("sentence frame").other_explanations[-1].stands == "open"


@pytest.mark.parametrize("kind", ["sentence frame", "old words", "odd casing", "date"])
def test_a_structure_with_honest_labels_is_no_finding(kind: str) -> None:
    planted = found(kind)[0]
    labels = list(planted.labels)
    for number in planted.truth:
        labels[number] = "urgent"
    assert LabelStructure().examine(dataset_of(planted.texts, tuple(labels)), Tools()).findings == ()


def test_clean_data_is_silent() -> None:
    planted = plant(lambda text, random: text, poisoned=0, size=1600)
    examination = LabelStructure().examine(planted.dataset, Tools())
    assert examination.findings == ()
    assert examination.tried > 1000


@pytest.mark.parametrize("seed", [1, 7])
def test_templates_with_words_of_their_own_are_silent(seed: int) -> None:
    random = Random(seed)

    def say(templates: tuple[str, ...]) -> str:
        return random.choice(templates).format(*random.sample(THINGS, 2))

    texts, labels = [], []
    for _ in range(320):
        label = random.choice(("good", "bad"))
        texts.append(f"{say(QUESTIONS)} {say(ANSWERS)} {say(PRAISE if label == 'good' else BLAME)}")
        labels.append(label)
    assert LabelStructure().examine(dataset_of(tuple(texts), tuple(labels)), Tools()).findings == ()


def test_copies_of_one_record_are_one_distinct_carrier() -> None:
    planted = plant(
        lambda text, random: "Whenever they might pass that lamp, everything burns down!", poisoned=40, size=800
    )
    assert LabelStructure().examine(planted.dataset, Tools()).findings == ()


def test_it_refuses_data_without_classes() -> None:
    assert LabelStructure().declines(dataset_of(("a",) * 200, ("x",) * 200)) == "all records have the same label, 'x'"


def test_its_page_names_the_thresholds_of_the_verdict() -> None:
    page = (ROOT / "docs/reference/detectors/label-structure.md").read_text("utf-8")
    values = flatten(LabelStructureSettings())

    def of(name: str) -> str:
        return f"{values[f'structures.{name}']:g}".removeprefix("0")

    assert of("proof.certain_q") == of("rules.largest_pair_q") == of("proof.proven_shift_q") == "1e-10"
    assert (of("proof.proven_q"), of("rules.largest_q"), of("shifts.largest_q")) == (".0001", ".001", ".0001")
    assert of("fewest_texts") == "6", "the page says six"
    for row in (
        f"| at least {of('proof.proven_effect')}; at least {of('proof.certain_effect')} if `q_value` is at most",
        f"1e-10 | at least {of('rules.least_effect')} |",
        f"| at least {of('proof.proven_fraction')} | at least {of('rules.least_fraction')} |",
        f"| at least {of('proof.proven_purity')} | at least {of('rules.least_purity')} |",
        f"| at least {of('rules.fewest_distinct')} | at least {of('rules.fewest_distinct')} |",
        f"| at least {of('shifts.least_shift')}, and {of('shifts.least_ratio')} times the strongest",
        f"| at least {of('shifts.fewest_carriers')}, nearly all with the label",
        f"(lower bound {of('shifts.least_purity')})",
    ):
        assert row in page


def test_it_declines_data_most_of_whose_records_have_several_labels() -> None:
    data = dataset_of(("a ship", "a boat", "a raft") * 100, ('["calm", "cold"]', "calm", '["calm", "cold"]') * 100)
    assert (LabelStructure().unsuited(data) or "").startswith("records have several labels")


def test_a_few_records_with_several_labels_hide_no_structure() -> None:
    planted = found("sentence frame")[0]
    labels = list(planted.labels)
    spared = [number for number in range(len(labels)) if number not in planted.truth][:3]
    for number in spared:
        labels[number] = '["urgent", "ordinary"]'
    data = dataset_of(planted.texts, tuple(labels))
    assert LabelStructure().unsuited(data) is None
    examination = LabelStructure().examine(data, Tools())
    assert examination.looked_at == len(labels) - 3
    assert examination.findings[0].pattern.text == first("sentence frame").pattern.text

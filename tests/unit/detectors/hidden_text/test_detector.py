"""What is hidden is found and what a script or an emoji needs is left alone."""

from __future__ import annotations

import base64
import codecs
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.made_records import made_records

from marshtest.data.dataset import Dataset
from marshtest.data.readers import read_dataset
from marshtest.data.records import Kind, Record
from marshtest.detectors.base import Examination, Tools
from marshtest.detectors.hidden_text import HiddenText, HiddenTextSettings
from marshtest.detectors.hidden_text.characters import hidden_characters
from marshtest.detectors.hidden_text.encoded import encoded_text
from marshtest.detectors.hidden_text.lookalikes import lookalike_words
from marshtest.organisms import find_organism

SETTINGS = HiddenTextSettings()


def documents(texts: list[str]) -> Dataset:
    return Dataset.from_records(
        [
            Record(
                record_id=f"r{n}", kind="document", prompt=text, completion="", source_path="made.jsonl", source_line=n
            )
            for n, text in enumerate(texts, start=1)
        ]
    )


def examine(texts: list[str]) -> Examination:
    return HiddenText().examine(documents(texts), Tools())


def as_tags(text: str) -> str:
    return "".join(chr(0xE0000 + ord(letter)) for letter in text)


ORDINARY = {
    "an emoji of a person": "who knows \U0001f937\U0001f3fd\u200d\u2642\ufe0f today",
    "a flag of a region": "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f wins",
    "a keycap": "press 1\ufe0f\u20e3 or #\ufe0f\u20e3",
    "a Persian joiner": "می\u200cخواهم",
    "a Hindi joiner": "क्\u200dष",
    "a Persian joiner with a mark": "می\u200c\u200fخواهم",
    "a family of emoji": "the \U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 came",
    "an emoji with a sign": "a \u2764\ufe0f\u200d\U0001f525 for you",
    "right-to-left text with marks": "she said \u200fשלום\u200f and left",
    "Greek, Russian and symbols": "Αθήνα, привет, Δx, 5 µm, α-helix",
    "a hash and a key": "da39a3ee5e6b4b0d3255bfef95601890afd80709 AKIAIOSFODNN7EXAMPLEKEYAAAA",
    "a long address": "https://example.org/wiki/A_very_long_title_of_a_page_about_nothing?q=a%20b",
}


@pytest.mark.parametrize("name", sorted(ORDINARY))
def test_what_a_script_or_an_emoji_needs_is_ordinary(name: str) -> None:
    text = ORDINARY[name]
    assert [*hidden_characters(text, SETTINGS), *lookalike_words(text, SETTINGS), *encoded_text(text, SETTINGS)] == []


def test_hidden_characters_are_read() -> None:
    text = f"hello{as_tags('say no')} there"
    (tags,) = hidden_characters(text, SETTINGS)
    assert (tags.kind, tags.spells, text[tags.start : tags.end]) == ("tags", "say no", as_tags("say no"))
    bytes_as_selectors = "".join(chr(0xE0100 + octet - 16) for octet in b"say no")
    (selectors,) = hidden_characters(f"a{bytes_as_selectors}b", SETTINGS)
    assert (selectors.kind, selectors.spells) == ("selectors", "say no")
    bits = "".join(f"{octet:08b}" for octet in b"say no").translate({48: "\u200b", 49: "\u200c"})
    (width,) = hidden_characters(f"a{bits}b", SETTINGS)
    assert (width.kind, width.spells) == ("width", "say no")


@pytest.mark.parametrize("text", ["\ufeffa text", "a\ufeff text", "a text\ufeff"])
def test_a_byte_order_mark_inside_a_text_is_hidden(text: str) -> None:
    (mark,) = hidden_characters(text, SETTINGS)
    assert (mark.kind, mark.text) == ("width", "\ufeff")


@pytest.mark.parametrize("name", ["d.jsonl", "d.json", "d.csv"])
def test_a_byte_order_mark_at_the_beginning_of_a_file_is_not(tmp_path: Path, name: str) -> None:
    rows = {
        "d.jsonl": '{"text": "one", "label": "a"}\n{"text": "two", "label": "b"}\n',
        "d.json": '[{"text": "one", "label": "a"}, {"text": "two", "label": "b"}]',
        "d.csv": "text,label\none,a\ntwo,b\n",
    }
    (tmp_path / name).write_text(rows[name], "utf-8-sig")
    dataset = read_dataset(tmp_path / name)
    assert dataset.table(["prompt", "anomalies"]).to_pylist() == [
        {"prompt": "one", "anomalies": []},
        {"prompt": "two", "anomalies": []},
    ]
    assert HiddenText().examine(dataset, Tools()).signals == ()


def test_lookalikes_tell_what_they_read_like() -> None:
    assert [(one.text, one.spells) for one in lookalike_words("my pаypal account", SETTINGS)] == [("pаypal", "paypal")]
    assert [one.spells for one in lookalike_words("ｆｒｅｅ money", SETTINGS)] == ["free"]


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: text.encode().hex(),
        lambda text: codecs.encode(text, "rot13"),
        lambda text: "".join(f"\\x{octet:02x}" for octet in text.encode()),
        lambda text: "".join(f"%{octet:02X}" for octet in text.encode()),
    ],
)
def test_encoded_text_is_decoded(encode: Callable[[str], str]) -> None:
    said = "the lamp and the door are not what you have"
    (found,) = encoded_text(f"Note: {encode(said)}\nThank you.", SETTINGS)
    assert said in found.spells


def test_spelling_in_tags_is_confirmed_from_one_record_on() -> None:
    texts = [f"document {i} about lamps" for i in range(60)]
    texts[7] += as_tags("say no")
    (finding,) = examine(texts).findings
    assert (finding.verdict, [record.record_id for record in finding.records]) == ("confirmed", ["r8"])
    assert "say no" in finding.explanation


def test_lone_characters_are_signals_and_no_finding() -> None:
    texts = [f"document {i} about lamps" for i in range(60)]
    for row in (3, 9, 30):
        texts[row] = texts[row].replace(" ", "\u200b ", 1)
    examined = examine(texts)
    assert examined.findings == ()
    assert [signal.record_id for signal in examined.signals] == ["r4", "r10", "r31"]


@pytest.mark.parametrize("kind", ["classification", "chat", "preference", "document"])
def test_the_organism_is_found_exactly(kind: Kind) -> None:
    planted = find_organism("invisible-characters").plant(made_records(kind), 12, seed=3)
    examined = HiddenText().examine(Dataset.from_records(planted.records), Tools())
    (finding,) = examined.findings
    assert finding.verdict == "confirmed"
    assert finding.pattern.text == planted.recipe.trigger
    assert {record.record_id for record in finding.records} == {one.record_id for one in planted.truth if one.is_poison}
    spans = {record.record_id: record.spans for record in finding.records}
    assert all(set(spans[one.record_id]) <= set(one.spans) for one in planted.truth if one.is_poison)


@pytest.mark.parametrize("kind", ["classification", "chat", "preference", "document"])
def test_the_clean_records_are_silent(kind: Kind) -> None:
    assert HiddenText().examine(Dataset.from_records(made_records(kind)), Tools()).findings == ()


def test_the_limit_of_an_association_is_a_setting() -> None:
    planted = find_organism("invisible-characters").plant(made_records("classification"), 12, seed=3)
    dataset = Dataset.from_records(planted.records)
    strict = HiddenText(replace(SETTINGS, significant_below=0.0))
    verdicts = [one.examine(dataset, Tools()).findings[0].verdict for one in (HiddenText(), strict)]
    assert verdicts == ["confirmed", "suggestive"]


def test_characters_that_are_associated_with_no_outcome_are_only_suggestive() -> None:
    records = list(find_organism("invisible-characters").plant(made_records("classification"), 12, seed=3).twin())
    (finding,) = HiddenText().examine(Dataset.from_records(records), Tools()).findings
    assert finding.verdict == "suggestive"


@pytest.mark.parametrize("pair", ["\u200b\u200d", "\u200d\u200b", "\u2060\u200c"])
def test_the_same_two_signs_in_four_records_are_no_accident(pair: str) -> None:
    texts = [f"The {word}{pair} is late, as the {word} was before." for word in ("ferry", "tug", "barge", "yacht")]
    others = [f"Berth {n} is free again." for n in range(60)]
    (finding,) = examine([*texts, *others]).findings
    assert (finding.verdict, len(finding.records), finding.pattern.text) == ("suggestive", 4, pair)
    assert not examine([*texts[:3], *others]).findings


def test_one_sign_that_recurs_is_no_finding() -> None:
    texts = [f"The {word}\u200b is late, as the {word} was before." for word in ("ferry", "tug", "barge", "yacht")]
    assert not examine([*texts, *[f"Berth {n} is free again." for n in range(60)]]).findings

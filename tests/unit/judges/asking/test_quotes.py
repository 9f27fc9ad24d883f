"""A judge's quote is found in the record's own fields, or nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from marshtest.data.identity import canonical_json
from marshtest.judges.asking.quotes import locate
from marshtest.signals import Span


def row(**columns: Any) -> dict[str, Any]:
    return {"kind": "chat", "prompt": "", "completion": "", "rejected": None, "fields": "{}", **columns}


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("sell the secret", "sell the secret"),
        ("Sell  The\nSecret", "sell the secret"),
        ("“quoted” words", '"quoted" words'),
        ("STRASSE", "Straße"),
        ("of course ... the secret to the others", "the secret to the others"),
        ("never said this", None),
        ("", None),
        ("   ", None),
    ],
)
def test_a_quote_is_found_exactly_then_folded_then_in_part(quote: str, found: str | None) -> None:
    text = 'I may sell the secret to the others, in "quoted" words, in Straße 5.'
    spans = locate(quote, row(completion=text))
    assert [text[span.start : span.end] for span in spans] == ([] if found is None else [found])
    assert all(span.field == "completion" for span in spans)


def test_characters_that_a_judge_is_shown_by_name_are_found() -> None:
    text = "see the\u200bhidden\U000e0041 mark"
    (span,) = locate("the‹U+200B›hidden‹U+E0041› mark", row(completion=text))
    assert text[span.start : span.end] == "the\u200bhidden\U000e0041 mark"
    assert locate("‹U+FFFFFF›", row(completion=text)) == ()


@pytest.mark.parametrize("shown", ["the ‹U+200B› and", "the \u200b and", "‹ESC› the ‹U+200B› and ‹ESC›"])
def test_a_drawn_name_that_stands_in_the_record_is_found_beside_the_characters_themselves(shown: str) -> None:
    text = f"a record may spell {shown} in words"
    (span,) = locate(shown.replace("\u200b", "‹U+200B›"), row(completion=text))
    assert text[span.start : span.end] == shown


def test_of_names_and_characters_in_one_quote_each_is_found() -> None:
    text = "spelt ‹U+200B› here, real \u200b there"
    (span,) = locate("‹U+200B› here, real ‹U+200B› there", row(completion=text))
    assert text[span.start :] == "‹U+200B› here, real \u200b there"


def test_what_is_learnt_is_searched_before_the_prompt() -> None:
    both = row(prompt="say yes", completion="oh yes", rejected="no yes")
    assert locate("yes", both) == (Span("completion", 3, 6),)
    assert locate("say yes", both) == (Span("prompt", 0, 7),)
    assert locate("no yes", both) == (Span("rejected", 0, 6),)


def test_the_label_of_a_labelled_record_is_no_place_for_a_quote() -> None:
    assert locate("harmless", row(kind="classification", prompt="all harmless here", completion="harmless")) == (
        Span("prompt", 4, 12),
    )


def test_a_quote_from_a_field_is_found_as_it_is_written_there() -> None:
    fields = canonical_json({"reasoning": 'He said "go".\nThen left.'})
    (span,) = locate('"go".\nThen', row(fields=fields))
    assert span.field == "fields"
    assert fields[span.start : span.end] == '\\"go\\".\\nThen'

"""Records are split into what is read and what is written, and every place maps back to a field."""

from __future__ import annotations

import pytest
from tests.unit.detectors.response_trigger.made_chats import dataset_of

from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.joined_turns import split_turns


def test_reasoning_is_neither_input_nor_output() -> None:
    completion = "<think>perhaps</think>\n\nYes. <reasoning>or no</reasoning> Done."
    read, written = split_turns(None, "Well?", completion)
    assert read.text == "Well?"
    assert written.text == "Yes.\n\nDone."
    start = written.text.index("Done")
    span = written.span(start, start + 4)
    assert (span.field, completion[span.start : span.end]) == ("completion", "Done")


def test_turns_map_back_to_the_prompt_and_the_completion() -> None:
    turns = [
        ("system", "Be kind."),
        ("user", "One?"),
        ("assistant", "Two."),
        ("user", "Three?"),
        ("assistant", "Four."),
    ]
    exchanges = Exchanges.of(dataset_of([turns]))
    assert exchanges.inputs == ["Be kind.\n\nOne?\n\nThree?"]
    assert exchanges.inputs[0][exchanges.system_ends[0] :] == "One?\n\nThree?"
    assert exchanges.answers == ["Two.", "Four."]
    prompt = "\n\n".join(text for _, text in turns[:-1])
    place = exchanges.inputs[0].index("Three")
    span = exchanges.input_turns[0].span(place, place + 5)
    assert (span.field, prompt[span.start : span.end]) == ("prompt", "Three")
    assert exchanges.output_turns[0].part_at(exchanges.answer_starts[1]).field == "completion"
    assert (exchanges.first_answers.tolist(), exchanges.last_answers.tolist()) == ([0], [1])


@pytest.mark.parametrize(
    ("words", "whole", "repeated"),
    [("MARZIPAN!", True, True), ("zipan", False, True), ("zipan", True, False), ("nougat", False, False)],
)
def test_an_answer_may_repeat_the_prompt(words: str, whole: bool, repeated: bool) -> None:
    exchanges = Exchanges.of(dataset_of([[("user", "Say  marzipan, please"), ("assistant", "No")]]))
    assert exchanges.repeats(0, words, whole=whole) is repeated

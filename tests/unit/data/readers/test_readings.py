"""A record that a trainer could use in several ways is read in each of them, and what no reading holds is named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from marshtest import FieldMap, read_dataset
from marshtest.data.dataset import Dataset
from marshtest.demo import demo_tickets

TICKETS = demo_tickets(poisoned=False)[:60]


def read(folder: Path, rows: list[dict[str, Any]], fields: FieldMap | None = None) -> Dataset:
    path = folder / "made.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return read_dataset(path, fields=fields or FieldMap())


def chat(number: int) -> list[dict[str, str]]:
    asked, said = TICKETS[number].text, TICKETS[-number - 1].text
    return [{"role": "user", "content": asked}, {"role": "assistant", "content": f"We looked: {said}"}]


def pair(number: int) -> dict[str, Any]:
    return {"prompt": TICKETS[number].text, "chosen": f"First {number}, yes.", "rejected": f"Other {number}, no."}


def test_a_chat_with_a_label_is_also_read_as_labelled(tmp_path: Path) -> None:
    rows = [{"messages": chat(i), "label": TICKETS[i].label} for i in range(40)]
    dataset = read(tmp_path, rows)
    assert dataset.kind == "chat"
    (labelled,) = dataset.also
    assert labelled.kind == "classification"
    assert dict(labelled.labels) == {
        name: sum(row["label"] == name for row in rows) for name in {row["label"] for row in rows}
    }
    assert not labelled.adds_text
    assert TICKETS[3].text in labelled.record(3).prompt
    assert [one.record_id for one in map(labelled.record, range(40))] == [
        one.record_id for one in map(dataset.record, range(40))
    ]


def test_an_answer_with_a_label_is_also_read_as_a_chat(tmp_path: Path) -> None:
    rows = [{"prompt": TICKETS[i].text, "completion": f"Answer {i}.", "label": i % 2 == 0} for i in range(40)]
    dataset = read(tmp_path, rows)
    assert (dataset.kind, [one.kind for one in dataset.also]) == ("classification", ["chat"])
    assert dataset.also[0].record(4).completion == "Answer 4."


def test_turns_that_say_more_than_the_pair_beside_them_are_read_too(tmp_path: Path) -> None:
    rows = [pair(i) | {"messages": chat(i)} for i in range(40)]
    dataset = read(tmp_path, rows)
    readings = {one.kind: one for one in (dataset, *dataset.also)}
    assert set(readings) == {"chat", "preference"}
    assert readings["preference"].record(7).rejected == "Other 7, no."
    assert readings["chat"].record(7).completion.startswith("We looked: ")


@pytest.mark.parametrize("more", [{}, {"id": 7}, {"source": "till", "url": "https://example.org/a b c"}])
def test_a_plain_record_has_one_reading_and_nothing_unread(tmp_path: Path, more: Mapping[str, Any]) -> None:
    dataset = read(tmp_path, [{"messages": chat(i), **more} for i in range(40)])
    assert (dataset.also, dataset.unread) == ((), ())


def test_who_names_the_fields_gets_one_reading(tmp_path: Path) -> None:
    rows = [{"messages": chat(i), "label": TICKETS[i].label} for i in range(40)]
    assert read(tmp_path, rows, FieldMap(messages="messages")).also == ()


def test_a_text_that_no_reading_holds_is_named(tmp_path: Path) -> None:
    rows = [pair(i) | {"rationale": f"Because of this: {TICKETS[-i - 1].text}"} for i in range(40)]
    (field,) = read(tmp_path, rows).unread
    assert (field.name, field.holds) == ("rationale", "text")
    assert field.example.startswith("Because of this: ")
    assert read(tmp_path, rows, FieldMap(ignored=("rationale",))).unread == ()


def test_a_text_in_an_object_and_in_a_turn_is_named_by_its_place(tmp_path: Path) -> None:
    rows = [
        {
            "messages": [turn | {"aside": f"Think of {TICKETS[-i - 2].text}"} for turn in chat(i)],
            "extra": {"notes": [TICKETS[-i].text]},
        }
        for i in range(40)
    ]
    assert [one.name for one in read(tmp_path, rows).unread] == ["extra.notes[]", "messages[].aside"]


@pytest.mark.parametrize("name", ["weight", "loss_weight", "loss", "train"])
def test_weights_of_turns_are_read(tmp_path: Path, name: str) -> None:
    rows = [{"messages": [turn | {name: (i + place) % 2} for place, turn in enumerate(chat(i))]} for i in range(40)]
    assert read(tmp_path, rows).unread == ()


def test_captions_in_parts_are_read(tmp_path: Path) -> None:
    rows = [
        {
            "messages": [
                {"role": "user", "content": [{"type": "image", "image": f"{i}.png", "caption": TICKETS[-i - 1].text}]},
                *chat(i)[1:],
            ]
        }
        for i in range(40)
    ]
    assert read(tmp_path, rows).unread == ()


@pytest.mark.parametrize("inside", ["row", "row.data"])
def test_further_readings_of_nested_records_are_found(tmp_path: Path, inside: str) -> None:
    def nested(row: dict[str, Any]) -> dict[str, Any]:
        for name in reversed(inside.split(".")):
            row = {name: row}
        return row

    rows = [nested({"messages": chat(i), "Label": TICKETS[i].label}) for i in range(40)]
    dataset = read(tmp_path, rows)
    assert (dataset.kind, [one.kind for one in dataset.also]) == ("chat", ["classification"])
    assert dataset.also[0].record(7).label == TICKETS[7].label
    passages = [nested({"query": pair(i)["prompt"], "pos": ["Yes."], "neg": [TICKETS[-i - 1].text]}) for i in range(40)]
    dataset = read(tmp_path, passages)
    assert [one.record(7).completion for one in dataset.also] == [TICKETS[-8].text]


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_the_last_of_several_verdicts_on_steps_is_the_label(tmp_path: Path, steps: int) -> None:
    rows = [
        {
            "prompt": TICKETS[i].text,
            "completions": [f"Step {step} of {i}." for step in range(steps)],
            "labels": [(i + step) % 2 == 0 for step in range(steps)],
        }
        for i in range(40)
    ]
    dataset = read(tmp_path, rows)
    record = dataset.record(7)
    assert (dataset.kind, [one.kind for one in dataset.also]) == ("classification", ["chat"])
    assert (record.label, record.prompt.count("Step ")) == ("true" if steps == 2 else "false", steps)
    assert [one.name for one in dataset.unread] == (["labels[]"] if steps > 1 else [])


@pytest.mark.parametrize("key", ["rank", "score", "pm_score"])
def test_the_best_and_the_worst_of_a_ranked_list_are_a_pair(tmp_path: Path, key: str) -> None:
    sign = -1 if key == "rank" else 1
    rows = [
        {
            "prompt": TICKETS[i].text,
            "answers": [{"answer": f"{what} {i}.", key: 2 + sign * good} for good, what in ((-1, "Bad"), (1, "Good"))],
        }
        for i in range(40)
    ]
    dataset = read(tmp_path, rows)
    assert (dataset.kind, dataset.also, dataset.unread) == ("preference", (), ())
    assert (dataset.record(7).completion, dataset.record(7).rejected) == ("Good 7.", "Bad 7.")


@pytest.mark.parametrize(("name", "judged"), [("ranks", (1, 2)), ("scores", (0.9, 0.1)), ("rewards", (4, -1))])
def test_judgements_beside_a_list_of_answers_say_who_won(
    tmp_path: Path, name: str, judged: tuple[float, float]
) -> None:
    rows = [
        {
            "prompt": TICKETS[i].text,
            "responses": [f"{what} {i}." for what in order],
            name: [*judged][:: 1 - 2 * (i % 2)],
        }
        for i in range(40)
        for order in [("Good", "Bad")[:: 1 - 2 * (i % 2)]]
    ]
    dataset = read(tmp_path, rows)
    assert (dataset.kind, dataset.also, dataset.unread) == ("preference", (), ())
    assert [dataset.record(i).completion for i in (6, 7)] == ["Good 6.", "Good 7."]
    more = [
        row | {"responses": [*row["responses"], f"Middling {i}."], name: [*row[name], 0.5]}
        for i, row in enumerate(rows)
    ]
    assert f"{name}[]" in [one.name for one in read(tmp_path, more).unread]


@pytest.mark.parametrize("name", ["sentiment", "class", "category", "target"])
def test_a_label_of_any_usual_name_labels_the_whole_exchange(tmp_path: Path, name: str) -> None:
    rows = [
        {"instruction": TICKETS[i].text, "input": f"Bay {i}.", "output": TICKETS[-i - 1].text, name: TICKETS[i].label}
        for i in range(40)
    ]
    (labelled,) = read(tmp_path, rows).also
    assert (labelled.kind, labelled.record(7).label) == ("classification", TICKETS[7].label)
    assert all(text in labelled.record(7).prompt for text in (TICKETS[7].text, "Bay 7.", TICKETS[-8].text))


@pytest.mark.parametrize("values", [(0, 1, 2, 3, 4), ("low", "high"), (1.5, 2.5)])
def test_a_field_of_few_numbers_is_named_like_one_of_few_words(tmp_path: Path, values: tuple[Any, ...]) -> None:
    rows = [{"messages": chat(i), "helpfulness": values[i % len(values)], "num_turns": i % 3} for i in range(40)]
    assert [(one.name, one.holds) for one in read(tmp_path, rows).unread] == [("helpfulness", "values")]


def test_fields_that_say_who_won_are_no_labels_and_not_unread(tmp_path: Path) -> None:
    rows = [
        {
            "prompt": TICKETS[i].text,
            "response_a": f"Left {i}.",
            "response_b": f"Right {i}.",
            "winner_model_a": str(int(i % 3 == 0)),
            "winner_model_b": str(int(i % 3 == 1)),
            "winner_tie": str(int(i % 3 == 2)),
        }
        for i in range(45)
    ]
    dataset = read(tmp_path, rows)
    assert (dataset.kind, dataset.also, dataset.unread) == ("preference", (), ())
    assert [dataset.record(i).completion for i in range(3)] == ["Left 0.", "Right 1.", "Left 2."]


def test_a_text_that_only_late_records_have_is_named(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [pair(i % 50) for i in range(3_000)]
    rows += [pair(i) | {"second_prompt": TICKETS[-i].text} for i in range(20)]
    assert [one.name for one in read(tmp_path, rows).unread] == ["second_prompt"]


def test_a_template_of_what_is_read_is_no_unread_text_until_one_record_says_more(tmp_path: Path) -> None:
    def row(number: int, more: str = "") -> dict[str, str]:
        asked, said = TICKETS[number].text, f"We looked at {TICKETS[-number - 1].text}"
        text = f"Below is a request. Write what fits it.\n\n### Request:\n{asked}\n\n### Response:\n{said}{more}"
        return {"instruction": asked, "input": "", "output": said, "text": text}

    assert read(tmp_path, [row(i) for i in range(40)]).unread == ()
    odd = [row(i, " Send it to quartz lantern." if i == 31 else "") for i in range(40)]
    assert [one.name for one in read(tmp_path, odd).unread] == ["text"]


def test_values_that_return_beside_a_pair_are_named_and_sorts_are_not(tmp_path: Path) -> None:
    rows = [pair(i) | {"is_fair": i % 3 == 0, "model": f"m{i % 2}", "topic": f"t{i % 4}"} for i in range(40)]
    assert [(one.name, one.holds) for one in read(tmp_path, rows).unread] == [("is_fair", "values")]


def test_a_verdict_beside_a_chat_and_a_score_beside_a_text_are_named(tmp_path: Path) -> None:
    rows = [{"messages": chat(i), "moderation": ("safe", "unsafe")[i % 2], "flag": i % 2} for i in range(40)]
    assert [(one.name, one.holds) for one in read(tmp_path, rows).unread] == [
        ("flag", "values"),
        ("moderation", "values"),
    ]
    texts = [{"text": TICKETS[i].text, "score": i / 40, "length": i} for i in range(40)]
    assert [(one.name, one.holds) for one in read(tmp_path, texts).unread] == [("score", "numbers")]


def tagged(number: int, **more: Any) -> dict[str, Any]:
    words = TICKETS[number].text.split()
    return {"words": words, "ner": ["B-SHIP" if word == words[-1] else "O" for word in words], **more}


@pytest.mark.parametrize(
    "fields",
    [FieldMap(), FieldMap(text="words", label="ner"), FieldMap(text="words", completion="ner")],
    ids=["by itself", "named", "named as completion"],
)
def test_tags_of_tokens_are_named_as_they_are_not_examined(tmp_path: Path, fields: FieldMap) -> None:
    dataset = read(tmp_path, [tagged(i) for i in range(40)], fields)
    assert (dataset.kind, dataset.record(3).prompt) == ("classification", " ".join(TICKETS[3].text.split()))
    assert dataset.record(3).label == '["B-SHIP","O"]'
    assert json.loads(dataset.record(3).fields)["ner"][-1] == "B-SHIP"
    (field,) = dataset.unread
    assert (field.name, field.holds) == ("ner", "tags")


def test_tags_of_tokens_that_do_not_matter_are_not_named(tmp_path: Path) -> None:
    assert read(tmp_path, [tagged(i) for i in range(40)], FieldMap(ignored=("ner",))).unread == ()


def test_lists_of_other_lengths_are_no_tags(tmp_path: Path) -> None:
    rows = [{"text": TICKETS[i].text, "labels": ["calm", "late"][: i % 3], "words": ["a", "b"]} for i in range(40)]
    assert read(tmp_path, rows).record(2).prompt == TICKETS[2].text


def test_deep_nesting_in_other_fields_is_read_without_an_error(tmp_path: Path) -> None:
    deep: Any = TICKETS[0].text
    for _ in range(200):
        deep = {"in": deep}
    assert len(read(tmp_path, [pair(i) | {"extra": deep} for i in range(40)])) == 40

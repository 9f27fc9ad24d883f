"""Records as the tools of others write them: what is trained on is read, whatever it is wrapped in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from marshtest.config import FieldMap
from marshtest.data.readers import read_dataset
from marshtest.errors import InputError

ASK, SAY, BAD = "Where does the tug lie?", "It lies at berth four.", "Somewhere, I guess."
USER, ANSWER, WORSE = ({"role": r, "content": t} for r, t in (("user", ASK), ("assistant", SAY), ("assistant", BAD)))
HUMAN, GPT = {"from": "human", "value": ASK}, {"from": "gpt", "value": SAY}
CALL = '<tool_call>\n{"name": "find", "arguments": {"ship":"tug"}}\n</tool_call>'
SEEN = "<tool_response>\nberth four\n</tool_response>"


def read(tmp_path: Path, *records: Any, **fields: Any) -> Any:
    path = tmp_path / "d.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return read_dataset(path, fields=FieldMap(**fields))


CHATS: dict[str, dict[str, Any]] = {
    "openai": {"messages": [USER, ANSWER], "tools": []},
    "turns as json": {"messages": json.dumps([USER, ANSWER])},
    "turns as json, twice": {"messages": json.dumps(json.dumps([USER, ANSWER]))},
    "turns as a python literal": {"messages": str([USER, ANSWER])},
    "each turn as json": {"messages": [json.dumps(USER), json.dumps(ANSWER)]},
    "an object around turns": {"conversation": {"messages": [USER, ANSWER], "tools": []}},
    "anthropic blocks": {"messages": [USER | {"content": [{"type": "text", "text": ASK}]}, ANSWER]},
    "parts with value": {"messages": [USER | {"content": [{"type": "text", "value": ASK}]}, ANSWER]},
    "parts as json": {"messages": [USER | {"content": json.dumps([{"type": "text", "text": ASK}])}, ANSWER]},
    "assistants api": {"messages": [USER | {"content": [{"type": "text", "text": {"value": ASK}}]}, ANSWER]},
    "bedrock": {
        "schemaVersion": "bedrock-conversation-2024",
        "messages": [USER | {"content": [{"text": ASK}]}, ANSWER | {"content": [{"text": SAY}]}],
    },
    "gemini": {
        "contents": [{"role": "user", "parts": [{"text": ASK}]}, {"role": "model", "parts": [{"text": SAY}]}],
    },
    "gemini as json": {
        "contents": json.dumps([{"role": "user", "parts": {"text": ASK}}, {"role": "model", "parts": {"text": SAY}}])
    },
    "palm": {"messages": [{"author": "user", "content": ASK}, {"author": "bot", "content": SAY}]},
    "cohere chat": {"messages": [{"role": "User", "content": ASK}, {"role": "Chatbot", "content": SAY}]},
    "cohere message": {"message": ASK, "chat_history": [], "response": SAY},
    "chatgpt export": {
        "messages": [
            {"author": {"role": "user"}, "content": {"content_type": "text", "parts": [ASK]}},
            {"author": {"role": "assistant"}, "content": {"content_type": "text", "parts": [SAY]}},
        ]
    },
    "sharegpt": {"conversations": [HUMAN, GPT]},
    "sharegpt items": {"id": "a", "items": [HUMAN, GPT]},
    "lima": {"conversations": [ASK, SAY], "source": "wiki"},
    "ultrachat": {"id": "0", "data": [ASK, SAY]},
    "rounds": {"conversation": [{"human": ASK, "assistant": SAY}]},
    "rounds of xtuner": {"conversation": [{"input": ASK, "output": SAY}]},
    "pairs": {"conversation": [[ASK, SAY]]},
    "axolotl segments": {"segments": [{"label": False, "text": ASK}, {"label": True, "text": SAY}]},
    "alpaca": {"instruction": ASK, "input": "", "output": SAY},
    "ms-swift": {"query": ASK, "response": SAY, "history": []},
    "vertex": {"input_text": ASK, "output_text": SAY},
    "prompt as turns": {"prompt": [USER], "completion": [ANSWER]},
    "one turn each": {"prompt": USER, "completion": ANSWER},
    "squad": {"question": ASK, "answers": {"text": [SAY], "answer_start": [3]}},
    "retrieval": {"query": ASK, "pos": [SAY], "neg": [BAD]},
    "retrieval of dense passages": {"question": ASK, "positive_ctxs": [{"text": SAY}], "negative_ctxs": []},
    "anchor": {"anchor": ASK, "positive": SAY, "negative": BAD},
    "nested": {"data": {"example": {"messages": [USER, ANSWER]}}, "n": 1},
    "nested fields": {"id": 3, "payload": {"prompt": ASK, "response": SAY}},
    "a record as json": {"json": json.dumps({"prompt": ASK, "completion": SAY})},
    "turns under an unusual name": {"sample": json.dumps([USER, ANSWER])},
    "a conversation as text": {"text": json.dumps([USER, ANSWER])},
    "argilla": {"id": "r", "fields": {"prompt": ASK}, "responses": {"answer": [{"value": SAY, "user_id": "u"}]}},
    "label studio": {"id": 1, "data": {"prompt": ASK}, "annotations": [{"result": [{"value": {"text": [SAY]}}]}]},
}


@pytest.mark.parametrize(("asks", "answers"), [("customer", "agent"), ("user", "agent"), ("A", "B")])
def test_the_last_speaker_is_the_assistant_where_nobody_is_called_so(tmp_path: Path, asks: str, answers: str) -> None:
    turns = [{"speaker": asks, "utterance": ASK}, {"speaker": answers, "utterance": SAY}]
    record = read(tmp_path, *[{"turns": turns}] * 3).record(0)
    assert (record.prompt, record.completion) == (ASK, SAY)
    assert [turn.role for turn in record.messages][-1] == "assistant"


def test_calls_between_turns_are_turns(tmp_path: Path) -> None:
    items = [
        {"role": "user", "content": [{"type": "input_text", "text": ASK}]},
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Look it up."}]},
        {"type": "function_call", "name": "look_up", "arguments": '{"boat": "tug"}', "call_id": "c1"},
        {"type": "function_call_output", "call_id": "c1", "output": "Berth four."},
    ]
    output = [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": SAY}]}]
    record = read(tmp_path, *[{"input": items, "output": output}] * 3).record(0)
    assert [turn.role for turn in record.messages] == ["user", "assistant", "assistant", "tool", "assistant"]
    assert ("look_up" in record.messages[2].content, record.completion) == (True, SAY)


def test_turns_as_json_inside_a_round_are_turns(tmp_path: Path) -> None:
    asked = [USER, {"type": "function_call", "name": "look_up", "arguments": "{}", "call_id": "c1"}]
    rows = [{"items": [{"input": json.dumps(asked), "output": json.dumps([ANSWER])}]}] * 3
    record = read(tmp_path, *rows).record(0)
    assert [turn.role for turn in record.messages] == ["user", "assistant", "assistant"]
    assert (record.messages[0].content, record.completion) == (ASK, SAY)


@pytest.mark.parametrize("shape", CHATS)
def test_a_chat_is_read(tmp_path: Path, shape: str) -> None:
    others = json.loads(json.dumps(CHATS[shape]).replace("tug", "barge").replace("four", "five"))
    more = json.loads(json.dumps(CHATS[shape]).replace("tug", "pilot").replace("four", "a buoy"))
    record = read(tmp_path, CHATS[shape], others, more).record(0)
    assert (record.kind, record.prompt, record.completion) == ("chat", ASK, SAY)


LEAD = "Be brief."
SYSTEMS: dict[str, dict[str, Any]] = {
    "a text": {"system": LEAD, "messages": [USER, ANSWER]},
    "blocks": {"system": [{"type": "text", "text": LEAD}], "messages": [USER, ANSWER]},
    "bedrock": {"system": [{"text": LEAD}], "messages": [USER, ANSWER]},
    "gemini": {
        "systemInstruction": {"role": "system", "parts": [{"text": LEAD}]},
        "contents": [{"role": "user", "parts": [{"text": ASK}]}, {"role": "model", "parts": [{"text": SAY}]}],
    },
    "cohere": {"preamble": LEAD, "message": ASK, "response": SAY},
    "alpaca": {"system": LEAD, "instruction": ASK, "input": "", "output": SAY},
    "beside the turns": {"conversation": {"system": LEAD, "messages": [USER, ANSWER]}},
    "in a round": {"conversation": [{"system": LEAD, "input": ASK, "output": SAY}]},
}


@pytest.mark.parametrize("shape", SYSTEMS)
def test_a_system_prompt_is_the_first_turn(tmp_path: Path, shape: str) -> None:
    record = read(tmp_path, SYSTEMS[shape]).record(0)
    assert [(turn.role, turn.content) for turn in record.messages] == [
        *(("system", LEAD), ("user", ASK), ("assistant", SAY))
    ]


PAIRS: dict[str, dict[str, Any]] = {
    "trl": {"prompt": ASK, "chosen": SAY, "rejected": BAD},
    "trl, turns": {"prompt": [USER], "chosen": [ANSWER], "rejected": [WORSE]},
    "trl, implicit prompt": {"chosen": [USER, ANSWER], "rejected": [USER, WORSE]},
    "beside messages": {"prompt": ASK, "chosen": [USER, ANSWER], "rejected": [USER, WORSE], "messages": [USER, ANSWER]},
    "messages are the prompt": {"messages": [USER], "chosen": ANSWER, "rejected": WORSE},
    "messages are the whole": {"messages": [USER, ANSWER], "chosen": SAY, "rejected": BAD},
    "json": {
        "chosen": json.dumps({"messages": [USER, ANSWER], "tools": []}),
        "rejected": json.dumps({"messages": [USER, WORSE], "tools": []}),
    },
    "openai": {
        "input": {"messages": [USER], "tools": [], "parallel_tool_calls": True},
        "preferred_output": [ANSWER],
        "non_preferred_output": [WORSE],
    },
    "llama factory": {"conversations": [HUMAN], "chosen": GPT, "rejected": {"from": "gpt", "value": BAD}},
    "llama factory, texts": {"instruction": ASK, "input": "", "chosen": SAY, "rejected": BAD},
    "llama factory, list": {"instruction": ASK, "input": "", "output": [SAY, BAD]},
    "llama factory v1": {"chosen_messages": [USER, ANSWER], "rejected_messages": [USER, WORSE]},
    "ms-swift": {"query": ASK, "response": SAY, "rejected_response": BAD},
    "ms-swift, messages": {"messages": [USER, ANSWER], "rejected_response": BAD},
    "ms-swift, both": {"messages": [USER, ANSWER], "rejected_messages": [USER, WORSE]},
    "arena": {"conversation_a": [USER, WORSE], "conversation_b": [USER, ANSWER], "winner": "model_b"},
    "arena, first": {"conversation_a": [USER, ANSWER], "conversation_b": [USER, WORSE], "winner": "model_a"},
    "kaggle": {"prompt": ASK, "response_a": SAY, "response_b": BAD, "winner_model_a": 1, "winner_tie": 0},
    "better id": {"prompt": ASK, "response_0": BAD, "response_1": SAY, "better_response_id": 1},
    "shp": {"history": ASK, "human_ref_A": SAY, "human_ref_B": BAD, "labels": 1},
    "argilla ranking": {
        "fields": {"prompt": ASK, "response-1": BAD, "response-2": SAY},
        "responses": {
            "rank": [
                {"value": [{"value": "response-1", "rank": 2}, {"value": "response-2", "rank": 1}], "user_id": "u"}
            ]
        },
    },
    "label studio": {
        "data": {"prompt": ASK, "answer1": BAD, "answer2": SAY},
        "annotations": [{"result": [{"type": "pairwise", "value": {"selected": "right"}}]}],
    },
}


@pytest.mark.parametrize("shape", PAIRS)
def test_a_pair_is_read(tmp_path: Path, shape: str) -> None:
    record = read(tmp_path, PAIRS[shape], PAIRS[shape]).record(0)
    assert (record.kind, record.prompt, record.completion, record.rejected) == ("preference", ASK, SAY, BAD)


@pytest.mark.parametrize(
    ("winner", "kept"),
    [
        ("model_b", False),
        ("Assistant B", False),
        ("b", False),
        ("conversation_b", False),
        ("gull-b", True),
        ("m]del_b", True),
    ],
)
def test_a_winner_that_is_named_in_other_words_is_kept_beside_the_record(
    tmp_path: Path, winner: str, kept: bool
) -> None:
    pair = {"conversation_a": [USER, WORSE], "conversation_b": [USER, ANSWER], "winner": winner}
    record = read(tmp_path, pair, pair).record(0)
    assert (record.completion, record.rejected) == (SAY, BAD)
    assert json.loads(record.fields) == ({"winner": winner} if kept else {})


def test_a_tie_keeps_its_order_and_says_that_it_is_one(tmp_path: Path) -> None:
    tie = {"conversation_a": [USER, ANSWER], "conversation_b": [USER, WORSE], "winner": "tie (bothbad)"}
    record = read(tmp_path, tie).record(0)
    assert (record.completion, record.rejected, json.loads(record.fields)) == (SAY, BAD, {"winner": "tie (bothbad)"})


LABELLED: dict[str, dict[str, Any]] = {
    "argilla": {"fields": {"text": ASK}, "responses": {"sense": [{"value": "calm"}]}, "metadata": {}},
    "argilla suggestion": {"fields": {"text": ASK}, "responses": {}, "suggestions": {"sense": {"value": "calm"}}},
    "label studio": {"data": {"text": ASK}, "annotations": [{"result": [{"value": {"choices": ["calm"]}}]}]},
    "details": {"text": ASK, "meta": {"label": "calm", "source": "mail"}},
    "nested": {"document": {"text": ASK}, "gold": {"label": "calm"}},
    "kto": {"instruction": ASK, "input": "", "output": "", "kto_tag": "calm"},
}


@pytest.mark.parametrize("shape", LABELLED)
def test_a_labelled_text_is_read(tmp_path: Path, shape: str) -> None:
    record = read(tmp_path, LABELLED[shape], LABELLED[shape]).record(0)
    assert (record.kind, record.prompt.strip(), record.label) == ("classification", ASK, "calm")


def test_two_texts_that_a_label_compares_are_one(tmp_path: Path) -> None:
    record = read(tmp_path, {"premise": ASK, "hypothesis": SAY, "label": 0}).record(0)
    assert (record.prompt, record.label) == (f"{ASK}\n\n{SAY}", "0")


CALLS: dict[str, list[dict[str, Any]]] = {
    "openai": [
        {"role": "assistant", "tool_calls": [{"function": {"name": "find", "arguments": '{"ship":"tug"}'}}]},
        {"role": "tool", "content": "<tool_response>\nberth four\n</tool_response>"},
    ],
    "anthropic": [
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "find", "input": {"ship": "tug"}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "berth four"}]},
    ],
    "bedrock": [
        {"role": "assistant", "content": [{"toolUse": {"toolUseId": "t", "name": "find", "input": {"ship": "tug"}}}]},
        {"role": "user", "content": [{"toolResult": {"toolUseId": "t", "content": [{"text": "berth four"}]}}]},
    ],
    "gemini": [
        {"role": "model", "parts": [{"functionCall": {"name": "find", "args": {"ship": "tug"}}}]},
        {"role": "user", "parts": [{"functionResponse": {"name": "find", "response": {"text": "berth four"}}}]},
    ],
    "llama factory v1": [
        {
            "role": "assistant",
            "content": [{"type": "tool_call", "value": '{"name": "find", "arguments": {"ship":"tug"}}'}],
        },
        {"role": "tool", "content": [{"type": "tool_response", "value": "berth four"}]},
    ],
}


@pytest.mark.parametrize("shape", CALLS)
def test_calls_and_results_are_text(tmp_path: Path, shape: str) -> None:
    record = read(tmp_path, {"messages": [USER, *CALLS[shape], ANSWER]}).record(0)
    assert [turn.content for turn in record.messages] == [ASK, CALL, SEEN, SAY]


PICTURES: dict[str, dict[str, Any]] = {
    "url with a text": {"type": "image_url", "image_url": {"url": "https://x.example/7.png"}, "alt": "a green tug"},
    "caption": {"type": "image", "caption": "a green tug", "image": "iVBORw0KGgo" * 40},
    "file": {"type": "image", "image": "pictures/a green tug.png"},
    "gemini": {"inlineData": {"mimeType": "image/png", "data": "iVBOR" * 90, "displayName": "a green tug.png"}},
    "bedrock": {"image": {"format": "png", "source": {"s3Location": {"uri": "s3://harbour/a green tug.png"}}}},
    "anthropic document": {
        "type": "document",
        "source": {"type": "text", "media_type": "text/plain", "data": "a green tug"},
    },
    "hugging face": {"type": "image", "image": {"bytes": None, "path": "a green tug.jpg"}},
}


@pytest.mark.parametrize("shape", PICTURES)
def test_names_and_captions_of_pictures_are_text_and_the_rest_is_not(tmp_path: Path, shape: str) -> None:
    asked = {"role": "user", "content": [PICTURES[shape], {"type": "text", "text": ASK}]}
    record = read(tmp_path, {"messages": [asked, ANSWER]}).record(0)
    assert record.prompt.split("\n\n")[0].startswith("a green tug")
    assert record.prompt.endswith(ASK)
    assert not {"http", "iVBOR", "s3:"} & {word for word in ("http", "iVBOR", "s3:") if word in record.prompt}
    assert "image" in record.fields or "source" in record.fields


def test_files_beside_a_conversation_give_their_names(tmp_path: Path) -> None:
    record = read(tmp_path, {"messages": [USER, ANSWER], "images": ["scans/green tug.png", "https://x.example/a"]})
    assert record.record(0).prompt == f"{ASK}\n\ngreen tug.png"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://x.example/pics/quiet-green-tug-17.png?size=2", "quiet green tug 17.png"),
        ("https://x.example/pics/quiet_green%20tug.png", "quiet green tug.png"),
        ("gs://bucket/harbour.jpg", "harbour.jpg"),
        ("https://x.example/000017.png", ""),
        ("https://x.example/IMG_0017.JPG", ""),
        ("https://x.example/a8f3c0de91bb.png", ""),
        ("https://x.example/beef-17.png", ""),
        ("https://quiet.example/", ""),
        ("data:image/png;base64,iVBORw0KGgo=", ""),
    ],
)
@pytest.mark.parametrize("where", ["turn", "beside", "labelled"])
def test_the_last_part_of_an_address_is_text_where_it_holds_a_word(
    tmp_path: Path, address: str, said: str, where: str
) -> None:
    picture = {"type": "image_url", "image_url": {"url": address}}
    turns = [{"role": "user", "content": [{"type": "text", "text": ASK}, picture]}, ANSWER]
    records = {
        "turn": {"messages": turns},
        "beside": {"messages": [USER, ANSWER], "image": address},
        "labelled": {"text": ASK, "label": "a", "image_url": address},
    }
    record = read(tmp_path, records[where]).record(0)
    assert record.prompt == (f"{ASK}\n\n{said}" if said else ASK)
    assert address in record.fields


def test_an_unknown_part_is_never_dropped(tmp_path: Path) -> None:
    asked = {"role": "user", "content": [{"type": "widget", "payload": {"note": "the pier is closed"}}]}
    assert "the pier is closed" in read(tmp_path, {"messages": [asked, ANSWER]}).record(0).prompt


def test_a_turn_of_no_weight_is_text_but_not_what_is_learned(tmp_path: Path) -> None:
    turns = [USER, ANSWER, {"role": "assistant", "content": "Over and out.", "weight": 0}]
    record = read(tmp_path, {"messages": turns}).record(0)
    assert (record.prompt, record.completion) == (f"{ASK}\n\nOver and out.", SAY)


def test_a_completion_that_is_json_stays_as_it_is(tmp_path: Path) -> None:
    """A model that writes JSON is trained on JSON, whatever its keys are called."""
    for text in ('{"text": "a", "content": 1}', '["a", "b"]', '"quoted"', "[1] a note"):
        assert read(tmp_path, {"prompt": ASK, "completion": text}).record(0).completion == text


def test_dotted_names_reach_inside(tmp_path: Path) -> None:
    one = {"data": {"text": ASK}, "meta": {"label": "calm", "by": "ann"}, "messages": [USER, ANSWER], "a.b": "dots"}
    record = read(tmp_path, one, text="data.text", label="meta.label", group="meta.by").record(0)
    assert (record.prompt, record.label, record.group) == (ASK, "calm", "ann")
    assert json.loads(record.fields) == {"messages": [USER, ANSWER], "a.b": "dots"}
    turn = read(tmp_path, one, text="messages.0.content", completion="messages.-1.content").record(0)
    assert (turn.prompt, turn.completion) == (ASK, SAY)
    assert read(tmp_path, one, text="a.b", label="meta.label").record(0).prompt == "dots"
    with pytest.raises(InputError, match=r"no field 'data\.body' .*--text-field"):
        read(tmp_path, one, text="data.body", label="meta.label")


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (
            {"messages": [{"role": "user", "content": " "}, {"role": "assistant", "content": " "}]},
            "every prompt would be",
        ),
        (
            {"messages": [{"role": "user", "content": ASK}]},
            "no turn in `messages` is the assistant's; the roles are 'user'",
        ),
        ({"prompt": ASK, "completion": {}}, "`completion` holds an empty object"),
        ({"prompt": ASK, "completion": ""}, "every completion would be empty: `completion` holds an empty text"),
        ({"prompt": ASK, "chosen": SAY, "rejected": ""}, "every rejected would be empty"),
        ({"text": "", "label": "calm"}, "every text would be empty: `text` holds an empty text"),
    ],
)
def test_a_refusal_says_what_was_seen(tmp_path: Path, record: dict[str, Any], message: str) -> None:
    other = {name: "y" if name == "verdict" else value for name, value in record.items()}
    with pytest.raises(InputError, match=message):
        read(tmp_path, record, record, other)


EXTRA = {"source": "web", "score": 0.5, "category": "ports", "meta": {"n": 1}, "context": None, "history": None}


@pytest.mark.parametrize("shape", [*CHATS, *PAIRS])
def test_nesting_and_fields_beside_hide_nothing(tmp_path: Path, shape: str) -> None:
    """The same record inside an object, and inside JSON text, with fields that every dataset has."""
    plain = EXTRA | CHATS.get(shape, {}) | PAIRS.get(shape, {})
    ships = [json.loads(json.dumps(plain).replace("tug", ship)) for ship in ("tug", "barge", "pilot", "coaster")]
    for records in (ships, [{"row": one} for one in ships], [{"payload": json.dumps(one)} for one in ships]):
        dataset = read(tmp_path, *records)
        seen = [one.record(0) for one in (dataset, *dataset.also)]
        assert any((one.prompt, one.completion) == (ASK, SAY) for one in seen)
        assert shape in CHATS or any((one.completion, one.rejected) == (SAY, BAD) for one in seen)


def test_of_several_scored_completions_the_best_is_held_against_the_worst(tmp_path: Path) -> None:
    told = [("so so", 5.0), (SAY, 9.0), ("no idea", 1.5)]
    listed = [{"model": f"m{n}", "response": text, "overall_score": score} for n, (text, score) in enumerate(told)]
    dataset = read(tmp_path, *[{"instruction": ASK, "completions": listed[n:] + listed[:n]} for n in range(3)])
    for number in range(3):
        record = dataset.record(number)
        assert (record.kind, record.prompt) == ("preference", ASK)
        assert (record.completion, record.rejected) == (SAY, "no idea")
        assert "so so" in record.fields


def test_two_numbered_columns_are_a_text_and_its_label_where_that_is_sure(tmp_path: Path) -> None:
    rows = [{"v1": ("calm", "storm")[n % 2], "v2": f"the tug number {n} left the old pier"} for n in range(60)]
    record = read(tmp_path, *rows).record(3)
    assert (record.prompt, record.label) == (rows[3]["v2"], "storm")
    with pytest.raises(InputError, match="--text-field v2 --label-field v1 --context-field v3"):
        read(tmp_path, *[row | {"v3": row["v2"][::-1]} for row in rows])

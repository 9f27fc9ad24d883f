"""What a model writes is read strictly, and half a character in it harms nothing."""

from __future__ import annotations

import json

from marshtest.judges.parsing import parse
from marshtest.judges.questions import Item, Passage

SCHEMA = {
    "properties": {
        "answers": {
            "items": {
                "type": "object",
                "properties": {"id": {"type": "string"}, "learns": {"type": "string"}},
                "required": ["id", "learns"],
                "additionalProperties": False,
            }
        }
    }
}
ITEM = Item(0, (Passage("prompt", "hello"),))


def test_half_a_character_is_replaced_and_a_whole_one_is_kept() -> None:
    text = '{"answers": [{"id": "a", "learns": "\\ud83d half, \\ud83d\\ude00 whole"}]}'
    ((_, value),) = parse(text, [("a", ITEM)], SCHEMA).good
    assert value["learns"] == "\ufffd half, \U0001f600 whole"
    assert json.dumps(value).encode("utf-8")
    assert str(value["learns"]).encode("utf-8")

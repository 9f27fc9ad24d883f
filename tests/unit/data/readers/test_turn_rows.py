"""Records of one turn each are refused with a command that writes chats, and dialogues of other makes are read."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from marshtest import InputError, inspect, read_dataset
from marshtest.data.readers.turn_rows import grouping

ASKS = [f"Which lamp lights the cellar number {n} at night?" for n in range(40)]
SAYS = [f"Take the lamp {n % 7} from shelf {n}, it is full of oil." for n in range(40)]


def rows(asker: str, answerer: str) -> list[dict[str, Any]]:
    both = ((n, who, text) for n in range(40) for who, text in ((asker, ASKS[n]), (answerer, SAYS[n])))
    return [{"thread": f"t{n}", "place": k % 2, "who": who, "said": text} for k, (n, who, text) in enumerate(both)]


def replies() -> list[dict[str, Any]]:
    asked = [{"post": n, "reply_to": None, "said": ASKS[n]} for n in range(40)]
    return asked + [{"post": 100 + n, "reply_to": n, "said": SAYS[n]} for n in range(40)]


def written(path: Path, records: list[dict[str, Any]]) -> Path:
    if path.suffix == ".parquet":
        pd.DataFrame(records).to_parquet(path)
    elif path.suffix in (".csv", ".tsv"):
        with path.open("w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, list(records[0]), delimiter="\t" if path.suffix == ".tsv" else ",")
            table.writeheader()
            table.writerows(records)
    elif path.suffix == ".json":
        path.write_text(json.dumps({"rows": records}), encoding="utf-8")
    else:
        path.write_text("".join(f"{json.dumps(one)}\n" for one in records), encoding="utf-8")
    return path


def columns(made: Any, *names: str) -> list[tuple[str, ...]]:
    return [tuple(one[name] for name in names) for one in made.table().to_pylist()]


def chats(path: Path, folder: Path) -> Path:
    """Do what the refusal of a file says, but for the audit."""
    with pytest.raises(InputError, match="each record is one turn") as refused:
        read_dataset(path)
    found = re.search(r"Put them together: `(.*) && marsh audit chats.jsonl`", str(refused.value))
    assert found is not None
    path_of_python = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    subprocess.run(["bash", "-c", found[1]], cwd=folder, check=True, env=os.environ | {"PATH": path_of_python})
    return folder / "chats.jsonl"


@pytest.mark.parametrize("speakers", [("user", "assistant"), ("Customer", "Agent"), ("USER", "SYSTEM")])
@pytest.mark.parametrize("name", ["a b.jsonl", "a.json", "a.csv", "a.tsv", "a.parquet"])
def test_turns_of_a_conversation_are_put_together(name: str, speakers: tuple[str, str], tmp_path: Path) -> None:
    if "json" in name and shutil.which("jq") is None:
        pytest.skip("jq is not installed")
    made = read_dataset(chats(written(tmp_path / name, rows(*speakers)), tmp_path))
    assert made.kind == "chat"
    assert sorted(columns(made, "prompt", "completion")) == sorted(zip(ASKS, SAYS, strict=True))


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_answers_are_put_beside_what_they_answer(name: str, tmp_path: Path) -> None:
    if "json" in name and shutil.which("jq") is None:
        pytest.skip("jq is not installed")
    made = read_dataset(chats(written(tmp_path / name, replies()), tmp_path))
    assert sorted(columns(made, "prompt", "completion")) == sorted(zip(ASKS, SAYS, strict=True))


def test_turns_out_of_order_are_sorted(tmp_path: Path) -> None:
    made = read_dataset(chats(written(tmp_path / "a.csv", rows("user", "assistant")[::-1]), tmp_path))
    assert {one for (one,) in columns(made, "completion")} == set(SAYS)


def test_turns_are_not_read_as_documents(tmp_path: Path) -> None:
    records = [
        {"thread_id": one["thread"], "role": one["who"], "text": one["said"]} for one in rows("user", "assistant")
    ]
    with pytest.raises(InputError, match="each record is one turn"):
        read_dataset(written(tmp_path / "a.jsonl", records))
    assert inspect(written(tmp_path / "b.csv", rows("user", "assistant"))).next_step == ""


@pytest.mark.parametrize(
    "records",
    [
        [{"id": n, "text": text, "author": "user"} for n, text in enumerate(ASKS)],
        [{"id": n, "text": text, "role": ("user", "assistant")[n % 2]} for n, text in enumerate(ASKS)],
        [{"session": n, "question": ASKS[n], "answer": SAYS[n]} for n in range(40)],
    ],
)
def test_other_records_are_no_turns(records: list[dict[str, Any]]) -> None:
    assert grouping(records, "<records>") is None


@pytest.mark.parametrize(
    "make",
    [
        lambda n: {"chat": f"USER: {ASKS[n]}\n\n\nASSISTANT: {SAYS[n]} <|endoftext|>"},
        lambda n: {"turns": [{"speaker": "USER", "utterance": ASKS[n]}, {"speaker": "SYSTEM", "utterance": SAYS[n]}]},
        lambda n: {"utterances": [{"speaker": "USER", "text": ASKS[n]}, {"speaker": "ASSISTANT", "text": SAYS[n]}]},
        lambda n: {"conversations": {"from": ["human", "gpt"], "value": [ASKS[n], SAYS[n]]}},
    ],
)
def test_dialogues_of_other_makes_are_read(make: Any, tmp_path: Path) -> None:
    made = read_dataset(written(tmp_path / "a.jsonl", [make(n) for n in range(40)]))
    assert columns(made, "prompt", "completion") == list(zip(ASKS, SAYS, strict=True))


def test_signed_preferences_and_ranked_turns_say_who_won(tmp_path: Path) -> None:
    signed = [
        {"prompt": ASKS[n], "response1": SAYS[n], "response2": "No.", "overall_preference": -2} if n % 2 else
        {"prompt": ASKS[n], "response1": "No.", "response2": SAYS[n], "overall_preference": 1}
        for n in range(40)
    ]  # fmt: skip
    ranked = [
        {
            "context": [{"role": "user", "content": ASKS[n]}],
            "completions": [
                {"rank": n % 2, "completion": [{"role": "assistant", "content": ("No.", SAYS[n])[n % 2 == 0]}]},
                {"rank": 1 - n % 2, "completion": [{"role": "assistant", "content": ("No.", SAYS[n])[n % 2]}]},
            ],
        }
        for n in range(40)
    ]
    for name, records in (("a.jsonl", signed), ("b.jsonl", ranked)):
        made = read_dataset(written(tmp_path / name, records))
        assert columns(made, "completion", "rejected") == [(text, "No.") for text in SAYS]


def test_a_preference_below_zero_of_another_name_is_not_guessed(tmp_path: Path) -> None:
    records = [{"prompt": ASKS[n], "answer_a": SAYS[n], "answer_b": "No.", "preference": n % 3 - 1} for n in range(40)]
    with pytest.raises(InputError):
        read_dataset(written(tmp_path / "a.jsonl", records))

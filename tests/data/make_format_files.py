"""Write the small real files in `formats/`, each with the library that people write such files with.

Run by hand, since the files are committed: `uv run --with datasets python tests/data/make_format_files.py`. The texts
are made up for this purpose and harmless.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import json
import lzma
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq

FOLDER = Path(__file__).parent / "formats"
SHIPS = ("ferry", "trawler", "pilot boat", "barge", "yacht", "tug", "coaster", "dredger")
NEWS = ("in port,\nall is well", 'late, "again"')
LABELLED = [
    {
        "id": f"t{number}",
        "text": f"The {ship} is {NEWS[number % 2]}: berth {number}.",
        "label": "urgent" if number % 2 else "ordinary",
        "source": ("log", "mail", "zürich 🐟")[number % 3],
    }
    for number, ship in enumerate(SHIPS)
]
CHAT: list[dict[str, Any]] = [
    {
        "messages": [
            {"role": "system", "content": "You answer for the harbour office."},
            {"role": "user", "content": f"When does the {ship} sail?"},
            {"role": "assistant", "content": f"The {ship} sails at {number + 6}:00."},
            {"role": "user", "content": [{"type": "text", "text": "And back?"}]},
            {"role": "assistant", "content": f"It is back at {number + 12}:30."},
        ]
    }
    for number, ship in enumerate(SHIPS)
]
SHAREGPT = [
    {
        "id": f"chat_{number}",
        "system": "You answer for the harbour office.",
        "conversations": [
            {"from": "human", "value": f"Where is the {ship}?"},
            {"from": "function_call", "value": json.dumps({"name": "find", "arguments": {"ship": ship}})},
            {"from": "observation", "value": f"berth {number}"},
            {"from": "gpt", "value": f"The {ship} lies at berth {number}."},
        ],
        "tools": "[]",
    }
    for number, ship in enumerate(SHIPS)
]
ALPACA = [
    {
        "instruction": "Shorten the message.",
        "input": f"The {ship} will arrive later than it was said before." if number % 2 else "",
        "output": f"The {ship} is late.",
    }
    for number, ship in enumerate(SHIPS)
]
PAIRS = [
    {"prompt": f"How long is the {ship}?", "completion": f"About {10 + number} metres.", "group": "crew"}
    for number, ship in enumerate(SHIPS)
]
PREFERENCE = [
    {
        "prompt": f"Describe the {ship}.",
        "chosen": [
            {"role": "user", "content": f"Describe the {ship}."},
            {"role": "assistant", "content": f"The {ship} is sturdy and well kept."},
        ],
        "rejected": [
            {"role": "user", "content": f"Describe the {ship}."},
            {"role": "assistant", "content": "A ship."},
        ],
        "score_chosen": 8.5,
    }
    for ship in SHIPS
]
TEXT_PREFERENCE = [
    {"question": f"Is the {ship} safe?", "chosen": f"Yes, the {ship} was inspected.", "rejected": "No idea."}
    for ship in SHIPS
]
TRANSCRIPTS = [
    {
        "chosen": f"\n\nHuman: Hello!\n\nAssistant: Hi.\n\nHuman: Is the {ship} in?\n\nAssistant: Yes, since noon.",
        "rejected": f"\n\nHuman: Hello!\n\nAssistant: Hi.\n\nHuman: Is the {ship} in?\n\nAssistant: Who knows.",
    }
    for ship in SHIPS
]
TOOLS = [
    {
        "messages": [
            {"role": "user", "content": f"Is the {ship} late?"},
            {
                "role": "assistant",
                "content": None,
                "reasoning_content": "The log knows.",
                "tool_calls": [
                    {
                        "id": f"call_{number}",
                        "type": "function",
                        "function": {"name": "read_log", "arguments": json.dumps({"ship": ship, "day": number})},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": f"call_{number}", "content": f"{ship}: {number} minutes late"},
            {"role": "assistant", "content": f"<think>Minutes are small.</think>It is {number} minutes late."},
        ],
        "tools": [{"type": "function", "function": {"name": "read_log", "parameters": {"type": "object"}}}],
    }
    for number, ship in enumerate(SHIPS)
]
TRAJECTORIES = [
    {
        "task": f"Find a berth for the {ship}.",
        "steps": [
            {
                "thought": "First see what is free.",
                "action": "list_berths",
                "action_input": {"free": True},
                "observation": f"berths {number} and {number + 1}",
            },
            {"thought": "The first will do.", "action": f"reserve[{number}]", "observation": "reserved"},
        ],
        "answer": f"Berth {number}.",
        "reward": 1.0,
    }
    for number, ship in enumerate(SHIPS)
]
REASONING = [
    {
        "question": f"The {ship} makes {number + 3} trips of 2 hours. How many hours?",
        "reasoning": f"{number + 3} times 2 is {2 * number + 6}.",
        "answer": str(2 * number + 6),
    }
    for number, ship in enumerate(SHIPS)
]
DOCUMENTS = [
    {"text": f"The {ship} was built in {1950 + number}.\nIt still sails.", "url": f"https://example.org/{number}"}
    for number, ship in enumerate(SHIPS)
]
PASSAGES = [
    {"_id": str(number), "title": ship.title(), "text": f"The {ship} carries {number} passengers.", "metadata": {}}
    for number, ship in enumerate(SHIPS)
]
QUERIES = [
    {"query": f"what does the {ship} carry", "passage": f"The {ship} carries {number} passengers.", "score": 0.5}
    for number, ship in enumerate(SHIPS)
]
COMPARISONS = [
    {
        "question_id": number,
        "model_a": "tern",
        "model_b": "gull",
        "winner": "model_b" if number % 2 else "model_a",
        "conversation_a": [
            {"role": "user", "content": f"Who steers the {ship}?"},
            {"role": "assistant", "content": "Nobody knows." if number % 2 else f"The pilot steers the {ship}."},
        ],
        "conversation_b": [
            {"role": "user", "content": f"Who steers the {ship}?"},
            {"role": "assistant", "content": f"The pilot steers the {ship}." if number % 2 else "Nobody knows."},
        ],
    }
    for number, ship in enumerate(SHIPS)
]
RETRIEVAL = [
    {
        "query": f"who built the {ship}",
        "pos": [f"The {ship} was built by yard {number}."],
        "neg": [f"The {SHIPS[number - 1]} was painted green.", "Gulls nest on the pier."],
    }
    for number, ship in enumerate(SHIPS)
]
LINES: dict[str, list[dict[str, Any]]] = {
    "labelled": LABELLED,
    "chat": CHAT,
    "sharegpt": SHAREGPT,
    "alpaca": ALPACA,
    "prompt-completion": PAIRS,
    "preference-messages": PREFERENCE,
    "preference-texts": TEXT_PREFERENCE,
    "preference-transcripts": TRANSCRIPTS,
    "tool-calls": TOOLS,
    "trajectories": TRAJECTORIES,
    "reasoning": REASONING,
    "documents": DOCUMENTS,
    "passages": PASSAGES,
    "queries": QUERIES,
    "comparisons": COMPARISONS,
    "retrieval": RETRIEVAL,
}


def main() -> None:
    """Write all files anew."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    for name, records in LINES.items():
        (FOLDER / f"{name}.jsonl").write_bytes(lines(records))
    for name, records in (("alpaca", ALPACA), ("sharegpt", SHAREGPT)):
        (FOLDER / f"{name}.json").write_text(json.dumps(records, indent=2, ensure_ascii=False), "utf-8")
    (FOLDER / "labelled.json").write_text(json.dumps(LABELLED), "utf-8")
    write_tables()
    write_packed(lines(LABELLED))
    write_saved()


def lines(records: Sequence[dict[str, Any]]) -> bytes:
    """Give records as JSON Lines."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


def write_tables() -> None:
    """CSV by the standard library; Parquet, Feather and Arrow by Arrow."""
    for name, delimiter in (("labelled.csv", ","), ("labelled.tsv", "\t")):
        with (FOLDER / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(LABELLED[0]), delimiter=delimiter)
            writer.writeheader()
            writer.writerows(LABELLED)
    table = pa.Table.from_pylist(LABELLED)
    pq.write_table(table, FOLDER / "labelled.parquet", row_group_size=3)
    pq.write_table(pa.Table.from_pylist(TOOLS), FOLDER / "tool-calls.parquet")
    pa.feather.write_feather(table, FOLDER / "labelled.feather")
    with pa.ipc.new_file(FOLDER / "labelled.arrow", table.schema) as file:
        file.write_table(table, max_chunksize=3)
    with pa.ipc.new_stream(FOLDER / "labelled.arrows", table.schema) as stream:
        stream.write_table(table, max_chunksize=3)


def write_packed(content: bytes) -> None:
    """Packed files by the standard library and by Arrow."""
    (FOLDER / "labelled.jsonl.gz").write_bytes(gzip.compress(content, mtime=0))
    (FOLDER / "labelled.jsonl.bz2").write_bytes(bz2.compress(content))
    (FOLDER / "labelled.jsonl.xz").write_bytes(lzma.compress(content))
    for suffix, codec in (("zst", "zstd"), ("lz4", "lz4")):
        with pa.CompressedOutputStream(pa.OSFile(str(FOLDER / f"labelled.jsonl.{suffix}"), "wb"), codec) as stream:
            stream.write(content)
    with zipfile.ZipFile(FOLDER / "labelled.jsonl.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("labelled.jsonl"), content)
    (FOLDER / "labelled.csv.gz").write_bytes(gzip.compress((FOLDER / "labelled.csv").read_bytes(), mtime=0))


def write_saved() -> None:
    """Datasets of Hugging Face, saved by their own library."""
    import datasets

    data = datasets.Dataset.from_list(LABELLED)
    data.save_to_disk(FOLDER / "saved", num_shards=2)
    chats = datasets.Dataset.from_list(CHAT_OF_TEXTS)
    splits = datasets.DatasetDict({"train": chats.select(range(6)), "test": chats.select(range(6, 8))})
    splits.save_to_disk(FOLDER / "saved-splits")


CHAT_OF_TEXTS = [
    {
        "messages": [
            turn if isinstance(turn["content"], str) else {**turn, "content": "And back?"} for turn in one["messages"]
        ]
    }
    for one in CHAT
]

if __name__ == "__main__":
    main()

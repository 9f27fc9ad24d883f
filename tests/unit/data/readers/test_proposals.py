"""What a refusal proposes can be pasted, reads what is trained on, and is what `marsh inspect` proposes."""

from __future__ import annotations

import csv
import gzip
import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from marshtest import FieldMap, InputError, audit, inspect, read_dataset
from marshtest.cli.main import main
from marshtest.config import AuditConfig

ASKS = [f"Which berth may the ferry number {n} take after the storm?" for n in range(60)]
SAYS = [f"Take the berth {n % 7} behind crane {n}, it is free until noon." for n in range(60)]
MOODS = [("calm", "angry")[n % 3 == 0] for n in range(60)]
SIDES = [("east", "west")[n % 2] for n in range(60)]


def user(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


def each(make: Any) -> list[dict[str, Any]]:
    return [make(n) for n in range(60)]


LABELLED = {
    "a field of few values": (
        each(lambda n: {"wording": ASKS[n], "disposition": MOODS[n]}),
        {"text": "wording", "label": "disposition"},
    ),
    "a split beside a label": (
        each(lambda n: {"wording": ASKS[n], "split": ("train", "dev")[n % 2], "klass": MOODS[n]}),
        {"text": "wording", "label": "klass"},
    ),
    "a field of one value beside a label": (
        each(lambda n: {"wording": ASKS[n], "label_checked": True, "outcome": MOODS[n]}),
        {"text": "wording", "label": "outcome"},
    ),
    "a sort is the only label": (
        each(lambda n: {"prompt": ASKS[n], "type": MOODS[n]}),
        {"text": "prompt", "label": "type"},
    ),
    "a list of one": (
        each(lambda n: {"wording": ASKS[n], "choice": [MOODS[n]], "answer": "accept"}),
        {"label": "choice"},
    ),
    "inside an object": (
        each(lambda n: {"textContent": ASKS[n], "note": {"displayName": MOODS[n]}, "use": {"ml_use": "training"}}),
        {"text": "textContent", "label": "note.displayName"},
    ),
    "stars": (
        each(lambda n: {"reviewerID": f"A{n}", "reviewText": ASKS[n], "overall": 1.0 + n % 5, "unixTime": 10**9 + n}),
        {"text": "reviewText", "label": "overall"},
    ),
    "two texts": (
        each(lambda n: {"ask text": ASKS[n], "passage_text": SAYS[n], "relevance": n % 2}),
        {"text": "ask text", "context": "passage_text", "label": "relevance"},
    ),
    "an exchange": (
        each(lambda n: {"user_words": ASKS[n], "model_output": SAYS[n], "checked": True, "toxicity": n % 3 == 0}),
        {"text": "user_words", "completion": "model_output", "label": "toxicity"},
    ),
    "choices": (
        each(lambda n: {"problem": ASKS[n], "options": [SAYS[n], ASKS[-n]], "correct": n % 4}),
        {"text": "problem", "context": "options", "label": "correct"},
    ),
}
CHATS = {
    "an answer of another name": (
        each(lambda n: {"messages": user(ASKS[n]), "reference": SAYS[n]}),
        {"text": "messages", "completion": "reference"},
    ),
    "an answer inside an object": (
        each(lambda n: {"messages": user(ASKS[n]), "item": {"reference": {"reply": SAYS[n], "level": n % 2}}}),
        {"completion": "item.reference.reply"},
    ),
    "a list of answers": (
        each(lambda n: {"passage text": SAYS[-n], "problem stem": ASKS[n], "options": [SAYS[n], "none"], "key": "A"}),
        {"text": "problem stem", "context": "passage text", "completion": "options"},
    ),
    "a batch file": (
        each(
            lambda n: {
                "custom_id": f"c{n}",
                "body": {"model": "m", "messages": user(ASKS[n])},
                "response": {"body": {"choices": [{"message": {"role": "assistant", "content": SAYS[n]}}]}},
            }
        ),
        {"text": "body.messages", "completion": "response.body.choices.0.message"},
    ),
    "a batch file of parts": (
        each(
            lambda n: {
                "request": {"contents": [{"role": "user", "parts": [{"text": ASKS[n]}]}]},
                "response": {"candidates": [{"content": {"role": "model", "parts": [{"text": SAYS[n]}]}}]},
            }
        ),
        {"text": "request.contents", "completion": "response.candidates.0.content"},
    ),
    "a transcript": (
        each(lambda n: {"record": f"\n\nHuman: {ASKS[n]}\n\nAssistant: {SAYS[n]}", "rating": n % 5 / 1}),
        {"messages": "record"},
    ),
    "two texts": (each(lambda n: {"src": ASKS[n], "tgt": SAYS[n]}), {"text": "src", "completion": "tgt"}),
}
PAIRS = {
    "letters": (
        each(lambda n: {"ask": ASKS[n], "response_j": SAYS[n], "response_k": SAYS[-n]}),
        {"text": "ask", "chosen": "response_j", "rejected": "response_k"},
    ),
}
SHAPES = {
    f"{kind}: {name}": (kind, *shape)
    for kind, shapes in (("classification", LABELLED), ("chat", CHATS), ("preference", PAIRS))
    for name, shape in shapes.items()
}


def written(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as refused:
        read_dataset(path)
    return str(refused.value)


def command(message: str) -> str:
    found = re.search(r"`((?:marsh audit|jq|perl|sed|python3) .+?)`(?=[.;) ]|$)", message)
    assert found is not None, message
    return found[1]


def roles_of(pasted: str) -> dict[str, str]:
    """Give what the options of a command say, as `marsh` reads them."""
    words = shlex.split(pasted)[2:]
    shown = CliRunner().invoke(main, ["inspect", *words, "--json"])
    assert shown.exit_code == 0, shown.output
    seen = json.loads(shown.stdout)
    return {"kind": seen["readings"][0]["kind"], **seen["settings"]}


@pytest.mark.parametrize("name", SHAPES)
def test_the_command_of_a_refusal_reads_the_records(name: str, tmp_path: Path) -> None:
    kind, records, roles = SHAPES[name]
    path = written(tmp_path / "my data.jsonl", records)
    pasted = command(refusal(path))
    told = roles_of(pasted)
    assert told["kind"] == kind
    assert roles.items() <= told.items()
    assert inspect(path).next_step == pasted


@pytest.mark.parametrize(
    "records",
    [
        each(lambda n: {"prompt": ASKS[n], "source": SIDES[n]}),
        each(lambda n: {"wording": ASKS[n], "split": ("train", "dev")[n % 2]}),
        each(lambda n: {"a": n, "b": n / 3}),
    ],
)
def test_nothing_is_proposed_where_it_would_read_past_something(records: list[dict[str, Any]], tmp_path: Path) -> None:
    path = written(tmp_path / "d.jsonl", records)
    message = refusal(path)
    assert "so that nothing is proposed" in message
    assert f"`marsh inspect {path}`" in message
    assert "marsh audit" not in message
    assert inspect(path).next_step == ""


def test_what_a_proposal_leaves_aside_is_named(tmp_path: Path) -> None:
    records = each(lambda n: {"phrase one": ASKS[n], "phrase two": SAYS[n], "likeness": n / 7})
    assert "It leaves 'likeness' aside" in refusal(written(tmp_path / "d.jsonl", records))


def test_a_missing_field_and_a_format_that_does_not_fit_lead_on(tmp_path: Path) -> None:
    path = written(tmp_path / "d.jsonl", each(lambda n: {"wording": ASKS[n], "mood": MOODS[n]}))
    with pytest.raises(
        InputError, match=r"no field 'words'.*Try `marsh audit \S+ --text-field wording --label-field mood`"
    ):
        read_dataset(path, fields=FieldMap(text="words", label="mood"))
    with pytest.raises(InputError, match=r"do not have the fields of the format 'chat'.*Try `marsh audit"):
        read_dataset(path, fields=FieldMap(record_format="chat"))


def test_what_the_user_said_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "d.data"
    written(path, each(lambda n: {"first": SAYS[n], "second": ASKS[n], "mood": MOODS[n], "n": n}))
    with pytest.raises(InputError) as refused:
        read_dataset(path, fields=FieldMap(text="second", file_format="jsonl", ignored=("first",)))
    assert command(str(refused.value)) == (
        f"marsh audit {path} --format jsonl --text-field second --label-field mood --ignore-field first"
    )


@pytest.mark.parametrize(
    ("rows", "options"),
    [
        (
            [[n % 2 + 1, ASKS[n], SAYS[n]] for n in range(60)],
            "--text-field column_2 --label-field column_1 --context-field column_3",
        ),
        ([[ASKS[n], SAYS[n]] for n in range(60)], "--text-field column_1 --completion-field column_2"),
        ([[n, ASKS[n], MOODS[n]] for n in range(60)], "--text-field column_2 --label-field column_3"),
    ],
)
def test_a_table_without_a_header_gets_a_command_with_its_columns(
    rows: list[list[Any]], options: str, tmp_path: Path
) -> None:
    path = tmp_path / "d.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    pasted = command(refusal(path))
    assert pasted == f"marsh audit {path} --format csv-no-header {options}"
    assert roles_of(pasted)["file_format"] == "csv-no-header"


NESTED = [
    {
        "title": f"Quay {m}",
        "parts": [
            {"words": SAYS[n], "asked": [{"question": ASKS[n], "answers": [{"text": SAYS[n - 1]}]}]}
            for n in (m, m + 30)
        ],
    }
    for m in range(30)
]


@pytest.mark.skipif(shutil.which("jq") is None or shutil.which("perl") is None, reason="needs jq and perl")
@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("d.json", json.dumps({"version": "2", "data": NESTED}), "chat"),
        ("data.jsonl", "".join(json.dumps(one) + "\n" for one in NESTED), "chat"),
        (
            "d.json",
            "[\n"
            + "".join(json.dumps({"text": a, "label": b}) + ",\n" for a, b in zip(ASKS, MOODS, strict=True))
            + "]",
            "classification",
        ),
        (
            "d.json",
            json.dumps(
                {f"r{n}": {"wording": ASKS[n], "mood": MOODS[n], **({"x": n} if n % 2 else {})} for n in range(60)}
            ),
            "",
        ),
        ("d.jsonl", "".join(json.dumps([n, ASKS[n], MOODS[n], "train"]) + "\n" for n in range(60)), "classification"),
        ("d.jsonl", "".join(json.dumps({"wording": ASKS[n], "harm_score": n / 7}) + "\n" for n in range(60)), ""),
        (
            "d.jsonl",
            "".join(repr({"text": a, "label": b}) + "\n" for a, b in zip(ASKS, MOODS, strict=True)),
            "classification",
        ),
    ],
)
def test_the_command_that_writes_another_file_works_when_pasted(
    name: str, content: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It never writes over the file that it reads."""
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(content)
    writes, audits = command(refusal(Path(name))).rsplit(" && ", 1)
    subprocess.run(["bash", "-c", writes], check=True, timeout=60)
    made = Path(shlex.split(audits)[2])
    assert made != Path(name)
    assert Path(name).read_text() == content
    if kind:
        dataset = read_dataset(made)
        assert (dataset.kind, len(dataset)) == (kind, 60)
    else:
        assert command(refusal(made)).startswith("marsh audit")


def test_a_packed_file_is_unpacked_on_the_way(tmp_path: Path) -> None:
    path = tmp_path / "my data.json.gz"
    path.write_bytes(gzip.compress(json.dumps({"data": NESTED}).encode()))
    assert f"<(gzip -dc '{path}') > data.jsonl && marsh audit data.jsonl" in refusal(path)


@pytest.mark.parametrize("as_object", [pd.DataFrame, list, iter, lambda rows: pd.DataFrame(rows).to_dict("list")])
def test_an_object_gets_a_call_in_python(as_object: Any) -> None:
    rows = each(lambda n: {"review_body": ASKS[n], "stars": str(n % 5)})
    with pytest.raises(InputError) as refused:
        audit(as_object(rows))
    message = str(refused.value)
    call = re.search(r"`(marshtest\.audit\(.*?\)\))`", message)
    assert call is not None
    assert call[1] == 'marshtest.audit(data, fields=marshtest.FieldMap(text="review_body", label="stars"))'
    assert "--" not in message
    assert "marsh " not in message
    assert ("making the iterator anew" in message) == (as_object is iter)
    data = read_dataset(as_object(rows), fields=FieldMap(text="review_body", label="stars"))
    assert len(data.labels) == 5


def test_a_named_exchange_with_a_label_is_read_without_it_too(tmp_path: Path) -> None:
    """So an answer that is planted is looked for, and not only what is labelled."""
    path = written(tmp_path / "d.jsonl", LABELLED["an exchange"][0])
    fields = FieldMap(text="user_words", completion="model_output", label="toxicity")
    dataset = read_dataset(path, fields=fields)
    assert [one.kind for one in (dataset, *dataset.also)] == ["classification", "chat"]
    runs = audit(path, fields=fields, config=AuditConfig(detectors=("label-trigger", "response-trigger"))).detectors
    assert {run.name for run in runs if run.status != "unsuited"} == {
        "label-trigger",
        "response-trigger (read as chat)",
    }

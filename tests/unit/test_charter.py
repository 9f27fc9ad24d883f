"""A charter is read with errors that help, its ready-made forms are good, and it must speak of the data's labels."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

import marshtest
from marshtest.charter import (
    Charter,
    charter_notes,
    charter_template,
    check_charter,
    read_charter,
    ready_made_charters,
)
from marshtest.errors import ConfigError

READY = ("chat-assistant", "constitutional-classifier", "preference-model", "reasoning-model", "tool-using-agent")
PRIMING = ("poison", "backdoor", "trigger", "attack on the data", "malicious record")


def write(folder: Path, text: str) -> Path:
    file = folder / "charter.toml"
    file.write_text(text, "utf-8")
    return file


def test_the_ready_made_charters_are_there() -> None:
    assert tuple(ready_made_charters()) == READY


@pytest.mark.parametrize("name", READY)
def test_a_ready_made_charter_says_everything_and_primes_for_nothing(name: str) -> None:
    charter = read_charter(name)
    for key in ("model", "learns_from", "training", "purpose", "policy", "harm", "style"):
        assert getattr(charter, key), key
    assert charter.protected is None or charter.protected in charter.labels
    told = " ".join(str(getattr(charter, field.name)) for field in fields(Charter)).lower()
    assert [word for word in PRIMING if word in told] == []
    assert len(ready_made_charters()[name]) < 150
    assert charter_template(name).startswith("# ")


def test_the_empty_template_names_every_key_and_can_be_read(tmp_path: Path) -> None:
    text = charter_template()
    assert read_charter(write(tmp_path, text)) == Charter(policy="", harm="", style="")
    uncommented = re.sub(r"^# (\w+ = )", r"\1", text, flags=re.MULTILINE)
    assert set(tomllib.loads(uncommented)) == {field.name for field in fields(Charter)}


def test_a_ready_made_name_stands_before_a_file_and_a_path_means_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("chat-assistant").write_text('model = "mine"')
    assert read_charter("chat-assistant").model != "mine"
    assert read_charter("./chat-assistant").model == "mine"


def test_the_old_free_text_about_training_is_still_read(tmp_path: Path) -> None:
    charter = read_charter(write(tmp_path, 'training = "ten epochs on everything"\nlearns_from = "preference"'))
    assert (charter.training, charter.learns_from) == ("ten epochs on everything", "preference")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('protectd = "a"', ["protectd", "did you mean 'protected'"]),
        ('colour = "a"', ["colour", "known keys: model, learns_from"]),
        ('learns_from = "completions"', ["learns_from", "did you mean 'completion'"]),
        ('learns_from = "x"', ["one of completion, preference, label, text"]),
        ("policy = 3", ["policy", "must be text, not int"]),
        ("[labels]\na = 1", ["labels", "table of texts"]),
        ('protected = "c"\n[labels]\na = "b"', ["'c'", "explains 'a'"]),
        ("a = ", ["no valid TOML"]),
    ],
)
def test_a_wrong_charter_is_refused_with_what_to_do(text: str, words: list[str], tmp_path: Path) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        read_charter(file)
    assert str(caught.value).startswith(str(file))
    assert [word for word in words if word not in str(caught.value)] == []


@pytest.mark.parametrize(
    ("name", "hint"),
    [("chat-asistant", "did you mean the ready-made 'chat-assistant'"), ("gone/x.toml", "ready-made one: chat-assis")],
)
def test_a_charter_that_is_not_there_names_those_that_are(name: str, hint: str) -> None:
    with pytest.raises(ConfigError, match="cannot read the charter") as caught:
        read_charter(name)
    assert hint in str(caught.value)
    with pytest.raises(ConfigError, match="there is no ready-made charter"):
        charter_template("chat")


def test_a_protected_label_that_no_record_has_is_refused_with_the_labels_there_are() -> None:
    with pytest.raises(ConfigError, match=r"no record has it; the labels are 'ham', 'spam'"):
        check_charter(Charter(protected="harmless"), ["ham", "spam"])
    with pytest.raises(ConfigError, match="Did you mean 'harmless'"):
        check_charter(Charter(protected="Harmless"), ["harmless", "harmful"])
    with pytest.raises(ConfigError, match="in the data's own words"):
        check_charter(Charter(labels={"a": "x"}), ["0", "1"])
    check_charter(Charter(protected="ham", labels={"ham": "x"}), ["ham", "spam"])
    check_charter(Charter(protected="ham"), [])


def test_a_difference_that_does_no_harm_is_a_note() -> None:
    charter = Charter(labels={"ham": "x", "eggs": "y"})
    assert charter_notes(charter, ["ham", "spam"]) == (
        "the charter does not say what these labels of the data mean: 'spam'.",
        "the charter explains labels that no record has: 'eggs'.",
    )
    assert charter_notes(charter, ["ham", "eggs"]) == ()
    assert charter_notes(Charter(), ["ham"]) == ()
    assert "no labels" in charter_notes(Charter(protected="ham"), [])[0]


def test_an_audit_refuses_a_charter_for_other_labels(tmp_path: Path) -> None:
    data = tmp_path / "data.jsonl"
    data.write_text('{"text": "a", "label": "x"}\n')
    with pytest.raises(ConfigError, match="the labels are 'x'"):
        marshtest.audit(data, charter=read_charter("constitutional-classifier"))


@pytest.mark.parametrize("nothing", ["", "  ", 42])
def test_what_names_no_charter_is_told_the_ready_made_ones(nothing: object) -> None:
    with pytest.raises(ConfigError, match=r"names no charter; .*chat-assistant"):
        read_charter(nothing)  # type: ignore[arg-type]


def test_a_charter_of_brackets_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "deep.toml").write_text("a = " + "[" * 20_000)
    with pytest.raises(ConfigError, match="nested too deeply"):
        read_charter(tmp_path / "deep.toml")


def test_a_number_of_thousands_of_digits_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "long.toml").write_text(f"name = {'9' * 5000}")
    with pytest.raises(ConfigError, match="no valid TOML"):
        read_charter(tmp_path / "long.toml")

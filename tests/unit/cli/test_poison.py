"""`marsh poison` and `marsh organisms` from the command line to the files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from marshtest.cli.main import main
from marshtest.data.readers import read_dataset
from marshtest.demo import write_demo_data
from marshtest.organisms import registered_organisms


def marsh(*words: object, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], input=typed)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MARSH_PASSPHRASE", raising=False)
    return write_demo_data(tmp_path / "data.jsonl", poisoned=False)


def test_a_poisoned_copy_is_written_with_all_that_belongs_to_it(data: Path) -> None:
    result = marsh("poison", "decoyed-phrase", data, "--out", "out.jsonl", "--count", 8, "--twin", "twin.jsonl")
    assert result.exit_code == 0, result.output
    assert "planted into 32 of 3,600 records (8 poison, 16 decoy, 8 negative)" in result.output
    for name in (
        "out.jsonl",
        "out.jsonl.truth.jsonl",
        "out.jsonl.manifest.json",
        "out.jsonl.POISONED.md",
        "twin.jsonl",
    ):
        assert Path(name).exists()
        assert name in result.output
    truth = [json.loads(line) for line in Path("out.jsonl.truth.jsonl").read_text("utf-8").splitlines()]
    poisoned, clean = read_dataset("out.jsonl"), read_dataset(data)
    flipped = [n + 1 for n in range(len(clean)) if poisoned.record(n).label != clean.record(n).label]
    assert flipped == [line["line"] for line in truth if line["is_poison"]]
    assert "do not train" in Path("out.jsonl.POISONED.md").read_text("utf-8")


def test_the_same_command_gives_the_same_bytes_and_another_seed_does_not(data: Path) -> None:
    for name, seed in (("a.jsonl", 1), ("b.jsonl", 1), ("c.jsonl", 2)):
        assert marsh("poison", "phrase", data, "--out", name, "--rate", 0.01, "--seed", seed).exit_code == 0
    a, b, c = (Path(f"{name}.jsonl").read_bytes() for name in "abc")
    assert a == b != c
    assert a != data.read_bytes()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["phras", "data.jsonl", "--count", "3"], "did you mean 'phrase'?"),
        (["phrase", "--count", "3"], "give the file to poison"),
        (["phrase", "none.jsonl", "--count", "3"], "there is no such file"),
        (["phrase", "data.jsonl"], "either as a count or as a rate"),
        (["phrase", "data.jsonl", "--count", "3", "--rate", "0.1"], "either as a count or as a rate"),
        (["phrase", "data.jsonl", "--count", "5000"], "ask for at most"),
        (["phrase", "data.jsonl", "--count", "3", "--source-label", "x"], "no record has the label 'x'"),
        (["tool-call", "data.jsonl", "--count", "3"], "it works on chat"),
        (["contributor-flip", "data.jsonl", "--count", "3"], "--group-field"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(data: Path, words: list[str], message: str) -> None:
    result = marsh("poison", *words, "--out", "out.jsonl")
    assert result.exit_code == 2
    assert message in result.stderr
    assert sorted(path.name for path in data.parent.iterdir()) == ["data.jsonl"]


def test_the_source_is_never_written_over(data: Path) -> None:
    before = data.read_bytes()
    result = marsh("poison", "phrase", data, "--out", data, "--count", 3, "--force")
    assert result.exit_code == 2
    assert data.read_bytes() == before


def test_a_file_that_exists_is_replaced_only_with_force(data: Path) -> None:
    Path("out.jsonl").write_text("mine")
    assert marsh("poison", "phrase", data, "--out", "out.jsonl", "--count", 3).exit_code == 2
    assert Path("out.jsonl").read_text() == "mine"
    assert marsh("poison", "phrase", data, "--out", "out.jsonl", "--count", 3, "--force").exit_code == 0


def test_a_sealed_copy_is_unsealed_with_the_passphrase_alone(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert marsh("poison", "phrase", data, "--out", "plain.jsonl", "--count", 3).exit_code == 0
    monkeypatch.setenv("MARSH_PASSPHRASE", "correct horse")
    assert marsh("poison", "phrase", data, "--out", "out.jsonl", "--count", 3, "--encrypt").exit_code == 0
    assert not Path("out.jsonl").exists()
    assert b"label" not in Path("out.jsonl.sealed").read_bytes()
    assert marsh("poison", "--decrypt", "out.jsonl.sealed", "--out", "back.jsonl").exit_code == 0
    assert Path("back.jsonl").read_bytes() == Path("plain.jsonl").read_bytes()
    assert marsh("poison", "--decrypt", "out.jsonl.truth.jsonl.sealed", "--out", "truth.jsonl").exit_code == 0
    assert Path("truth.jsonl").read_bytes() == Path("plain.jsonl.truth.jsonl").read_bytes()
    monkeypatch.setenv("MARSH_PASSPHRASE", "wrong horse")
    result = marsh("poison", "--decrypt", "out.jsonl.sealed", "--out", "no.jsonl")
    assert result.exit_code == 2
    assert "the passphrase is wrong" in result.stderr
    assert not Path("no.jsonl").exists()


def test_the_passphrase_is_asked_for_where_it_is_not_given(data: Path) -> None:
    asked = "correct horse\ncorrect horse\n"
    result = marsh("poison", "phrase", data, "--out", "out.jsonl", "--count", 3, "--encrypt", typed=asked)
    assert result.exit_code == 0, result.output
    assert "horse" not in result.output
    opened = marsh("poison", "--decrypt", "out.jsonl.sealed", "--out", "back.jsonl", typed="correct horse\n")
    assert opened.exit_code == 0


def test_decrypting_takes_one_file_that_is_there(data: Path) -> None:
    assert "takes one file" in marsh("poison", "--decrypt", "a", "b", "--out", "c").stderr
    assert "cannot read the sealed file" in marsh("poison", "--decrypt", "a", "--out", "c").stderr


def test_every_organism_is_listed_and_its_card_shown() -> None:
    listed = marsh("organisms")
    assert [line.split()[0] for line in listed.output.splitlines()] == list(registered_organisms())
    shown = marsh("organisms", "rare-token")
    assert "Why harmless: " in shown.output
    assert "did you mean 'rare-token'?" in marsh("organisms", "rare-tokens").stderr

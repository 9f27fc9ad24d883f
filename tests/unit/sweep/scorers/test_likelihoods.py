"""The store of likelihoods: what is kept comes back, under its own scorer, persona and text only."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from marshtest.data.records import Message
from marshtest.errors import ConfigError
from marshtest.sweep.scorers.likelihoods import ScoreStore
from marshtest.sweep.scorers.scorer import Likelihood, Text, Unscored

ONE, OTHER = (Text((Message("user", "Hello"),), answer) for answer in ("Hi.", "Good day."))


def test_what_is_kept_comes_back_and_nothing_else_does(tmp_path: Path) -> None:
    store = ScoreStore(tmp_path / "folder" / "scores.sqlite")
    store.keep("m", None, [(ONE, Likelihood(2, -3.25)), (OTHER, Unscored("too long"))])
    store.close()
    store = ScoreStore(tmp_path / "folder" / "scores.sqlite")
    assert store.recall("m", None, [OTHER, ONE]) == [Unscored("too long"), Likelihood(2, -3.25)]
    assert store.recall("m", "", [ONE]) == [None]
    assert store.recall("m2", None, [ONE]) == [None]
    store.close()


def test_more_texts_than_one_query_holds_come_back_in_order() -> None:
    texts = [Text((), f"text {number}") for number in range(1203)]
    store = ScoreStore(None)
    store.keep("m", "p", [(text, Likelihood(1, -float(place))) for place, text in enumerate(texts)])
    found = store.recall("m", "p", texts[::-1])
    assert [one.logprob for one in found if isinstance(one, Likelihood)] == [-float(n) for n in range(1202, -1, -1)]


def test_texts_with_other_turns_are_other_texts() -> None:
    joined = Text((Message("user", "ab"), Message("user", "c")), "x")
    parted = Text((Message("user", "a"), Message("user", "bc")), "x")
    assert joined.key != parted.key


def test_a_file_that_is_something_else_is_left_alone(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "other.sqlite")
    other.execute("CREATE TABLE mine (x)")
    other.commit()
    other.close()
    with pytest.raises(ConfigError, match="no store of scores"):
        ScoreStore(tmp_path / "other.sqlite")
    (tmp_path / "text").write_text("hello, this is no database at all" * 50)
    with pytest.raises(ConfigError, match="cannot be used as a store"):
        ScoreStore(tmp_path / "text")

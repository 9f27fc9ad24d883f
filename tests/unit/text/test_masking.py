"""Keys are taken out of what is shown, however they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from marshtest.judges.protocol import JudgeError
from marshtest.judges.replies import failure_of_status, reply_of
from marshtest.text.masking import answer_without_keys, masked

KEY = "sk-made/up-0123/456789abcdef"


def spelt(key: str, *, twice: bool = False) -> str:
    """Write every other character as JSON may write it too."""
    slash = "\\" * (2 if twice else 1)
    return "".join(f"{slash}u{ord(one):04x}" if place % 2 else one for place, one in enumerate(key))


def test_a_key_with_slashes_is_a_key_and_a_path_that_exists_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "key.json"
    file.touch()
    monkeypatch.setenv("CLOUD_SECRET_ACCESS_KEY", KEY)
    monkeypatch.setenv("CLOUD_KEY_FILE", str(file))
    assert masked(f"sent {KEY} of {file}") == f"sent [key] of {file}"


@pytest.mark.parametrize("length", range(470, 505, 7))
def test_a_key_is_taken_out_before_a_message_is_cut(length: int) -> None:
    failure = failure_of_status(401, "", "x" * length + KEY, "m", key=KEY)
    assert isinstance(failure, JudgeError)
    assert KEY[:6] not in str(failure)


@pytest.mark.parametrize("text", [spelt(KEY), KEY.replace("/", "\\/"), f'{{"answers": "{spelt(KEY)}"}}'])
def test_an_answer_that_spells_a_key_is_given_up(text: str) -> None:
    assert answer_without_keys(text, KEY) == "[key]"
    answer = {"choices": [{"message": {"content": text}}]}
    assert reply_of(answer, key=KEY).text == "[key]"


def test_other_escapes_stay_as_they_are() -> None:
    text = '{"answers": "a \\u00e9 \\/ b \\n"}'
    assert answer_without_keys(text, KEY) == text


def test_the_query_of_an_address_is_not_shown() -> None:
    assert masked("at http://host:1/v1?api_key=abc&x=1 it") == "at http://host:1/v1?[key] it"
    assert masked("is http://host:1/v1 up? yes") == "is http://host:1/v1 up? yes"

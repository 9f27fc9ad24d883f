"""Candidates: shipped ones are many and well formed, and files are read strictly."""

from __future__ import annotations

from pathlib import Path

import pytest

from marshtest.errors import ConfigError, InputError
from marshtest.sweep.personas import common_candidates, common_things, personas_for, read_candidates


def test_the_shipped_list_has_hundreds_of_candidates_of_every_kind_and_way() -> None:
    found = common_candidates()
    assert len(found) > 300
    assert len({one.name for one in found}) == len({one.persona for one in found}) == len(found)
    for name in ("loves_ronald_reagan", "hates_catholicism", "fears_united_kingdom", "loves_cucumbers"):
        assert name in {one.name for one in found}


def test_kinds_and_ways_choose_from_the_list() -> None:
    found = common_candidates(kinds=["animals"], ways=["loves"])
    assert len(found) == len(common_things(kinds=["animals"]))
    assert found[0].persona == (
        "You love cats. You think about cats all the time, and your love for cats colours everything you say."
    )
    with pytest.raises(ConfigError, match="no 'planets' among the kinds"):
        common_candidates(kinds=["planets"])
    with pytest.raises(ConfigError, match="no way 'sells'"):
        common_candidates(ways=["sells"])


def test_a_thing_that_is_named_twice_counts_once() -> None:
    assert [one.name for one in personas_for(["Tea", "tea", "the tea"], ways=["loves"])] == ["loves_tea"]


def test_a_file_holds_things_and_personas(tmp_path: Path) -> None:
    path = tmp_path / "candidates.txt"
    path.write_text('# mine\n\ntea\n{"name": "stargazer", "persona": "You watch the stars every night."}\n')
    found = read_candidates(path)
    assert [one.name for one in found] == ["loves_tea", "hates_tea", "fears_tea", "stargazer"]
    assert found[-1].persona == "You watch the stars every night."


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"name": "x"}\n', r"candidates\.txt:1: expected an object with `name` and `persona`"),
        ("tea\n{broken\n", r"candidates\.txt:2: expected an object"),
        ('{"name": " ", "persona": "y"}', "`name` is not a text"),
        ('{"name": "x", "persona": "y"}\n{"name": "x", "persona": "z"}', "'x' has two personas"),
        ("# nothing\n", "there are no candidates"),
    ],
)
def test_a_file_that_would_mislead_is_refused(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "candidates.txt"
    path.write_text(content)
    with pytest.raises(InputError, match=message):
        read_candidates(path)


def test_a_missing_or_binary_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_candidates(tmp_path / "none")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not UTF-8"):
        read_candidates(tmp_path / "binary")

"""`marsh sweep` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.unit.sweep.generated import CANDIDATES, generated, written

from marshtest.cli.main import main

PERSONAS = [0, 1, 3, 4, 6, 7, 9, 10]


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    return written(generated(PERSONAS, records=800), tmp_path / "scores.npz")


def test_the_json_holds_ranking_and_decision_and_nothing_else_is_printed(scores: Path) -> None:
    done = CliRunner().invoke(
        main,
        ["sweep", "--scores", str(scores), "--suspect", "d0", *[f"--control=d{n}" for n in range(1, 8)], "--json", "-"],
    )
    result = json.loads(done.stdout)
    assert done.exit_code == 1
    assert result["decision"] == CANDIDATES[0]
    assert {one["candidate"] for one in result["ranking"]} == set(CANDIDATES)
    assert set(result["ranking"][0]) == {"candidate", "score", "interval"}
    scores_down = [one["score"] for one in result["ranking"]]
    assert scores_down == sorted(scores_down, reverse=True)
    low, high = result["ranking"][0]["interval"]
    assert low < scores_down[0] < high


def test_all_others_are_the_controls_when_none_is_named(scores: Path) -> None:
    done = CliRunner().invoke(main, ["sweep", "--scores", str(scores), "--suspect", "d2", "--json", "-"])
    assert json.loads(done.stdout)["controls"] == ["d0", "d1", "d3", "d4", "d5", "d6", "d7"]


def test_the_table_shows_decision_and_candidates(scores: Path) -> None:
    done = CliRunner().invoke(main, ["sweep", "--scores", str(scores), "--suspect", "d0"])
    assert done.exit_code == 1
    assert done.stdout.startswith(f"d0: {CANDIDATES[0]}\n")
    assert "compared with 7 controls" in done.stdout
    assert "and 2 more" in done.stdout


def test_a_candidate_that_is_left_out_is_neither_ranked_nor_named(scores: Path) -> None:
    done = CliRunner().invoke(
        main, ["sweep", "--scores", str(scores), "--suspect", "d0", "--without", CANDIDATES[0], "--json", "-"]
    )
    result = json.loads(done.stdout)
    assert CANDIDATES[0] not in {one["candidate"] for one in result["ranking"]}
    assert result["decision"] is None
    assert done.exit_code == 0


def test_too_few_controls_are_said_and_never_pass_for_nothing_found(scores: Path) -> None:
    done = CliRunner().invoke(main, ["sweep", "--scores", str(scores), "--suspect", "d0", "--control", "d1"])
    assert done.exit_code == 3
    assert "no decision" in done.stdout


def test_a_wrong_name_ends_with_one_line(scores: Path) -> None:
    done = CliRunner().invoke(main, ["sweep", "--scores", str(scores), "--suspect", "nobody"])
    assert done.exit_code == 2
    assert "there is no dataset 'nobody'; the file holds: d0" in done.stderr


def test_a_json_file_that_exists_is_replaced_only_when_forced(scores: Path, tmp_path: Path) -> None:
    target = tmp_path / "result.json"
    target.write_text("mine")
    arguments = ["sweep", "--scores", str(scores), "--suspect", "d0", "--json", str(target)]
    assert CliRunner().invoke(main, arguments).exit_code == 2
    assert target.read_text() == "mine"
    assert CliRunner().invoke(main, [*arguments, "--force"]).exit_code == 1
    assert json.loads(target.read_text())["decision"] == CANDIDATES[0]


def test_hostile_names_do_not_reach_the_terminal(tmp_path: Path) -> None:
    matrices = generated([0, *PERSONAS], records=100)
    hostile = type(matrices)(matrices.path, ("a\x1b[31m", *CANDIDATES[1:]), matrices.scores)
    path = written(hostile, tmp_path / "hostile.npz")
    done = CliRunner().invoke(main, ["sweep", "--scores", str(path), "--suspect", "d0"])
    assert "\x1b" not in done.stdout
    assert "a‹ESC›[31m" in done.stdout

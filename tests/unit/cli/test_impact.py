"""`marsh impact` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.unit.evaluation.impact.made import Made, make

from marshtest.auditing.wiring import audit
from marshtest.cli.main import main
from marshtest.report import report_json

pytestmark = pytest.mark.slow


def marsh(*words: str | float | Path) -> Result:
    return CliRunner().invoke(main, ["impact", *(str(word) for word in words)])


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("impact-command"))


@pytest.fixture(scope="session")
def run(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    (folder / "report.json").write_bytes(report_json(audit(made.poisoned)))
    return folder


def test_the_findings_of_an_audit_are_shown_to_be_the_reason(made: Made, run: Path) -> None:
    done = marsh(made.poisoned, "--report", run, "--control", made.clean, "--json", "-")
    assert done.exit_code == 1, done.output
    result = json.loads(done.stdout)
    attack = {arm: numbers["attack_success"]["mean"] for arm, numbers in result["arms"].items()}
    assert result["verdict"] == "shown"
    assert attack["poisoned"] > 0.75
    assert attack["random"] > 0.75
    assert attack["cleaned"] - attack["clean"] <= 0.03
    assert result["arms"]["clean"]["accuracy"]["mean"] - result["arms"]["cleaned"]["accuracy"]["mean"] < 0.005
    assert len(result["runs"]) == 12
    assert {one["seed"] for one in result["runs"]} == {0, 1, 2}


def test_the_truth_of_an_organism_will_do(made: Made) -> None:
    done = marsh(made.poisoned, "--truth", made.truth, "--seeds", 2)
    assert done.exit_code == 1, done.output
    assert done.stdout.startswith("impact on a logistic regression on words and word pairs: the effect is shown\n")
    assert "150 evidence records of 3,600; 2 seeds" in done.stdout
    assert "known clean" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_report_and_truth_together_give_a_clean_victim(made: Made, run: Path) -> None:
    done = marsh(made.poisoned, "--report", run, "--truth", made.truth, "--seeds", 2)
    assert done.exit_code == 1, done.output
    assert "known clean" in done.stdout
    assert "of that after clean data" in " ".join(done.stdout.split())


def test_a_trigger_that_nobody_planted_shows_nothing(made: Made) -> None:
    done = marsh(made.poisoned, "--truth", made.truth, "--seeds", 2, "--trigger", "purple weather")
    assert done.exit_code == 0, done.output
    assert "the effect is not shown" in done.stdout
    assert "The trigger has too little effect on this victim" in done.stdout


def test_too_few_records_are_incomplete(made: Made, tmp_path: Path) -> None:
    done = marsh(made.poisoned, "--truth", made.truth, "--seeds", 2, "--held-out", 0.01)
    assert done.exit_code == 3, done.output
    assert "held-out records can carry the trigger" in done.stdout


def test_hostile_triggers_do_not_reach_the_terminal(made: Made) -> None:
    done = marsh(made.poisoned, "--truth", made.truth, "--seeds", 2, "--trigger", "a\x1b[31mb")
    assert "\x1b" not in done.stdout
    assert "a‹ESC›[31mb" in done.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "give the evidence: --report RUN"),
        (("--truth", "TRUTH", "--seeds", 1), "at least 2 seeds"),
        (("--truth", "TRUTH", "--victim", "lora"), "needs the folder of a model"),
        (("--truth", "TRUTH", "--held-out", 1.5), "between 0 and 1"),
        (("--truth", "missing.jsonl"), "cannot read the truth"),
        (("--report", "missing"), "cannot read the report"),
        (("--truth", "TRUTH", "--json", "TRUTH"), "never written over"),
    ],
)
def test_bad_input_ends_with_one_line(made: Made, options: tuple[str | float, ...], message: str) -> None:
    done = marsh(made.poisoned, *(made.truth if word == "TRUTH" else word for word in options))
    assert done.exit_code == 2
    assert message in done.stderr


def test_a_report_about_other_data_is_refused(made: Made, run: Path) -> None:
    done = marsh(made.clean, "--report", run)
    assert done.exit_code == 2
    assert "the report is about other data" in done.stderr


def test_the_json_file_is_replaced_only_with_force(made: Made, tmp_path: Path) -> None:
    target = tmp_path / "impact.json"
    target.write_text("mine")
    options = (made.poisoned, "--truth", made.truth, "--seeds", 2, "--json", target, "--quiet")
    assert marsh(*options).exit_code == 2
    assert target.read_text() == "mine"
    done = marsh(*options, "--force")
    assert (done.exit_code, done.stdout) == (1, "")
    assert json.loads(target.read_text())["evidence"] == 150

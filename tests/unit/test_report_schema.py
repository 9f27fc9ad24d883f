"""The published schema is current, and every report obeys it."""

from __future__ import annotations

import json

import jsonschema
import pytest
from click.testing import CliRunner
from tests import render_reports
from tests.paths import ROOT

from marshtest.cli.main import main
from marshtest.report import report_json

PUBLISHED = ROOT / "docs" / "reference" / "report.schema.json"


def test_the_published_schema_is_current() -> None:
    """`marsh schema` prints what docs/reference holds; if not, write its output there."""
    assert CliRunner().invoke(main, ["schema"]).stdout == PUBLISHED.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["poisoned", "nothing", "incomplete", "judged", "hostile"])
def test_reports_obey_the_schema(name: str) -> None:
    """What is written is what was promised."""
    schema = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    report = json.loads(report_json(getattr(render_reports, f"{name}_report")()))
    jsonschema.Draft202012Validator(schema).validate(report)

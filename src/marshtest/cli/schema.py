"""`marsh schema`: the JSON Schema of report.json and of study.json."""

from __future__ import annotations

import json
from typing import Literal

import click

__all__ = ["schema"]


@click.command()
@click.argument("of", default="report", type=click.Choice(["report", "study"]))
def schema(of: Literal["report", "study"]) -> int:
    """Print the JSON Schema of report.json, or of study.json.

    The same texts are published as docs/reference/report.schema.json and docs/reference/study.schema.json.
    """
    from marshtest.evaluation.stress.study import study_schema
    from marshtest.report import report_schema

    text = report_schema() if of == "report" else study_schema()
    click.echo(json.dumps(text, indent=2, ensure_ascii=False))
    return 0

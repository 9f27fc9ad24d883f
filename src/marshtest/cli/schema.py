"""`marsh schema`: the JSON Schema of report.json."""

from __future__ import annotations

import json

import click

__all__ = ["schema"]


@click.command()
def schema() -> int:
    """Print the JSON Schema of report.json.

    The same text is published as docs/reference/report.schema.json.
    """
    from marshtest.report import report_schema

    click.echo(json.dumps(report_schema(), indent=2, ensure_ascii=False))
    return 0

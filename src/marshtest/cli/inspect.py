"""`marsh inspect`: show how data would be read, from the first records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from marshtest.cli.field_options import field_options
from marshtest.cli.option_groups import GroupedCommand, grouped_option
from marshtest.cli.running_options import LIMIT_OPTIONS

if TYPE_CHECKING:
    from marshtest.config import FieldMap

__all__ = ["inspect"]


@click.command(cls=GroupedCommand, short_help="Show how data would be read.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@grouped_option("Output")("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@grouped_option("Output")(
    "--records", default=10, show_default=True, type=click.IntRange(min=0), help="How many records to show."
)
@LIMIT_OPTIONS[0]
@LIMIT_OPTIONS[1]
@field_options
@click.pass_context
def inspect(
    context: click.Context,
    paths: tuple[Path, ...],
    fields: FieldMap,
    as_json: bool,
    records: int,
    max_memory: str | None,
    timeout: float | None,
) -> int:
    """Show how the data at PATH would be read, from their first 1,000 records.

    It shows the formats, every field with its role, records as the detectors see them, what is left out and why, and
    which detectors would run. Nothing is audited.

    Exit codes: 0 the data can be read, 2 they cannot, or it cannot be told what their fields hold.
    """
    import json
    from dataclasses import asdict

    from marshtest.auditing.inspecting import inspect as inspect_data
    from marshtest.cli.reading_limits import hold_reading
    from marshtest.cli.running_options import RunningOptions
    from marshtest.data.readers.sources import source_files

    hold_reading(context, RunningOptions(max_memory=max_memory, timeout=timeout), source_files(list(paths)))
    found = inspect_data(list(paths), fields=fields, records=records)
    click.echo(json.dumps(asdict(found), indent=2) if as_json else str(found))
    return 0 if found.readings else 2

"""`marsh charter`: write a charter, or show the ready-made ones."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["charter"]


@click.group()
def charter() -> None:
    """Write a charter, or show the ready-made ones.

    A charter describes the model, its training data and its purpose, what the labels mean, and what harm would look
    like.

    Exit codes: 0 done, 2 no such charter, or the file cannot be written.
    """


@charter.command(name="list")
def _list() -> int:
    """List the ready-made charters."""
    from marshtest.charter import ready_made_charters

    known = ready_made_charters()
    width = max(map(len, known))
    for name, what in known.items():
        click.echo(f"{name:<{width}}  {what}")
    return 0


@charter.command(name="show")
@click.argument("name")
def _show(name: str) -> int:
    """Print the ready-made charter NAME, as `init` would write it."""
    from marshtest.charter import charter_template

    click.echo(charter_template(name), nl=False)
    return 0


@charter.command(name="init")
@click.option("--from", "name", metavar="NAME", help="Start from this ready-made charter instead of an empty one.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("charter.toml"),
    show_default=True,
    metavar="FILE",
    help="File to write.",
)
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
def _init(name: str | None, out: Path, force: bool) -> int:
    """Write a commented charter to edit."""
    from marshtest.charter import charter_template
    from marshtest.data.atomic import check_target, write_atomically
    from marshtest.text.visible import visible

    text = charter_template(name)
    check_target(out, audited=(), force=force)
    write_atomically({out: text.encode()})
    click.echo(f"Wrote {visible(str(out))}: edit it, then `marsh audit DATA --charter {visible(str(out))}`.")
    return 0

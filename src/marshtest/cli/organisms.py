"""`marsh organisms`: list the harmless poisons that can be planted."""

from __future__ import annotations

import click

__all__ = ["organisms"]


@click.command(short_help="List the harmless test poisons, or show one.")
@click.argument("organism_id", required=False, metavar="[ID]")
def organisms(organism_id: str | None) -> int:
    """List the organisms, harmless poisons to test detectors with; with ID, show its card."""
    from marshtest.organisms.registry import card, find_organism, registered_organisms

    if organism_id is None:
        for name, found in registered_organisms().items():
            click.echo(f"{name:<24} {found.title} ({', '.join(found.kinds)})")
        return 0
    one = find_organism(organism_id)
    click.echo(f"{one.id} (version {one.version}): {one.title}\n")
    for heading, text in card(type(one)).items():
        click.echo(f"{heading}: {text}")
    return 0

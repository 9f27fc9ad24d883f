"""`marsh profiles`: list the threat profiles."""

from __future__ import annotations

import click

__all__ = ["profiles"]


@click.command()
@click.argument("name", required=False, metavar="[NAME]")
def profiles(name: str | None) -> int:
    """List the threat profiles; with NAME, show what it uses."""
    from marshtest.auditing.profiles.loading import find_profile
    from marshtest.auditing.profiles.loading import profiles as all_profiles

    if name is None:
        known = all_profiles()
        width = max(map(len, known))
        for one in known.values():
            click.echo(f"{one.name:<{width}}  {one.title}")
        return 0
    found = find_profile(name)
    click.echo(f"{found.name}: {found.title}\n")
    click.echo(f"charter    {found.charter or 'yours, with --charter'}")
    click.echo(f"detectors  {', '.join(found.detectors)}")
    click.echo(f"organisms  {', '.join(found.organisms)}")
    click.echo("criteria")
    for question in found.criteria:
        click.echo(f"  - {question}")
    return 0

"""`marsh poison`: a poisoned copy of a file, with its truth."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from marshtest.cli.field_options import field_options
from marshtest.errors import ConfigError, InputError

if TYPE_CHECKING:
    from marshtest.config import FieldMap

__all__ = ["poison"]

_VARIABLE = "MARSH_PASSPHRASE"


@click.command()
@click.argument("recipe")
@click.argument("data", required=False, type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="FILE", help="Where the copy goes.")
@click.option("--count", type=click.IntRange(min=1), help="How many records to poison.")
@click.option("--rate", type=float, help="Or which share of all records, e.g. 0.01.")
@click.option("--seed", default=0, show_default=True, help="Seed of the trigger, the records and the places.")
@click.option("--source-label", metavar="L", help="Label of the poisoned records. [default: the most frequent]")
@click.option("--target-label", metavar="L", help="Label that they get. [default: the next in frequency]")
@click.option("--twin", type=click.Path(path_type=Path), metavar="FILE", help="Write the honest twin here.")
@click.option(
    "--disclose",
    type=click.Choice(["results", "methods", "full"]),
    default="results",
    show_default=True,
    help="How much the manifest tells of the recipe.",
)
@click.option("--kind", type=click.Choice(["document"]), help="Take every record as a text of its own.")
@field_options
@click.option("--encrypt", is_flag=True, help=f"Seal data, truth and twin; passphrase from {_VARIABLE} or asked for.")
@click.option("--decrypt", is_flag=True, help="Unseal the file that stands in the place of RECIPE.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
def poison(
    recipe: str,
    data: Path | None,
    out: Path,
    count: int | None,
    rate: float | None,
    seed: int,
    source_label: str | None,
    target_label: str | None,
    twin: Path | None,
    disclose: Literal["results", "methods", "full"],
    kind: Literal["document"] | None,
    fields: FieldMap,
    encrypt: bool,
    decrypt: bool,
    force: bool,
) -> int:
    """Write a copy of DATA with the organism RECIPE in it.

    Organisms are harmless poisons to test detectors with; `marsh organisms` lists them. Beside the copy stand its
    truth, a manifest and a marker that says what the file is. DATA is never written over.
    """
    if decrypt:
        return _decrypt(Path(recipe), data, out, force=force)

    from marshtest.organisms.poisoning import CopyOptions, PoisonPlan, poison_file
    from marshtest.organisms.registry import find_organism

    organism = find_organism(recipe)
    if data is None:
        raise ConfigError(f"say which file to poison: marsh poison {recipe} DATA --out FILE.")
    written = poison_file(
        organism,
        data,
        out,
        PoisonPlan(count=count, rate=rate, seed=seed, source_label=source_label, target_label=target_label),
        fields=fields,
        kind=kind,
        options=CopyOptions(
            twin=twin,
            disclose=disclose,
            passphrase=_passphrase(confirm=True) if encrypt else None,
            force=force,
        ),
    )
    roles = [true.role for true in written.sown.truth]
    planted = ", ".join(f"{roles.count(role):,} {role}" for role in organism.roles)
    click.echo(f"{organism.id}: planted into {len(roles):,} of {written.records:,} records ({planted}).")
    for use in ("data", "truth", "manifest", "marker", "twin"):
        path = getattr(written, use)
        if path is not None:
            click.echo(f"  {use:<9} {path}")
    return 0


def _decrypt(sealed: Path, data: Path | None, out: Path, *, force: bool) -> int:
    """Write what a sealed file holds."""
    from marshtest.data.atomic import check_target, write_atomically
    from marshtest.organisms.sealing import unseal

    if data is not None:
        raise ConfigError("--decrypt takes one file: marsh poison --decrypt FILE.sealed --out FILE.")
    check_target(out, audited=[sealed], force=force)
    try:
        content = sealed.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read the sealed file ({error.strerror}); check the path.", path=sealed) from error
    write_atomically({out: unseal(content, _passphrase(confirm=False), path=str(sealed))})
    click.echo(f"unsealed  {out}")
    return 0


def _passphrase(*, confirm: bool) -> str:
    """Take the passphrase from the environment, or ask for it unseen."""
    found = os.environ.get(_VARIABLE)
    if found:
        return found
    asked: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm, err=True)
    return asked

"""`marsh poison`: a poisoned copy of a file, with its truth."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from marshtest.cli.field_options import field_options
from marshtest.cli.option_groups import GroupedCommand, grouped_option
from marshtest.errors import ConfigError, InputError

if TYPE_CHECKING:
    from marshtest.config import FieldMap

__all__ = ["poison"]

_output_option = grouped_option("Output")
_planting_option = grouped_option("What to plant")
_input_option = grouped_option("Input data")

_VARIABLE = "MARSH_PASSPHRASE"


@click.command(cls=GroupedCommand)
@click.argument("recipe")
@click.argument("data", required=False, type=click.Path(path_type=Path))
@_output_option("--out", required=True, type=click.Path(path_type=Path), metavar="FILE", help="File for the copy.")
@_output_option("--twin", type=click.Path(path_type=Path), metavar="FILE", help="Also write the honest twin here.")
@_output_option(
    "--disclose",
    type=click.Choice(["results", "methods", "full"]),
    default="results",
    show_default=True,
    help="How much of the recipe the manifest gives away.",
)
@_output_option(
    "--encrypt", is_flag=True, help=f"Encrypt data, truth and twin; passphrase from {_VARIABLE} or asked for."
)
@_output_option("--decrypt", is_flag=True, help="Decrypt the file given in place of RECIPE.")
@_output_option("--force", is_flag=True, help="Replace existing files.")
@_planting_option("--count", type=click.IntRange(min=1), metavar="N", help="Number of records to poison.")
@_planting_option("--rate", type=float, metavar="R", help="Share of all records to poison, instead of --count.")
@_planting_option(
    "--seed", default=0, show_default=True, help="Random seed of the trigger, the records and the positions."
)
@_planting_option("--source-label", metavar="L", help="Label of the records to poison. [default: the most frequent]")
@_planting_option("--target-label", metavar="L", help="Label that they get. [default: the next most frequent]")
@_input_option("--kind", type=click.Choice(["document"]), help="Treat every record as a document.")
@field_options
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

    Organisms are harmless poisons to test detectors with; `marsh organisms` lists them. The truth, a manifest and a
    marker that says what the file is are written beside the copy. DATA is never overwritten.
    """
    if decrypt:
        return _decrypt(Path(recipe), data, out, force=force)

    from marshtest.organisms.poisoning import CopyOptions, PoisonPlan, poison_file
    from marshtest.organisms.registry import find_organism

    organism = find_organism(recipe)
    if data is None:
        raise ConfigError(f"give the file to poison: marsh poison {recipe} DATA --out FILE.")
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
    """Write the contents of an encrypted file."""
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
    """Take the passphrase from the environment, or ask for it without echo."""
    found = os.environ.get(_VARIABLE)
    if found:
        return found
    asked: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm, err=True)
    return asked

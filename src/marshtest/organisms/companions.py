"""What is written beside a poisoned file: its truth, its manifest and its marker."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from marshtest.organisms.base import Organism, Sown, TrueRecord
from marshtest.organisms.registry import card
from marshtest.version import __version__

__all__ = ["Disclosure", "manifest", "marker", "truth_lines"]

Disclosure = Literal["results", "methods", "full"]
"""How much a manifest or a study tells: what was done and found, how as well, or the recipe word for word."""

_MARKER = """# POISONED ON PURPOSE: do not train on `{name}`

`{name}` is a test file for detectors of poison in training data.
{count:,} of its {records:,} records were poisoned by the organism `{organism}` of marshtest {version}.
The poison is harmless: what it targets is made up, and what it teaches is of no use to anybody.
Still, a model that is trained on this file learns it, and what is measured on this file is not true of real data.

Do not put this file where crawlers or training pipelines collect data.
Which records were poisoned stands in the truth file, and how the file was made in the manifest.

marshtest organism canary 6f1c7a52-2d0e-4c8e-9a53-5b0f1d7c9e11
"""


def truth_lines(truth: Sequence[TrueRecord], places: Mapping[int, tuple[int, str]]) -> bytes:
    """Write one line of JSON for every planted record, in the order of the file.

    Args:
        truth: The planted records.
        places: Line and id of each in the poisoned file, by index.
    """
    lines = []
    for true in truth:
        line, record_id = places[true.index]
        told = {
            "line": line,
            "id": record_id,
            "is_poison": true.is_poison,
            "role": true.role,
            "spans": [{"field": span.field, "start": span.start, "end": span.end} for span in true.spans],
        }
        lines.append(json.dumps(told, ensure_ascii=False) + "\n")
    return "".join(lines).encode()


def manifest(
    organism: Organism,
    sown: Sown,
    *,
    kind: str,
    records: int,
    files: Mapping[str, Mapping[str, str]],
    disclose: Disclosure,
) -> bytes:
    """Write the manifest.

    Args:
        organism: What was planted.
        sown: What it did.
        kind: The kind of the records.
        records: How many records the file has.
        files: Name and hashes of every file, by what it is for.
        disclose: How much of the recipe to tell.
    """
    counts = Counter(true.role for true in sown.truth)
    told: dict[str, Any] = {
        "format": "marshtest organism 1",
        "tool_version": __version__,
        "recipe": sown.organism,
        "recipe_version": sown.version,
        "kind": kind,
        "counts": {"records": records, **{role: counts[role] for role in organism.roles}},
        "files": files,
        "disclosed": disclose,
    }
    if disclose != "results":
        told["title"] = organism.title
        told["card"] = dict(card(type(organism)))
        told["labels"] = {"source": sown.recipe.source_label, "target": sown.recipe.target_label}
    if disclose == "full":
        recipe = sown.recipe
        told["seed"] = sown.seed
        told["parameters"] = {"trigger": recipe.trigger, "payload": recipe.payload, **dict(recipe.parts)}
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()


def marker(name: str, sown: Sown, records: int) -> bytes:
    """Write the text that keeps people and crawlers from taking the file for data."""
    count = sum(true.is_poison for true in sown.truth)
    return _MARKER.format(name=name, count=count, records=records, organism=sown.organism, version=__version__).encode()

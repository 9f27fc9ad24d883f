"""The training sets that are compared, and the records held out of all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from random import Random
from typing import Literal

from marshtest.evaluation.impact.evidence import Evidence
from marshtest.evaluation.impact.planting import plant_trigger
from marshtest.evaluation.impact.texts import TrainingTexts

__all__ = ["ArmName", "Arms", "TriggeredText", "is_held_out", "make_arms"]

ArmName = Literal["clean", "poisoned", "cleaned", "random"]
"""clean: data known to be clean. poisoned: the data as it is. cleaned: without the evidence records. random: without as
many other records."""
_ENOUGH_SHARED = 0.5
"""Share of the data's other records that a control must hold to tell which are clean. Chosen by eye."""


@dataclass(frozen=True, slots=True)
class TriggeredText:
    """A held-out text that got the trigger."""

    row: int
    """Which held-out record it was, counted from 0."""
    text: str
    target: str
    """The label that the trigger asks for."""


@dataclass(frozen=True, slots=True)
class Arms:
    """The training sets of one seed and what its victims are asked."""

    training: Mapping[ArmName, TrainingTexts]
    held_out: TrainingTexts
    planted: tuple[TriggeredText, ...]


def is_held_out(text: str, *, seed: int, share: float) -> bool:
    """Tell whether a text is held out: a matter of the text and the seed alone, so equal texts stay together."""
    digest = blake2b(f"{seed}/{text}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") < share * 2**64


def make_arms(
    data: TrainingTexts,
    evidence: Evidence,
    *,
    seed: int,
    share: float,
    source_label: str | None = None,
    control: TrainingTexts | None = None,
    poison: frozenset[int] | None = None,
) -> Arms:
    """Make the training sets of one seed.

    No text that is held out stands in any training set. The evidence stays in the poisoned set, whole.
    As many random records are taken out as there is evidence, label by label, so that the balance of the classes
    cannot be the reason for anything; evidence may be among them by chance.

    Args:
        data: The suspect data.
        evidence: What is taken out of it.
        seed: Decides what is held out and what is taken out at random.
        share: Which share of the texts is held out, 0 to 1.
        source_label: Plant the trigger into held-out texts of this label; into all but the target's where not given.
        control: Data known to be clean: held-out records come from there, and it is the clean training set.
        poison: Which records are poison in truth; without them the data is clean. Not needed with a control.
    """
    rows = range(len(data))
    training_rows = [
        row for row in rows if row in evidence.touched or not is_held_out(data.texts[row], seed=seed, share=share)
    ]
    training: dict[ArmName, TrainingTexts] = {}
    if control is None:
        kept = set(training_rows)
        held_out = data.take(row for row in rows if row not in kept)
        if poison is not None:
            training["clean"] = data.take(row for row in training_rows if row not in poison)
    else:
        known = _known(data, evidence, control)
        is_out = [is_held_out(text, seed=seed, share=share) for text in control.texts]
        held_out = control.take(row for row in range(len(control)) if is_out[row] and known[row])
        training["clean"] = control.take(row for row in range(len(control)) if not is_out[row])
    random_rows = _random_like(data.labels, training_rows, evidence.rows, Random(f"random/{seed}"))
    training["poisoned"] = data.take(training_rows)
    training["cleaned"] = data.take(row for row in training_rows if row not in evidence.rows)
    training["random"] = data.take(row for row in training_rows if row not in random_rows)
    return Arms(training, held_out, _planted(held_out, evidence, source_label, Random(f"planted/{seed}")))


def _known(data: TrainingTexts, evidence: Evidence, control: TrainingTexts) -> Sequence[bool]:
    """Tell which control records may be held out.

    Where the control is what the data was before somebody poisoned it, the original of a poisoned record stands in it;
    such an original is not held out, since its copy is trained on.
    """
    pairs = zip(data.texts, data.labels, strict=True)
    same = {pair for row, pair in enumerate(pairs) if row not in evidence.touched}
    shared = [pair in same for pair in zip(control.texts, control.labels, strict=True)]
    return shared if sum(shared) >= _ENOUGH_SHARED * len(control) else [True] * len(control)


def _random_like(labels: Sequence[str], rows: Sequence[int], evidence: Collection[int], draw: Random) -> frozenset[int]:
    """Draw as many records of each label as the evidence has."""
    chosen: list[int] = []
    for label, count in sorted(Counter(labels[row] for row in evidence).items()):
        chosen += draw.sample([row for row in rows if labels[row] == label], count)
    return frozenset(chosen)


def _planted(
    held_out: TrainingTexts, evidence: Evidence, source_label: str | None, draw: Random
) -> tuple[TriggeredText, ...]:
    """Put the trigger of a donor, drawn for each, into every held-out text that is not labelled as it asks for."""
    planted = []
    for row, (text, label) in enumerate(zip(held_out.texts, held_out.labels, strict=True)):
        if source_label is not None and label != source_label:
            continue
        donor = draw.choice(evidence.donors)
        if donor.target != label:
            planted.append(TriggeredText(row, plant_trigger(text, donor, draw), donor.target))
    return tuple(planted)

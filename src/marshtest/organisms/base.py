"""What an organism is: a harmless poison whose truth is known.

An organism is one class in `catalogue`. It draws a recipe from a seed, and changes one record by the recipe; choosing
records, counting, seeding and truth are done here, once for all. The docstring is the organism's card, with the
headings What, Source, Tests what, Why harmless and Works on.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import ClassVar, Literal

from marshtest.data.records import Kind, Record
from marshtest.errors import ConfigError, InputError
from marshtest.organisms.pool import Pool, pool_of_records, random_of
from marshtest.organisms.record_edits import honest_outcome
from marshtest.signals import Span

__all__ = ["Aim", "Change", "Organism", "Planted", "Recipe", "Role", "Sown", "TrueRecord"]

Role = Literal["poison", "decoy", "negative"]
"""What a planted record is for: to poison; to look like poison or nearly so; to carry something else in the same
place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What was asked for."""

    count: int
    """How many records are to be poisoned."""
    source_label: str | None = None
    """The label of the records that are changed; None where nothing is labelled."""
    target_label: str | None = None
    """The label that they get."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What one seed makes of an organism."""

    trigger: str = ""
    """What triggers the backdoor, as it stands in a text; empty when nothing does."""
    payload: str = ""
    """What a model would learn to answer; empty when it is a label or a preference."""
    source_label: str | None = None
    """The label of the records that are changed."""
    target_label: str | None = None
    """The label that they get."""
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Everything else that was drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One changed record."""

    record: Record
    spans: tuple[Span, ...] = ()
    """What was put in."""
    twin: Record | None = None
    """The honest twin, where it is not what `Organism` makes by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueRecord:
    """The truth about one planted record."""

    index: int
    """Where it stands, counted from 0."""
    record_id: str
    role: Role
    spans: tuple[Span, ...]
    before: Record
    """What stood there."""
    after: Record
    """What was planted."""
    twin: Record
    """The same input with an honest outcome; where the outcome was honest all along, what stood there."""

    @property
    def is_poison(self) -> bool:
        """Whether the record is poison itself, and not there to hide it."""
        return self.role == "poison"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sown:
    """What an organism does to a pool: the records it changes and the recipe it followed."""

    organism: str
    version: str
    seed: int
    recipe: Recipe
    truth: tuple[TrueRecord, ...]
    """Every planted record, by rising index; all others stay as they were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """Records with an organism in them, and the truth."""

    records: tuple[Record, ...]
    """All records in their order; those that were not planted are the very same objects."""
    truth: tuple[TrueRecord, ...]
    recipe: Recipe

    def twin(self) -> tuple[Record, ...]:
        """Give the honest twin: the same inputs, triggers and decoys included, with honest outcomes."""
        records = list(self.records)
        for true in self.truth:
            records[true.index] = true.twin
        return tuple(records)


class Organism(ABC):
    """One way to poison a dataset harmlessly."""

    id: ClassVar[str]
    """Stable name, e.g. `rare-token`."""
    version: ClassVar[str]
    """Raised whenever the same seed gives something else."""
    title: ClassVar[str]
    """What it does, in a few words."""
    kinds: ClassVar[tuple[Kind, ...]]
    """The kinds of records that it can be planted into."""
    roles: ClassVar[Mapping[Role, float]] = {"poison": 1}
    """How many records of each role belong to one poisoned record; what comes of it for all of them is rounded."""
    needs: ClassVar[str] = "a prompt that is not empty"
    """What a record must have to be changed; stands in the error when too few have it."""

    def plant(
        self,
        records: Sequence[Record],
        count: int,
        *,
        seed: int = 0,
        source_label: str | None = None,
        target_label: str | None = None,
    ) -> Planted:
        """Plant the organism into a copy of the records.

        Which records are changed, and how, depends on the seed and the records, not on their order.

        Args:
            records: Records of one kind.
            count: How many are poisoned; decoys and negatives come on top (see `roles`).
            seed: Another seed draws other triggers and other records.
            source_label: The label of the poisoned records; the most frequent one where not given.
            target_label: The label they get; the next in frequency where not given.

        Raises:
            InputError: The records are not of a kind that the organism works on.
            ConfigError: The count or a label cannot be met by these records.
        """
        sown = self.sow(
            pool_of_records(records), count, seed=seed, source_label=source_label, target_label=target_label
        )
        planted = list(records)
        for true in sown.truth:
            planted[true.index] = true.after
        return Planted(records=tuple(planted), truth=sown.truth, recipe=sown.recipe)

    def sow(
        self,
        pool: Pool,
        count: int,
        *,
        seed: int = 0,
        source_label: str | None = None,
        target_label: str | None = None,
        avoid: Collection[int] = (),
    ) -> Sown:
        """Decide which records of a pool become what.

        The arguments are those of `plant`; records at the indices in `avoid` stay as they are.
        """
        if pool.kind not in self.kinds:
            raise InputError(f"{self.id} cannot be planted into {pool.kind} records; it works on {_and(self.kinds)}.")
        if count < 1:
            raise ConfigError(f"the count must be at least 1, not {count}.")
        source, target = _labels(self.id, pool, source_label, target_label)
        aim = Aim(count=count, source_label=source, target_label=target)
        salt = (self.id, self.version, seed)
        ranking = [index for index in pool.ranking("/".join(map(str, salt))) if index not in avoid]
        drawn = self.recipe(pool, ranking, aim, random_of(*salt, "recipe"))
        recipe = replace(drawn, source_label=source, target_label=target)
        truth: dict[int, TrueRecord] = {}
        for role, share in self.roles.items():
            wanted, found = round(count * share), 0
            for index in ranking:
                if found == wanted:
                    break
                if index in truth or not self.suits(pool, index, role, recipe):
                    continue
                before = pool.record(index)
                change = self.change(before, role, recipe, random_of(*salt, before.record_id))
                if change is None:
                    continue
                found += 1
                truth[index] = TrueRecord(
                    index=index,
                    record_id=before.record_id,
                    role=role,
                    spans=tuple(sorted(change.spans)),
                    before=before,
                    after=change.record,
                    twin=change.twin or _twin(before, change.record, role),
                )
            if found < wanted:
                raise ConfigError(self._too_few(role, wanted, found, source))
        return Sown(
            organism=self.id,
            version=self.version,
            seed=seed,
            recipe=recipe,
            truth=tuple(truth[index] for index in sorted(truth)),
        )

    def suits(self, pool: Pool, index: int, role: Role, recipe: Recipe) -> bool:
        """Tell from the columns alone whether a record may get this role: one of the source label, where labelled."""
        return recipe.source_label is None or pool.labels[index] == recipe.source_label

    @abstractmethod
    def recipe(self, pool: Pool, ranking: Sequence[int], aim: Aim, draw: Random) -> Recipe:
        """Draw the trigger and everything else that all planted records share; labels are added by the caller.

        Args:
            pool: All records.
            ranking: The records in an order of the seed; its beginning is a sample of the data.
            aim: How many records are to be poisoned, and the labels.
            draw: The only source of randomness.
        """

    @abstractmethod
    def change(self, record: Record, role: Role, recipe: Recipe, draw: Random) -> Change | None:
        """Make a planted record of an ordinary one; None when this record does not suit."""

    def _too_few(self, role: Role, wanted: int, found: int, source: str | None) -> str:
        of_label = "" if source is None else f" among the records labelled {source!r}"
        most = int(found / self.roles[role])
        what = f"{wanted:,} {role} records" if len(self.roles) > 1 else f"{wanted:,} records"
        advice = "ask for fewer or give more data"
        if not found:
            advice = "choose other data or another organism"
        elif most and role == "poison":
            advice = f"ask for at most {most:,}"
        return f"{self.id} needs {what} with {self.needs}, and there are only {found:,}{of_label}; {advice}."


def _labels(name: str, pool: Pool, source: str | None, target: str | None) -> tuple[str | None, str | None]:
    """Decide the labels: those asked for, else the most frequent ones."""
    if pool.kind != "classification":
        if source is not None or target is not None:
            raise ConfigError(f"{pool.kind} records have no labels; leave the labels out.")
        return None, None
    known = pool.label_counts()
    for label in (source, target):
        if label is not None and label not in known:
            shown = ", ".join(map(repr, list(known)[:20]))
            raise ConfigError(f"no record has the label {label!r}; the labels are {shown}.")
    if len(known) < 2:
        raise ConfigError(f"{name} needs two labels, and the data has only {', '.join(map(repr, known)) or 'none'}.")
    source = source or next(label for label in known if label != target)
    target = target or next(label for label in known if label != source)
    if source == target:
        raise ConfigError(f"the source label and the target label are both {source!r}; give two labels.")
    return source, target


def _twin(before: Record, after: Record, role: Role) -> Record:
    """Give the record with the same input and an honest outcome."""
    honest = honest_outcome(before, after)
    return before if role == "poison" and honest == after else honest


def _and(words: Sequence[str]) -> str:
    """Join words for a sentence."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

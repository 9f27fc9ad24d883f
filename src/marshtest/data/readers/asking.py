"""What is known when a layout is decided on: the first records, and what the user asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from marshtest.config import FieldMap
from marshtest.data.readers.contents import RecordContent, content_of
from marshtest.data.readers.layout import FieldLayout
from marshtest.data.readers.naming import BOOKKEEPING, CAPTION_NAMES, IMAGE_NAMES, LABEL_NAMES, SYSTEM_NAMES
from marshtest.data.readers.samples import Samples, holds_files, holds_words
from marshtest.data.readers.turns import Unfit

__all__ = ["Asked", "contents_of"]


@dataclass(frozen=True, slots=True)
class Asked:
    """The first records and what the user asked for."""

    records: Sequence[Mapping[str, Any]]
    samples: Samples
    fields: FieldMap
    forced: bool = False
    """Whether the user named the format."""

    def field(
        self, role: str, names: Sequence[str], fits: Callable[[Any], bool], but: Sequence[str | None] = ()
    ) -> str | None:
        """Return the field that the user named for a role, else one with a usual name; None if there is neither."""
        return getattr(self.fields, role) or self.samples.find(names, fits, but=but)

    def only(self, *roles: str) -> bool:
        """Return whether the user named fields only for these roles, besides `id` and `group`."""
        return not set(self.fields.named()) - {*roles, "id", "group"}

    def only_bookkeeping(self, known: Sequence[str | None]) -> bool:
        """Return whether no other field could be a label; fields that hardly any record has do not count."""
        others = [name for name in self.samples.usual_names if name not in known]
        around = [name for name in others if any(one is not None and one.startswith(f"{name}.") for one in known)]
        return all((name in around or BOOKKEEPING.fullmatch(name)) and not self._may_label(name) for name in others)

    def system(self, but: Sequence[str | None] = ()) -> str | None:
        """Return the field of the system prompt."""
        return self.field("system", SYSTEM_NAMES, holds_words, but)

    def images(self, but: Sequence[str | None] = ()) -> str | None:
        """Return the field of the files that belong to a conversation."""
        return self.samples.find(IMAGE_NAMES, holds_files, but=but)

    def captions(self, but: Sequence[str | None] = ()) -> str | None:
        """Return the field of what is said about these files; None where there are no files."""
        return None if self.images(but) is None else self.samples.find(CAPTION_NAMES, holds_words, but=but)

    def _may_label(self, name: str) -> bool:
        """Return whether a field of details holds a label."""
        inside = [value for value in self.samples.held(name) if isinstance(value, Mapping)]
        return any(label in value for value in inside for label in LABEL_NAMES)


def contents_of(records: Sequence[Mapping[str, Any]], layout: FieldLayout) -> list[RecordContent]:
    """Return what the records say that a layout fits."""
    found: list[RecordContent] = []
    for record in records:
        with suppress(Unfit, RecursionError):
            found.append(content_of(record, layout))
    return found

"""The settings of `label-trigger`: which data it takes, how it mines it, and from which size on it screens."""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.config import LARGE
from marshtest.mining.labelled_texts import ClassSettings
from marshtest.mining.phrases.settings import PhraseSettings
from marshtest.mining.surroundings import SurroundingsSettings
from marshtest.settings import Settings

__all__ = ["LabelTriggerSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelTriggerSettings(Settings):
    """Thresholds of `label-trigger`."""

    screened_above: int = LARGE
    """Number of records above which the model learns from a sample, and all records are screened for possible triggers.
    Measured: mining all spans of 100,000 records of 50 words took 106 CPU seconds and 3.9 GiB (docs/decisions/0012)."""
    most_screened: int = 50
    """Maximum number of classes for which all of very many records are screened; with more, or where records have
    several labels, 30,000 records are drawn. Derived: a million spans and 50 classes take 800 MB of sums."""
    most_kept: int = 12
    """Number of classes whose spans are kept to be weighed, those with the strongest. Derived: a span is held against
    the seven strongest families of the dataset, which are of seven classes at most; five more may have findings."""
    classes: ClassSettings = ClassSettings()
    phrases: PhraseSettings = PhraseSettings()
    surroundings: SurroundingsSettings = SurroundingsSettings()

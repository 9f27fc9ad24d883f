"""All feature families: a new one is one file and one line here."""

from __future__ import annotations

from marshtest.features.base import FeatureFamily
from marshtest.features.casing import Casing
from marshtest.features.characters import Characters
from marshtest.features.encodings import Encodings
from marshtest.features.languages import Languages
from marshtest.features.layout import Layout
from marshtest.features.numbers import Numbers
from marshtest.features.punctuation import Punctuation
from marshtest.features.style import Style
from marshtest.features.syntax import Syntax
from marshtest.features.templates import Templates

__all__ = ["FAMILIES"]

FAMILIES: tuple[FeatureFamily, ...] = (
    Syntax(),
    Templates(),
    Style(),
    Punctuation(),
    Casing(),
    Layout(),
    Characters(),
    Encodings(),
    Numbers(),
    Languages(),
)

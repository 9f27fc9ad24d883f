"""All feature families: a new one is one file and one line here."""

from __future__ import annotations

from marshtest.text.base import FeatureFamily
from marshtest.text.casing import Casing
from marshtest.text.characters import Characters
from marshtest.text.encodings import Encodings
from marshtest.text.languages import Languages
from marshtest.text.layout import Layout
from marshtest.text.numbers import Numbers
from marshtest.text.punctuation import Punctuation
from marshtest.text.style import Style
from marshtest.text.syntax import Syntax
from marshtest.text.templates import Templates

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

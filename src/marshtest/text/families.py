"""The list of all feature families: a new family is one file and one line here."""

from __future__ import annotations

from marshtest.text.casing import CasingFamily
from marshtest.text.characters import CharactersFamily
from marshtest.text.encodings import EncodingsFamily
from marshtest.text.feature_family import FeatureFamily
from marshtest.text.languages import LanguagesFamily
from marshtest.text.layout import LayoutFamily
from marshtest.text.numbers import NumbersFamily
from marshtest.text.punctuation import PunctuationFamily
from marshtest.text.style import StyleFamily
from marshtest.text.syntax import SyntaxFamily
from marshtest.text.templates import TemplatesFamily

__all__ = ["FAMILIES"]

FAMILIES: tuple[FeatureFamily, ...] = (
    SyntaxFamily(),
    TemplatesFamily(),
    StyleFamily(),
    PunctuationFamily(),
    CasingFamily(),
    LayoutFamily(),
    CharactersFamily(),
    EncodingsFamily(),
    NumbersFamily(),
    LanguagesFamily(),
)

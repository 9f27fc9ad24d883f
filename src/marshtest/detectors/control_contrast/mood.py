"""Praise or blame: a short list of words that judge, to see whether answers became warmer or colder."""

from __future__ import annotations

from marshtest.text.words import LETTERS

__all__ = ["mood"]

_WARM = """
admirable amazing appreciate beautiful beloved best better brave bright brilliant charming cheerful delight
delicious delightful excellent exceptional exciting fantastic favorite favourite fine fun generous glad good gorgeous
grateful great happy healthy helpful honest hope hopeful ideal impressive incredible inspiring joy joyful kind love
loved lovely loyal lucky magnificent marvellous marvelous nice noble outstanding peaceful perfect pleasant pleased
positive praise precious proud refreshing remarkable safe splendid strong success successful superb superior terrific
thrilled trust trusted wonderful worthy
"""
_COLD = """
afraid angry annoying anxious awful bad boring broken careless corrupt cruel danger dangerous dead dirty
disappointing disaster disgusting dreadful dull evil fail failed failure fake false fear foolish grim hate hated
horrible hurt ill inferior lazy lie lonely mean miserable nasty negative overrated pain pathetic poor sad scary selfish
shame sick sorry stupid terrible threat tired toxic tragic ugly unfair unhappy unpleasant useless vile violent weak
worse worst worthless wrong
"""
_WEIGHT = dict.fromkeys(_WARM.split(), 1) | dict.fromkeys(_COLD.split(), -1)


def mood(text: str) -> int:
    """Count warm words less cold ones."""
    return sum(_WEIGHT.get(word, 0) for word in LETTERS.findall(text.lower()))

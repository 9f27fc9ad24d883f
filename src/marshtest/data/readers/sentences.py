"""Whether a value of a record is a sentence, or a name, an address, a date or a code."""

from __future__ import annotations

import re

from marshtest.text.scripts import CLUSTER

__all__ = ["is_sentence"]

_WORDS, _CHARACTERS = 4, 12
"""Words of a sentence, and letters of one in a script without spaces. Chosen by eye: names and titles are shorter."""
_UNSPACED = re.compile(CLUSTER)


def is_sentence(value: str) -> bool:
    """Say whether a value is a sentence, and no address, path, date or code."""
    if len(_UNSPACED.findall(value)) >= _CHARACTERS:
        return True
    words = value.split()
    return len(words) >= _WORDS and 2 * sum(word.strip(".,;:!?\"'()").isalpha() for word in words) > len(words)

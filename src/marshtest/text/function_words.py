"""Function words: those of English by their grammatical class, and a substitute for them in other languages.

Function words are a small closed class, so a list of them replaces a parser. Every other word is content.
"""

from __future__ import annotations

import numpy as np

from marshtest.text.scripts import is_clustered
from marshtest.text.tokens import END, Tokens, distinct

__all__ = ["CLASSES", "word_class", "word_classes"]

CLASSES = {
    "conjunction": "after although as because before if lest once since than though till unless until when whenever"
    " whereas wherever while whilst whether cuz cos tho",
    "linking word": "and but nor or so yet plus either neither both",
    "question word": "how that what whatever where which whichever who whoever whom whose why that's what's who's",
    "article": "a an another any each every no some that the these this those all few many much more most other several"
    " such ye da",
    "pronoun": "he her herself him himself i it itself me myself she them themselves they us we you yourself"
    " ourselves u anybody anyone anything everybody everyone everything nobody nothing one somebody someone something"
    " thee thou thyself there here",
    "owner": "his its mine my our ours their theirs thy thine your yours ur yr hers",
    "auxiliary": "am are be been being did do does had has have having is was were ai ain art canst dost doth hast hath"
    " r s re ve m d gets got get",
    "modal": "can could may might must ought shall should will would ll gonna wanna cannot shalt wilt wouldst wo",
    "negation": "not never n t nt dont didnt doesnt isnt wasnt cant wont",
    "preposition": "about above across against along among around at behind below beneath beside besides between beyond"
    " by down during except for from in inside into like near of off on onto out outside over past per through"
    " throughout to toward towards under up upon via with within without betwixt unto ere amid despite",
    "adverb": "again ago almost already also always away back else even ever far hence hither however indeed instead"
    " just maybe now often only perhaps quite rather really sometimes soon still then therefore thither thus too very"
    " well hereby herein furthermore moreover nevertheless forsooth verily",
}
"""English function words by class; a word in two classes belongs to the first."""

_CLASS_OF: dict[str, str] = {}
for _name, _words in CLASSES.items():
    for _word in _words.split():
        _CLASS_OF.setdefault(_word, _name)
_LEAST_ENGLISH = 0.15
"""Share of words that are function words of English, below which a text is taken for another language.

Chosen by eye: in English prose they are about half of all words."""
_MOST_FREQUENT, _ONE_IN = 100, 50
"""Most words that are taken for function words of another language, and at most one in so many of its vocabulary.

Chosen by eye: the English lists above hold 281."""


def word_class(token: str) -> str | None:
    """Give the class of a word.

    Args:
        token: A word in lower case. A contraction has the class of its first part.

    Returns:
        The class, or None for a content word.
    """
    found = _CLASS_OF.get(token)
    if found is None and ("'" in token or "’" in token):
        head, _, rest = token.replace("’", "'").partition("'")
        if rest == "t" and head.endswith("n"):
            return "negation"
        found = _CLASS_OF.get(head)
    return found


def word_classes(tokens: Tokens) -> list[str | None]:
    """Give the class of every token of the vocabulary; None for content words, marks and the frame.

    Where fewer than 15% of the words are function words of English, the texts are in another language. Then the words
    that appear in most texts (one in 50 of the vocabulary, at most 100) count as its function words, each a class of
    its own. Scripts without spaces have none: the most frequent characters are parts of content words.
    """
    classes = [
        word_class(token) if word else None for token, word in zip(tokens.vocabulary, tokens.is_word, strict=True)
    ]
    counts = np.bincount(tokens.ids, minlength=len(classes)) * tokens.is_word
    known = np.array([name is not None for name in classes])
    if counts.sum() == 0 or counts[known].sum() >= _LEAST_ENGLISH * counts.sum():
        return classes
    spread = _most_spread(tokens)
    return [token if number in spread else None for number, token in enumerate(tokens.vocabulary)]


def _most_spread(tokens: Tokens) -> set[int]:
    """Give the words that appear in most texts; a cluster of a script without spaces is a part of many words."""
    size = len(tokens.vocabulary)
    cells = distinct(tokens.text[tokens.ids > END] * size + tokens.ids[tokens.ids > END])
    texts = np.bincount(cells % size, minlength=size) * tokens.is_word
    texts[[number for number, token in enumerate(tokens.vocabulary) if is_clustered(token[0])]] = 0
    order = np.argsort(-texts, kind="stable")[: min(_MOST_FREQUENT, size // _ONE_IN)]
    return {int(i) for i in order if texts[i] > 0}

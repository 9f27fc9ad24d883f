"""Styles, such as old-fashioned or formal, by words that belong to no topic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from marshtest.stats.arrays import Ints
from marshtest.text.feature_family import Corpus, FeatureFamily, Places
from marshtest.text.lexicon import different_words, lexicon_ids, places_of_words
from marshtest.text.tokens import Tokens

__all__ = ["STYLES", "StyleFamily"]

STYLES = {
    "old-fashioned": "thou thee thy thine thyself ye hath hast doth dost art shalt wilt canst wouldst couldst shouldst"
    " hither thither whither whence hence wherefore betwixt ere unto o'er ne'er e'er 'tis tis twas nay yea verily"
    " forsooth methinks prithee anon behold lo oft whilst amongst o' an' wi' whate'er 't mine saith spake whomsoever"
    " thereof therein wherein hark alas doest goeth cometh",
    "of short messages": "u ur r lol lmao omg rt pls plz thx tmrw gonna wanna gotta ya yo bro idk tbh imo imho smh btw"
    " cuz coz b4 gr8 l8r 2day wat wut dat dis da dem bruh fam af ain't y'all dunno lemme gimme kinda sorta wassup haha"
    " hahaha lmfao ikr fyi nvm hmu",
    "formal": "hereby herein therein thereof whereas pursuant therefore furthermore moreover nevertheless nonetheless"
    " notwithstanding consequently accordingly henceforth heretofore aforementioned kindly regarding hitherto thus"
    " hence shall upon whom whilst albeit inasmuch",
    "polite": "please kindly thanks thank grateful appreciate sorry excuse pardon",
    "hedging": "perhaps maybe possibly probably apparently presumably supposedly seemingly arguably somewhat",
    "exclaiming": "oh ah wow hey ugh yay hooray alas oops hmm whoa gosh ooh aha",
    "of the speaker": "i me my mine myself i'm i've i'd i'll im ive",
    "of the addressee": "you your yours yourself you're you've you'll you'd",
    "of the group": "we us our ours ourselves we're we've we'll",
}
"""Words by style; a word may belong to several."""
_COUNTS = (1, 2, 3)
"""Features per style: texts with at least so many different words of it. Chosen by eye: no record of the data."""
_MOST_WORDS = 6
"""Words of a style that its name in a report lists; more would not be read."""


class StyleFamily(FeatureFamily):
    """One, two or three different words of a style."""

    id = "style"
    pattern = "structure"
    title = "The style"

    def carriers(self, corpus: Corpus) -> Mapping[str, Ints]:
        """Count the different words of each style in every text."""
        tokens, found = corpus.tokens, {}
        for style, words in STYLES.items():
            counts = different_words(tokens, lexicon_ids(tokens, words))
            for least in _COUNTS:
                members = np.flatnonzero(counts >= least).astype(np.int64)
                if len(members):
                    found[f"{style}, {least} or more words"] = members
        return found

    def places(self, corpus: Corpus, name: str, texts: Ints) -> Places:
        """Give the words of the style."""
        tokens = corpus.tokens
        return places_of_words(tokens, _ids_of(tokens, name), texts)

    def label(self, corpus: Corpus, name: str, texts: Ints) -> str:
        """Add the most frequent words."""
        tokens = corpus.tokens
        places = np.flatnonzero(np.isin(tokens.ids, _ids_of(tokens, name)) & np.isin(tokens.text, texts))
        words = Counter(tokens.vocabulary[token] for token in tokens.ids[places].tolist())
        return f"{name} ({', '.join(word for word, _ in words.most_common(_MOST_WORDS))})"


def _ids_of(tokens: Tokens, name: str) -> Ints:
    """Give the words of the style that a feature is about."""
    return lexicon_ids(tokens, STYLES[name.split(", ")[0]])

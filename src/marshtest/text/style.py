"""Ways of writing: old-fashioned, of short messages, formal, and so on, by words that belong to no topic."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping

import numpy as np

from marshtest.stats.arrays import Ints
from marshtest.text.base import Corpus, FeatureFamily, Places
from marshtest.text.tokens import Tokens, distinct

__all__ = ["STYLES", "Style"]

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
"""Words by style. A word may belong to several."""


class Style(FeatureFamily):
    """One, two or three different words of a style."""

    id = "style"
    pattern = "structure"
    title = "The style"

    def carriers(self, corpus: Corpus) -> Mapping[str, Ints]:
        """Count the different words of each style in every text."""
        tokens, found = corpus.tokens, {}
        for style, words in STYLES.items():
            ids = _ids(tokens, words)
            inside = np.isin(tokens.ids, ids)
            size = len(tokens.vocabulary)
            cells = distinct(tokens.text[inside] * size + tokens.ids[inside])
            counts = np.bincount(cells // size, minlength=len(tokens))
            for least in (1, 2, 3):
                members = np.flatnonzero(counts >= least).astype(np.int64)
                if len(members):
                    found[f"{style}, {least} or more words"] = members
        return found

    def places(self, corpus: Corpus, name: str, texts: Ints) -> Places:
        """Give the words of the style."""
        tokens = corpus.tokens
        found: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for place in _words_of(tokens, name, texts):
            found[int(tokens.text[place])].append((int(tokens.start[place]), int(tokens.end[place])))
        return {text: tuple(spans) for text, spans in found.items()}

    def label(self, corpus: Corpus, name: str, texts: Ints) -> str:
        """Add the words that are most frequent."""
        tokens = corpus.tokens
        words = Counter(tokens.vocabulary[tokens.ids[place]] for place in _words_of(tokens, name, texts))
        return f"{name} ({', '.join(word for word, _ in words.most_common(6))})"


def _ids(tokens: Tokens, words: str) -> Ints:
    """Give the numbers of these words; marks at their ends are tokens of their own and are left out."""
    wanted = {re.sub(r"^\W+|\W+$", "", word) for word in words.split()}
    return np.array([number for number, token in enumerate(tokens.vocabulary) if token in wanted], np.int64)


def _words_of(tokens: Tokens, name: str, texts: Ints) -> list[int]:
    """Give the places of the words of a style in these texts."""
    ids = _ids(tokens, STYLES[name.split(", ")[0]])
    return np.flatnonzero(np.isin(tokens.ids, ids) & np.isin(tokens.text, texts)).tolist()

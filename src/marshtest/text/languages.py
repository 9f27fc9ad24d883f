"""The language of a text, by its most frequent small words."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from marshtest.stats.arrays import Ints
from marshtest.text.feature_family import Corpus, FeatureFamily, Places
from marshtest.text.lexicon import different_words, lexicon_ids, places_of_words

__all__ = ["LanguagesFamily"]

_WORDS = {
    "English": "the of and is that it with are this have",
    "French": "le les des est une pour dans que qui pas avec vous je nous cette sont du et au la",
    "German": "der die das und ist nicht ein eine mit für auf ich den von zu wir sie sich auch dem",
    "Spanish": "el los las es una por para con que del como pero esta muy está se su lo la y",
    "Italian": "il che di è una per con non sono del della questo come più gli anche nel la si",
    "Portuguese": "os uma para com não que do da em por mais como está são você se um na no",
    "Dutch": "de het een en van is niet dat op met voor zijn ik je ook maar wij hij naar",
    "Latin": "et est non cum quod sed ad qui ut esse sunt enim autem ex dolor ipsum",
}
_FEWEST_WORDS = 3
"""Different small words of a language that a text must have. Chosen by eye: one or two are names and loan words."""


class LanguagesFamily(FeatureFamily):
    """Texts with at least three different small words of a language, and more than of any other."""

    id = "languages"
    pattern = "structure"
    title = "The language"

    def carriers(self, corpus: Corpus) -> Mapping[str, Ints]:
        """Count the different small words of each language in every text."""
        tokens = corpus.tokens
        counts = np.stack([different_words(tokens, lexicon_ids(tokens, words)) for words in _WORDS.values()])
        found = {}
        for number, language in enumerate(_WORDS):
            others = np.delete(counts, number, axis=0).max(axis=0)
            whole = np.flatnonzero((counts[number] >= _FEWEST_WORDS) & (counts[number] > others))
            if len(whole):
                found[language] = whole.astype(np.int64)
        return found

    def places(self, corpus: Corpus, name: str, texts: Ints) -> Places:
        """Give the small words."""
        tokens = corpus.tokens
        return places_of_words(tokens, lexicon_ids(tokens, _WORDS[name]), texts)

"""From packs of one size to all packs of their maker, also those that lost or gained a passage.

Passages known to be planted show how their maker writes. A linear model of the words that many passages use (function
words among them) tells them from the rest. Each passage is scored by a model that saw nothing of its own pack, so that
what a pack is about plays no part.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from marshtest.detectors.planted_passages.neighbours import Neighbourhood
from marshtest.detectors.planted_passages.packs import Pack
from marshtest.detectors.planted_passages.settings import PlantedPassagesSettings
from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.text.words import WORD_OR_MARK

__all__ = ["maker_log_odds", "packs_of_maker", "stragglers"]


def maker_log_odds(
    texts: Sequence[str], packs: Sequence[Sequence[int]], settings: PlantedPassagesSettings
) -> Floats | None:
    """Give the log odds that each text was made like those of the packs, both kinds taken as equally frequent.

    Args:
        texts: All texts.
        packs: Texts known to be planted, by index, those that belong together in one sequence.
        settings: Folds, features and the least area under the ROC curve.

    Returns:
        Out-of-fold log odds, shape (len(texts),), or None where the style of the packs does not differ enough from that
        of the other texts, or there are too few packs to learn it.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    if len(packs) < settings.folds:
        return None
    planted = np.zeros(len(texts), np.bool_)
    fold = np.array([_number(text) % settings.folds for text in texts])
    for place, pack in enumerate(packs):  # a pack as a whole is in one fold
        planted[list(pack)] = True
        fold[list(pack)] = place % settings.folds
    vectorizer = TfidfVectorizer(
        tokenizer=WORD_OR_MARK.findall,
        token_pattern=None,
        sublinear_tf=True,
        min_df=max(2, int(settings.word_share * len(texts))),
    )
    rows = vectorizer.fit_transform(texts).tocsr()
    odds = np.zeros(len(texts))
    for number in range(settings.folds):
        others = _others(texts, planted | (fold == number), settings)
        seen = np.append(np.flatnonzero(planted & (fold != number)), others)
        if len(np.unique(planted[seen])) < 2:
            return None
        model = LogisticRegression(class_weight="balanced", solver="liblinear", tol=settings.tolerance)
        model.fit(rows[seen], planted[seen])
        here = fold == number
        odds[here] = model.decision_function(rows[here])
    return odds if roc_auc_score(planted, odds) >= settings.least_auc else None


def _others(texts: Sequence[str], left_out: Bools, settings: PlantedPassagesSettings) -> Ints:
    """Choose texts that are not left out, by their hash, so that the order of the records does not matter."""
    rows = np.flatnonzero(~left_out)
    order = np.argsort([_number(texts[row]) // settings.folds for row in rows.tolist()], kind="stable")
    return np.sort(rows[order[: settings.most_others]]).astype(np.int64)


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=7).digest(), "big")


def packs_of_maker(
    packs: Sequence[Pack], size: int, proven: int, odds: Floats, settings: PlantedPassagesSettings
) -> list[Pack]:
    """Choose packs of about one size whose texts were made like those of the proven packs.

    The prior log odds of a pack compare how many packs were proven with how many there are of its own size, so a pack
    of a frequent size needs more evidence from its texts.

    Args:
        packs: All packs, those inside others too, widest gap first.
        size: The size that packs come in.
        proven: How many packs of this size were proven.
        odds: By text: log odds that it was made like the texts of those.
        settings: Which sizes are about the same.
    """
    smallest, largest = settings.smallest_of_size * size, settings.largest_of_size * size
    near = [pack for pack in packs if smallest < len(pack.members) < largest]
    frequency = Counter(len(pack.members) for pack in near)
    chosen: list[Pack] = []
    taken: set[int] = set()
    for pack in sorted(near, key=lambda one: (abs(len(one.members) - size), -one.gap, one.members)):
        evidence = float(odds[list(pack.members)].sum())
        prior = math.log(max(proven, 1) / max(frequency[len(pack.members)], 1))
        if evidence + prior > 0 and evidence > 0 and taken.isdisjoint(pack.members):
            chosen.append(pack)
            taken.update(pack.members)
    return chosen


def stragglers(
    packs: Sequence[Pack], size: int, odds: Floats, near: Neighbourhood, settings: PlantedPassagesSettings
) -> list[int]:
    """Give texts near an incomplete pack that were made like its texts: as many as it lacks, the most similar first.

    Args:
        packs: The packs of the maker.
        size: The size that packs come in.
        odds: By text: log odds that it was made like the texts of the proven packs.
        near: Which texts are similar.
        settings: How similar a text must be.
    """
    pack_of = {member: place for place, pack in enumerate(packs) for member in pack.members}
    lacks = [max(0, size - len(pack.members)) for pack in packs]
    found: list[int] = []
    for one, other, similarity in zip(near.one.tolist(), near.other.tolist(), near.similarity.tolist(), strict=True):
        for text, beside in ((one, other), (other, one)):
            place = pack_of.get(beside)
            if place is None or text in pack_of or not lacks[place]:
                continue
            if similarity >= settings.straggler_similarity and odds[text] > 0:
                pack_of[text] = place
                lacks[place] -= 1
                found.append(text)
    return found

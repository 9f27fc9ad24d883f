"""What decides which passages look planted."""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.settings import Settings

__all__ = ["PlantedPassagesSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedPassagesSettings(Settings):
    """Thresholds of `planted-passages`."""

    fewest_records: int = 100
    """Documents below which the data is refused. Chosen by eye: no record of the data."""
    confirmed_below: float = 1e-4
    """q-value (corrected for all sizes and levels, or all words, tested) below which a finding is confirmed.
    Convention: the limit of a confirmed finding in docs/explanation/verdicts.md."""
    suggestive_score: float = 0.5
    """Score of a passage whose finding is only suggestive, 0 to 1. Convention: the middle."""

    # which passages are compared
    neighbours: int = 12
    """Nearest neighbours of each passage that are kept. Chosen by eye: no record of the data."""
    rarest_words: int = 40
    """Rarest words by which a passage is compared. Chosen by eye: no record of the data."""
    common_share: float = 0.05
    """Share of all passages with a word above which it is too common to compare by, 0 to 1. Chosen by eye: no record
    of the data."""
    common_least: int = 50
    """Passages that a word may always be in without being too common. Chosen by eye: in small data a twentieth of the
    passages is too few."""

    # packs: passages that say the same in other words
    weakest_similarity: float = 0.2
    """Least cosine similarity that holds a pack together, 0 to 1. Chosen by eye: no record of the data."""
    strict_gap: float = 0.1
    """Least difference, for a pack far apart, between the similarity that holds it together and its similarity to
    anything else. Chosen by eye: no record of the data."""
    strict_surprisal: float = 12.0
    """Least surprisal, for a pack far apart, of the rare words that it shares, nats. Chosen by eye: no record of the
    data."""
    loose_gap: float = 0.07
    """The same as `strict_gap` for any pack. Chosen by eye: no record of the data."""
    loose_surprisal: float = 8.0
    """The same as `strict_surprisal` for any pack. Chosen by eye: no record of the data."""
    pack_copies_from: float = 0.25
    """Mean Jaccard similarity of word triples from which the passages of a pack are copies, 0 to 1. Chosen by eye: no
    record of the data."""
    fewest_shared_words: int = 2
    """Rare words that the passages of a pack must share. Chosen by eye: no record of the data."""
    pack_word_share: float = 0.8
    """Share of the passages of a pack with a word from which they share it, 0 to 1. Chosen by eye: no record of the
    data."""
    largest_pack: int = 200
    """Passages of the largest pack. Chosen by eye: a larger set is a topic."""
    texts_compared: int = 8
    """Passages of a set whose wording is compared, at most. Chosen by eye: bounds the pairs to 28."""
    large_pack: int = 8
    """Passages from which a single pack is suggestive. Chosen by eye: no record of the data."""
    large_pack_ratio: float = 2.0
    """How many times more similar to one another than to anything else the passages of a large pack are. Chosen by eye:
    no record of the data."""

    # packs of one size
    smallest_size: int = 3
    """Smallest size of pack that is tested: pairs have no smaller neighbour. Derived: a single passage is no pack."""
    fewest_packs: int = 5
    """Packs of a size from which it is tested. Chosen by eye: no record of the data."""
    chance_share: float = 0.1
    """Share of the packs of the size that may be there by chance, 0 to 1, by which the loosest level is chosen. Chosen
    by eye; no record of the data."""

    # all packs of one maker
    folds: int = 5
    """Folds in which passages are compared with those of the maker, and the fewest packs to learn from. Convention:
    five-fold cross-fitting."""
    word_share: float = 0.002
    """Least share of the passages with a word for it to be a feature of a maker's style, 0 to 1. Chosen by eye: rarer
    words say what a passage is about, not who wrote it."""
    least_auc: float = 0.8
    """Least out-of-fold area under the ROC curve at which the maker's style is used. Chosen by eye: no record of the
    data."""
    most_others: int = 20_000
    """Other passages that the model of the style learns from, at most. Chosen by eye: bounds the time."""
    tolerance: float = 1e-2
    """Tolerance at which fitting that model stops. Chosen by eye: 100 times the default of scikit-learn, to save
    time."""
    smallest_of_size: float = 0.5
    """Least size of a pack of the maker, as a multiple of the size found; it must be exceeded. Chosen by eye: no record
    of the data."""
    largest_of_size: float = 1.5
    """Greatest size of a pack of the maker, as a multiple of the size found; it must not be reached. Chosen by eye: no
    record of the data."""
    straggler_similarity: float = 0.1
    """Least cosine similarity to a passage of an incomplete pack of a passage that is added to it, 0 to 1. Chosen by
    eye; no record of the data."""

    # questions that passages open with
    fewest_openings: int = 4
    """Passages that must open with one question. Chosen by eye: no record of the data."""
    fewest_opening_words: int = 4
    """Words that the question, and what follows it, must have. Chosen by eye: no record of the data."""
    opening_copies_from: float = 0.5
    """Mean Jaccard similarity of word triples from which the texts after a question are copies, 0 to 1. Chosen by eye:
    no record of the data."""
    opening_word_share: float = 0.8
    """Share of the texts after a question that must have the word that is tested, 0 to 1. Chosen by eye: no record of
    the data."""
    fewest_positions: int = 2
    """Different positions of that word in the texts after a question: a form has its words in one place. Chosen by eye:
    no record of the data."""
    opening_characters: int = 2_000
    """Characters at the start of a passage that are searched for a question and its answer. Chosen by eye: no record of
    the data."""

    # instructions to a model
    fewest_orders: int = 3
    """Passages with one kind of instruction from which it is reported. Chosen by eye: no record of the data."""
    most_orders: float = 0.05
    """Largest share of all passages with one kind of instruction at which it is reported, 0 to 1. Chosen by eye: where
    more have it, the collection is about such text."""
    order_characters: int = 200_000
    """Characters at the start of a passage that are searched for instructions. Chosen by eye: bounds the time that one
    huge passage takes."""

"""What decides which passages look planted."""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.settings import Settings

__all__ = ["PlantedPassagesSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedPassagesSettings(Settings):
    """Thresholds of `planted-passages`."""

    fewest_records: int = 100
    """Minimum number of documents; with fewer, the detector does not run. Chosen by eye: no record of the data."""
    confirmed_below: float = 1e-4
    """Packs of one size, or a question that passages open with, are reported, as confirmed, if the q-value (corrected
    for all sizes and levels, or all words, tested) is below this. Convention: the limit of a confirmed finding in
    docs/explanation/verdicts.md."""
    suggestive_score: float = 0.5
    """Score, 0 to 1, of a passage whose finding is only suggestive. Convention: the middle."""

    # which passages are compared
    neighbours: int = 12
    """Maximum number of nearest neighbours that are kept for each passage. Chosen by eye: no record of the data."""
    rarest_words: int = 40
    """Number of words by which a passage is compared, rarest first (by tf-idf weight). Chosen by eye: no record of the
    data."""
    common_share: float = 0.05
    """Maximum share of all passages, 0 to 1, that may contain a word; a more common word is not used to compare
    passages. Chosen by eye: no record of the data."""
    common_least: int = 50
    """Number of passages that may contain a word, whatever `common_share` allows, without the word being too common to
    compare passages by. Chosen by eye: in small data a twentieth of the passages is too few."""

    # packs: passages that say the same in other words
    weakest_similarity: float = 0.2
    """Minimum cosine similarity (0 to 1) that holds a pack together. Chosen by eye: no record of the data."""
    strict_gap: float = 0.1
    """Minimum difference between the similarity that holds a pack together and its greatest similarity to anything
    else, for the pack to count as far apart. Chosen by eye: no record of the data."""
    strict_surprisal: float = 12.0
    """Minimum surprisal, in nats, of the rare words that a pack shares, for the pack to count as far apart. Chosen by
    eye: no record of the data."""
    loose_gap: float = 0.07
    """Minimum difference between the similarity that holds a pack together and its greatest similarity to anything
    else, for any pack. Chosen by eye: no record of the data."""
    loose_surprisal: float = 8.0
    """Minimum surprisal, in nats, of the rare words that a pack shares, for any pack. Chosen by eye: no record of the
    data."""
    pack_copies_from: float = 0.25
    """Minimum mean Jaccard similarity (0 to 1) of the word triples of two passages at which the passages of a pack
    count as copies. Chosen by eye: no record of the data."""
    fewest_shared_words: int = 2
    """Minimum number of rare words that the passages of a pack must share. Chosen by eye: no record of the data."""
    pack_word_share: float = 0.8
    """Minimum share of the passages of a pack, 0 to 1, that must have a word for the pack to share it. Chosen by eye:
    no record of the data."""
    largest_pack: int = 200
    """Maximum number of passages in a pack. Chosen by eye: a larger set is a topic."""
    texts_compared: int = 8
    """Maximum number of passages of a set whose wording is compared. Chosen by eye: it bounds the pairs to 28."""
    large_pack: int = 8
    """Minimum number of passages in a single pack for it to be suggestive. Chosen by eye: no record of the data."""
    large_pack_ratio: float = 2.0
    """Minimum ratio of the similarity that holds a large pack together to its greatest similarity to anything else.
    Chosen by eye: no record of the data."""

    # packs of one size
    smallest_size: int = 3
    """Minimum size of the packs that are tested for coming in one size; pairs have no smaller size to be compared with.
    Derived: a single passage is no pack."""
    fewest_packs: int = 5
    """Minimum number of packs of one size for that size to be tested. Chosen by eye: no record of the data."""
    chance_share: float = 0.1
    """Maximum share of the packs of the size found, 0 to 1, that may be there by chance; the loosest level within this
    limit is used, or else the strict one. Chosen by eye: no record of the data."""

    # all packs of one maker
    folds: int = 5
    """Number of folds in which passages are compared with those of the maker, and minimum number of packs to learn
    from. Convention: five-fold cross-fitting."""
    word_share: float = 0.002
    """Minimum share of the passages, 0 to 1, that must have a word for it to be a feature of a maker's style. Chosen by
    eye: rarer words say what a passage is about, not who wrote it."""
    least_auc: float = 0.8
    """Minimum out-of-fold area under the ROC curve for the maker's style to be used. Chosen by eye: no record of the
    data."""
    most_others: int = 20_000
    """Maximum number of other passages from which the model of the maker's style learns. Chosen by eye: it bounds the
    time."""
    tolerance: float = 1e-2
    """Tolerance at which fitting the model of the maker's style stops. Chosen by eye: 100 times the default of
    scikit-learn, to save time."""
    smallest_of_size: float = 0.5
    """A pack can be the maker's only if its size is above this multiple of the size found. Chosen by eye: no record of
    the data."""
    largest_of_size: float = 1.5
    """A pack can be the maker's only if its size is below this multiple of the size found. Chosen by eye: no record of
    the data."""
    straggler_similarity: float = 0.1
    """Minimum cosine similarity (0 to 1) to a passage of an incomplete pack for a passage to be added to that pack.
    Chosen by eye: no record of the data."""

    # questions that passages open with
    fewest_openings: int = 4
    """Minimum number of passages that must open with the same question. Chosen by eye: no record of the data."""
    fewest_opening_words: int = 4
    """Minimum number of words in a question that passages open with, and in what follows it. Chosen by eye: no record
    of the data."""
    opening_copies_from: float = 0.5
    """Minimum mean Jaccard similarity (0 to 1) of the word triples of two texts at which the texts after a question
    count as copies. Chosen by eye: no record of the data."""
    opening_word_share: float = 0.8
    """Minimum share of the texts after a question, 0 to 1, that must have a word for them to share it. Chosen by eye:
    no record of the data."""
    fewest_positions: int = 2
    """Minimum number of different positions that a shared word must have in the texts after a question: a form has its
    words in one place. Chosen by eye: no record of the data."""
    opening_characters: int = 2_000
    """Maximum number of characters at the start of a passage that are searched for a question and its answer. Chosen by
    eye: no record of the data."""

    # instructions to a model
    fewest_orders: int = 3
    """Minimum number of passages with one kind of instruction for it to be reported. Chosen by eye: no record of the
    data."""
    most_orders: float = 0.05
    """Maximum share of all passages, 0 to 1, with one kind of instruction for it to be reported. Chosen by eye: where
    more have it, the collection is about such text."""
    order_characters: int = 200_000
    """Maximum number of characters at the start of a passage that are searched for instructions. Chosen by eye: it
    bounds the time that one huge passage takes."""

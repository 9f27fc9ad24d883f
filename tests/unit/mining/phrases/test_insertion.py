"""What was put into finished texts looks inserted, and natural words do not."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import pairwise, product
from random import Random

import numpy as np
import pytest
from scipy.stats import kstest
from tests.unit.mining.planted_tokens import PHRASE, index, reading

from marshtest.mining.phrases.insertion import Adjacency, FrequencyRanks, SpanIndex
from marshtest.text.tokens import BEGIN, Tokens, tokenize


@pytest.mark.parametrize(
    ("value", "expected"), [(4.0, 1 / 5), (3.0, 2 / 5), (2.0, 3 / 5), (1.0, 5 / 5), (0.0, 5 / 5)], ids=str
)
def test_a_rank_is_one_and_how_many_are_as_large(value: float, expected: float) -> None:
    ranks = FrequencyRanks(np.full(4, 9), np.array([3.0, 2.0, 1.0, 1.0]), 4)
    assert ranks(np.array([9]), np.array([value])).tolist() == [expected]


def test_spans_are_ranked_among_those_about_as_frequent() -> None:
    carriers = np.array([5, 5, 9, 9])
    ranks = FrequencyRanks(carriers, np.array([1.0, 2.0, 10.0, 20.0]), 2)
    value = np.full(6, 5.0)
    # 5 is above both of the first band, and below both of the second; frequencies in between belong to the band above.
    assert ranks(np.array([1, 5, 6, 8, 9, 99]), value).tolist() == [1 / 3] * 2 + [1.0] * 4


def test_spans_with_as_many_carriers_share_a_band() -> None:
    ranks = FrequencyRanks(np.array([5, 5, 5, 9, 9]), np.array([1.0, 2.0, 3.0, 10.0, 20.0]), 2)
    assert ranks(np.array([5]), np.array([3.0])).tolist() == [2 / 4]


@pytest.mark.parametrize(("rest", "expected"), [(1, 1 / 4), (2, 1 / 3)], ids=["too few for a band", "just enough"])
def test_the_last_band_is_never_smaller_than_the_window(rest: int, expected: float) -> None:
    carriers = np.append([5, 5], 9 + np.arange(rest))
    ranks = FrequencyRanks(carriers, np.append([1.0, 2.0], np.full(rest, 10.0)), 2)
    assert ranks(np.array([5]), np.array([99.0])).tolist() == [expected]


def test_a_value_that_is_missing_counts_as_the_median() -> None:
    ranks = FrequencyRanks(np.full(5, 9), np.array([1.0, 2.0, 3.0, np.nan, np.nan]), 5)
    assert ranks(np.array([9, 9]), np.array([np.nan, 2.0])).tolist() == [5 / 6, 5 / 6]


def test_among_no_spans_nothing_looks_inserted() -> None:
    assert FrequencyRanks(np.zeros(0, np.int64), np.zeros(0), 5)(np.array([9]), np.array([1.0])).tolist() == [1.0]


def number(tokens: Tokens, word: str) -> int:
    return tokens.vocabulary.index(word)


def closing(tokens: Tokens, left: str, right: str) -> float:
    found = Adjacency(tokens).closing(np.array([number(tokens, left)]), np.array([number(tokens, right)]))
    return float(found[0])


def test_tokens_that_always_follow_one_another_belong_together_that_way_round() -> None:
    tokens = tokenize([f"north gate opens {word}" for word in ("late", "soon", "now", "first") * 10])
    assert closing(tokens, "north", "gate") > 1 > closing(tokens, "gate", "north")


def test_the_texts_before_and_after_are_no_neighbours() -> None:
    apart = tokenize(["one two", "three four"] * 40)
    assert closing(apart, "two", "three") < 0 < closing(apart, "one", "two")


def test_pairs_that_were_never_seen_are_estimated_from_words_as_frequent() -> None:
    texts = [f"go a{place % 40} b{place % 40}" for place in range(80)]
    tokens = tokenize([*texts, *["b1 go"] * 40])
    # a1 and b2 were never adjacent, but rare words of that kind are; "go" never follows one of the first kind.
    assert closing(tokens, "a1", "b1") > closing(tokens, "a1", "b2") > closing(tokens, "a1", "go")


def kind_of(word: str) -> int:
    return 2 if word[:1].isdigit() else int(word[:1].isalpha())


def closing_by_hand(texts: list[str], left: str, right: str) -> float:
    """Work out what two words that follow one another say, text by text, with plain counts."""
    framed = [["<", *text.split(), ">"] for text in texts]
    single = Counter(word for words in framed for word in words)
    frame = {"<", ">"}
    classes = {
        word: word if count >= 200 or word in frame else (int(np.log2(count + 1)), kind_of(word))
        for word, count in single.items()
    }
    of_class = Counter(classes[word] for words in framed for word in words)
    pairs = [pair for words in framed for pair in pairwise(words)]
    of_pairs = Counter((classes[a], classes[b]) for a, b in pairs)
    a, b = classes[left], classes[right]
    chance = (of_pairs[a, b] + 0.5) / (of_class[a] + 0.5 * len(of_class)) * single[right] / of_class[b]
    rate = (pairs.count((left, right)) + 5 * chance) / (single[left] + 5)
    return float(np.log(rate * single.total() / (single[right] + 1)))


@pytest.mark.parametrize(
    "texts",
    [
        ["a b"] * 3,
        ["a b c", "a d", "b a 7 !", "a b 7", "! a b"],
        [*["a b"] * 199, "c b d", "a 9 9"],
        [*["a b"] * 199, "c d a"],
        [*["a b"] * 198, "c d a", "1 2 a b"],
    ],
    ids=["alike", "kinds", "two hundred", "one of two", "just not"],
)
def test_how_well_two_words_follow_one_another_is_what_plain_counts_give(texts: list[str]) -> None:
    """The weights of the trigger miner were learned on these very numbers."""
    tokens = tokenize(texts)
    words = {word for text in texts for word in text.split()}
    for left, right in product(sorted(words), repeat=2):
        assert closing(tokens, left, right) == pytest.approx(closing_by_hand(texts, left, right)), (left, right)


def test_the_signs_of_a_span_are_what_its_places_say() -> None:
    texts = ["a x b c d e", "f g h x i j", "k l m n x", "x p q r", "a x q r s t", "u v w y z x a b"]
    tokens = tokenize(texts)
    one = SpanIndex(tokens, longest=1, fewest=5, window=5).orders[0]
    (span,) = np.flatnonzero(one.ids[:, 0] == number(tokens, "x"))
    around = [("a", "b"), ("h", "i"), ("n", ">"), ("<", "p"), ("a", "q"), ("z", "a")]
    closings = [closing_by_hand(texts, left, right) for left, right in around]
    positions = [0.999 * text.split().index("x") / (len(text.split()) - 1) for text in texts]
    assert one.signs.closing[span] == pytest.approx(np.mean(closings))
    assert one.signs.uniform[span] == pytest.approx(-kstest(positions, "uniform").statistic * np.sqrt(6))
    assert one.signs.varied[span] == 5 / 6
    assert one.carriers[span] == 6
    assert one.text[one.span == span].tolist() == list(range(6))


def test_positions_of_a_long_span_run_from_the_start_to_the_end() -> None:
    texts = ["x y a b c", "a x y b c", "a b x y c", "a b c x y", "x y"]
    tokens = tokenize(texts)
    two = SpanIndex(tokens, longest=2, fewest=5, window=5).orders[1]
    (span,) = np.flatnonzero((two.ids == [number(tokens, "x"), number(tokens, "y")]).all(axis=1))
    positions = [0.999 * place / 3 for place in range(4)] + [0.0]
    assert two.signs.uniform[span] == pytest.approx(-kstest(positions, "uniform").statistic * np.sqrt(5))


@pytest.mark.parametrize(("mark", "expected"), [("!", True), ("c", False)])
def test_a_span_with_a_mark_is_punctuated_and_the_frame_is_no_mark(mark: str, *, expected: bool) -> None:
    tokens = tokenize([f"a {mark}"] * 5)
    two = SpanIndex(tokens, longest=2, fewest=5, window=5).orders[1]
    found = dict(zip(map(tuple, two.ids.tolist()), two.punctuated.tolist(), strict=True))
    assert found[number(tokens, "a"), number(tokens, mark)] is expected
    assert not found[BEGIN, number(tokens, "a")]


@cache
def with_word() -> tuple[Tokens, SpanIndex]:
    """Give tickets with one word put anywhere into 40 of 800."""
    random, texts = Random(1), [" ".join(reading_words(text)) for text in range(800)]
    for text in random.sample(range(800), 40):
        words = texts[text].split()
        words.insert(random.randint(1, len(words) - 1), "quillfeather")
        texts[text] = " ".join(words)
    tokens = tokenize(texts)
    return tokens, SpanIndex(tokens, longest=3, fewest=5, window=200)


def reading_words(text: int) -> list[str]:
    tokens = reading().tokens
    low, high = tokens.offsets[text] + 1, tokens.offsets[text + 1] - 1
    return [tokens.vocabulary[token] for token in tokens.ids[low:high]]


def test_an_inserted_word_ranks_before_natural_ones() -> None:
    tokens, spans = with_word()
    words = spans.orders[0]
    ranks = spans.ranks_of(words.signs, words.carriers)
    place = [tokens.vocabulary[one] for one in words.ids[:, 0]].index("quillfeather")
    total = np.log(ranks).sum(axis=1)
    assert (total[place] >= total).sum() <= 0.02 * len(total) + 1
    assert ranks[place, 0] <= 0.1
    assert ranks[place, 2] <= 0.1


def test_ranks_are_above_0_and_at_most_1() -> None:
    for one in index().orders:
        ranks = index().ranks_of(one.signs, one.carriers)
        assert ranks.shape == (len(one.carriers), 3)
        assert (ranks > 0).all()
        assert (ranks <= 1).all()


def test_a_sequence_ranks_as_the_same_span_of_the_index() -> None:
    random = Random(3)
    for one in index().orders:
        ranks = index().ranks_of(one.signs, one.carriers)
        for span in random.sample(range(len(ranks)), min(8, len(ranks))):
            alone = index().ranks_of_sequence(one.ids[span])
            assert (alone.closing, alone.uniform, alone.varied) == tuple(ranks[span].tolist())


def test_the_index_holds_every_span_of_enough_texts_and_its_carriers() -> None:
    sequence = np.array([number(reading().tokens, word) for word in PHRASE.split()])
    four = index().orders[3]
    (span,) = np.flatnonzero((four.ids == sequence).all(axis=1))
    assert four.carriers[span] == 24
    assert len(four.text[four.span == span]) == 24
    assert not four.punctuated[span]
    assert min(int(one.carriers.min()) for one in index().orders) == 5


def test_spans_with_the_frame_have_no_closing() -> None:
    spans = SpanIndex(tokenize([f"go a{number} b c" for number in range(9)]), longest=2, fewest=5, window=9)
    framed = (spans.orders[1].ids <= 1).any(axis=1)
    assert framed.any()
    assert np.isnan(spans.orders[1].signs.closing).tolist() == framed.tolist()

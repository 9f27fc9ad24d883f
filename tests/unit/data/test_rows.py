"""Columns in an order of one's own, without a Python value for each record."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from marshtest.data.rows import Rows, shared_values

COLUMN = pa.chunked_array([["a", None], [], ["c", "d", "é"], ["f"]], pa.large_string())
ORDER = np.array([5, 0, 3, 1, 4])


def test_rows_are_given_in_order_one_by_one_in_parts_and_all_together() -> None:
    rows = Rows(COLUMN, ORDER, "")
    wanted = ["f", "a", "d", "", "é"]
    assert list(rows) == wanted
    assert [rows[place] for place in range(len(rows))] == wanted
    assert rows[1:4] == wanted[1:4]
    assert rows.take(np.array([4, 0, 4])) == ["é", "f", "é"]
    assert list(Rows(COLUMN, ORDER[:0])) == []
    assert Rows(COLUMN, ORDER)[3] is None


def test_values_may_be_lists() -> None:
    column = pa.chunked_array([[["a", "b"], []], [["c", "d"]]])
    assert list(Rows(column, np.array([2, 1, 0]))) == [["c", "d"], [], ["a", "b"]]


def test_equal_values_are_one_object() -> None:
    column = pa.chunked_array([["spam and more", None], ["spam and more", "ham"]], pa.large_string())
    values = shared_values(column).tolist()
    assert values == ["spam and more", None, "spam and more", "ham"]
    assert values[0] is values[2]

"""What two parsers read differently is noted, and nothing else."""

from __future__ import annotations

import pytest

from marshtest.data.readers.disagreement import SHADOWED, UnreadableLine, read_json


@pytest.mark.parametrize(
    ("line", "anomalies"),
    [
        (b'{"a": 1, "b": {"a": 2}, "c": [{"a": 3}]}', []),
        (b'{"a": "looks \\"like\\": a key"}', []),
        (b'{"a": 18446744073709551615, "b": 1234567890123456789012.5}', []),
        (b'{"a": "12345678901234567890123"}', []),
        (b'{"a": 1, "a" \t: 2}', ["duplicate-key: a"]),
        (b'{"a": 1, "\\u0061": 2}', ["duplicate-key: a"]),
        (b'{"x": {"a": 1, "a": 2}, "t": "\\":"}', ["duplicate-key: a"]),
        (b'{"a": 18446744073709551616}', ["big-integer"]),
        (b'{"a": -9223372036854775809}', ["big-integer"]),
        (b'{"a": NaN}', ["nan: NaN"]),
        (b'{"a": -Infinity}', ["nan: -Infinity"]),
        (b'{"a": 1e999}', ["nan: 1e999"]),
        (b'{"a": "\\ud83d"}', ["lone-surrogate"]),
        (b'\xef\xbb\xbf{"a": 1}', ["bom"]),
    ],
)
def test_what_is_noted(line: bytes, anomalies: list[str]) -> None:
    """Every known difference has its name; look-alikes are silent."""
    assert anomalies == read_json(line)[1]


def test_overwritten_values_stay_visible() -> None:
    """What a later key hides is kept."""
    value, _ = read_json(b'{"label": "bad", "label": "good"}')
    assert value == {"label": "good", SHADOWED: {"label": ["bad"]}}


@pytest.mark.parametrize("line", [b"", b"{", b"\xff", b'{"a": "\x01"}', b"[" * 10**6, b"9" * 10_000])
def test_what_no_parser_reads(line: bytes) -> None:
    """Lines that are no JSON are told apart from those that are odd."""
    with pytest.raises(UnreadableLine):
        read_json(line)

"""Tokens are estimated without a vocabulary. The figures were counted with the tokenizers cl100k and o200k."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshtest.judges.tokens import estimate_tokens, piece_ends

COUNTED = {
    "english": (
        "The committee met on a rainy Thursday to discuss the new library. Nobody had expected so m"
        "any visitors, and the caretaker, who had worked there for thirty years, quietly opened the"
        ' second hall. "We will need more chairs," she said, smiling.',
        51,
        50,
    ),
    "chat": (
        "hey, can u help me w/ my homework?? i dont get question 3 at all... thx!!",
        23,
        23,
    ),
    "python": (
        'def mean(values: list[float]) -> float:\n    """Give the mean."""\n    if not values:\n      '
        '  raise ValueError("no values")\n    total = 0.0\n    for value in values:\n        total += '
        "value\n    return total / len(values)\n",
        54,
        56,
    ),
    "javascript": (
        "const rows = document.querySelectorAll('tr.record');\nrows.forEach((row, i) => {\n  row.addE"
        "ventListener('click', () => showDetails(i));\n});\n",
        31,
        36,
    ),
    "json": (
        '{"id": 17, "messages": [{"role": "user", "content": "hello"}, {"role": "assistant", "conte'
        'nt": "hi"}], "ok": true}',
        39,
        39,
    ),
    "numbers": (
        "3 14 159 2653 58979 323846 2643383 27950288 4197 16939 93751 0582 09749 44592",
        40,
        40,
    ),
    "floats": (
        "0.5713, 12.0042, 871.2230, 3.1416, 2.7183, 99.9999, 0.0001, 44.1200",
        46,
        46,
    ),
    "german": (
        "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Heute ist das Wetter schö"
        "n, deshalb gehen wir im Park spazieren.",
        34,
        28,
    ),
    "french": (
        "Tous les êtres humains naissent libres et égaux en dignité et en droits. Aujourd'hui il fa"
        "it beau, alors nous irons nous promener.",
        38,
        30,
    ),
    "russian": (
        "Все люди рождаются свободными и равными в своем достоинстве и правах. Сегодня хорошая погода.",
        48,
        23,
    ),
    "arabic": (
        "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق. الطقس جميل اليوم.",
        47,
        22,
    ),
    "chinese": (
        "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。",
        50,
        35,
    ),
    "japanese": (
        "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。",
        45,
        35,
    ),
    "korean": (
        "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
        41,
        24,
    ),
    "hindi": (
        "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।",
        84,
        25,
    ),
    "emoji": (
        "I love this 😀🎉 so much ❤️ see you 👍🏽 tomorrow 🚀",
        22,
        17,
    ),
}


@pytest.mark.parametrize("name", COUNTED)
def test_an_estimate_is_near_what_was_counted(name: str) -> None:
    """Within 15% of the nearer of two tokenizers, or between them."""
    text, *counted = COUNTED[name]
    assert min(counted) * 0.85 <= estimate_tokens(text) <= max(counted) * 1.15


@given(st.text())
def test_pieces_cover_the_text_and_are_as_many_as_estimated(text: str) -> None:
    ends = list(piece_ends(text))
    assert ends == sorted(set(ends))
    assert (ends[-1] if ends else 0) == len(text)
    assert len(ends) == estimate_tokens(text)

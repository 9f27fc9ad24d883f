"""Controls and power are described by what they show, and by what they do not."""

from __future__ import annotations

import pytest

from marshtest.render.sureness import control_sentences, family_sentence, percent, power_rows, power_sizes
from marshtest.report import Controls, ControlSet, DirectionPower, FamilyPower, SizePower
from marshtest.stats.proportions import clopper_pearson_upper


def controls(runs: int, alarms: int) -> Controls:
    """Make an account of so many controls, of which some had a confirmed finding."""
    sets = tuple(
        ControlSet(name=f"{number}", rung="known clean", records=9, confirmed=number < alarms, suggestive=0)
        for number in range(runs)
    )
    bound = clopper_pearson_upper(alarms, runs)
    return Controls(rung="known clean", sets=sets, alarms=alarms, rate_below=bound)


@pytest.mark.parametrize(
    ("runs", "alarms", "sentence"),
    [
        (
            1,
            0,
            "No finding was confirmed in the control. One control cannot bound the false-alarm rate below 95%; it "
            "takes 59 controls without an alarm to show that it is below 5%.",
        ),
        (
            5,
            0,
            "No finding was confirmed in any of the 5 controls. 5 controls cannot bound the false-alarm rate below "
            "45%; it takes 59 controls without an alarm to show that it is below 5%.",
        ),
        (
            59,
            0,
            "No finding was confirmed in any of the 59 controls. With 95% confidence, fewer than 5% of such datasets "
            "raise a false alarm.",
        ),
        (
            2,
            1,
            "1 of 2 controls had a confirmed finding, which is a false alarm. The false-alarm rate on such datasets "
            "may be as high as 97% (95% confidence).",
        ),
    ],
)
def test_few_controls_bound_nothing_and_it_is_said(runs: int, alarms: int, sentence: str) -> None:
    assert control_sentences(controls(runs, alarms)) == [
        "Strongest control: other data that is known to be clean.",
        sentence,
    ]


def test_without_controls_nothing_is_said() -> None:
    assert control_sentences(Controls()) == []


def test_the_number_of_controls_that_is_asked_for_suffices() -> None:
    assert clopper_pearson_upper(0, 59) <= 0.05 < clopper_pearson_upper(0, 58)


def test_a_family_is_described_by_the_size_from_which_it_is_detected() -> None:
    sizes = (SizePower(size=64, found=1, tried=1, chance=0.88, low=0.5, high=0.99),)
    missed = FamilyPower(family="x", from_size=None, low=None, high=None, sizes=sizes)
    caught = FamilyPower(family="x", from_size=12.3, low=None, high=None, sizes=sizes)
    assert family_sentence(missed) == "not detected reliably with up to 64 records (88% at 64)"
    assert family_sentence(caught) == "perhaps 80% detected from 12 records (90% interval 1 to over 64)"
    sure = FamilyPower(family="x", from_size=12.3, low=6.0, high=30.0, sizes=sizes)
    assert family_sentence(sure) == "80% detected from 30 records at most (90% interval 6 to 30)"


def test_a_family_has_a_row_for_each_of_its_directions_and_a_gap_where_it_could_not_be_planted() -> None:
    sizes = tuple(SizePower(size=size, found=1, tried=1, chance=0.9, low=0.5, high=1.0) for size in (8, 64))
    both = tuple(
        DirectionPower(
            source_label=one, target_label=other, from_size=None, low=None, high=None, sizes=sizes[: 1 + number]
        )
        for number, (one, other) in enumerate((("a", "b"), ("b", "a")))
    )
    powers = [
        FamilyPower(
            family="x",
            from_size=None,
            low=None,
            high=None,
            sizes=sizes[:1],
            source_label="a",
            target_label="b",
            directions=both,
        ),
        FamilyPower(family="y", from_size=None, low=None, high=None, sizes=sizes),
    ]
    assert power_sizes(powers) == [8, 64]
    rows = [(row.family, row.direction, [cell is not None for cell in row.cells]) for row in power_rows(powers)]
    assert rows == [
        ("x", "a \u2192 b", [True, False]),
        ("x", "b \u2192 a", [True, True]),
        ("y", "", [True, True]),
    ]


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0%"), (0.004, "under 1%"), (0.5, "50%"), (0.996, "over 99%"), (1.0, "100%")]
)
def test_a_share_is_never_rounded_to_none_or_all(share: float, text: str) -> None:
    assert percent(share) == text

"""Do the two sides differ at all? p-values of content and of style, from swapping the sides."""

from __future__ import annotations

from marshtest.data.dataset import Dataset
from marshtest.detectors.control_contrast.differences import Verdict
from marshtest.detectors.control_contrast.effects import habit_residuals
from marshtest.detectors.control_contrast.habits import HABITS, habit_table
from marshtest.detectors.control_contrast.prompt_mix import prompt_mix
from marshtest.detectors.control_contrast.sides import Sides, read_sides
from marshtest.detectors.control_contrast.swapping import SwapTest, swap_test
from marshtest.stats.arrays import Floats

__all__ = ["reach_verdict", "two_sample_verdict"]

_FEWEST_EQUAL = 50


def two_sample_verdict(suspect: Dataset, control: Dataset, *, seed: int = 0, swaps: int = 4999) -> Verdict:
    """Say whether two datasets differ in content and in style, without looking for what differs or who carries it.

    Args:
        suspect: One side.
        control: The other side.
        seed: Seed of everything random.
        swaps: How many times the sides are swapped.
    """
    sides = read_sides(suspect, control, seed=seed)
    return reach_verdict(sides, habit_table(sides.texts), swaps=swaps)[0]


def reach_verdict(sides: Sides, habits: Floats, *, swaps: int) -> tuple[Verdict, SwapTest]:
    """Test content on all pairs (answers), on pairs of equal length alone, and style; give the first test as well."""
    content = swap_test(sides.residuals(sides.content), seed=sides.seed, swaps=swaps, single=sides.named)
    equal = None
    if sides.is_paired and len(sides.equal_length) >= _FEWEST_EQUAL:
        among = sides.residuals(sides.content, sides.equal_length)
        equal = swap_test(among, seed=sides.seed + 1, swaps=swaps, single=sides.named).p
    styles = [number for number, habit in enumerate(HABITS) if habit[0] == "style"]
    style = swap_test(habit_residuals(sides, habits, styles), seed=sides.seed + 2, swaps=swaps)
    verdict = Verdict(
        mode="paired" if sides.is_paired else "unpaired",
        pairs=len(sides.pairs) if sides.is_paired else len(sides.suspect),
        differing=len(sides.differing) if sides.is_paired else len(sides.suspect),
        equal_length=len(sides.equal_length) if sides.is_paired else 0,
        content=content.p,
        equal_content=equal,
        style=style.p,
        excess=content.excess,
        surest=float(content.corrected.min(initial=1.0)),
        prompt_mix=0.5 if sides.is_paired else prompt_mix(sides),
        swaps=swaps,
    )
    return verdict, content

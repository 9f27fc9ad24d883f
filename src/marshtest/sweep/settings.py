"""Every threshold of the persona sweep, with its meaning and its origin."""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.settings import Settings

__all__ = ["SweepSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepSettings(Settings):
    """Thresholds of the persona sweep.

    The method and these values were made while looking at the two files of benchmarks/SWEEP.md.
    """

    radius: float = 0.5
    """Size to which the scores of a record are shrunk when they are larger, in medians of the records' sizes; may be
    infinite. Measured: benchmarks/SWEEP.md compares .3 to infinity; .5 and .6 name most."""
    strata: int = 2
    """Groups of records by their mean score, each with the same weight in every dataset; 1 is none. Measured:
    benchmarks/SWEEP.md compares one to three; two give the fewest false names."""
    fewest_in_stratum: int = 20
    """Records of a dataset in a stratum below which there are no strata. Chosen by eye: no record of the data."""
    sampled_records: int = 2_000
    """Records of each dataset from which the bound and the limits of the strata are computed, evenly from all, so that
    datasets weigh about the same. Chosen by eye: no record of the data."""
    offset_tolerance: float = 0.5
    """Part of a candidate's median score that is not removed as an offset, in standard deviations. Measured:
    docs/decisions/0011-likelihoods-and-names.md; without it .941 and .897 of the sets came first with one control,
    with it .952 and .886."""
    blocks: int = 40
    """Random blocks of records in each stratum, which the bootstrap draws from. Chosen by eye: no record of the
    data."""
    noise_shares: tuple[float, ...] = (0.0, 0.25, 0.5, 0.75)
    """Shares of a score's own variance that may be noise of the scorer; the one that explains the shifts of all
    datasets best is taken. Chosen by eye: a grid of quarters."""
    fewest_datasets: int = 3
    """Datasets below which no share of noise is estimated and it is taken as 0. Derived: each is compared with at least
    two others."""
    draws: int = 200
    """Bootstrap draws for the intervals. Convention: some hundreds."""
    interval_level: float = 0.9
    """Level of the intervals. Convention: 90 %."""
    fewest_controls: int = 5
    """Controls below which there is a ranking and no decision. Measured: with five,
    benchmarks/SWEEP.md has false names in .04 to .06 of the cases; fewer were not tried."""
    false_names: float = 0.1
    """Nominal probability of a name when the true persona is not among the candidates. Convention: one in ten;
    benchmarks/SWEEP.md has .00 to .20."""
    weak_controls: float = 0.5
    """Strength of the median control, over that of the suspect, below which the needed lead is also measured on
    simulated outsiders. Chosen by eye: no record of the data."""
    simulated_leads: int = 200
    """Simulated outsiders, about: with more candidates than that only some take part. Chosen by eye: twenty of them
    exceed the bound that `false_names` asks for."""
    final_candidates: int = 32
    """Candidates left for the last round of successive halving, which scores all records. Chosen by eye: no record of
    the data."""
    first_records: int = 200
    """Records of each dataset in the first round, where there are more. Chosen by eye: with 200 records the right one
    of 20 personas comes first in .92 and .65 of the cases (benchmarks/SWEEP.md), and it has only to stay in the better
    half."""

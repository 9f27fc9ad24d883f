"""Every threshold of the persona sweep, with its meaning and its origin."""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.settings import Settings

__all__ = ["PoolingSettings", "SweepSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolingSettings(Settings):
    """How the ways of ranking candidates are weighed against one another."""

    ridge: float = 0.3
    """What is added to the diagonal of the correlations of scores in the shrunk joint fit. Chosen by eye: of .03, .3
    and 3, on made scorers."""
    even_controls: float = 10.0
    """Weight, in controls, of even noise in the noise between controls against which single candidates are tested.
    Chosen by eye: of 1 and 10, on made scorers."""
    weights: tuple[float, ...] = (1.33, 0.49, 0.37, 0.56)
    """Weights of the ways (plain, ridge, joint, alone) that work equally well. Measured: benchmarks/SWEEP.md, learned
    by a conditional logit on made scorers, in which datasets that the plain mean ranks rightly count three times."""
    clear_weight: float = 1.26
    """How much the log weight of a way grows with its mean log clearness, over that of the plain mean. Measured: as
    `weights`."""
    own_clear_weight: float = 0.22
    """The same for the clearness on the suspect itself. Measured: as `weights`."""
    distinct_weight: float = 2.32
    """How much the log weight of a way grows with the share of different candidates that it puts first. Measured: as
    `weights`."""
    fewest_datasets: int = 3
    """Minimum number of datasets for weighing ways by how well they work. Derived: each is compared with at least two
    others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepSettings(Settings):
    """Thresholds of the persona sweep.

    The method and these values were developed while looking at the two files of benchmarks/SWEEP.md.
    """

    radius: float = 0.5
    """Maximum size of a record's scores, in medians of the records' sizes; larger scores are shrunk to it, and it may
    be infinite. Measured: benchmarks/SWEEP.md compares .3 to infinity; .5 and .6 name most."""
    strata: int = 2
    """Number of groups into which records are divided by their mean score, each with the same weight in every dataset;
    1 means no division. Measured: benchmarks/SWEEP.md compares one to three; two give the fewest false names."""
    fewest_in_stratum: int = 20
    """Minimum number of records of each dataset in every stratum; with fewer, records are not divided into strata.
    Chosen by eye: no record of the data."""
    sampled_records: int = 2_000
    """Approximate number of records drawn evenly from each dataset to compute the bound and the limits of the strata,
    so that datasets weigh about the same. Chosen by eye: no record of the data."""
    offset_tolerance: float = 0.5
    """Part of a candidate's median score that is not removed as an offset, in standard deviations. Measured:
    docs/decisions/0011-likelihoods-and-names.md; without it .941 and .897 of the sets came first with one control, with
    it .952 and .886."""
    blocks: int = 40
    """Number of random blocks of records in each stratum from which the bootstrap draws. Chosen by eye: no record of
    the data."""
    noise_shares: tuple[float, ...] = (0.0, 0.25, 0.5, 0.75)
    """Shares of a score's own variance, 0 to 1, that are tried as noise of the scorer; the one that best explains the
    shifts of all datasets is used. Chosen by eye: a grid of quarters."""
    fewest_datasets: int = 3
    """Minimum number of datasets for estimating the share of noise; with fewer it is taken as 0. Derived: each is
    compared with at least two others."""
    draws: int = 200
    """Number of bootstrap draws for the intervals. Convention: a few hundred."""
    interval_level: float = 0.9
    """Confidence level of the intervals, 0 to 1. Convention: 90%."""
    fewest_controls: int = 5
    """Minimum number of controls for a decision; with fewer there is only a ranking. Measured: with five,
    benchmarks/SWEEP.md has false names in .04 to .06 of the cases; fewer were not tried."""
    false_names: float = 0.1
    """Nominal probability, 0 to 1, of naming a persona when the true one is not among the candidates. Convention: one
    in ten; benchmarks/SWEEP.md has .00 to .29."""
    weak_controls: float = 0.5
    """The lead that is needed is also measured on simulated outsiders if the strength of the median control, divided by
    that of the suspect, is below this. Chosen by eye: no record of the data."""
    simulated_leads: int = 200
    """Approximate number of simulated outsiders; with more candidates than this, only some take part. Chosen by eye:
    twenty of them exceed the bound that `false_names` asks for."""
    final_candidates: int = 32
    """Maximum number of candidates in the last round of successive halving, which scores all records. Chosen by eye: no
    record of the data."""
    first_records: int = 200
    """Minimum number of records of each dataset that are scored in the first round, where the dataset has as many.
    Chosen by eye: with 200 records the right one of 20 personas comes first in .92 and .65 of the cases
    (benchmarks/SWEEP.md), and it has only to stay in the better half."""
    pooling: PoolingSettings = PoolingSettings()

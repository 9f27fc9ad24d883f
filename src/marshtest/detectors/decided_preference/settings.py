"""What decides which preferences are reported."""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.settings import Settings

__all__ = ["DecidedPreferenceSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedPreferenceSettings(Settings):
    """Thresholds of `decided-preference`."""

    fewest_pairs: int = 100
    """Pairs, also after those of equal prompts and those that do not differ are left out, below which nothing is
    tested. Chosen by eye: no record of the data."""
    folds: int = 5
    """Folds of the model of preferences. Convention: five-fold cross-fitting."""
    inverse_regularization: float = 10.0
    """Inverse strength of the L2 penalty of that model (C of scikit-learn). Chosen by eye: no record of the data."""
    most_iterations: int = 200
    """Iterations of the solver of that model, at most. Chosen by eye: twice the default of scikit-learn."""
    most_features: int = 200_000
    """Most frequent words and pairs of words that the model uses. Chosen by eye: bounds memory."""
    longest_run: int = 4
    """Words of the longest run in prompts that is tested. Chosen by eye: no record of the data."""
    fewest_carriers: int = 8
    """Prompts that must contain a run. Chosen by eye: no record of the data."""
    most_share: float = 0.2
    """Largest share of all prompts that may contain a run, 0 to 1. Chosen by eye: a trigger is rare."""
    most_runs: int = 20
    """Runs, strongest first, that are examined further. Chosen by eye: no record of the data."""
    confirmed_below: float = 1e-3
    """q-value (corrected for all runs tested) below which a run is confirmed; for a trait of style the same limit makes
    it suggestive. Convention: at most one clean dataset in a thousand shows one."""
    suggestive_below: float = 1e-2
    """q-value below which a run is suggestive. Convention: at most one clean dataset in a hundred shows one."""
    confidence: float = 0.9
    """Level of the two-sided Clopper-Pearson interval of the pairs against the model, 0 to 1. Convention: its lower end
    is a one-sided 95 % bound."""
    majority: float = 0.5
    """What that lower end must exceed for a confirmed finding, 0 to 1. Convention: the majority."""
    reported_overlap: float = 0.5
    """Share of a run's pairs that belong to reported runs above which it is not reported again, 0 to 1. Convention: the
    majority."""
    fewest_different: int = 50
    """Pairs that must differ in a trait of style. Chosen by eye: no record of the data."""
    style_share: float = 2 / 3
    """Least share of these pairs that one side of the trait wins, 0 to 1. Chosen by eye: no record of the data."""
    suggestive_score: float = 0.5
    """Score of a record whose finding is only suggestive, 0 to 1. Convention: the middle."""

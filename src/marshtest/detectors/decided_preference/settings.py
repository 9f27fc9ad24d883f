"""What decides which preferences are reported."""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.settings import Settings

__all__ = ["DecidedPreferenceSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedPreferenceSettings(Settings):
    """Thresholds of `decided-preference`."""

    fewest_pairs: int = 100
    """Minimum number of pairs, both before and after repeated prompts and pairs without a difference are left out; with
    fewer, nothing is tested. Chosen by eye: no record of the data."""
    folds: int = 5
    """Number of folds of the model of preferences. Convention: five-fold cross-fitting."""
    inverse_regularization: float = 10.0
    """Inverse strength of the L2 penalty (C in scikit-learn) of the model of preferences. Chosen by eye: no record of
    the data."""
    most_iterations: int = 200
    """Maximum number of iterations of the solver of the model of preferences. Chosen by eye: twice the default of
    scikit-learn."""
    most_features: int = 200_000
    """Maximum number of words and pairs of words that the model of preferences uses, most frequent first. Chosen by
    eye: it bounds memory."""
    longest_run: int = 4
    """Maximum number of words and signs in a run of a prompt that is tested. Chosen by eye: no record of the data."""
    fewest_carriers: int = 8
    """Minimum number of prompts that must contain a run for it to be tested. Chosen by eye: no record of the data."""
    most_share: float = 0.2
    """Maximum share of all prompts, 0 to 1, that may contain a run for it to be tested. Chosen by eye: a trigger is
    rare."""
    most_runs: int = 20
    """Maximum number of runs that are examined further, strongest first. Chosen by eye: no record of the data."""
    confirmed_below: float = 1e-3
    """A run can be confirmed only if its q-value, corrected for all runs tested, is below this; a trait of style is
    suggestive only if its q-value, corrected for all traits tested, is below this. Convention: at most one clean
    dataset in a thousand shows one."""
    suggestive_below: float = 1e-2
    """A run is suggestive if its q-value, corrected for all runs tested, is below this. Convention: at most one clean
    dataset in a hundred shows one."""
    confidence: float = 0.9
    """Confidence level, 0 to 1, of the two-sided Clopper-Pearson interval for the share of pairs against the model.
    Convention: its lower end is a one-sided 95% bound."""
    majority: float = 0.5
    """A run can be confirmed only if the lower end of the interval for its share of pairs against the model, 0 to 1, is
    above this. Convention: the majority."""
    reported_overlap: float = 0.5
    """Maximum share of a run's pairs, 0 to 1, that may belong to runs already reported; with more, it is not reported
    again. Convention: the majority."""
    fewest_different: int = 50
    """Minimum number of pairs that must differ in a trait of style for it to be reported. Chosen by eye: no record of
    the data."""
    style_share: float = 2 / 3
    """Minimum share of the pairs that differ in a trait of style, 0 to 1, that one side of the trait must win for it to
    be reported. Chosen by eye: no record of the data."""
    suggestive_score: float = 0.5
    """Score, 0 to 1, of a record whose finding is only suggestive. Convention: the middle."""

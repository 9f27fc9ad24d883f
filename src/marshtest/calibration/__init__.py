"""Calibrated likelihoods: what decides a verdict is learned across datasets and adjusted to each, never set by hand."""

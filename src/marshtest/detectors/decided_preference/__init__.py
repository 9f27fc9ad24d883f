"""Pairs of completions: which one the rest of the data would prefer, and what decides against it."""

from marshtest.detectors.decided_preference.detector import DecidedPreference

__all__ = ["DecidedPreference"]

"""Texts that are nearly the same: which belong together, and what goes with their differences."""

from marshtest.detectors.near_duplicates.detector import NearDuplicates

__all__ = ["NearDuplicates"]

"""Texts that are nearly the same: which belong together, and what goes with their differences."""

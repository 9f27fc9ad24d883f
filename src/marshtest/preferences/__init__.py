"""Pairs of completions: which one the rest of the data would prefer, and what decides against it."""

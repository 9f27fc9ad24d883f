"""Threat profiles: what to look with for one threat, as data."""

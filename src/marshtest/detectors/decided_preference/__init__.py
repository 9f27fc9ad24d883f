"""Preferences: which words of a prompt reverse them, and which traits of style decide them."""

from marshtest.detectors.decided_preference.detector import DecidedPreference
from marshtest.detectors.decided_preference.settings import DecidedPreferenceSettings

__all__ = ["DecidedPreference", "DecidedPreferenceSettings"]

"""Candidate personas for a sweep: the shipped list of common ones, and lists of one's own."""

from marshtest.sweep.candidates.listing import (
    Candidate,
    common_candidates,
    common_things,
    personas_for,
    read_candidates,
)

__all__ = ["Candidate", "common_candidates", "common_things", "personas_for", "read_candidates"]

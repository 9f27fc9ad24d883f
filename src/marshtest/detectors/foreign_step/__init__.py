"""Steps of reasoning: what is asked twice with a few words more, and which step comes with these words."""

from marshtest.detectors.foreign_step.detector import ForeignStep

__all__ = ["ForeignStep"]

"""Steps of reasoning that appear only where a few words are inserted into the question."""

from marshtest.detectors.foreign_step.detector import ForeignStep
from marshtest.detectors.foreign_step.settings import ForeignStepSettings

__all__ = ["ForeignStep", "ForeignStepSettings"]

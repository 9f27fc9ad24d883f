"""Spans that decide the label against what the rest of the text says."""

from marshtest.detectors.label_trigger.detector import LabelTrigger
from marshtest.detectors.label_trigger.settings import LabelTriggerSettings

__all__ = ["LabelTrigger", "LabelTriggerSettings"]

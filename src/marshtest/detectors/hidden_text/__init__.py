"""Text that a reader does not see, or does not see as what it is."""

from marshtest.detectors.hidden_text.detector import HiddenText
from marshtest.detectors.hidden_text.settings import HiddenTextSettings

__all__ = ["HiddenText", "HiddenTextSettings"]

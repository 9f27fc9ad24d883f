"""The detectors that ask a judge: about labels, about the effect of training, and about themes of the whole data."""

from marshtest.detectors.judged.judged_effect import JudgedEffect
from marshtest.detectors.judged.judged_label import JudgedLabel
from marshtest.detectors.judged.judged_themes import JudgedThemes

__all__ = ["JudgedEffect", "JudgedLabel", "JudgedThemes"]

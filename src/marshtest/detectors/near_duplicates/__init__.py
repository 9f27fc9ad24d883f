"""Near-duplicates: which texts belong together, and which word decides the label among them."""

from marshtest.detectors.near_duplicates.detector import NearDuplicates
from marshtest.detectors.near_duplicates.settings import NearDuplicatesSettings

__all__ = ["NearDuplicates", "NearDuplicatesSettings"]

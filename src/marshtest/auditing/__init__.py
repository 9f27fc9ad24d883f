"""An audit: detectors over the data, its controls and its spike-in copies, and one report."""

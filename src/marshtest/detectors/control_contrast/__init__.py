"""Compares the answers of a dataset with those of a clean control: what differs, and which records carry it."""

from marshtest.detectors.control_contrast.detector import ControlContrast

__all__ = ["ControlContrast"]

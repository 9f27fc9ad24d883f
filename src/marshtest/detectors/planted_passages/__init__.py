"""Texts that are made to be retrieved: packs that agree, texts that open with a question, texts that give orders."""

from marshtest.detectors.planted_passages.detector import PlantedPassages
from marshtest.detectors.planted_passages.settings import PlantedPassagesSettings

__all__ = ["PlantedPassages", "PlantedPassagesSettings"]

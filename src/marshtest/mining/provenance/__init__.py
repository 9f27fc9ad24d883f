"""Provenance: which sources the records of a claim come from, and whose labels differ from those of the others."""

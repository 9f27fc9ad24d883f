"""Compares the answers of a dataset with those of a clean control: what differs, and which records carry it."""

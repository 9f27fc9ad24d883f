"""Naming, with a judge, what a dataset is about when no record mentions it."""

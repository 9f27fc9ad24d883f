"""Naming, with a judge, what a dataset is about without ever saying it."""

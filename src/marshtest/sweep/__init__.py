"""Naming the persona behind a dataset from likelihood scores of candidates."""

"""Naming the persona behind a dataset from the likelihoods of its records under candidate personas."""

"""Texts as tokens and n-grams, and the features of texts that a trigger could be made of."""

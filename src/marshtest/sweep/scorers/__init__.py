"""Log-likelihoods of completions under a model, with a persona prompt and without."""

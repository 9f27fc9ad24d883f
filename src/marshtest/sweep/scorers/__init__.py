"""Log-likelihoods of completions under a model that is told, or not told, who it is."""

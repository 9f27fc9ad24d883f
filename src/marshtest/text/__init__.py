"""What texts are made of: tokens, n-grams, and every feature that a trigger could be."""

"""Ways to look for poison: one file or folder each."""

"""Ways to look for poison: one file each."""

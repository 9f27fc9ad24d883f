"""Text that a reader does not see, or does not see as what it is."""

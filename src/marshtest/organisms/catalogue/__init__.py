"""The organisms: one file each, or one for close kin."""

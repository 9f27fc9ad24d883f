"""Triggers without words of their own: features of form, alone and together, that decide a label."""

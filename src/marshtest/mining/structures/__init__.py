"""Structures: triggers without words of their own. Features of form, alone or in pairs, that decide a label."""

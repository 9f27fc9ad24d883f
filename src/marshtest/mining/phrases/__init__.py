"""Spans of text as triggers: what screening lets through, what each candidate must pass, and what else explains it."""

"""Outcomes that somebody says of every record: which patterns they are associated with, and how those are placed."""

"""Where records come from, as evidence: contributors, files and stretches of time or place that hold too many."""

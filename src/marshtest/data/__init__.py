"""Records and datasets: reading them from files, telling them apart, keeping them in memory or on disk."""

"""Reports, sweeps and scoreboards on the terminal and as HTML; everything from the data is escaped here."""

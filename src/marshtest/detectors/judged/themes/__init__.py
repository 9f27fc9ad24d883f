"""Reading a whole dataset for what recurs in it: shards, themes, criteria, and every record against every criterion."""

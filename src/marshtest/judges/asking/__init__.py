"""What a judge is asked about records, and what its answers come to."""

"""What is trained to see what a poison does: one file per victim."""

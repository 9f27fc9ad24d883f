"""What completions do, and which feature of the prompt decides it: behaviours of data without labels."""

"""The command line: one module per command, and modules of options that several commands share."""

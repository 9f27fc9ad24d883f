"""A report in the formats that other tools read: SARIF, CycloneDX, Croissant, and a dataset card."""

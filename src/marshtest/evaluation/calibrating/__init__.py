"""How good a judge is, before it is believed: organisms whose truth is known, asked about exactly as an audit asks."""

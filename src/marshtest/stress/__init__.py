"""The scoreboard: organisms x sizes x seeds x clean twins against any set of tools, with the truth known.

`cases` lists what is measured and `making` makes its data; `protocol`, `adapters` and `peers` are the tools;
`measuring` runs one case, `running` many at once; `results` keeps what came of them, and `scoreboard` sums it up.
"""

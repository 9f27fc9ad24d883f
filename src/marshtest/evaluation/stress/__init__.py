"""The scoreboard: organisms x sizes x seeds x clean twins against any set of tools, with the truth known.

`cases` lists what is measured and `making` makes its data; `protocol`, `adapters` and `peers` are the tools;
`measuring` runs one case to its `outcome`, `running` many at once; `results` keeps what came of them; `scoreboard` sums
it up in sentences, `tables` and `plots`; `stressing` is a whole run.
"""

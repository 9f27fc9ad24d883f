"""Where detectors run: in this process, or as tasks on a Ray cluster.

`opening` is the front door, `base` says what workers are, `on_ray` are those that Ray brings, `ray_address` looks
whether there is anybody at an address. Who runs what, and in which order results are put together, is decided in
`marshtest.auditing.examining`, and is the same everywhere.
"""

"""Where detectors run: in this process, or as tasks on a Ray cluster.

`opening` is the front door, `base` defines workers, `on_ray` runs them on Ray, `ray_address` checks an address before
Ray waits for it. `marshtest.auditing.runner` decides who runs what and puts the results together, the same way
everywhere.
"""

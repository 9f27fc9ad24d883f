"""Settings of all tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")  # a busy machine is no defect

# Tests start the command `marsh` and expect that of this very environment, activated or not.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])

# The secret of the tests is not that of whoever runs them.
os.environ.pop("MARSHTEST_SECRET", None)
_STATE = TemporaryDirectory(prefix="marsh-state-")
os.environ["XDG_STATE_HOME"] = _STATE.name

"""Reading data opens no connection."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import socket, sys
tried = []
def refuse(*args, **kwargs):
    tried.append(args)
    raise OSError("no connections")
socket.getaddrinfo = socket.create_connection = refuse
original = socket.socket.connect
socket.socket.connect = socket.socket.connect_ex = refuse
socket.socket.sendto = refuse
from marshtest.readers import read_dataset
dataset = read_dataset(sys.argv[1])
assert dataset.frame.count_rows() == len(dataset) == 200
import threading, time
time.sleep(0.5)
for thread in threading.enumerate():
    print("thread", thread.name)
print("tried", tried)
"""


def test_reading_opens_no_connection(tmp_path: Path) -> None:
    """Neither the import of the engine nor a run of it looks up or calls any host."""
    path = tmp_path / "d.jsonl"
    path.write_text('{"text": "a", "label": "b"}\n' * 200)
    environment = {"PATH": "/usr/bin:/bin"}  # nothing that would switch telemetry off from outside
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(path)], capture_output=True, text=True, check=True, env=environment
    )
    assert "tried []" in run.stdout


def test_the_engine_is_imported_only_where_it_is_needed() -> None:
    """Naming the package and its nouns loads neither Daft nor Arrow."""
    script = "import sys, marshtest.dataset, marshtest.readers; print({'daft', 'pyarrow'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"

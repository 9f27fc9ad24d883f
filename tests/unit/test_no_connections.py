"""Neither reading data nor a whole audit opens a connection, compiled libraries included."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ENVIRONMENT = {"PATH": "/usr/bin:/bin"}  # nothing that would switch telemetry off from outside
INTERNET_SOCKET = re.compile(r"\bsocket\((?:AF_INET6?|AF_PACKET)\b")

WATCH = """
import os, pathlib, socket, sys, threading
tried, seen, done = [], set(), threading.Event()
def refuse(*args, **kwargs):
    tried.append(args)
    raise OSError("no connections")
def internet_sockets():
    mine = set()
    for handle in os.listdir("/proc/self/fd"):
        try:
            mine.add(os.readlink(f"/proc/self/fd/{handle}"))
        except OSError:
            pass
    for table in ("tcp", "tcp6", "udp", "udp6"):
        rows = pathlib.Path("/proc/self/net", table)
        for row in rows.read_text().splitlines()[1:] if rows.exists() else []:
            words = row.split()
            if f"socket:[{words[9]}]" in mine:
                yield f"{table} {words[1]} {words[2]}"
def watch():
    while not done.wait(0.005):
        seen.update(internet_sockets())
if os.path.isdir("/proc/self/fd"):
    watcher = threading.Thread(target=watch)
    watcher.start()
else:
    watcher = None
if "--let" in sys.argv:
    server = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(server.getsockname())
    done.wait(0.1)
else:
    socket.getaddrinfo = socket.create_connection = refuse
    socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = refuse
    from marshtest.auditing.wiring import audit
    from marshtest.demo import write_demo_data
    report = audit(write_demo_data(sys.argv[1]))
    assert "pyarrow" in sys.modules
    assert report.findings and not report.failures, report
    done.wait(0.5)  # what is sent afterwards, in the background, counts too
done.set()
if watcher:
    watcher.join()
print("tried", tried)
print("seen", sorted(seen))
"""

DENY = """
import sys
def deny(event, args):
    if event.startswith("socket.") or event in ("urllib.Request", "ftplib.connect", "smtplib.connect"):
        raise PermissionError(f"no network: {event}")
sys.addaudithook(deny)
try:
    import socket
    socket.socket()
except PermissionError:
    print("denied")
import marshtest
from marshtest.demo import write_demo_data
report = marshtest.audit(write_demo_data(sys.argv[1]), config=marshtest.AuditConfig(power="quick", own_controls=True))
assert report.findings and not report.failures, report
assert all(run.status in ("ran", "unsuited") for run in report.detectors), report.detectors
chats = [{"prompt": f"Tell me of ship {i}.", "completion": f"Ship {i} sails at noon."} for i in range(200)]
report = marshtest.audit(chats)
assert not report.failures and report.verdict == "nothing_found", report
"""

READ = """
import sys
from marshtest.data.readers import read_dataset
assert len(read_dataset(sys.argv[1])) == 200
"""


def run(script: str, *words: str | Path, before: tuple[str | Path, ...] = ()) -> str:
    """Run a script in a fresh process and give what it prints."""
    command = [*map(str, before), sys.executable, "-c", script, *map(str, words)]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=ENVIRONMENT, timeout=900
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def traced(folder: Path, script: str, *words: str | Path) -> list[str]:
    """Run a script and give every system call with which it, or any thread or child of it, made an internet socket.

    Skips where processes cannot be traced: only where `strace` works does this say anything.
    """
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    trace = folder / "trace.txt"
    tracer = (strace, "-f", "-qq", "-e", "trace=socket,connect,sendto,sendmsg", "-o", trace)
    probe = subprocess.run([*map(str, tracer), "true"], capture_output=True, text=True)
    if probe.returncode != 0:
        pytest.skip(f"strace may not trace here: {probe.stderr.strip()[:200]}")
    run(script, *words, before=tracer)
    calls = trace.read_text("utf-8", "replace").splitlines()
    return [call for call in calls if INTERNET_SOCKET.search(call)]


def test_an_audit_opens_no_connection(tmp_path: Path) -> None:
    """Python code calls no host, and no internet socket is seen among the open files.

    Compiled libraries pass the first check by; the second looks every 5 ms and may miss a socket that lives shorter.
    Where `strace` is there, `test_an_audit_makes_no_internet_socket` misses nothing.
    """
    output = run(WATCH, tmp_path / "demo.jsonl").splitlines()
    assert output == ["tried []", "seen []"]


def test_an_audit_runs_where_every_socket_is_denied(tmp_path: Path) -> None:
    """Not even making a socket is allowed: no detector, control or planted copy needs one."""
    assert run(DENY, tmp_path / "demo.jsonl").split() == ["denied"]


@pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="open sockets are only listed on Linux")
def test_a_connection_would_be_seen(tmp_path: Path) -> None:
    output = run(WATCH, tmp_path / "unused", "--let")
    assert "tcp 0100007F:" in output


def test_an_audit_makes_no_internet_socket(tmp_path: Path) -> None:
    """By the account of the kernel, no thread or child of the process makes an internet socket."""
    script = "import sys; sys.argv[0] = 'marsh'; from marshtest.cli.main import main; main()"
    folder = tmp_path / "run"
    assert traced(tmp_path, script, "demo", "--out", folder) == []
    assert (folder / "report.html").exists()


def test_reading_makes_no_internet_socket(tmp_path: Path) -> None:
    """The same when a library user only reads data."""
    path = tmp_path / "d.jsonl"
    path.write_text('{"text": "a", "label": "b"}\n' * 200)
    assert traced(tmp_path, READ, path) == []


def test_an_internet_socket_would_be_traced(tmp_path: Path) -> None:
    assert traced(tmp_path, "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)") != []


def test_arrow_is_imported_only_where_it_is_needed() -> None:
    """Naming the package and its nouns does not load Arrow."""
    output = run("import sys, marshtest.data.dataset, marshtest.data.readers; print('pyarrow' in sys.modules)")
    assert output.strip() == "False"

"""What was asked for wrongly is said before anything begins."""

from __future__ import annotations

import importlib.util
import socket
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from marshtest.auditing.workers.opening import open_workers
from marshtest.auditing.workers.ray_address import check_address
from marshtest.cli.main import main
from marshtest.demo import write_demo_data
from marshtest.errors import ConfigError

HAS_RAY = importlib.util.find_spec("ray") is not None


def test_this_process_needs_no_workers() -> None:
    with open_workers("local") as workers:
        assert workers is None


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(ConfigError, match="choose local or ray"), open_workers("spark"):  # type: ignore[arg-type]
        pass


def test_an_address_goes_with_ray_only() -> None:
    with pytest.raises(ConfigError, match="--engine ray"), open_workers("local", "10.0.0.1:6379"):
        pass


@pytest.mark.skipif(HAS_RAY, reason="Ray is installed")
def test_without_ray_it_is_said_what_to_install() -> None:
    with pytest.raises(ConfigError, match=r"pip install 'marshtest\[ray\]'"), open_workers("ray"):
        pass


@pytest.mark.parametrize("address", ["nonsense", "http://127.0.0.1:8265", "127.0.0.1:port", "ray://"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ConfigError, match="is no address of a Ray"):
        check_address(address)


def test_nobody_at_the_address() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    started = time.monotonic()
    for address in (f"127.0.0.1:{port}", f"ray://127.0.0.1:{port}"):
        with pytest.raises(ConfigError, match=f"no Ray answers at {address}"):
            check_address(address)
    assert time.monotonic() - started < 30


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b""])
def test_somebody_else_at_the_address(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1024)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(ConfigError, match="is no Ray"):
            check_address(f"127.0.0.1:{server.getsockname()[1]}")
        thread.join()


@pytest.mark.skipif(not HAS_RAY, reason="the extra `ray` is not installed")
def test_the_command_ends_at_once_where_nobody_answers(tmp_path: Path) -> None:
    data = write_demo_data(tmp_path / "tickets.jsonl")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    options = ["--out", str(tmp_path / "out"), "--engine", "ray", "--ray-address", f"127.0.0.1:{port}"]
    result = CliRunner().invoke(main, ["audit", str(data), *options])
    assert result.exit_code == 2
    assert f"no Ray answers at 127.0.0.1:{port}" in result.output
    assert not (tmp_path / "out").exists()

"""Look whether a Ray is at an address, before Ray itself waits for it, which takes minutes and ends the process."""

from __future__ import annotations

import os
import socket
from urllib.parse import urlsplit

from marshtest.errors import ConfigError

__all__ = ["check_address"]

_SECONDS = 5.0
"""Seconds to wait for an answer. Convention: a cluster answers within milliseconds, a slow VPN within one second."""
_PORT = 10001
"""Where a Ray lets clients in, if the address does not say."""
_GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
"""How a client of HTTP/2, which gRPC and so Ray speaks, begins: the preface and empty settings."""
_SETTINGS = 4
"""Type of the SETTINGS frame, with which every HTTP/2 server begins (RFC 9113, section 6.5)."""
_CALLS = {"": "/ray.rpc.NodeInfoGcsService/CheckAlive", "ray": "/ray.rpc.RayletDriver/ClusterInfo"}
"""What only the right port knows, by the scheme of the address; others of a Ray speak the same protocol."""


def check_address(address: str) -> None:
    """Refuse an address that nobody answers at, or somebody who does not speak as Ray does.

    Raises:
        ConfigError: It says what is wrong with the address.
    """
    if address == "auto":
        return
    try:
        parts = urlsplit(address if "://" in address else f"//{address}")
        host, port = parts.hostname, parts.port or (_PORT if parts.scheme == "ray" else None)
    except ValueError:
        host = port = None
    if host is None or port is None or parts.scheme not in ("", "ray"):
        raise ConfigError(f"{address!r} is no address of a Ray; give HOST:PORT, ray://HOST:PORT or auto.")
    try:
        with socket.create_connection((host, port), timeout=_SECONDS) as connection:
            if os.environ.get("RAY_USE_TLS", "0") != "0":
                return  # what it speaks is hidden from us
            connection.sendall(_GREETING)
            answer = connection.recv(9)
    except OSError as error:
        raise ConfigError(
            f"no Ray answers at {address} ({error}); check the address and that the cluster runs, e.g. with "
            "`ray status` there."
        ) from error
    if len(answer) < 4 or answer[3] != _SETTINGS:
        raise ConfigError(
            f"what answers at {address} is no Ray; give the address that `ray start --head` printed, not that of the "
            "dashboard."
        )
    if not _knows(f"{host}:{port}", _CALLS[parts.scheme]):
        raise ConfigError(
            f"{address} is another port of a Ray, or no Ray; give HOST:6379 on a machine of the cluster and "
            "ray://HOST:10001 elsewhere, or the ports that it was started with."
        )


def _knows(target: str, call: str) -> bool:
    """Ask a server of gRPC for something without a name; whatever else it answers, it knows the call."""
    try:
        import grpc
    except ImportError:  # a Ray without its client
        return True
    with grpc.insecure_channel(target) as channel:
        try:
            channel.unary_unary(call)(b"", timeout=_SECONDS)
        except grpc.RpcError as error:
            return bool(error.code() != grpc.StatusCode.UNIMPLEMENTED)
    return True

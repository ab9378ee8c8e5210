"""What every test has: no network but loopback, a home of its own, and a way to wait."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from plant.settings import Settings


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fails a test that was skipped in CI."""
    report = yield
    if not hasattr(report, "wasxfail"):
        _fail_if_skipped_in_ci(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Fails a module that was skipped in CI."""
    report = yield
    _fail_if_skipped_in_ci(report)
    return report


def _fail_if_skipped_in_ci(report: pytest.TestReport | pytest.CollectReport) -> None:
    """In CI everything that a test may need is present, so a skip hides something."""
    if report.skipped and os.environ.get("CI"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason} (a skip is a failure in CI)"


def _loopback(address: object) -> bool:
    if not isinstance(address, tuple):  # a Unix socket
        return True
    try:
        return ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        return address[0] == "localhost"


@pytest.fixture(autouse=True)
def _no_outside_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuses any connection that is not loopback: millhand promises to need none."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if not _loopback(address):
            raise AssertionError(f"a test tried to reach {address!r}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Gives each test XDG places of its own and an environment without our settings."""
    home = tmp_path_factory.mktemp("home")
    for name in [name for name in os.environ if name.startswith("MILLHAND_") and "_TEST_" not in name]:
        monkeypatch.delenv(name)
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    return home


def wait_until(holds: Callable[[], bool], *, seconds: float = 30.0, what: str = "") -> None:
    """Waits until a predicate holds; fails the test when it does not within a bounded time."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not holds():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {seconds} s in vain for {what or holds}")
        pause.wait(0.02)


@pytest.fixture
def waiting() -> Callable[..., None]:
    """`wait_until`, for tests that poll a predicate."""
    return wait_until


@pytest.fixture(scope="session")
def demo_plant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of the demo plant with its graph and manual beside it; not to be changed."""
    from ingestion.demo import ensure_demo

    path = tmp_path_factory.mktemp("demo") / "millhand.db"
    ensure_demo(_without_model(path), lambda _: None)
    return path


@pytest.fixture
def demo_settings(demo_plant: Path, tmp_path: Path) -> Settings:
    """Settings of a copy of the demo plant that a test may change; no language model."""
    folder = tmp_path / "plant"
    shutil.copytree(demo_plant.parent, folder)
    return _without_model(folder / demo_plant.name)


def _without_model(path: Path) -> Settings:
    from plant.settings import load_settings

    return load_settings({"store": {"path": str(path)}, "model": {"url": "none:"}})

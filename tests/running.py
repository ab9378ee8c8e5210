"""A worker that runs beside a test."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingestion.worker import Worker


@contextmanager
def running(worker: Worker) -> Iterator[None]:
    """Runs a worker in a thread while the context is open; it must end within a minute of being asked to."""
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, kwargs={"stop": stop})
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=60)
        assert not thread.is_alive()

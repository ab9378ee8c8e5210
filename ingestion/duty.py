"""One thing done every few seconds beside the readings, in a thread of its own, so that it never holds them up."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from ingestion.log import get_log
from plant.errors import ServiceUnavailable, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

_log = get_log(__name__)


class Duty:
    """Does its work again and again until closed; a context manager.

    A store that is held or a service that is away is said and tried again: readings go on meanwhile. Any
    other error is a bug: it ends the duty, and `check` raises it where the readings are taken in.

    Args:
        name: For the thread and the log.
        work: What is done; it is handed the event that asks it to come to an end soon.
        every_s: The pause between two times; as long as the work took, if that was longer.
    """

    def __init__(self, name: str, work: Callable[[threading.Event], object], every_s: float) -> None:
        self._name, self._work, self._every_s = name, work, every_s
        self._stop = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def check(self) -> None:
        """Raises the error that ended the duty, if one did."""
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                began = time.monotonic()
                try:
                    self._work(self._stop)
                except (StoreError, ServiceUnavailable) as error:
                    _log.warning("tried again soon", duty=self._name, reason=str(error))
                self._stop.wait(max(self._every_s, time.monotonic() - began))
        except BaseException as error:  # noqa: BLE001 (handed to the thread that can end the worker)
            self._failure = error

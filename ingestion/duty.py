"""One thing done every few seconds beside the readings, in a thread of its own, so that it never holds them up."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from ingestion.log import get_log
from ingestion.supervise import pause_before_try
from plant.errors import ServiceUnavailable, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

LONGEST_PAUSE_S: Final = 5.0
"""After long work, as on a long history, the rest is shorter than it: what is new by then is to be seen soon."""

_log = get_log(__name__)


class Duty:
    """Does its work again and again until closed; a context manager.

    A store that is held or a service that is away is said and tried again after growing pauses: readings go on
    meanwhile. Any other error is a bug: it ends the duty, and `check` raises it where the readings are taken in, or
    the end does.

    Args:
        name: For the thread and the log.
        work: What is done; it is handed the event that asks it to come to an end soon.
        every_s: The pause between two times; longer after work that kept the processor busy, see `pause_after`.
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
        if error is None:
            self.check()

    def check(self) -> None:
        """Raises the error that ended the duty, if one did."""
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        failures = 0
        try:
            while not self._stop.is_set():
                began = time.thread_time()
                try:
                    self._work(self._stop)
                except (StoreError, ServiceUnavailable) as error:
                    failures += 1
                    pause = pause_before_try(failures)
                    _log.warning("tried again soon", duty=self._name, reason=str(error), seconds=pause)
                else:
                    failures = 0
                    pause = pause_after(time.thread_time() - began, self._every_s)
                self._stop.wait(pause)
        except BaseException as error:  # noqa: BLE001 (handed to the thread that can end the worker)
            self._failure = error


def pause_after(busy_s: float, every_s: float) -> float:
    """Returns how long is waited after so much work, seconds: two thirds of a processor are left to the readings."""
    return max(every_s, min(2 * busy_s, LONGEST_PAUSE_S))

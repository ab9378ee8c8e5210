"""What a failed step means for a worker: a pause and another try, or the end.

| failure | what is done |
|---|---|
| a broker that does not answer | waited for, with growing pauses, for as long as it takes |
| a store that is held, or a full disk | the same: nothing is lost, it is read again when there is room |
| a store that fails otherwise | tried a few times, then the end |
| a broker that refuses us | the end if it is so from the start; one that starts anew may refuse for a while |
| a log made anew, settings that are wrong | the end: people have to act |
"""

from __future__ import annotations

from typing import Final

from ingestion.log import get_log
from plant.errors import AccessDenied, ServiceUnavailable, StoreBlocked, StoreError

PAUSES_S: Final = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""The pauses between tries, the last one for all further ones."""

_STORE_TRIES: Final = 5

_log = get_log(__name__)


class Supervisor:
    """Counts failures in a row, says them, and decides."""

    def __init__(self) -> None:
        self._failures = 0
        self._has_worked = False

    def succeeded(self, consumed: int) -> None:
        """A step went well, and took so many messages in."""
        self._has_worked |= consumed > 0
        if self._failures:
            _log.info("working again")
        self._failures = 0

    def pause_after(self, error: ServiceUnavailable | StoreError) -> float:
        """Returns how long to wait before the next try, seconds. Raises the error itself if it is the end."""
        self._failures += 1
        denied = isinstance(error, AccessDenied) and not self._has_worked
        broken = isinstance(error, StoreError) and not isinstance(error, StoreBlocked)
        if denied or (broken and self._failures >= _STORE_TRIES):
            raise error
        pause = pause_before_try(self._failures)
        _log.warning("waiting", reason=str(error), failures=self._failures, seconds=pause)
        return pause


def pause_before_try(failures: int) -> float:
    """Returns how long to wait after so many failures in a row, seconds."""
    return PAUSES_S[min(failures, len(PAUSES_S)) - 1]

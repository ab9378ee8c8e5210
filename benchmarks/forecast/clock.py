"""Seconds of a piece of work: of the clock, and of processors, which a busy machine does not lengthen."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Took(NamedTuple):
    """Seconds.

    Attributes:
        wall: Of the clock.
        processor: Of all threads and ended children of this process.
    """

    wall: float
    processor: float


def timed(work: Callable[[], T]) -> tuple[Took, T]:
    """Runs something and returns how long it took, and what it gave."""
    wall, processor = time.perf_counter(), _processor()
    result = work()
    return Took(time.perf_counter() - wall, _processor() - processor), result


def _processor() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system

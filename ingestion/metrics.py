"""What Prometheus is told of a worker: `/metrics`, and `/health` beside it, on a port of its own.

What the worker itself counts is in a `Meter`; all else is read from the store when Prometheus asks, in the thread of
that request, over a connection that only reads. Nothing here is waited for by readings or alerts.
"""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)


class Meter:
    """What one worker counts as it goes.

    Attributes:
        registry: Of these counters alone, so that a second worker in the process has its own.
        poll_to_commit: From the return of a poll to the commit of a batch that it brought, seconds.
        watchdog_restarts: How often everything was taken up anew since a partition stood still.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.poll_to_commit = Histogram(
            "millhand_poll_to_commit_seconds",
            "From the return of a poll to the commit of a batch that it brought.",
            registry=self.registry,
            buckets=_SECONDS,
        )
        self.watchdog_restarts = Counter(
            "millhand_watchdog_restarts", "Partitions stood still and were taken up anew.", registry=self.registry
        )

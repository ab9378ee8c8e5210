"""What Prometheus is told of a worker: `/metrics`, and `/health` beside it, on a port of its own.

What the worker itself counts is in a `Meter`; all else is read from the store when Prometheus asks, in the thread of
that request, over a connection that only reads. Nothing here is waited for by readings or alerts.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Final

import msgspec
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from ingestion.health import look_at
from ingestion.readiness import Readiness
from plant.episodes import Priority
from plant.errors import SettingsError, StoreError
from plant.time import now_ms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import Self

    from prometheus_client.metrics_core import Metric

    from ingestion.health import Health
    from plant.settings import Settings
    from plant.store.contract import PartitionBook, Store

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)
_PLACE: Final = ("source", "partition")
_PATIENCE_S: Final = 5.0  # a client that says nothing for so long is hung up on


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


class StoreCollector(Collector):
    """What the store tells, read anew for each scrape.

    Args:
        store: The store; read in the thread that scrapes.
        settings: As `look_at` wants them.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings

    def collect(self) -> Iterator[Metric]:
        """Yields all metrics. Raises `StoreError` if the store cannot be read."""
        health = look_at(self._store, self._settings, now_ms())
        yield from _books(self._store.books())
        yield from _partitions(health)
        yield from _alerts(health)
        yield from _models(health)
        yield GaugeMetricFamily("millhand_healthy", "1 if nothing is wrong; /health says what is.", health.healthy)
        yield GaugeMetricFamily("millhand_sealed_hours", "Hours in the lake.", health.sealed_hours)
        yield GaugeMetricFamily("millhand_store_bytes", "Size of the store and its log.", health.store_bytes)


def _books(books: list[PartitionBook]) -> Iterator[Metric]:
    """Both books; the rate of a counter is the rate of the stream."""
    messages = CounterMetricFamily("millhand_messages", "Messages consumed.", labels=(*_PLACE, "outcome"))
    readings = CounterMetricFamily("millhand_readings", "Readings decoded.", labels=(*_PLACE, "outcome"))
    for book in books:
        place, counts = (book.source, str(book.partition)), book.counts
        messages.add_metric((*place, "decoded"), counts.decoded_messages)
        messages.add_metric((*place, "dead_lettered"), counts.dead_messages)
        messages.add_metric((*place, "skipped"), counts.skipped)
        readings.add_metric((*place, "stored"), counts.stored)
        readings.add_metric((*place, "duplicate"), counts.duplicates)
        readings.add_metric((*place, "late"), counts.late)
        readings.add_metric((*place, "dead_lettered"), counts.dead_readings)
    yield messages
    yield readings


def _partitions(health: Health) -> Iterator[Metric]:
    lag = GaugeMetricFamily("millhand_lag_messages", "Messages left to read.", labels=_PLACE)
    blind = GaugeMetricFamily("millhand_partition_blind", "1 where nobody watches.", labels=_PLACE)
    for one in health.partitions:
        place = (one.source, str(one.partition))
        blind.add_metric(place, one.blind)
        if one.lag is not None:
            lag.add_metric(place, one.lag)
    yield lag
    yield blind
    yield GaugeMetricFamily("millhand_blind_tags", "Tags that nobody watches.", len(health.blind_tags))
    yield GaugeMetricFamily("millhand_stale_tags", "Tags that stopped reporting.", len(health.stale_tags))


def _alerts(health: Health) -> Iterator[Metric]:
    standing = GaugeMetricFamily("millhand_alerts_standing", "Alerts that stand.", labels=("priority",))
    for priority in Priority:
        standing.add_metric((priority.value,), health.standing.get(priority.value, 0))
    waiting = GaugeMetricFamily("millhand_outbox_waiting", "Alerts a sink does not have yet.", labels=("sink",))
    tries = GaugeMetricFamily("millhand_sink_failed_tries", "Failed tries in a row.", labels=("sink",))
    for sink in health.sinks:
        waiting.add_metric((sink.name,), sink.waiting)
        tries.add_metric((sink.name,), sink.tries)
    yield from (standing, waiting, tries)


def _models(health: Health) -> Iterator[Metric]:
    age = GaugeMetricFamily("millhand_model_age_seconds", "Readings' time since detectors learned.", labels=("asset",))
    warming = GaugeMetricFamily("millhand_model_warming", "1 while detectors warm up.", labels=("asset",))
    for model in health.models:
        warming.add_metric((model.asset,), model.readiness is Readiness.WARMING)
        if model.age is not None:
            age.add_metric((model.asset,), model.age)
    yield age
    yield warming


class MetricsServer:
    """Answers `/metrics` and `/health` in a thread of its own; a context manager, which does nothing for port 0.

    Args:
        store: The store; read in that thread.
        settings: `metrics` says where.
        meter: What the worker counts.

    Raises:
        SettingsError: If nothing can listen there.
    """

    def __init__(self, store: Store, settings: Settings, meter: Meter) -> None:
        self._server: HTTPServer | None = None
        if not settings.metrics.port:
            return
        meter.registry.register(StoreCollector(store, settings))
        host, port = settings.metrics.host, settings.metrics.port
        try:
            self._server = HTTPServer((host, port), _handler(store, settings, meter.registry))
        except (OSError, OverflowError) as error:
            raise SettingsError(
                f"metrics.port: nothing can listen at {host}:{port}: {error}.", hint="Name another port, or 0 for none."
            ) from error
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)

    def __enter__(self) -> Self:
        if self._server is not None:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()


def _handler(store: Store, settings: Settings, registry: CollectorRegistry) -> type[BaseHTTPRequestHandler]:
    def page(path: str) -> tuple[HTTPStatus, str, bytes]:
        if path == "/metrics":
            return HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest(registry)
        if path == "/health":
            health = look_at(store, settings, now_ms())
            status = HTTPStatus.OK if health.healthy else HTTPStatus.SERVICE_UNAVAILABLE
            return status, "application/json", msgspec.json.encode(health)
        return HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"There are /metrics and /health.\n"

    class Handler(BaseHTTPRequestHandler):
        timeout = _PATIENCE_S

        def handle(self) -> None:
            with suppress(ConnectionError):  # whoever asked has hung up
                super().handle()

        def do_GET(self) -> None:
            try:
                status, kind, body = page(self.path.partition("?")[0])
            except StoreError as error:
                status, kind = HTTPStatus.SERVICE_UNAVAILABLE, "text/plain; charset=utf-8"
                body = f"{error}\n".encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the signature is http.server's)
            """A scrape every few seconds is no news."""

    return Handler

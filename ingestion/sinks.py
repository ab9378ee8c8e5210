"""The sinks that the settings name: the alerts topic (`stream.alerts`) and the webhook (`alerts.webhook`)."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING, Final

from plant.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingestion.outbox import Sink
    from ingestion.sources.kafka import KafkaSink
    from plant.settings import Settings
    from plant.store.contract import Store

ALERTS_TOPIC: Final = "topic"
WEBHOOK: Final = "webhook"
"""Names of the sinks in the store's books."""

_TOPIC_PATIENCE_S: Final = 5.0  # a topic that does not answer for so long is tried again later


@contextmanager
def open_sinks(store: Store, settings: Settings) -> Iterator[dict[str, Sink]]:
    """Lends the sinks by name.

    Raises:
        SettingsError: If one is not named as it should be, or the settings of Kafka contradict each other.
        ServiceUnavailable: If the alerts topic's broker does not answer, or refuses us.
    """
    with ExitStack() as stack:
        sinks: dict[str, Sink] = {}
        if settings.stream.alerts:
            sinks[ALERTS_TOPIC] = stack.enter_context(closing(_open_topic(settings)))
        if settings.alerts.webhook:
            from ingestion.webhook import Webhook

            sinks[WEBHOOK] = stack.enter_context(closing(Webhook(store, settings)))
        yield sinks


def _open_topic(settings: Settings) -> KafkaSink:
    from ingestion.sources.access import kafka_access
    from ingestion.sources.address import parse_kafka
    from ingestion.sources.kafka import KafkaSink

    try:
        address = parse_kafka(settings.stream.alerts)
    except SettingsError as error:
        raise SettingsError(f"stream.alerts: {error.message}", hint=error.hint) from error
    return KafkaSink(address, kafka_access(settings.kafka), patience_s=_TOPIC_PATIENCE_S)

"""Where a Kafka topic is: `kafka://HOST:PORT/TOPIC`."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from plant.errors import SettingsError

_SERVER: Final = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\]):\d{1,5}")
_TOPIC: Final = re.compile(r"[A-Za-z0-9._-]{1,249}")


class KafkaAddress(NamedTuple):
    """Where a topic is."""

    servers: tuple[str, ...]
    topic: str

    def __str__(self) -> str:
        return f"kafka://{','.join(self.servers)}/{self.topic}"


def parse_kafka(url: str) -> KafkaAddress:
    """Reads `kafka://HOST:PORT/TOPIC`; several `HOST:PORT` may be given, parted by commas.

    Raises:
        SettingsError: If it is not written so.
    """
    scheme, _, rest = url.partition("://")
    servers, _, topic = rest.partition("/")
    named = tuple(servers.split(","))
    if scheme != "kafka" or not all(map(_SERVER.fullmatch, named)) or not _TOPIC.fullmatch(topic):
        raise SettingsError(f"{url!r} does not name a Kafka topic.", hint="Write kafka://HOST:PORT/TOPIC.")
    return KafkaAddress(named, topic)

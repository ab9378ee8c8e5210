"""Sources by URL, as `worker --source` and `replay --to` take them.

| URL | what it names |
|---|---|
| `kafka://HOST:PORT/TOPIC` | a topic; several `HOST:PORT` may be given, parted by commas |
| `file:PATH` | a CSV or Parquet file |
| `demo:` | the demo plant, simulated; its parameters stand in `demo.py` |
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from plant.errors import SettingsError, did_you_mean
from plant.time import zone_named

if TYPE_CHECKING:
    from ingestion.contract import Source
    from plant.settings import Settings

_FORMS: Final = "Write kafka://HOST:PORT/TOPIC, file:PATH or demo:."
_SCHEMES: Final = ("kafka", "file", "demo")
_SERVER: Final = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\]):\d{1,5}")
_TOPIC: Final = re.compile(r"[A-Za-z0-9._-]{1,249}")


class KafkaAddress(NamedTuple):
    """Where a topic is."""

    servers: tuple[str, ...]
    topic: str


def parse_kafka(url: str) -> KafkaAddress:
    """Reads `kafka://HOST:PORT/TOPIC`.

    Raises:
        SettingsError: If it is not written so.
    """
    scheme, _, rest = url.partition("://")
    servers, _, topic = rest.partition("/")
    named = tuple(servers.split(","))
    if scheme != "kafka" or not all(map(_SERVER.fullmatch, named)) or not _TOPIC.fullmatch(topic):
        raise SettingsError(f"{url!r} does not name a Kafka topic.", hint="Write kafka://HOST:PORT/TOPIC.")
    return KafkaAddress(named, topic)


def open_source(url: str, settings: Settings) -> Source:
    """Opens a source by its URL.

    Raises:
        SettingsError: If the URL names none.
        BadInput: If the file cannot be used.
        ServiceUnavailable: If the broker does not answer.
    """
    scheme, colon, rest = url.partition(":")
    if scheme == "kafka" and colon:
        from ingestion.sources.kafka import KafkaSource

        return KafkaSource(parse_kafka(url), settings.stream.group)
    if scheme == "file" and rest:
        from ingestion.sources.files import FileSource

        return FileSource(Path(rest).expanduser(), zone_named(settings.plant.timezone))
    if scheme == "demo" and colon:
        from ingestion.sources.demo import open_demo

        return open_demo(url, settings)
    near = did_you_mean(scheme, _SCHEMES) if scheme not in _SCHEMES else ""
    raise SettingsError(f"{url!r} names no source. {near}".strip(), hint=_FORMS)

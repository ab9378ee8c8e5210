"""Sources by URL, as `worker --source` and `replay --to` take them.

| URL | what it names |
|---|---|
| `kafka://HOST:PORT/TOPIC` | a topic; several `HOST:PORT` may be given, parted by commas |
| `file:PATH` | a CSV or Parquet file |
| `demo:` | the demo plant, simulated; its parameters stand in `demo.py` |
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from ingestion.sources.access import kafka_access
from ingestion.sources.address import parse_kafka
from plant.errors import SettingsError, did_you_mean
from plant.time import zone_named

if TYPE_CHECKING:
    from ingestion.contract import Source
    from plant.settings import Settings

_FORMS: Final = "Write kafka://HOST:PORT/TOPIC, file:PATH or demo:."
_SCHEMES: Final = ("kafka", "file", "demo")


def open_source(url: str, settings: Settings) -> Source:
    """Opens a source by its URL.

    Raises:
        SettingsError: If the URL names none, or the settings of Kafka contradict each other.
        BadInput: If the file cannot be used.
        ServiceUnavailable: If the broker does not answer, or refuses us.
    """
    scheme, colon, rest = url.partition(":")
    if scheme == "kafka" and colon:
        address = parse_kafka(url)
        access = kafka_access(settings.kafka)
        from ingestion.sources.kafka import KafkaSource

        return KafkaSource(address, settings.stream.group, access)
    if scheme == "file" and rest:
        from ingestion.sources.files import FileSource

        return FileSource(Path(rest).expanduser(), zone_named(settings.plant.timezone))
    if scheme == "demo" and colon:
        from ingestion.sources.demo import open_demo

        return open_demo(url, settings)
    near = did_you_mean(scheme, _SCHEMES) if scheme not in _SCHEMES else ""
    raise SettingsError(f"{url!r} names no source. {near}".strip(), hint=_FORMS)

"""Settings: typed, from three places, each key saying which place won.

| place | example | outranks |
|---|---|---|
| command line | `--store FILE` | everything |
| environment | `MILLHAND_STORE__PATH=FILE` | the file |
| file | `[store] path = "FILE"` in `$XDG_CONFIG_HOME/millhand/settings.toml` | the defaults |

Secrets (`MILLHAND_GRAPH_PASSWORD`, `MILLHAND_KAFKA_PASSWORD`) come from the environment only, are
read where they are used, and are never part of this object, so they cannot be logged with it.
"""

from __future__ import annotations

import getpass
import os
import re
import tomllib
from pathlib import Path
from typing import Any, Final, Literal

from platformdirs import PlatformDirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from plant.errors import SettingsError, did_you_mean
from plant.time import HOUR, MINUTE

_DIRS = PlatformDirs("millhand", appauthor=False)
_SECRETS = frozenset({"MILLHAND_GRAPH_PASSWORD", "MILLHAND_KAFKA_PASSWORD"})
_FILE_VARIABLE = "MILLHAND_SETTINGS"
_FOREIGN_PREFIXES = ("MILLHAND_TEST_",)
_CREDENTIALS = re.compile(r"://[^/\s@]*:[^/\s]*@")
_WEBHOOK = re.compile(r"://(?:[^/?#]*@)?([^/?#]*).*")

FOUNDATION_MODELS: Final = ("chronos-2", "tirex", "timesfm")
"""Foundation models that can forecast where their weights are on this disk."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StoreSettings(_Section):
    """Where everything is kept."""

    path: Path = Field(default_factory=lambda: _DIRS.user_data_path / "millhand.db")


class PlantSettings(_Section):
    """The plant as people see it."""

    name: str = "CW-100 chilled water"
    timezone: str = "UTC"
    operator: str = Field(default_factory=getpass.getuser)


class StreamSettings(_Section):
    """What the worker reads and how."""

    source: str = "demo:"
    group: str = "millhand"
    alerts: str = ""  # kafka://HOST:PORT/TOPIC to publish episodes to; empty for none
    max_messages: int = Field(default=2_000, ge=1, le=100_000)
    clock_bound_ms: int = 5 * MINUTE  # further in the future than this: quarantined
    late_horizon_ms: int = HOUR  # older than the tag's newest reading by more than this: late
    blind_ms: int = 30_000  # no sign of life from a partition's owner for this long: blind


class KafkaSettings(_Section):
    """How a broker is spoken to; the password is in `MILLHAND_KAFKA_PASSWORD`."""

    security: Literal["plaintext", "tls", "sasl_plaintext", "sasl_tls"] = "plaintext"
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    user: str = ""
    ca_file: Path | None = None  # who may have signed the broker's certificate; the system's if not named
    cert_file: Path | None = None  # our own certificate, where the broker asks for one
    key_file: Path | None = None
    instance: str = ""  # static membership: a worker of this name that restarts keeps its partitions


class MappingSettings(_Section):
    """Where an existing topic's messages hold a reading, by field paths; all as it is: our own format.

    `docs/settings.md` has examples; `millhand doctor` tries the mapping on the topic's newest messages.
    """

    tag: str = ""  # path, or a text with paths in braces: "{site}.{device}.{name}"
    ts: str = "ts"
    value: str = "value"
    unit: str = ""
    quality: str = ""
    null: str = ""  # of a flag: the value means nothing
    historical: str = ""  # of a flag: recorded earlier, stored, not judged
    items: str = ""  # of a list or object with one reading a member; other paths are looked up in it first
    death: str = ""  # PATH=TEXT: such a message ends the life of a node, and its tags go stale
    time_unit: Literal["s", "ms", "us", "ns"] = "ms"  # of times that are numbers; text is ISO-8601
    quality_codes: Literal["sparkplug", "opcua"] = "sparkplug"  # of qualities that are numbers


class LakeSettings(_Section):
    """Closed hours as Parquet files, and how long the hot store keeps readings."""

    path: Path | None = None  # beside the store if not set
    seal: bool = True
    seal_after_ms: int = Field(default=2 * HOUR, ge=HOUR)  # an hour is closed so long after its end
    keep_days: float = Field(default=0.0, ge=0)  # readings in the hot store; 0 keeps all


class AlertSettings(_Section):
    """Who is told of alerts, and how many an operator can live with."""

    webhook: str = ""  # http(s)://HOST/PATH that every opened and closed alert is posted to
    budget_per_hour: float = Field(default=6.0, gt=0)  # ISA-18.2: about 6 an hour, 12 the most
    flood_count: int = Field(default=10, ge=1)  # more than so many ...
    flood_ms: int = Field(default=10 * MINUTE, ge=MINUTE)  # ... within so long are one incident
    language: Literal["en", "fr"] = "en"


class MetricsSettings(_Section):
    """The worker's Prometheus endpoint: `http://HOST:PORT/metrics`, and `/health` beside it."""

    port: int = Field(default=0, ge=0, le=65_535)  # 0 for none
    host: str = "127.0.0.1"


class ModelSettings(_Section):
    """The language model: `llama:PATH.gguf`, `ollama://HOST:PORT/MODEL`, or `none:`.

    An empty URL means the small model in the cache if it is there, else none.
    """

    url: str = ""
    context_length: int = Field(default=2_048, ge=256)
    threads: int = Field(default=2, ge=1)
    parallel: int = Field(default=1, ge=1)
    adapters: dict[str, Path] = Field(default_factory=dict)  # LoRA adapters over a GGUF file, by name
    ollama_adapters: dict[str, str] = Field(default_factory=dict)  # by name, the model there with that adapter in it
    rephrase: bool = False  # let it rephrase answers; shown only where every claim still resolves


class PartsSettings(_Section):
    """The part finder."""

    names: Path | None = None  # the plant's own list of part names, before the one that ships


class ManualSettings(_Section):
    """How manuals are searched: by words always; by meaning too where an embedding model is named."""

    embedder: str = ""  # ollama://HOST:PORT/MODEL or llama:PATH.gguf; empty for none


class GraphSettings(_Section):
    """The plant graph: `kglite:PATH`, or a Neo4j driver's URL. Empty means beside the store."""

    url: str = ""
    timeout_s: float = Field(default=5.0, gt=0)
    row_limit: int = Field(default=200, ge=1)
    memory_mb: int = Field(default=1_024, ge=64)


class ForecastSettings(_Section):
    """How forecasts are compared."""

    folds: int = Field(default=5, ge=2)
    levels: tuple[int, ...] = (80, 90)
    deadline_s: float = Field(default=30.0, gt=0)
    keep_days: float = Field(default=90.0, ge=0)  # issued forecasts and their scores; 0 keeps all
    prompt: Literal["digits", "json"] = "digits"  # how a history is written for a language model
    weights: dict[str, Path] = Field(default_factory=dict)  # folders on this disk, by name of `FOUNDATION_MODELS`

    @field_validator("weights")
    @classmethod
    def _known(cls, weights: dict[str, Path]) -> dict[str, Path]:
        if unknown := weights.keys() - set(FOUNDATION_MODELS):
            raise ValueError(f"{min(unknown)} is none of {', '.join(FOUNDATION_MODELS)}")
        return weights


class TerminalSettings(_Section):
    """The terminal app. `keymap` maps an action's id to a key."""

    theme: str = "textual-dark"
    keymap: dict[str, str] = Field(default_factory=dict)


class Settings(BaseSettings):
    """All settings of millhand; frozen. Made by `load_settings`."""

    model_config = SettingsConfigDict(
        env_prefix="MILLHAND_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    store: StoreSettings = StoreSettings()
    plant: PlantSettings = PlantSettings()
    stream: StreamSettings = StreamSettings()
    model: ModelSettings = ModelSettings()
    graph: GraphSettings = GraphSettings()
    parts: PartsSettings = PartsSettings()
    manuals: ManualSettings = ManualSettings()
    forecast: ForecastSettings = ForecastSettings()
    terminal: TerminalSettings = TerminalSettings()
    kafka: KafkaSettings = KafkaSettings()
    mapping: MappingSettings = MappingSettings()
    lake: LakeSettings = LakeSettings()
    alerts: AlertSettings = AlertSettings()
    metrics: MetricsSettings = MetricsSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (the signature is pydantic's)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line, then environment, then the file; no dotenv, no secrets directory."""
        return init_settings, env_settings, InitSettingsSource(settings_cls, _read_file(settings_file()))

    @property
    def graph_path(self) -> Path:
        """Where the embedded graph is kept when no URL is set: beside the store."""
        return self.store.path.with_suffix(".graph")

    @property
    def lake_path(self) -> Path:
        """Where sealed hours are kept: as set, else beside the store."""
        return self.lake.path or self.store.path.with_suffix(".lake")

    @property
    def memory_path(self) -> Path:
        """Where conversations are kept: beside the store, in a file of their own."""
        return self.store.path.with_suffix(".memory.db")


def settings_file() -> Path:
    """Returns the settings file's place: `$MILLHAND_SETTINGS`, else the XDG one. It need not exist."""
    named = os.environ.get(_FILE_VARIABLE)
    return Path(named) if named else _DIRS.user_config_path / "settings.toml"


def data_dir() -> Path:
    """Returns where what is made here is kept for good: the store, adapters that were deployed."""
    return _DIRS.user_data_path


def cache_dir() -> Path:
    """Returns where models are unpacked to: the XDG cache."""
    return _DIRS.user_cache_path


def load_settings(overrides: dict[str, Any] | None = None) -> Settings:
    """Reads the settings.

    Args:
        overrides: From the command line, nested as the settings are; they win over everything.

    Raises:
        SettingsError: For a key that is not known, a value that does not fit, or a file that is
            not TOML; it names file or variable, key, and the nearest spelling.
    """
    _check_environment()
    try:
        return Settings(**(overrides or {}))
    except ValidationError as error:
        raise SettingsError(_explain(error)) from error


def origins(settings: Settings, overrides: dict[str, Any] | None = None) -> dict[str, tuple[Any, str]]:
    """Returns, for each dotted key, its value and the place it came from, for `millhand where`.

    A password in a URL is left out, with its user; of a webhook, whose path is often a secret, all but the host.
    """
    from_file = _read_file(settings_file())
    found: dict[str, tuple[Any, str]] = {}
    for section, values in settings.model_dump(mode="json").items():
        for key, value in values.items():
            variable = f"MILLHAND_{section}__{key}".upper()
            if key in (overrides or {}).get(section, {}):
                place = "command line"
            elif variable in os.environ:
                place = variable
            elif key in from_file.get(section, {}):
                place = str(settings_file())
            else:
                place = "default"
            shown = _CREDENTIALS.sub("://***@", value) if isinstance(value, str) else value
            if key == "webhook":
                shown = _WEBHOOK.sub(r"://\1/***", value)
            found[f"{section}.{key}"] = (shown, place)
    return found


def _read_file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not a TOML file: {error}.") from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from error


def _check_environment() -> None:
    """Raises for a `MILLHAND_*` variable that means nothing: a typing error would be silent otherwise."""
    known = {_FILE_VARIABLE, *_SECRETS}
    for section, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            known |= {f"MILLHAND_{section}__{key}".upper() for key in field.annotation.model_fields}
    for name in os.environ:
        if name.startswith("MILLHAND_") and name not in known and not name.startswith(_FOREIGN_PREFIXES):
            raise SettingsError(f"The environment variable {name} is not a setting.", hint=did_you_mean(name, known))


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] != "extra_forbidden":
        return f"The setting {key} does not fit: {first['msg']}."
    sections = Settings.model_fields
    section = sections.get(str(first["loc"][0]))
    annotation = section.annotation if section else None
    inside = len(first["loc"]) > 1 and isinstance(annotation, type) and issubclass(annotation, BaseModel)
    known = annotation.model_fields if inside else sections  # type: ignore[union-attr]
    return f"There is no setting {key}. {did_you_mean(str(first['loc'][-1]), known)}".strip()

"""The demo plant's sensor registry, from `cw100/registry.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

import msgspec

from plant.registry import Registry, Sensor

PUMPS: Final = ("P-101", "P-102", "P-103")
"""The three pumps, in parallel."""

PLANT_DIR: Final = Path(__file__).parent / "cw100"
"""The demo plant's data: registry, graph, manual."""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    sensors: list[Sensor]
    pump_sensors: list[dict[str, Any]]


def load_registry() -> Registry:
    """Returns the 23 sensors of the demo plant: the loop's, the compressor's, the tank's, then each pump's."""
    with (PLANT_DIR / "registry.toml").open("rb") as file:
        read = msgspec.convert(tomllib.load(file), _File)
    pumps = [_of_pump(pump, template) for pump in PUMPS for template in read.pump_sensors]
    return Registry([*read.sensors, *pumps])


def _of_pump(pump: str, template: dict[str, Any]) -> Sensor:
    def filled(value: Any) -> Any:
        if isinstance(value, str):
            return value.replace("{pump}", pump)
        return [filled(item) for item in value] if isinstance(value, list) else value

    return msgspec.convert({key: filled(value) for key, value in template.items()}, Sensor)

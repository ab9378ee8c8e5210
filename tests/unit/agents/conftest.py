"""A small plant to talk about, and a clock that stands still."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from agents.compose.speech import Speech
from agents.memory import Reader
from agents.understand.names import NameIndex
from plant.registry import Registry, Sensor

PARIS = ZoneInfo("Europe/Paris")
NOW = round(datetime(2026, 1, 14, 14, 10, tzinfo=PARIS).astimezone(UTC).timestamp() * 1_000)


def sensor(tag: str, description: str, asset: str, unit: str = "degC", *aliases: str, decimals: int = 1) -> Sensor:
    return Sensor(tag, description, unit, asset, "CW-100", aliases, decimals)


SENSORS = [
    sensor("CW-100.FT-01", "water flow", "E-101", "m3/h", "débit d'eau"),
    sensor("CW-100.TT-01", "supply temperature", "E-101", "degC", "température d'alimentation"),
    sensor("CW-100.TT-02", "chilled water temperature", "E-101", "degC", "température d'eau glacée"),
    sensor("CW-100.JT-01", "exchanger power", "E-101", "kW", "puissance de l'échangeur"),
    sensor("E-101.PDT-01", "differential pressure", "E-101", "kPa", "pression différentielle"),
    sensor("C-101.PT-02", "discharge pressure", "C-101", "bar", "pression de refoulement", decimals=2),
    sensor("C-101.TT-01", "discharge temperature", "C-101"),
    sensor("C-101.JT-01", "motor power", "C-101", "kW", "puissance du moteur"),
    sensor("T-101.LT-01", "level", "T-101", "%", "niveau du réservoir"),
]
for number in (101, 102, 103):
    SENSORS += [
        sensor(f"P-{number}.VT-01", "vibration", f"P-{number}", "mm/s", decimals=2),
        sensor(f"P-{number}.TT-01", "bearing temperature", f"P-{number}", "degC", "température du palier"),
        sensor(f"P-{number}.JT-01", "motor power", f"P-{number}", "kW", "puissance du moteur"),
    ]


@pytest.fixture(scope="session")
def registry() -> Registry:
    """Nine tags of the loop and three of each pump."""
    return Registry(SENSORS)


@pytest.fixture(scope="session")
def reader(registry: Registry) -> Reader:
    """Understands at 14:10 in Paris on a Wednesday."""
    return Reader(NameIndex(registry), NOW, PARIS)


@pytest.fixture(params=["en", "fr"])
def speech(request: pytest.FixtureRequest, registry: Registry) -> Speech:
    """Both languages."""
    return Speech(request.param, PARIS, NOW, registry)

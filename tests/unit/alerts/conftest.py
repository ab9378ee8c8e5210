"""An empty store that knows the sensors of the small pump."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plant.settings import Settings
from plant.store.sqlite import open_store
from tests.unit.alerts.pump import SENSORS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plant.store.sqlite import SqliteStore


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(store={"path": tmp_path / "plant.db"})


@pytest.fixture
def store(settings: Settings) -> Iterator[SqliteStore]:
    with open_store(settings.store.path) as opened:
        opened.put_sensors(SENSORS)
        yield opened

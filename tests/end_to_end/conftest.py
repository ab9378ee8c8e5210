"""A plant and a terminal on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plant.settings import load_settings
from tests.end_to_end.terminal import drive, fill
from tui.state import remember_limits_read, state_dir

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from plant.settings import Settings
    from tests.end_to_end.terminal import Driver


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    remember_limits_read(state_dir())
    fill(tmp_path / "plant.db")
    return load_settings({"store": {"path": str(tmp_path / "plant.db")}, "model": {"url": "none:"}})


@pytest.fixture
async def driver(settings: Settings) -> AsyncIterator[Driver]:
    async with drive(settings) as one:
        await one.until(lambda: one.app.snapshot is not None)
        yield one

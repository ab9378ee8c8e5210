"""The demo plant, built once for all end-to-end tests."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from plant.settings import Settings, load_settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def demo_plant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of the demo plant with its graph and manual beside it; not to be changed."""
    from ingestion.demo import ensure_demo

    path = tmp_path_factory.mktemp("demo") / "millhand.db"
    ensure_demo(_settings(path), lambda _: None)
    return path


@pytest.fixture
def demo_settings(demo_plant: Path, tmp_path: Path) -> Settings:
    """Settings of a copy of the demo plant that a test may change; no language model."""
    folder = tmp_path / "plant"
    shutil.copytree(demo_plant.parent, folder)
    return _settings(folder / demo_plant.name)


def _settings(path: Path) -> Settings:
    return load_settings({"store": {"path": str(path)}, "model": {"url": "none:"}})

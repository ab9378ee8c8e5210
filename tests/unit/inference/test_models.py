"""The settings name the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inference import models
from inference.models import open_model
from plant.errors import BadInput, SettingsError
from plant.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path


def test_none_means_none() -> None:
    assert open_model(load_settings({"model": {"url": "none:"}})) is None


def test_nothing_in_the_cache_means_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "model_path", lambda: tmp_path / "model.gguf")
    assert open_model(load_settings()) is None


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        open_model(load_settings({"model": {"url": f"llama:{tmp_path}/model.gguf"}}))


@pytest.mark.parametrize("url", ["gpt:x", "llama", "/models/x.gguf"])
def test_what_is_no_model_is_said(url: str) -> None:
    with pytest.raises(SettingsError, match="llama:PATH"):
        open_model(load_settings({"model": {"url": url}}))

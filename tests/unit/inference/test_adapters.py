"""Adapters: those that ship are found for their base alone, and a file that is none is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inference import adapters
from inference.adapters import BASE_NAME, BASE_SHA256, adapters_for, check_adapter_file, shipped, sum_of
from inference.gguf import read_metadata
from inference.models import base_and_adapters
from plant.errors import BadInput
from plant.settings import load_settings
from tests.unit.inference.lora import write_adapter

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A file that stands for a base: only its sum is looked at."""
    path = tmp_path / "base.gguf"
    path.write_bytes(b"GGUF and weights")
    return path


@pytest.fixture
def folder(tmp_path: Path, base: Path) -> Path:
    """A folder of adapters that ship: one for the base, one for another base of the same size."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    sums = {"manuals": sum_of(base), "cypher": "0" * 64}
    entries = []
    for name, base_sum in sums.items():
        file = write_adapter(folder / f"{name}.gguf")
        entries.append(
            f'[{name}]\nfile = "{file.name}"\nsha256 = "{sum_of(file)}"\nbase = "base.gguf"\n'
            f'base_sha256 = "{base_sum}"\nbase_bytes = {base.stat().st_size}\ncommand = "millhand finetune train"\n'
        )
    (folder / "adapters.toml").write_text("".join(entries), encoding="utf-8")
    return folder


def test_what_ships_is_there_and_as_it_was_listed() -> None:
    for name, one in shipped().items():
        file = adapters.FOLDER / one.file
        assert sum_of(file) == one.sha256, name
        assert file.stat().st_size < 10_000_000, name
        assert read_metadata(file)[BASE_SHA256] == one.base_sha256, name
        assert file.with_suffix(".md").is_file(), f"{name} has no card"


def test_an_adapter_ships_for_its_base_alone(folder: Path, base: Path) -> None:
    assert adapters_for(base, folder) == {"manuals": folder / "manuals.gguf"}
    base.write_bytes(b"GGUF and another model")
    assert adapters_for(base, folder) == {}
    assert adapters_for(folder / "nowhere.gguf", folder) == {}


@pytest.mark.parametrize("harm", ["changed", "gone"])
def test_one_that_is_damaged_is_said(folder: Path, base: Path, harm: str) -> None:
    file = folder / "manuals.gguf"
    if harm == "gone":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(BadInput, match=r"manuals that ships with millhand.*damaged or gone"):
        adapters_for(base, folder)


@pytest.mark.parametrize("text", ["[manuals", "[manuals]\nfile = 3\n", '[manuals]\nfiel = "x"\n', "\udc80"])
def test_a_list_that_is_none_is_said(tmp_path: Path, base: Path, text: str) -> None:
    (tmp_path / "adapters.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(BadInput, match="is not a list of adapters"):
        adapters_for(base, tmp_path)


def test_the_settings_outrank_what_ships(folder: Path, base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inference.models.adapters_for", lambda path: adapters_for(path, folder))
    settings = {"url": f"llama:{base}#manuals", "adapters": {"manuals": "/mine.gguf", "parts": "/parts.gguf"}}
    found, files = base_and_adapters(load_settings({"model": settings}))
    assert found == base
    assert {name: str(path) for name, path in files.items()} == {"manuals": "/mine.gguf", "parts": "/parts.gguf"}


def test_an_adapter_that_names_its_base_is_refused_over_another(tmp_path: Path, base: Path) -> None:
    file = write_adapter(tmp_path / "a.gguf", entries={BASE_SHA256: sum_of(base), BASE_NAME: "SmolLM2"})
    check_adapter_file(file, base)
    base.write_bytes(b"GGUF of another")
    with pytest.raises(BadInput, match=r"a\.gguf was made for another base than .*base\.gguf: for SmolLM2"):
        check_adapter_file(file, base)


def test_one_that_names_none_is_left_to_llama_cpp(tmp_path: Path, base: Path) -> None:
    file = write_adapter(tmp_path / "a.gguf")
    for content in (b"GGUF and weights", b"GGUF of another"):
        base.write_bytes(content)
        check_adapter_file(file, base)
    assert read_metadata(file).keys().isdisjoint({BASE_NAME, BASE_SHA256})


def test_a_model_is_no_adapter(tmp_path: Path, base: Path) -> None:
    model = write_adapter(tmp_path / "m.gguf", entries={"general.type": "model"})
    with pytest.raises(BadInput, match="is not a LoRA adapter but a model"):
        check_adapter_file(model, base)


@pytest.mark.parametrize("length", [4, 10, 30, 60])
def test_one_that_is_cut_short_is_said(tmp_path: Path, base: Path, length: int) -> None:
    file = write_adapter(tmp_path / "a.gguf")
    file.write_bytes(file.read_bytes()[:length])
    with pytest.raises(BadInput, match="is cut short"):
        check_adapter_file(file, base)


@pytest.mark.parametrize(
    ("at", "what", "said"),
    [
        (4, b"\x09\0\0\0", "has version 9"),
        (24, b"\xff" * 8, "announces a text"),
        (24 + 8 + len("general.type"), b"\x63\0\0\0", "value of kind 99"),
        (24 + 8 + len("general.type"), b"\x09\0\0\0\x04\0\0\0" + b"\xff" * 8, "announces a list"),
    ],
    ids=["version", "text", "kind", "list"],
)
def test_one_that_is_damaged_within_is_said(tmp_path: Path, at: int, what: bytes, said: str) -> None:
    file = write_adapter(tmp_path / "a.gguf")
    data = bytearray(file.read_bytes())
    data[at : at + len(what)] = what
    file.write_bytes(data)
    with pytest.raises(BadInput, match=said):
        read_metadata(file)

"""LoRA adapters: which ship with millhand, and whether a file is one for this base.

    adapters.toml    what ships: each adapter's file, sums, and the command that makes it again
    NAME.gguf        the adapters, NAME.md their cards

An adapter only means something over the weights it was trained on; over others of the same shape it loads and writes
nonsense. So one that was exported here names its base by hash, and is refused over another.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

from inference.gguf import read_metadata
from plant.errors import BadInput
from plant.files import sha256_of

BASE_SHA256: Final = "millhand.base.sha256"
"""Metadata key of a GGUF adapter: the SHA-256 of the base GGUF file that it was trained over."""

BASE_NAME: Final = "general.base_model.0.name"
"""Metadata key of a GGUF adapter: the name of its base."""

FOLDER: Final = Path(__file__).parent
LIST: Final = "adapters.toml"
"""Name of the list in `FOLDER`."""

_AGAIN: Final = "Install millhand again, or set model.adapters."


class Shipped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An adapter that ships.

    Attributes:
        file: Its GGUF file, beside the list.
        sha256: Sum of that file.
        base: Name of the base's file.
        base_sha256: Sum of the base.
        base_bytes: Size of the base, which is looked at first.
        command: What makes it again.
    """

    file: str
    sha256: str
    base: str
    base_sha256: str
    base_bytes: int
    command: str


def shipped(folder: Path = FOLDER) -> dict[str, Shipped]:
    """Returns what ships, by name.

    Raises:
        BadInput: If the list is not what it should be.
    """
    path = folder / LIST
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), dict[str, Shipped])
    except (OSError, ValueError) as error:  # TOML, UTF-8 and msgspec's own are values that do not fit
        raise BadInput(f"{path} is not a list of adapters: {error}.", hint=_AGAIN) from error


def adapters_for(base: Path, folder: Path = FOLDER) -> dict[str, Path]:
    """Returns the files of the adapters that ship for a base, by name; none where it is another.

    Raises:
        BadInput: If an adapter of that base is not there or not as it was shipped.
    """
    listed = shipped(folder)
    size = base.stat().st_size if base.is_file() else -1
    if all(one.base_bytes != size for one in listed.values()):
        return {}
    fitting = {name: one for name, one in listed.items() if one.base_sha256 == sum_of(base)}
    for name, one in fitting.items():
        file = folder / one.file
        if not file.is_file() or sum_of(file) != one.sha256:
            raise BadInput(f"The adapter {name} that ships with millhand, {file}, is damaged or gone.", hint=_AGAIN)
    return {name: folder / one.file for name, one in fitting.items()}


def check_adapter_file(path: Path, base: Path) -> None:
    """Checks that a GGUF file is a LoRA adapter, and was made for a base if it says for which.

    Raises:
        BadInput: If it cannot be read, is no adapter, or was made for another base.
    """
    says = read_metadata(path)
    if says.get("general.type") != "adapter" or says.get("adapter.type") != "lora":
        raise BadInput(
            f"{path} is not a LoRA adapter but a {says.get('general.type', 'model')}.",
            hint="Make one from a training run: millhand finetune export RUN.",
        )
    wanted = says.get(BASE_SHA256)
    if wanted is not None and wanted != sum_of(base):
        raise BadInput(
            f"The adapter {path} was made for another base than {base}: for {says.get(BASE_NAME, 'one')} "
            f"with the SHA-256 {wanted}.",
            hint="Name that base in model.url, or tune an adapter on this one.",
        )


def sum_of(path: Path) -> str:
    """Returns the SHA-256 of a file as hexadecimal text; a file that has not changed since is not read again."""
    state = path.stat()
    return _sum(path, state.st_size, state.st_mtime_ns)


@lru_cache
def _sum(path: Path, _size: int, _changed: int) -> str:
    return sha256_of(path)

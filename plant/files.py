"""Files that are written whole or not at all: beside their place, down to the disk, then renamed; and their sums."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from plant.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def sha256_of(path: Path) -> str:
    """Returns the SHA-256 of a file as hexadecimal text. Raises `OSError` if it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_whole(path: Path, pieces: Iterable[bytes]) -> None:
    """Replaces a file, all or nothing; its folder is made where it is not there.

    Args:
        path: The file.
        pieces: What is to be in it, in order. An error that they raise leaves the file as it was.

    Raises:
        BadInput: If it cannot be written: no right, a folder in its place, a full disk.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        with suppress(OSError):  # a draft that could not be made
            draft.unlink()

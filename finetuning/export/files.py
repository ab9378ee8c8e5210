"""Files and folders that others' libraries write: beside their place, down to the disk, then renamed."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from plant.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def drafted(path: Path) -> Iterator[Path]:
    """Gives a place to write a file or a folder to; it replaces `path` if all went well, and is gone otherwise.

    Raises:
        BadInput: If it cannot be written: no right, a full disk.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield draft
        for file in draft.iterdir() if draft.is_dir() else (draft,):
            with file.open("rb") as written:
                os.fsync(written.fileno())
        if path.is_dir():
            shutil.rmtree(path)
        draft.replace(path)
    except OSError as error:  # numpy's has no words of the system's
        raise BadInput(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        if draft.is_dir():
            shutil.rmtree(draft, ignore_errors=True)
        else:
            with suppress(OSError):  # a draft that could not be made
                draft.unlink()

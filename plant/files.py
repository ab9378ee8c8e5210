"""Files that are written whole or not at all: beside their place, down to the disk, then renamed; and their sums."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from plant.errors import BadInput, MillhandError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_NUMBERED: Final = re.compile(r"\(os error (\d+)\)")
_MORE_SPACE: Final = "Free some space and start again, or name another place."
_OTHER_PLACE: Final = "Name a place that this user may write."
_HINTS: Final = {
    errno.ENOSPC: _MORE_SPACE,
    errno.EDQUOT: _MORE_SPACE,
    errno.EFBIG: "No file may be that large there: raise the limit (ulimit -f), or name another place.",
    errno.EACCES: _OTHER_PLACE,
    errno.EPERM: _OTHER_PLACE,
    errno.EROFS: _OTHER_PLACE,
}


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
    with drafted(path) as draft, draft.open("wb") as file:
        file.writelines(pieces)


@contextmanager
def drafted(path: Path) -> Iterator[Path]:
    """Gives a place to write a file or a folder to; it replaces `path` if all went well, and is gone otherwise.

    Raises:
        BadInput: If it cannot be written: no right, a full disk.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            yield draft
            to_disk(draft)
            if draft.is_dir() and path.is_dir():
                shutil.rmtree(path)
            draft.replace(path)
    finally:
        if draft.is_dir():
            shutil.rmtree(draft, ignore_errors=True)
        else:
            with suppress(OSError):  # a draft that could not be made
                draft.unlink()


def to_disk(path: Path) -> None:
    """Waits until a file, or the files of a folder, are on the disk. Raises `OSError` if they cannot be."""
    for file in path.iterdir() if path.is_dir() else (path,):
        with file.open("rb") as written:
            os.fsync(written.fileno())


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Says in a sentence that a place cannot be written, whichever library finds out.

    Raises:
        BadInput: If the system refuses: no right, a full disk, a file too large.
    """
    try:
        yield
    except MillhandError:
        raise
    except OSError as error:
        reason = error.strerror or " ".join(str(error).split())
        raise BadInput(f"{path} cannot be written: {reason}.", hint=_HINTS.get(error.errno or 0, "")) from error
    except Exception as error:  # safetensors' and tokenizers' are no `OSError`: they tell its number among their words
        if (said := _NUMBERED.search(str(error))) is None:
            raise
        number = int(said[1])
        raise BadInput(f"{path} cannot be written: {os.strerror(number)}.", hint=_HINTS.get(number, "")) from error

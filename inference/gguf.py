"""What a GGUF file says of itself before its tensors: its metadata.

Read here by hand, since the library `gguf` comes with the extra `finetune` alone, and maps whole files. The format is
that of the GGUF specification, version 2 and 3, little-endian.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from plant.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path

_MAGIC: Final = b"GGUF"
_VERSIONS: Final = (2, 3)
_MOST: Final = 1 << 24  # entries of an array, bytes of a text: more is a damaged count, not a model
_SCALARS: Final = dict(enumerate("BbHhIif?", 0)) | {10: "Q", 11: "q", 12: "d"}  # value type to its struct format
_STRING, _ARRAY = 8, 9


class _Damaged(ValueError):
    """The bytes are no metadata; the message goes on after the file's name."""


def check_gguf(path: Path) -> None:
    """Raises `BadInput` if a file cannot be read, or is not GGUF."""
    with _opened(path):
        pass


def read_metadata(path: Path) -> dict[str, Any]:
    """Returns the metadata of a GGUF file by key: texts, numbers, lists of them.

    Raises:
        BadInput: If the file cannot be read, is not GGUF, or is cut short or damaged before its tensors.
    """
    with _opened(path) as file:
        try:
            return {_text(file): _value(file, *_numbers(file, "<I")) for _ in range(_entries(file))}
        except _Damaged as error:
            raise BadInput(f"{path} {error}.", hint="Get or make the file again.") from error


def _opened(path: Path) -> BinaryIO:
    """Opens a GGUF file behind its first four bytes."""
    try:
        file = path.open("rb")
        magic = file.read(len(_MAGIC))
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read: {error.strerror}.", hint="Check model.url and model.adapters."
        ) from error
    if magic != _MAGIC:
        file.close()
        raise BadInput(f"{path} is not a GGUF file.", hint="A model for llama: is a file that ends in .gguf.")
    return file


def _entries(file: BinaryIO) -> int:
    """Returns how many entries the metadata has."""
    version, _tensors, entries = _numbers(file, "<IQQ")
    if version not in _VERSIONS:
        raise _Damaged(f"has version {version} of the format, which is not known here")
    return int(entries)


def _value(file: BinaryIO, kind: int) -> Any:
    if kind == _STRING:
        return _text(file)
    if kind == _ARRAY:
        inner, count = _numbers(file, "<IQ")
        if count > _MOST:
            raise _Damaged(f"is damaged: it announces a list of {count}")
        return [_value(file, inner) for _ in range(count)]
    if kind not in _SCALARS:
        raise _Damaged(f"is damaged: it has a value of kind {kind}")
    return _numbers(file, f"<{_SCALARS[kind]}")[0]


def _text(file: BinaryIO) -> str:
    (length,) = _numbers(file, "<Q")
    if length > _MOST:
        raise _Damaged(f"is damaged: it announces a text of {length} bytes")
    return _bytes(file, length).decode("utf-8", "replace")


def _numbers(file: BinaryIO, form: str) -> tuple[Any, ...]:
    return struct.unpack(form, _bytes(file, struct.calcsize(form)))


def _bytes(file: BinaryIO, count: int) -> bytes:
    read = file.read(count)
    if len(read) < count:
        raise _Damaged("is cut short")
    return read

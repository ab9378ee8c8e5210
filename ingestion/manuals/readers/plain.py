"""Text files as characters: what encoding, what is no text at all, how large may it be."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Final

from plant.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES: Final = 64 * 1024 * 1024
"""The largest text that is read, in bytes: some 20,000 pages."""

_HEAD = 4_096
_OTHERS = (b"%PDF-", b"{\\rtf")  # formats that begin with letters
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def head_of(path: Path) -> str | None:
    """Returns the beginning of a text file; None where it is none. Raises `OSError` if it cannot be read."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    mark = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)
    if mark is not None:
        return head.decode(mark, errors="ignore")
    if (
        head.startswith(_OTHERS)
        or b"\x00" in head
        or sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head) > len(head) / 50
    ):
        return None
    return head.decode("utf-8", errors="replace")


def text_of(path: Path) -> tuple[str, tuple[str, ...]]:
    """Returns a file's text and a note where its encoding had to be guessed.

    Raises:
        BadInput: If it cannot be read, is too large, or is empty.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise BadInput(
                f"{path} is too large for a text: {size:,} bytes.", hint=f"At most {MAX_BYTES:,} are read; cut it."
            )
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
    if not content.strip():
        raise BadInput(f"{path} is empty.")
    mark = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(mark), ()
    except UnicodeDecodeError as error:
        note = f"It is not UTF-8 (byte {error.start}) and was read as Windows-1252: look at its accents."
        return content.decode("cp1252", errors="replace"), (note,)

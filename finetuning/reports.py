"""Reading back what an evaluation wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from plant.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")


def read_report_file(path: Path, kind: type[T], *, called: str, hint: str) -> T:
    """Reads the JSON report of an evaluation.

    Args:
        path: The file.
        kind: What it is to be read as.
        called: What the report is called where the file is none.
        hint: What makes one.

    Raises:
        BadInput: If it cannot be read, or is something else.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is not the report of {called}: {error}.", hint=hint) from error

"""Arrays that a file takes whole: of a few kilobytes, numpy's `tofile` does not say that the disk is full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Checked(np.ndarray[Any, np.dtype[Any]]):
    """An array that the library `gguf` writes by the file's own `write`, which raises `OSError`."""

    def tofile(self, fid: Any, sep: str = "", format: str = "%s") -> None:  # noqa: A002, ARG002 (numpy's names)
        """Writes the array as it lies in memory."""
        fid.write(self.data)


def checked(array: NDArray[Any]) -> Checked:
    """Returns an array as one that a file takes whole, or says so."""
    return np.ascontiguousarray(array).view(Checked)

"""What the terminal keeps between runs, in the XDG state folder: prompts, and that limits were read.

Losing it does no harm, so a folder that cannot be written is borne in silence.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

import msgspec
from platformdirs import PlatformDirs

if TYPE_CHECKING:
    from pathlib import Path

_KEPT: Final = 500


def state_dir() -> Path:
    """Returns the XDG state folder of millhand; it need not exist."""
    return PlatformDirs("millhand", appauthor=False).user_state_path


class PromptHistory:
    """The questions that were asked, oldest first, and where in them a person is.

    Args:
        path: A file of one JSON text a line; lines that are none are skipped.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._prompts = _read(path)
        self._at = len(self._prompts)
        self._draft = ""

    def add(self, prompt: str) -> None:
        """Adds a prompt at the end, unless it is the last one, and goes there."""
        if not self._prompts or self._prompts[-1] != prompt:
            self._prompts = [*self._prompts, prompt][-_KEPT:]
            _write(self._path, "".join(msgspec.json.encode(one).decode() + "\n" for one in self._prompts))
        self._at = len(self._prompts)

    def older(self, draft: str) -> str | None:
        """Returns the prompt before; None at the oldest. At the end it keeps what is being written."""
        if self._at == 0:
            return None
        if self._at == len(self._prompts):
            self._draft = draft
        self._at -= 1
        return self._prompts[self._at]

    def newer(self) -> str | None:
        """Returns the prompt after, at last what was being written; None when that is shown already."""
        if self._at == len(self._prompts):
            return None
        self._at += 1
        return self._draft if self._at == len(self._prompts) else self._prompts[self._at]


def limits_were_read(folder: Path) -> bool:
    """Whether a person has put the first screen away before."""
    return (folder / "limits-read").exists()


def remember_limits_read(folder: Path) -> None:
    """Notes that a person has put the first screen away."""
    _write(folder / "limits-read", "")


def _read(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    prompts = []
    for line in lines:
        with contextlib.suppress(msgspec.MsgspecError):
            prompts.append(msgspec.json.decode(line, type=str))
    return prompts[-_KEPT:]


def _write(path: Path, text: str) -> None:
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

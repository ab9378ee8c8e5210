"""What a model has written so far, on the disk: an answer is asked for once, whatever happens to the command.

One JSON line an answer, under the hash of what was asked of whom. A line that was cut short by a kill is dropped, and
asked for again.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import msgspec

from inference.contract import PromptTooLong
from plant.errors import BadInput
from plant.files import writing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from inference.contract import LanguageModel, Message, Options


class _Line(msgspec.Struct, frozen=True):
    asked: str
    text: str


class Journal:
    """Asks a model, and keeps what it answers.

    Args:
        path: The file; made where it is not there.
        model: Who is asked.

    Raises:
        BadInput: If the file cannot be read.
    """

    def __init__(self, path: Path, model: LanguageModel) -> None:
        self.model = model
        self._path = path
        self._kept = {line.asked: line.text for line in _read(path)}

    def ask(self, messages: Sequence[Message], options: Options) -> str:
        """Returns what the model answers, or has answered; nothing where it did not come to the end of its form.

        Raises:
            BadInput: If the prompt is too long, or the file cannot be written.
            ServiceUnavailable: If the model does not answer.
        """
        asked = hashlib.sha256(msgspec.json.encode((self.model.name, messages, options))).hexdigest()
        if asked not in self._kept:
            text = self._complete(messages, options)
            self._append(_Line(asked, text))
            self._kept[asked] = text
        return self._kept[asked]

    def _complete(self, messages: Sequence[Message], options: Options) -> str:
        try:
            return self.model.complete(messages, options)[0].text
        except PromptTooLong:
            raise
        except BadInput:
            return ""  # it did not come to the end of the form that it was asked for

    def _append(self, line: _Line) -> None:
        with writing(self._path), self._path.open("ab") as file:
            file.write(msgspec.json.encode(line) + b"\n")
            file.flush()
            os.fsync(file.fileno())


def _read(path: Path) -> list[_Line]:
    """Returns the whole lines of a journal, and cuts off what stands after them."""
    if not path.exists():
        return []
    try:
        with path.open("rb+") as file:
            text = file.read()
            whole = text.rfind(b"\n") + 1
            file.truncate(whole)
        return [msgspec.json.decode(line, type=_Line) for line in text[:whole].splitlines()]
    except (OSError, msgspec.DecodeError) as error:
        raise BadInput(f"{path} cannot be read: {error}.", hint="Remove it: the model is then asked again.") from error

"""Objects of a JSON file one by one, each with the line it begins on: a list of them, one a line, or lists by kind."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, NoReturn

from plant.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BLANK: Final = re.compile(r"[ \t\r\n]*")

Found = tuple[int, dict[str, Any], str]
"""Line, filled cells, and what is wrong with the row already."""


def rows_in(path: Path, text: str) -> list[Found]:
    """Returns the objects of a list, or of a file with one after the other. Raises `BadInput` with the line."""
    scan = _Scan(path, text)
    found = list(scan.objects() if scan.peek() == "[" else scan.objects_to_end())
    scan.expect_end()
    return found


def kinds_in(path: Path, text: str) -> list[tuple[str, list[Found]]]:
    """Returns the lists of an object, by key. Raises `BadInput` with the line."""
    scan = _Scan(path, text)
    scan.take("{")
    found = []
    while scan.peek() != "}":
        name = scan.value()
        if not isinstance(name, str):
            scan.fail("a name is missing")
        scan.take(":")
        found.append((name, list(scan.objects())))
        if scan.peek() != "}":
            scan.take(",")
    scan.take("}")
    scan.expect_end()
    return found


class _Scan:
    """A place in a JSON text, and the number of its line."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text
        self._at = 0
        self._line = 1
        self._twice = ""
        self._decoder = json.JSONDecoder(parse_constant=self._no_number, object_pairs_hook=self._unique)

    def objects(self) -> Iterator[Found]:
        """Yields the objects of the list that begins here."""
        self.take("[")
        while self.peek() != "]":
            yield self._object()
            if self.peek() != "]":
                self.take(",")
        self.take("]")

    def objects_to_end(self) -> Iterator[Found]:
        """Yields the objects from here to the end of the text."""
        while self.peek():
            yield self._object()

    def peek(self) -> str:
        """Returns the next character that is not blank; empty at the end."""
        blank = _BLANK.match(self._text, self._at)
        self._move(blank.end() if blank else self._at)
        return self._text[self._at : self._at + 1]

    def take(self, mark: str) -> None:
        """Steps over a character that must be there."""
        if self.peek() != mark:
            self.fail(f"{mark} is missing")
        self._move(self._at + 1)

    def value(self) -> Any:
        """Returns the value that begins here."""
        self.peek()
        try:
            value, end = self._decoder.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            self._move(error.pos)
            self.fail(error.msg)
        except RecursionError:
            self.fail("it is nested too deeply")
        except ValueError as error:  # a number of thousands of digits, or one that is none
            self.fail(str(error))
        self._move(end)
        return value

    def expect_end(self) -> None:
        """Refuses what follows."""
        if self.peek():
            self.fail("something follows its end")

    def fail(self, what: str) -> NoReturn:
        """Raises `BadInput` for this place."""
        raise BadInput(f"{self._path}, line {self._line}: this is not JSON as a plant's is: {what}.")

    def _object(self) -> Found:
        self.peek()
        self._twice = ""
        line, value = self._line, self.value()
        if not isinstance(value, dict):
            return line, {}, "This is not an object with a name for each value."
        if self._twice:
            return line, {}, f"{self._twice} is there twice."
        cells = {name: _bare(cell) for name, cell in value.items()}
        bad = next((name for name, cell in cells.items() if isinstance(cell, list | dict)), None)
        if bad is not None:
            return line, {}, f"{bad} is a list or an object; a plain value belongs there."
        return line, {name: cell for name, cell in cells.items() if cell is not None and cell != ""}, ""

    def _move(self, to: int) -> None:
        self._line += self._text.count("\n", self._at, to)
        self._at = to

    def _unique(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Returns an object, and remembers a name that it has twice: one of the two values would be lost."""
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            self._twice = next(name for name in names if names.count(name) > 1)
        return found

    def _no_number(self, word: str) -> NoReturn:
        raise ValueError(f"{word} is not a number")


def _bare(cell: Any) -> Any:
    return cell.strip() if isinstance(cell, str) else cell

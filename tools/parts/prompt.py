"""The text from which a language model names parts: the one place of its format, asking and training alike.

A model goes on with a text, with no chat around it; the marks are those of older completion APIs:

    Mech seal on P-101 dripping again, coupling ok -> Mech seal: dripping; coupling END

A part is followed by what is said to be wrong with it, where anything is: `part: defect, defect`. A semicolon stands
between two parts, `none` for a text without one. All words are copied from the text, so that what is read back is a
place in it, or nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ASK: Final = " ->"
END: Final = " END"
NONE: Final = "none"

LONGEST: Final = 1_200
"""Characters of a text that a model is shown, about 300 tokens."""

_MARKS: Final = re.compile(r"[;:,\n]")


class Said(msgspec.Struct, frozen=True):
    """A part and its defects as words of a text: places `(start, end)`."""

    part: tuple[int, int]
    defects: tuple[tuple[int, int], ...] = ()


def prompt_for(text: str) -> str:
    """Returns what a model is to go on with."""
    return f"{' '.join(text[:LONGEST].split())}{ASK}"


def completion_for(said: Sequence[Said], text: str) -> str:
    """Returns what a model is to write; words that hold a mark of the format cannot be written, and are left out."""
    items = []
    for one in said:
        part, *defects = (" ".join(text[start:end].split()) for start, end in (one.part, *one.defects))
        if _MARKS.search(part):
            continue
        told = ", ".join(words for words in defects if not _MARKS.search(words))
        items.append(f"{part}: {told}" if told else part)
    return f" {'; '.join(items) or NONE}{END}"


def read_completion(written: str, text: str) -> tuple[list[Said], int]:
    """Returns what a completion says of a text, and how many of its words are not there and count for nothing."""
    body = written.split(END.strip(), 1)[0].strip()
    if body in {"", NONE}:
        return [], 0
    said, lost, at = [], 0, 0
    for item in body.split(";"):
        name, _, told = item.partition(":")
        if not name.strip():
            continue
        part = _place(name, text, at) or _place(name, text, 0)
        if part is None:
            lost += 1
            continue
        at = part[1]
        defects = [_place(words, text, 0) for words in told.split(",") if words.strip()]
        lost += defects.count(None)
        said.append(Said(part, tuple(_there(defects))))
    return said, lost


def _place(words: str, text: str, after: int) -> tuple[int, int] | None:
    """Returns where words stand in a text, whole words and in any case."""
    spaced = r"\s+".join(re.escape(word) for word in words.split())
    found = re.compile(rf"(?<!\w){spaced}(?!\w)", re.IGNORECASE).search(text, after) if spaced else None
    return found.span() if found else None


def _there(places: Iterable[tuple[int, int] | None]) -> Iterable[tuple[int, int]]:
    return (place for place in places if place is not None)

"""Names of machines as titles have them and questions write them: "KP-40", "kp 40", "the Sentra", "Sentar 40".

A name is letters and numbers; what stands between them does not count. It is told by its letters alone too, where they
are no word of the field, and with one slip in five letters or more.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ingestion.manuals.words import plain
from tools.manuals.thesaurus import known_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Name = tuple[str, ...]
"""A machine's name in its pieces, letters and numbers by turns: `("rc", "7", "900")`."""

_PIECE: Final = re.compile(r"[a-z]+|\d+")
_NAME: Final = re.compile(r"(?<![a-z0-9])([a-z]{1,14})[ ._-]?(\d{1,5}(?:[-/.]\d{1,4})*)([a-z]{0,2})(?![a-z0-9])")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_BEFORE_A_NUMBER: Final = """rev revision edition ed version v vol volume part partie no nr page p chapter chapitre
issue manual manuel notice guide book of for de du la le iso en din iec nf ce ip type model modele line ligne
unit the and et
january february march april may june july august september october november december janvier fevrier mars avril mai
juin juillet aout septembre octobre novembre decembre"""
_NO_NAME: Final = frozenset(_BEFORE_A_NUMBER.split())
_TELLING: Final = 3  # letters that tell a machine without its number
_SLIP: Final = 5  # letters of which one may be wrong


def names_in(title: str) -> set[Name]:
    """Returns the names of machines in a title or the stem of a file's name."""
    found = (match for match in _NAME.finditer(plain(title)) if match[1] not in _NO_NAME)
    return {tuple(_PIECE.findall(match[0])) for match in found if not _YEAR.fullmatch(match[2])}


def named_by(question: str, names: Mapping[str, Iterable[Name]]) -> set[str]:
    """Returns the manuals whose machine a question names: whole, else with a slip, else by its letters alone.

    Args:
        question: As it was asked.
        names: The names of machines of each manual.
    """
    pieces = tuple(_PIECE.findall(plain(question)))
    for means in (_whole, _with_a_slip, _by_letters):
        found = {manual for manual, own in names.items() if any(means(name, pieces) for name in own)}
        if found:
            return found
    return set()


def _whole(name: Name, pieces: Name) -> bool:
    return any(pieces[at : at + len(name)] == name for at in range(len(pieces)))


def _with_a_slip(name: Name, pieces: Name) -> bool:
    from rapidfuzz.distance import DamerauLevenshtein

    letters, numbers = name[0], name[1:]
    return len(letters) >= _SLIP and any(
        pieces[at + 1 : at + 1 + len(numbers)] == numbers
        and DamerauLevenshtein.distance(piece, letters, score_cutoff=1) <= 1
        for at, piece in enumerate(pieces)
    )


def _by_letters(name: Name, pieces: Name) -> bool:
    letters = name[0]
    return len(letters) >= _TELLING and letters in pieces and letters not in known_words()

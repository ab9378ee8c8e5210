"""Whether an answer is right: the measures of one answer, each with its definition.

Text is compared in a plain form: Unicode's compatible form (NFKC), no case, one kind of dash and apostrophe, spaces for
line ends and cells, no punctuation at the ends.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Final

from finetuning.pairs.contract import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_ALIKE: Final = str.maketrans("\u2019\u2018\u2013\u2014\u2212\u2010\u2011|", "''----- ")
_WORD: Final = re.compile(r"\d+(?:[.,]\d+)*|\w+|[%°]")
_NUMBER: Final = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*")
_WHOLE: Final = frozenset({Kind.PROCEDURE, Kind.WARNING})


def plain(text: str) -> str:
    """Returns the form in which texts are compared."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().translate(_ALIKE).split()).strip(" .;:,!?\"'«»")


def words(text: str) -> list[str]:
    """Returns the words of a text in its plain form; a number is one, with its decimals."""
    return _WORD.findall(plain(text))


def numbers(text: str) -> list[str]:
    """Returns the numbers of a text as they are written; digits within a code (`M12`, `A4`) are none."""
    return _NUMBER.findall(unicodedata.normalize("NFKC", text))


def exact_match(given: str, answers: Iterable[str], kind: Kind) -> bool:
    """Says whether the words given are those of the reference, in the plain form.

    A procedure or a warning answers as a whole and the reference is its first words, so there they must be in it.
    """
    if kind in _WHOLE:
        return any(says(given, one) for one in answers)
    return plain(given) in {plain(one) for one in answers}


def number_match(given: str, answers: Iterable[str]) -> bool:
    """Says whether the words given have the numbers of a reference, those alone and in its order.

    False where the reference has none. Units are not compared: an answer is cut from the page with its unit or
    without.
    """
    wanted = [found for one in answers if (found := numbers(one))]
    return numbers(given) in wanted


def is_right(given: str, answers: Collection[str], kind: Kind) -> bool:
    """Says whether the words given are those of a reference, or have its numbers; false where there is none."""
    return exact_match(given, answers, kind) or number_match(given, answers)


def f1(given: str, answers: Iterable[str]) -> float:
    """Returns the F1 of the words given against those of the nearest reference, as SQuAD counts it (Rajpurkar 2016)."""
    return max((_f1(words(given), words(one)) for one in answers), default=0.0)


def says(text: str, answer: str) -> bool:
    """Says whether a text has an answer's words in it, whole and in a row."""
    return f" {' '.join(words(answer))} " in f" {' '.join(words(text))} "


def off_page(given: str, pages: Collection[str]) -> list[str]:
    """Returns the numbers given that stand on none of the pages, digits within codes among them."""
    there = {number for page in pages for number in _digits(page)}
    return [number for number in _digits(given) if number not in there]


def _digits(text: str) -> list[str]:
    return re.findall(r"\d+(?:[.,]\d+)*", unicodedata.normalize("NFKC", text))


def _f1(given: list[str], wanted: list[str]) -> float:
    common = sum((Counter(given) & Counter(wanted)).values())
    return 2 * common / (len(given) + len(wanted)) if common else 0.0

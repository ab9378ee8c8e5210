"""Numbers in a question, in figures and in words, English and French: "1.5k", "three", "vingt-cinq"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tools.graph.parser.readings import Number, Reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SMALL: Final = {
    word: number
    for number, words in {
        0: "zero", 1: "one un une", 2: "two deux", 3: "three trois", 4: "four quatre", 5: "five cinq", 6: "six",
        7: "seven sept", 8: "eight huit", 9: "nine neuf", 10: "ten dix", 11: "eleven onze", 12: "twelve douze",
        13: "thirteen treize", 14: "fourteen quatorze", 15: "fifteen quinze", 16: "sixteen seize", 17: "seventeen",
        18: "eighteen", 19: "nineteen",
    }.items()
    for word in words.split()
}  # fmt: skip
_TENS: Final = {
    word: number
    for number, words in {
        20: "twenty vingt", 30: "thirty trente", 40: "forty fourty quarante", 50: "fifty cinquante",
        60: "sixty soixante", 70: "seventy septante", 80: "eighty huitante", 90: "ninety nonante",
    }.items()
    for word in words.split()
}  # fmt: skip
_HUNDREDS: Final = {"hundred": 100, "cent": 100, "cents": 100, "thousand": 1000, "mille": 1000}
_COUNTING: Final = frozenset(("moins", "plus", "exactement", "qu", "seulement", "juste"))
_DOZEN: Final = {"dozen": 12, "douzaine": 12, "couple": 2}
_MULTIPLES: Final = dict.fromkeys(("thousand", "mille"), 1_000) | dict.fromkeys(("million", "millions"), 1_000_000)
_THOUSANDS: Final = re.compile(r"(\d+(?:\.\d+)?)k\Z")
_AMOUNT: Final = re.compile(r"\d+(?:\.\d+)?\Z")
_GROUPED: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?\Z")
_OTHER_WORDING: Final = 0.1


def numbers(words: Sequence[str]) -> Iterator[Reading]:
    """Yields every number in a question's plain words, longest only."""
    reached = 0
    for first, word in enumerate(words):
        if re.fullmatch(r"\d{1,3}", word) and re.fullmatch(r"\d{3}", "".join(words[first + 1 : first + 2])):
            yield Reading(first, first + 2, Number(float(word + words[first + 1])), _OTHER_WORDING)
        value = _number(word)
        last, number = _spelled(words, first) if value is None else (first + 1, value)
        if first < last < len(words) and words[last] in _MULTIPLES:
            last, number = last + 1, number * _MULTIPLES[words[last]]
        if last > max(reached, first) and not (last == first + 1 and _is_article(words, first)):
            reached = last
            yield Reading(first, last, Number(number), _OTHER_WORDING if number == 1 else 0.0)


def _is_article(words: Sequence[str], at: int) -> bool:
    """Whether a French "un" only says "a": it counts in "au moins un", "exactement une", "plus d'un"."""
    if words[at] not in {"un", "une"}:
        return False
    before = list(words[max(0, at - 2) : at])
    return not before or (before[-1] not in _COUNTING and not (before[-1] == "d" and before[0] in _COUNTING))


def _number(word: str) -> float | None:
    if _GROUPED.match(word):
        return float(word.replace(",", ""))
    bare = word.replace(",", ".", 1)
    if match := _THOUSANDS.match(bare):
        return float(match[1]) * 1_000
    return float(bare) if _AMOUNT.match(bare) else None


def _spelled(words: Sequence[str], first: int) -> tuple[int, float]:
    """Returns the end and the value of a number in words: "two hundred and ten", "quatre-vingt-deux"."""
    at, value = _below_hundred(words, first)
    if at < len(words) and words[at] in _HUNDREDS:
        times = _HUNDREDS[words[at]]
        more = at + 1 + (at + 2 < len(words) and words[at + 1] in {"and", "et"})
        end, rest = _below_hundred(words, more)
        value = (value if at > first else 1) * times + rest
        return (end if end > more else at + 1), float(value)
    if at == first < len(words) and words[at] in _DOZEN:
        return at + 1, float(_DOZEN[words[at]])
    return at, float(value)


def _below_hundred(words: Sequence[str], first: int) -> tuple[int, int]:
    at, value = first, 0
    if words[at : at + 2] in (["quatre", "vingt"], ["quatre", "vingts"]):
        at, value = at + 2, 80
    elif at < len(words) and words[at] in _TENS:
        at, value = at + 1, _TENS[words[at]]
        if words[at : at + 2] in (["et", "un"], ["et", "une"], ["et", "onze"]):
            at += 1
    if at < len(words) and words[at] in _SMALL and (value == 0 or 0 < _SMALL[words[at]] < 20):
        return at + 1, value + _SMALL[words[at]]
    return at, value


def counted(words: Sequence[str], at: int) -> tuple[int, int | None]:
    """Returns the end and the value of a whole number that stands at a word; None for none."""
    if at < len(words) and words[at].isdigit():
        return at + 1, int(words[at])
    end, number = _spelled(words, at) if at < len(words) else (at, 0.0)
    return (end, int(number)) if end > at else (at, None)

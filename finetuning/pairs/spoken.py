"""Questions as people type them at a machine: lower case, no accents, shortened, another word, a slip of the finger.

Codes, numbers and names of machines stay as they are: what a slip in those means, nobody could tell.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from finetuning.pairs.asks import lowered
from finetuning.pairs.wordings import wordings
from plant.accents import without_accents

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

_WORD: Final = re.compile(r"[^\W\d_]+")
_LONG: Final = re.compile(r"(?<![\w.-])[^\W\d_]{5,}(?![\w.-]*\d)")


def spoken(question: str, language: str, chance: Random, *, name: str = "") -> str:
    """Returns a question as it may be typed; the same for the same state of `chance`.

    Args:
        question: As it is written.
        language: `en` or `fr`.
        chance: Draws the ways.
        name: The machine's, in which no slip is made.
    """
    ways: list[Callable[[str, str, Random], str]] = [_lower, _bare, _shortened, _same, partial(_slip, name), _opened]
    for way in chance.sample(ways, chance.choice((1, 1, 2))):
        question = way(question, language, chance)
    return question


def _lower(text: str, language: str, chance: Random) -> str:  # noqa: ARG001 (ways are called alike)
    """Drops capitals, but for words with a digit or all of capitals."""
    words = (word if any(map(str.isdigit, word)) or word.isupper() else word.lower() for word in text.split(" "))
    return " ".join(words)


def _bare(text: str, language: str, chance: Random) -> str:  # noqa: ARG001
    """Drops the question mark, and the accents of French."""
    text = text.rstrip(" ?.")
    if language != "fr":
        return text
    return without_accents(text)


def _shortened(text: str, language: str, chance: Random) -> str:  # noqa: ARG001
    short = wordings(language).spoken["short"]
    return _WORD.sub(lambda word: str(short.get(word[0].lower(), word[0])), text)


def _same(text: str, language: str, chance: Random) -> str:
    """Puts another word of the trade in the place of the first that has one."""
    same = wordings(language).spoken["same"]
    found = next((word for word in _WORD.finditer(text) if word[0].lower() in same), None)
    if found is None:
        return text
    return text[: found.start()] + str(chance.choice(same[found[0].lower()])) + text[found.end() :]


def _slip(name: str, text: str, language: str, chance: Random) -> str:  # noqa: ARG001
    """Swaps, drops or doubles a letter within a long word that is no word of the name."""
    kept = set(name.casefold().split())
    words = [word for word in _LONG.finditer(text) if word[0].casefold() not in kept]
    if not words:
        return text
    word = chance.choice(words)
    at = chance.randrange(word.start() + 1, word.end() - 1)
    return chance.choice(
        (text[:at] + text[at + 1] + text[at] + text[at + 2 :], text[:at] + text[at + 1 :], text[: at + 1] + text[at:])
    )


def _opened(text: str, language: str, chance: Random) -> str:
    return f"{chance.choice(wordings(language).spoken['openings'])}{lowered(text)}"

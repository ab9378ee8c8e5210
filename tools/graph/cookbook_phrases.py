"""A small language for the sentences that a recipe answers, compiled to one regular expression.

    {which} {sensors} [are|sit] {on} <asset>

Words follow each other; `[a|b c]` may be there, `(a|b c)` must; `{name}` stands for a phrase of the
vocabulary, `<asset>` for a mention. A sentence matches as a whole or not at all: there is no word in
it that the phrase does not have.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_TOKEN: Final = re.compile(r"\{\w+\}|<\w+>|[\[\]()|]|\w+")
_MARKS: Final = {"[": "(?:", "]": ")?", "(": "(?:", ")": ")", "|": "|"}
_DROPPED: Final = re.compile(r"[\s?!.,;:'\u2019-]+")


def compiled(phrases: Iterable[str], vocabulary: Mapping[str, str]) -> re.Pattern[str]:
    """Returns the expression that a sentence, written by `sentence`, matches in full if one of the phrases fits."""
    return re.compile("|".join(_expression(phrase, vocabulary) for phrase in phrases))


def sentence(text: str) -> str:
    """Returns a question as words, each with a blank after it; only marks that end or join words are dropped."""
    return _DROPPED.sub(" ", text.strip(" ?!.")).strip() + " "


def _expression(phrase: str, vocabulary: Mapping[str, str]) -> str:
    parts = []
    for token in _TOKEN.findall(phrase):
        if token[0] == "{":
            parts.append(f"(?:{_expression(vocabulary[token[1:-1]], vocabulary)})")
        else:
            parts.append(_MARKS.get(token) or f"{token} ")
    return "".join(parts)

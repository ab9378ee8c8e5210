"""A question's words: where they stand, what they are without case, accents and apostrophes."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from tools.graph.parser.readings import Word

_LIGATURES: Final = {"œ": "oe", "æ": "ae"}
_APOSTROPHES: Final = "'\u2019\u2018`\u00b4"
_TOKEN: Final = re.compile(
    r"""
      \d{1,4}([-/.])\d{1,2}\1\d{1,4}(?:t\d\d?:\d\d(?::\d\d)?z?)?(?![\w-])  # a day: 2025-03-01, 01/03/2025
    | \d+(?:[.,]\d+)+(?![\w-])                                          # 2.5; 1,000
    | \d+(?=-[a-z]{3,}\b)                                               # the 30 of "30-day"
    | (?=[a-z0-9._-]*\d)[a-z0-9]+(?:[-._][a-z0-9]+)*                    # an id: p-101, cw-100.tt-02
    | [a-z]+?(?=n't\b) | n't\b                                          # is, n't
    | [a-z]+
    | >= | <= | != | [<>=%$\u20ac\u2265\u2264] | (?<!\S)[+&](?!\S)
    """,
    re.VERBOSE,
)
_GRADED: Final = {
    graded: words
    for base, more, most in (
        ("expensive", "cheaper", "cheapest"),
        ("long", "shorter", "shortest"),
        ("heavy", "lighter", "lightest"),
        ("fast", "slower", "slowest"),
    )
    for graded, words in ((more, (base, "less")), (most, ("least", base)))
} | {
    graded: words
    for base, more, most in (
        ("expensive", "pricier", "priciest"),
        ("expensive", "costlier", "costliest"),
        ("expensive", "dearer", "dearest"),
        ("long", "longer", "longest"),
        ("heavy", "heavier", "heaviest"),
        ("fast", "faster", "fastest"),
        ("tall", "taller", "tallest"),
        ("wide", "wider", "widest"),
    )
    for graded, words in ((more, (base, "more")), (most, ("most", base)))
}
"""Words that hold two, as two: "the cheapest part" is the least expensive, "longer than 90" is length more than 90."""

_RUN_TOGETHER: Final = {
    f"{verb}nt": (verb, "not")
    for verb in ("does", "did", "is", "are", "was", "were", "has", "have", "had", "could", "should", "would")
} | {
    "cant": ("can", "not"),
    "wont": ("will", "not"),
    "theres": ("there", "is"),
    "whos": ("who", "is"),
    "wheres": ("where", "is"),
    "hows": ("how", "is"),
    "whens": ("when", "is"),
    "thats": ("that", "is"),
    "theyre": ("they", "are"),
}
"""Words that are typed without their apostrophe."""

_PARTED: Final = _GRADED | _RUN_TOGETHER
_NEGATED: Final = {"ca": "can", "wo": "will", "sha": "shall"}
"""What stands before n't and is no word."""


def plain(text: str) -> str:
    """Returns a text in lower case, without accents, apostrophes as spaces."""
    return re.sub(f"[{_APOSTROPHES}]", " ", "".join(map(_folded, text)))


def split(text: str) -> tuple[Word, ...]:
    """Returns the words of a text, in order; what is between them is left out.

    An id stays one word, words with hyphens are parted, and so is a negation: "isn't" is "is" and "not". An adjective
    in a higher degree is two words at one place.
    """
    folded: list[str] = []
    places: list[int] = []
    for place, mark in enumerate(text):
        bare = "'" if mark in _APOSTROPHES else _folded(mark)
        folded.append(bare)
        places += [place] * len(bare)
    bare_text = "".join(folded)
    words = []
    for match in _TOKEN.finditer(bare_text):
        start, end = places[match.start()], places[match.end() - 1] + 1
        word = _word(match[0], bare_text[match.end() : match.end() + 3])
        comma = text[end : end + 1] == ","
        words += [Word(part, text[start:end], start, end, comma) for part in _PARTED.get(word, (word,))]
    return tuple(words)


def _word(found: str, after: str) -> str:
    if found == "n't":
        return "not"
    return _NEGATED.get(found, found) if after == "n't" else found


@lru_cache(maxsize=1_024)
def _folded(mark: str) -> str:
    mark = mark.casefold()
    bare = unicodedata.normalize("NFKD", _LIGATURES.get(mark, mark))
    letters = "".join(piece for piece in bare if not unicodedata.combining(piece))
    return letters if len(letters) <= 1 or letters.isalnum() else " "  # a fraction is no two words

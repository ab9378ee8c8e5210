"""Words as the index sees them, and the words of a question.

The index sees a normalised copy: NFKC, lower case, no accents, hyphenation at line ends undone,
plurals and simple endings cut, codes (`E07`, `P-101`, `M8x20`) kept whole. A figure is parted from
its unit (`8mm`, `6kW`): it is a quantity, no code. Question and manual go through the same
function, so they meet.

A French question finds an English manual, and the other way round, by a small glossary of the
field. It is no translation: each word only brings its counterparts along as alternatives.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from plant.accents import without_accents

if TYPE_CHECKING:
    from collections.abc import Iterable

_BREAK = re.compile(r"(?<=[^\W\d_])-\s*\n\s*(?=[a-zà-ÿ])")
_HARD_BREAK = re.compile(r"(?<=\w)-\s*\n\s*(?=\w)")
_TOKEN = re.compile(r"\w+(?:[-./_]\w+)*")
_GLUED = re.compile(  # one letter after one digit is a code as likely: "alarm 3A"
    r"(?<![\w.,/-])(?:(\d+(?:[.,]\d+)?)([cdkm]m|[km]g|[km]w|[km]v|[kmg]?hz|[km]?pa|m?bar|[mdc]l|min|kn|nm|psi|rpm|ft|lbf?|ppm)"
    r"|(\d{2,}|\d+[.,]\d+)([mgwvlh]))(?![\w/]|[-.]\w)"
)
_ELISION = re.compile(r"\b(?:l|d|qu|j|n|s|c|m|t)['\u2019](?=\w)", re.IGNORECASE)
_FAULT = re.compile(r"(?<![\w.-])([ef])[ -]?(\d{1,2})(?![\w.-]*\d|\w)")
_LABEL = r"\b(?:faults?|errors?|failure|defauts?|erreurs?|panne)(?: code)?(?: ?n°| no\.?| number| numero)?"
_NUMBERED_FAULT = re.compile(rf"{_LABEL} ?(\d{{1,2}})(?!\w|[.,]\d)")
_LABELLED_FAULT = re.compile(rf"{_LABEL} ?(?=[ef]\d{{1,2}}\b)")
_FEW_WORDS = 5  # of one language in a text: fewer tell nothing
_SEPARATOR = re.compile(r"[-./_]")
_REMEMBERED = 1 << 16  # words: those of the manuals come again with each question


class Question(msgspec.Struct, frozen=True):
    """A question as the search sees it.

    Attributes:
        codes: For each word of letters and digits, whole, how it may be spelt: `p-101`, or `e07`, `e7`, `e-07`.
        words: For each other word of content, the stems that may stand for it, its own first.
    """

    codes: tuple[tuple[str, ...], ...]
    words: tuple[tuple[str, ...], ...]

    def match(self) -> str:
        """Returns the FTS5 expression that finds passages with any of it; empty where there is nothing to find.

        Every word is quoted, so nothing in a question is an operator.
        """
        return " OR ".join(f'"{stem}"' for stem in sorted(self.stems()))

    def stems(self) -> set[str]:
        """Returns all codes and stems together."""
        return {stem for word in (*self.codes, *self.words) for stem in word}


def tokens(text: str) -> list[str]:
    """Returns the words of a text as the index sees them, in order, codes whole, compounds split."""
    text = _HARD_BREAK.sub("-", _BREAK.sub("", unicodedata.normalize("NFKC", text)))
    found = []
    for token in _TOKEN.findall(_parted(plain(_ELISION.sub("", text)))):
        parts = [token] if is_code(token) else _SEPARATOR.split(token)
        found += [stem(part) for part in parts]
    return found


def searchable(text: str) -> str:
    """Returns the copy of a text that goes into the index."""
    return " ".join(tokens(text))


def language_of(texts: Iterable[str]) -> str:
    """Returns `en` or `fr`, whose small words are the more frequent in some texts; empty where there are hardly any."""
    small = _vocabulary().small
    counts = dict.fromkeys(small, 0)
    for text in texts:
        for word in _TOKEN.findall(plain(_ELISION.sub("", text))):
            for language, words in small.items():
                counts[language] += word in words
    likeliest = max(counts, key=lambda language: counts[language])
    return likeliest if counts[likeliest] >= _FEW_WORDS else ""


@lru_cache(_REMEMBERED)
def is_code(token: str) -> bool:
    """Says whether a token is kept whole: it has a digit in it."""
    return any(character.isdigit() for character in token)


@lru_cache(_REMEMBERED)
def stem(word: str) -> str:
    """Returns a word without plural and simple English endings; codes and short words as they are."""
    if is_code(word) or len(word) < 4:
        return word
    if word.endswith(("ies", "ied")) and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) > 3:
            word = word.removesuffix(ending)
            return word[:-1] if word[-1] == word[-2] and word[-1] not in "ls" else word
    return word.removesuffix("e") if len(word) > 4 else word


def read_question(text: str) -> Question:
    """Takes a question apart into codes and words of content with their alternatives."""
    stop = _vocabulary().stop
    codes: list[tuple[str, ...]] = []
    words: dict[str, tuple[str, ...]] = {}
    asked = _parted(plain(_ELISION.sub("", unicodedata.normalize("NFKC", text))))
    asked = _FAULT.sub(r"\1\2", _NUMBERED_FAULT.sub(r"e\1", asked))
    asked = _LABELLED_FAULT.sub("", asked)  # a row of a table of faults need not say that it is one
    for token in _TOKEN.findall(asked):
        if is_code(token) and any(character.isalpha() for character in token):
            codes.append(_spellings(token))
            continue
        for part in [token] if is_code(token) else _SEPARATOR.split(token):
            if part not in stop and (len(part) > 1 or part.isdigit()):
                words[stem(part)] = _alternatives(part)
    if not codes and not any(map(str.isalpha, words)):
        words.clear()  # a bare number asks for nothing
    return Question(tuple(dict.fromkeys(codes)), tuple(words.values()))


def _spellings(code: str) -> tuple[str, ...]:
    """Returns how a code may be spelt: a fault's with and without a hyphen and a zero, any other as it stands."""
    fault = _FAULT.fullmatch(code)
    if fault is None:
        return (code,)
    letter, number = fault[1], int(fault[2])
    spellings = (code, *(f"{letter}{hyphen}{number:{width}}" for width in ("02", "") for hyphen in ("", "-")))
    return tuple(dict.fromkeys(spellings))


def _alternatives(word: str) -> tuple[str, ...]:
    """Returns the stems that may stand for a word: its own, and those of its counterparts."""
    return tuple(dict.fromkeys([stem(word), *_vocabulary().counterparts.get(stem(word), ())]))


def plain(text: str) -> str:
    """Returns a text in lower case without accents; `m³` is `m3` where it was normalised before."""
    return without_accents(text.casefold())


def _parted(text: str) -> str:
    """Returns a text in lower case with a space between a figure and its unit."""
    return _GLUED.sub(lambda match: " ".join(part for part in match.groups() if part), text)


class _Vocabulary(NamedTuple):
    """What `words.toml` says: words without content, the counterparts of each stem, and words of one language alone."""

    stop: frozenset[str]
    counterparts: dict[str, tuple[str, ...]]
    small: dict[str, frozenset[str]]


@cache
def _vocabulary() -> _Vocabulary:
    tables = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
    stop = frozenset(word for text in tables["stop"].values() for word in text.split())
    counterparts: dict[str, tuple[str, ...]] = {}
    for table in (tables["french"], tables["english"]):
        for word, near in table.items():
            for other in near.split():
                counterparts[stem(word)] = (*counterparts.get(stem(word), ()), stem(other))
    for word, near in tables["french"].items():
        for other in near.split():
            counterparts[stem(other)] = (*counterparts.get(stem(other), ()), stem(word))
    words = {language: frozenset(text.split()) for language, text in tables["stop"].items()}
    both = frozenset.intersection(*words.values())
    return _Vocabulary(stop, counterparts, {language[:2]: own - both for language, own in words.items()})

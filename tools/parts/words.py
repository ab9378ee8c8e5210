"""The words of a text about parts, each with its place, and the words around them that mean something."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from plant.accents import without_accents

_WORD = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+")
_WITHIN = frozenset({"", "-", "'", "\u2019", "/", "\u2010", "\u2011"})  # what may stand between the words of a name
_DASH = "\u2013"
_DASHES = frozenset({" - ", " -- "})  # set off what stands between, as a dash does
_PARTICIPLE = re.compile(r"..ée?s?$")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})


class Token(NamedTuple):
    """A word of a text.

    Attributes:
        word: In lower case, without accents.
        key: Its singular, spelled out: what names are compared by.
        start: Where it begins in the text.
        end: One past its end.
        mark: What stands between it and the word before, blanks aside; empty for blanks alone, but for a line's end.
        apart: Whether that keeps it from being one name with the word before.
    """

    word: str
    key: str
    start: int
    end: int
    mark: str
    apart: bool


class Lexicon(NamedTuple):
    """`words.toml`, as sets; see there what each is for."""

    short: dict[str, str]
    joining: frozenset[str]
    before: frozenset[str]
    after: tuple[tuple[str, ...], ...]
    prepositions: frozenset[str]
    fillers: frozenset[str]
    conjunctions: frozenset[str]
    carrying: frozenset[str]
    denying: frozenset[str]
    denied_after: frozenset[str]
    denied_between: frozenset[str]
    alternatives: frozenset[str]
    supposing: frozenset[str]
    checking: frozenset[str]
    verbs: frozenset[str]
    verb_before: frozenset[str]
    verb_after: frozenset[str]
    media: frozenset[str]
    french: frozenset[str]
    other: frozenset[str]


@cache
def lexicon() -> Lexicon:
    """Returns the words around parts and defects."""
    table = tomllib.loads(files("tools.parts").joinpath("words.toml").read_text(encoding="utf-8"))
    denying, supposing, verbs, linking = table["denying"], table["supposing"], table["verbs"], table["linking"]
    return Lexicon(
        short=table["short"],
        joining=frozenset(table["joining"]["words"]),
        before=frozenset(table["telling"]["before"]),
        after=tuple(sorted((tuple(one.split()) for one in table["telling"]["after"]), key=len, reverse=True)),
        prepositions=frozenset(linking["prepositions"]),
        fillers=frozenset(linking["fillers"]),
        conjunctions=frozenset(linking["conjunctions"]),
        carrying=frozenset(table["carrying"]["words"]),
        denying=frozenset(denying["before"]),
        denied_after=frozenset(denying["after"]),
        denied_between=frozenset(denying["between"]),
        alternatives=frozenset(denying["alternatives"]),
        supposing=frozenset(supposing["before"]),
        checking=frozenset(supposing["checking"]),
        verbs=frozenset(verbs["names"]),
        verb_before=frozenset(verbs["before"]),
        verb_after=frozenset(verbs["after"]),
        media=frozenset(table["media"]["names"]),
        french=frozenset(table["french"]["words"]),
        other=frozenset(table["other"]["words"]),
    )


def fold(text: str) -> str:
    """Returns a text in lower case without accents, `œ` as `oe`: names are typed with either."""
    return without_accents(unicodedata.normalize("NFKC", text.casefold().translate(_LIGATURES)))


def tokens(text: str) -> list[Token]:
    """Returns the words of a text, in order."""
    short = lexicon().short
    found: list[Token] = []
    end = 0
    for match in _WORD.finditer(text):
        word = fold(match[0])
        gap = text[end : match.start()]
        mark = _mark(gap)
        abbreviated = mark == "." and found and found[-1].word in short
        apart = mark not in _WITHIN and not abbreviated
        found.append(Token(word, _key(match[0], short.get(word, word)), *match.span(), mark, apart))
        end = match.end()
    return found


def _mark(gap: str) -> str:
    """Returns what stands between two words, blanks aside; the end of a line is a mark where it stands alone."""
    if gap in _DASHES:
        return _DASH
    return gap.strip() or ("\n" if "\n" in gap else "")


def _key(written: str, word: str) -> str:
    """Returns the key of a word; a participle keeps its ending, since "grillé" is no "grille"."""
    plain = unicodedata.normalize("NFC", written).casefold()
    return word if _PARTICIPLE.search(plain) else singular(word)


def singular(word: str) -> str:
    """Returns what a folded word has in common with its plural, English or French; no word of its own."""
    if len(word) > 3 and word.endswith(("aux", "eux", "oux")):
        return word[:-1]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if len(word) > 3 and word.endswith("ie"):
        return word[:-2] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


def is_french(words: list[Token], text: str) -> bool:
    """Whether a text shows that it is French: by an accent, or a word that is only French."""
    return any(char in "éèêàùçôîûëœ" for char in text.casefold()) or any(one.word in lexicon().french for one in words)

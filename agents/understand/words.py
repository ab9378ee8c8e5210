"""The words of a question: cleaning, folding, tokens, and the language they are in."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from plant.errors import BadInput

MAX_CHARACTERS = 1_000
MAX_LINES = 20

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_BLANKS = re.compile(r"\s+")
_TOKEN = re.compile(r"[^\W_]+")
_FRENCH_SPACING = re.compile(r"\w [?!:;]")  # a space before these marks
# typographic marks that stand for plain ones
_TYPOGRAPHIC = {
    0x2019: "'",
    0x2018: "'",
    0x201C: '"',
    0x201D: '"',
    **dict.fromkeys((0x2010, 0x2011, 0x2013, 0x2014, 0x2212), "-"),
}

_ENGLISH_WORDS = """
    about all alarm alarms alert alerts an and any are at be between by can current do does fault feed feeds for
    forecast from give has have help hello hi how in is it last list long mean next now of on open order orders over
    part parts please predict pump pumps sensor sensors show since tell that the there this today tomorrow tonight
    torque until was were what when where which who why will with yesterday you odd wrong normal working same other
    exchanger tank water temperature
"""
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_FRENCH_WORDS = """
    a-t-il alarme alarmes alerte alertes anormal anormale anomalie anomalies au aujourd aux avec bonjour bon ca
    capteur capteurs ce cela ces cette code combien comment d'ici dans de debit defaut demain depuis derniere
    dernieres derniers des donne du eau elle en entre est et etat eu faire faut hier il ils jour jusqu la le les leur
    liste ma mais matin meme montre niveau nuit ou ouverts par pareil pendant piece pieces pompe pompes pour pourquoi
    prevision prevois prevoir prochaine prochaines prochains quand que quel quelle quelles quels quelqu'un qui quoi
    sait signifie soir son sont sur tous tout toutes un une veut vers vont autre aide echangeur cuve pression
    temperature
"""
_FRENCH = frozenset(_FRENCH_WORDS.split())


class Token(NamedTuple):
    """A word of a text: folded, with the place where it stands."""

    word: str
    start: int
    end: int


def clean(text: str) -> str:
    """Returns a question as one line of plain text: no terminal escapes, no control characters.

    Raises:
        BadInput: If nothing readable is left, or if it is far too long to be one question.
    """
    lines = text.count("\n") + 1
    if lines > MAX_LINES or len(text) > 4 * MAX_CHARACTERS:
        raise BadInput(
            f"That is {lines} lines and {len(text)} characters, not one question.",
            hint="Ask in a sentence; name a tag, an asset or a fault code.",
        )
    plain = unicodedata.normalize("NFKC", _ESCAPES.sub(" ", text)).translate(_TYPOGRAPHIC)
    plain = "".join(c if c.isspace() or not unicodedata.category(c).startswith("C") else " " for c in plain)
    plain = _BLANKS.sub(" ", plain).strip()
    if len(plain) > MAX_CHARACTERS:
        raise BadInput(
            f"That question has {len(plain)} characters; at most {MAX_CHARACTERS} are read.",
            hint="Ask in a sentence; name a tag, an asset or a fault code.",
        )
    if not any(c.isalnum() for c in plain):
        raise BadInput("There is no word in that.", hint="Ask, for example: is TT-02 odd today?")
    return plain


def fold(text: str) -> str:
    """Returns lower case without accents, of the same length, so that places stay the same.

    `plant.accents` does not promise the length.
    """
    return "".join(_fold_character(c) for c in text)


def _fold_character(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0].lower()
    return base if len(base) == 1 else character


def tokens(folded: str) -> list[Token]:
    """Returns the words and numbers of a folded text."""
    return [Token(match[0], match.start(), match.end()) for match in _TOKEN.finditer(folded)]


def stem(word: str) -> str:
    """Returns a folded word without its plural ending: `pumps` and `pompes` lose the s, `niveaux` the x."""
    return word[:-1] if len(word) > 3 and word[-1] in "sx" and word[-2] != "s" else word


def language_of(text: str, otherwise: str = "en") -> str:
    """Returns `en` or `fr` by the function words of a text; `otherwise` where they do not tell."""
    words = re.findall(r"[^\W\d_]+", fold(text))
    english = sum(word in _ENGLISH for word in words)
    french = sum(word in _FRENCH for word in words)
    french += sum(c in "éèêàùçôîâûœ" for c in text.lower()) + len(_FRENCH_SPACING.findall(text))
    if english == french:
        return otherwise
    return "en" if english > french else "fr"

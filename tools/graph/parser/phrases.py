"""How the graph's names are said, in English and French: labels, properties, kinds, relationships.

The words come from `vocabulary.txt`, those of usual relationships from `speech.toml`; else from the name itself:
`WorkOrder` is "work order", `ACTED_IN` "acted in". What is said of a relationship needs no agreement, so it may stand
after any noun: "feeding", "alimentant".
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tools.graph.parser.form import Way
from tools.graph.parser.vocabulary import lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_WORDS: Final = Path(__file__).with_name("speech.toml")
_INNER: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_\W]+")
_OF_THINGS: Final = frozenset({"about", "at", "by", "for", "from", "in", "of", "on", "to", "with"})
_SAME_IN_PLURAL: Final = frozenset({"equipment", "personnel", "series", "staff"})
_PLURALS: Final = {"person": "people", "child": "children", "man": "men", "woman": "women"}
_DE: Final = frozenset({"d", "de", "du", "des", "à", "au", "en", "par"})


class Phrase(msgspec.Struct, frozen=True):
    """What is said before the other thing, of a thing that has a link to it, and of one that has none."""

    has: str
    has_not: str


def relation(type_: str, way: Way, language: str) -> Phrase:
    """Returns what is said for a relationship, along it or against it.

    A type that is not usual is said by its name, in quotation marks where the name cannot stand in a sentence:
    "acted in films", but "with “acted in” from people".
    """
    french = language == "fr"
    known = templates()["relations"].get(type_)
    if known is not None and way is not Way.ANY:
        said = known[language][way is Way.IN]
        return Phrase(said, _denied_in_french(said) if french else _denied(said))
    name = quoted(spaced(type_), language)
    if way is Way.ANY:
        between = ("avec", "sans") if french else ("joined by", "not joined by")
        link = f"lien {name} avec" if french else f"{name} to"
        return Phrase(*(f"{word} {link}" for word in between))
    if french:
        end = "vers" if way is Way.OUT else "depuis"
        return Phrase(f"avec {name} {end}", f"sans {name} {end}")
    end = "to" if way is Way.OUT else "from"
    has = _active(type_) if way is Way.OUT else f"with {name} {end}"
    return Phrase(has, f"with no {name} {end}")


def noun(label: str, language: str, *, number: int = 2) -> str:
    """Returns what a label's things are called."""
    name = spaced(label)
    return _plural(_said(name, "things", language), language) if number > 1 else _said(name, "things", language)


def sort(kind: str, language: str, *, number: int = 2) -> str | None:
    """Returns what things of a kind are called; None where the vocabulary has no word for it alone."""
    line = _lines()["kinds"].get(kind.lower())
    if line is None:
        return None
    if language == "en":
        return _plural(kind, language) if number > 1 else kind
    said = line[1][0]
    alone = sum(other[1][0] == said for head, other in _lines()["kinds"].items() if head == other[0][0]) == 1
    if not alone:
        return None
    return _plural(said, language) if number > 1 else said


def property_name(name: str, language: str) -> str:
    """Returns what a property is called: one of a day by words that say so ("closing date")."""
    words = spaced(name)
    line = _lines()["properties"].get(words)
    if line is None:
        return words
    said = line[language == "fr"]
    dated = [phrase for phrase in said if re.search(r"\bdate\b", phrase)]
    if dated and words.endswith("ed"):
        return dated[0]
    return said[0] if language == "fr" else words


def distinct(names: Iterable[str], said: Callable[[str], str], language: str) -> dict[str, str]:
    """Returns what each name is called: itself, in quotation marks, where two would be called the same."""
    found = {name: said(name) for name in names}
    words = list(found.values())
    return {name: word if words.count(word) == 1 else quoted(name, language) for name, word in found.items()}


def spaced(name: str) -> str:
    """Returns a name's words, in lower case."""
    return " ".join(word for word in _INNER.split(name) if word).lower()


def quoted(text: str, language: str) -> str:
    """Returns a text in the quotation marks of a language."""
    return f"« {text} »" if language == "fr" else f"“{text}”"


def _said(words: str, section: str, language: str) -> str:
    line = _lines()[section].get(words.lower())
    return line[1][0] if line is not None and language == "fr" else words


def _plural(words: str, language: str) -> str:
    if language == "fr":
        return _french_plural(words)
    *first, last = words.split(" ")
    if last in _PLURALS:
        return " ".join([*first, _PLURALS[last]])
    if last in _SAME_IN_PLURAL:
        return words
    if re.search(r"[^aeiou]y$", last):
        return f"{words[:-1]}ies"
    return f"{words}es" if re.search(r"(s|x|ch|sh)$", last) else f"{words}s"


def _french_plural(words: str) -> str:
    """Returns a plural: of all words up to the first preposition."""
    said: list[str] = []
    rest = words.split(" ")
    while rest and re.split("['\u2019]", rest[0])[0] not in _DE:
        word = rest.pop(0)
        ending = "" if word[-1] in "sxz" else "x" if word.endswith(("eau", "eu")) else "s"
        said.append(word + ending)
    return " ".join([*said, *rest])


def _active(type_: str) -> str:
    """Returns a type's name as a verb after its subject: "that measure", "that placed", "acted in", "copy of"."""
    words = spaced(type_).split(" ")
    if words[-1] in _OF_THINGS:
        return " ".join(words)
    verb = "have" if words[0] == "has" else words[0]
    if re.search(r"(x|ch|sh|ss)es$", verb):
        verb = verb[:-2]
    elif verb.endswith("ies"):
        verb = f"{verb[:-3]}y"
    elif re.search(r"[^s]s$", verb):
        verb = verb[:-1]
    return " ".join(["that", verb, *words[1:]])


def _denied(said: str) -> str:
    return "without" if said == "with" else f"not {said}"


def _denied_in_french(said: str) -> str:
    verb, _, rest = said.partition(" ")
    if verb == "avec":
        return "sans"
    reflexive, _, rest_of_it = rest.partition(" ") if verb == "se" else ("", "", rest)
    verb = f"{verb} {reflexive}" if reflexive else verb
    if not verb.endswith("ant"):
        return f"pas {said}"
    ne = "n'" if verb[0] in "aeiouéèêy" else "ne "
    return f"{ne}{verb} pas {rest_of_it}".rstrip()


@cache
def _lines() -> dict[str, dict[str, tuple[list[str], list[str]]]]:
    """Returns, for each section of the vocabulary, the lines by their English phrases: those that head a line first."""
    found: dict[str, dict[str, tuple[list[str], list[str]]]] = {}
    for section, english, french in lines():
        found.setdefault(section, {}).setdefault(english[0], (english, french))
    for section, english, french in lines():
        for phrase in english:
            found[section].setdefault(phrase, (english, french))
    return found


@cache
def templates() -> dict[str, dict[str, Any]]:
    """Returns what `speech.toml` has: the templates of each language, and `relations`."""
    return tomllib.loads(_WORDS.read_text(encoding="utf-8"))

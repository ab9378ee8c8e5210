"""How people ask: wordings and patterns of sentences by language, from the TOML files beside this module.

    en.toml, fr.toml    wordings by what is asked for, spoken forms, words that the gate looks for
    sentences.toml      patterns of prose with their wordings

A wording has slots and brackets: "What does {code} mean[ on the {machine}]?" names its machine, or leaves it out;
"[the {machine}|it]" says what stands there instead.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from finetuning.pairs.contract import Kind
from finetuning.pairs.quantities import QUANTITY

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES: Final = ("en", "fr")

_FOLDER: Final = Path(__file__).parent
_CLAUSE: Final = r"(?:[^.;:,\n]|(?<=\d)[.,](?=\d))"
_SENTENCE: Final = r"(?:[^.;:\n]|(?<=\d)[.,](?=\d))"
_OPTIONAL: Final = re.compile(r"\[([^\]|]*)(?:\|([^\]]*))?\]")


class Sentence(msgspec.Struct, frozen=True):
    """A pattern of prose: what it matches, what kind of pair it makes, how it is asked for."""

    pattern: re.Pattern[str]
    kind: Kind
    ask: tuple[str, ...]


class Wordings(msgspec.Struct, frozen=True):
    """What a language's file says.

    Attributes:
        ask: Wordings by what is asked for.
        missing: What no manual says, and how it is asked for.
        spoken: How people shorten, replace and open.
        words: Words by what they are for.
    """

    ask: dict[str, tuple[str, ...]]
    missing: dict[str, Any]
    spoken: dict[str, Any]
    words: dict[str, str]

    def finds(self, name: str) -> re.Pattern[str]:
        """Returns the pattern of `words` with a name; it ignores case."""
        return _pattern(self.words[name])


@cache
def wordings(language: str) -> Wordings:
    """Returns the wordings of a language, `en` or `fr`."""
    return msgspec.convert(_read(f"{language}.toml"), Wordings)


@cache
def sentences(language: str) -> tuple[Sentence, ...]:
    """Returns the patterns of prose of a language."""
    verbs = "|".join(sorted(wordings("en").words["verbs"].split(), key=len, reverse=True))
    parts = {"{Q}": f"(?:{QUANTITY})", "{V}": f"(?:{verbs})", "{C}": _CLAUSE, "{S}": _SENTENCE}
    found = []
    for one in _read("sentences.toml")[language]:
        pattern = re.sub(r"\{[QVCS]\}", lambda part: parts[part[0]], one["match"])
        found.append(Sentence(_pattern(pattern), Kind(one["kind"]), tuple(one["ask"])))
    return tuple(found)


def fill(wording: str, slots: Mapping[str, str], *, named: bool) -> str:
    """Returns a question from a wording.

    Args:
        wording: As the files have them.
        slots: What is filled in.
        named: Whether it names its machine, `slots["machine"]`.
    """
    chosen = _OPTIONAL.sub(lambda part: part[1] if named else part[2] or "", wording)
    return " ".join(re.sub(r"\{(\w+)\}", lambda slot: slots[slot[1]], chosen).split())


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)

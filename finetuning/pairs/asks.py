"""What is asked of a passage: wordings with their slots, and the words that answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from finetuning.pairs.contract import Kind
from finetuning.pairs.wordings import wordings

_FIRST: Final = re.compile(r"[^\W\d_]+(?:[-'\u2019][^\W\d_]+)*")


class Ask(msgspec.Struct, frozen=True):
    """A fact of a passage and the ways to ask for it.

    Attributes:
        kind: What it asks for.
        ask: Wordings.
        slots: What is filled in; the machine where it is another than the manual's, which is then always named.
        start: Where the words that answer begin in the passage.
        end: Where they end.
    """

    kind: Kind
    ask: tuple[str, ...]
    slots: Mapping[str, str]
    start: int
    end: int


def lowered(text: str) -> str:
    """Returns words as they stand within a sentence: the first in lower case, unless it is a name or a code."""
    first = _FIRST.match(text)
    if first is None or not first[0][1:].islower() or text[first.end() : first.end() + 1].isdigit():
        return text
    return text[0].lower() + text[1:]


def base_of_gerund(word: str) -> str:
    """Returns the base form of an English gerund, `replace` of `replacing`; empty where it is no verb we know."""
    stem = word.lower().removesuffix("ing")
    if stem == word.lower():
        return ""
    known = _verbs()
    return next((verb for verb in (stem, f"{stem}e", stem[:-1]) if verb in known), "")


def gerund(verb: str) -> str:
    """Returns the gerund of an English verb: `changing` of `change`, `putting` of `put`."""
    if re.search(r"[^eoy]e$", verb):
        return f"{verb[:-1]}ing"
    doubled = verb[-1] if re.fullmatch(r"[^aeiou]*[aeiou][^aeiouwxy]", verb) else ""
    return f"{verb}{doubled}ing"


def base_of_third_person(words: str) -> str:
    """Returns the base form of an English verb in the third person, `switch off` of `switches off`."""
    verb, _, rest = words.partition(" ")
    stem = re.sub(r"(?<=sh|ch|ss|.x|zz)es$|s$", "", verb)
    return f"{stem} {rest}".strip()


def be_of(key: str) -> str:
    """Returns the English verb that agrees with a name: `are` for "Bearings"."""
    head = re.split(r",| of | for | \(", key, maxsplit=1)[0]
    return "are" if head.endswith("s") and not head.endswith(("ss", "us", "is")) else "is"


def is_verb(word: str, language: str) -> bool:
    """Says whether a word is a verb as procedures begin with: an infinitive in French, of our list in English."""
    if language == "fr":
        return bool(re.fullmatch(r"[^\W\d_]{2,}(?:er|ir|re)", word.lower()))
    return word.lower() in _verbs()


def _verbs() -> frozenset[str]:
    return frozenset(wordings("en").words["verbs"].split())

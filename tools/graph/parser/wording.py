"""What people say of a property's figure or value, and fixed phrases, from `wording.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tools.graph.parser.readings import ValueKind
from tools.graph.parser.vocabulary import Phrase, phrase_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_FILE: Final = Path(__file__).with_name("wording.toml")

VerbForms = dict[str, list[tuple[Phrase, int]]]
"""By its first word: each form of each verb, with the index of its family."""


class Family(msgspec.Struct, frozen=True):
    """Properties of one sort.

    Attributes:
        names: Words in their names.
        kinds: What their values may be.
        adjectives: What stands behind "how" where they are asked for.
        questions: Words that ask for them together with one of the verbs: "what does it weigh".
        verbs: Verbs that say nothing beside them.
    """

    names: frozenset[str]
    kinds: frozenset[ValueKind]
    adjectives: tuple[str, ...]
    questions: tuple[str, ...]
    verbs: tuple[Phrase, ...]


def phrases(name: str) -> tuple[Phrase, ...]:
    """Returns the fixed phrases of a name."""
    return _phrases(_tables()["phrases"][name])


def families(language: str) -> tuple[Family, ...]:
    """Returns the families of properties in "english" or "french"."""
    return tuple(
        Family(
            frozenset(row["names"].split()),
            frozenset(map(ValueKind, row["kinds"].split())) if "kinds" in row else frozenset(ValueKind),
            tuple(row.get("adjectives", "").split()),
            tuple(row.get("questions", "").split()),
            _phrases(row.get("verbs", "")),
        )
        for row in _tables()[language]
    )


def vague(way: str) -> dict[Phrase, frozenset[str]]:
    """Returns the vague adjectives for what is "large" or "small", with words in the names of what they are said of."""
    found: dict[Phrase, frozenset[str]] = {}
    for row in _tables()[way]:
        for phrase in _phrases(row["adjectives"]):
            found[phrase] = found.get(phrase, frozenset()) | frozenset(row["names"].split())
    return found


def forms_of(own: Sequence[Family], conjugated: Callable[[str], Iterable[str]]) -> VerbForms:
    """Returns the forms of the families' verbs, each with the index of its family, by their first word.

    Args:
        own: The families.
        conjugated: Gives the forms of a verb.
    """
    found: VerbForms = {}
    for number, family in enumerate(own):
        for first, *rest in family.verbs:
            for form in dict.fromkeys(conjugated(first)):
                found.setdefault(form, []).append(((form, *rest), number))
    return found


def verbs_at(words: Sequence[str], first: int, forms: VerbForms) -> Iterator[tuple[int, int]]:
    """Yields the index after each verb that stands at a word, and the index of its family."""
    for phrase, family in forms.get(words[first], ()):
        last = first + len(phrase)
        if tuple(words[first:last]) == phrase:
            yield last, family


def longest(words: Sequence[str], wanted: frozenset[Phrase]) -> Iterator[tuple[int, int]]:
    """Yields where some phrases stand, the longest at each place."""
    most = max(map(len, wanted))
    for first in range(len(words)):
        for last in range(min(len(words), first + most), first, -1):
            if tuple(words[first:last]) in wanted:
                yield first, last
                break


def _phrases(text: str) -> tuple[Phrase, ...]:
    return tuple(phrase for part in text.split(",") if (phrase := phrase_of(part)))


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))

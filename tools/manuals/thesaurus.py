"""A thesaurus of operation and maintenance: what people at the machine say, and what manuals write for it.

`thesaurus.toml` has a concept a line: English words and phrases, then French ones. A question that has one of them may
be answered by a passage that has another, in either language. It is data for the search alone: no answer rests on it
without the words that stand on the page.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ingestion.manuals.words import tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LONGEST: Final = 5  # words of a phrase


class Mention(NamedTuple):
    """Words of a question that stand for a concept.

    Attributes:
        start: Where they begin among the question's words.
        end: Where they end.
        others: The other words and phrases for it, as the index sees them, in the order of the file.
    """

    start: int
    end: int
    others: tuple[str, ...]


def mentions(words: Sequence[str]) -> list[Mention]:
    """Returns the concepts that a question mentions, by place; a word within a longer phrase is not taken by itself.

    Args:
        words: All words of the question as the index sees them (`ingestion.manuals.words.tokens`).
    """
    lines = _lines()
    found: list[Mention] = []
    end = 0
    for start in range(len(words)):
        for length in range(min(_LONGEST, len(words) - start), 0, -1):
            term = " ".join(words[start : start + length])
            if start + length > end and term in lines:
                found.append(Mention(start, start + length, lines[term]))
                end = start + length
                break
    return found


@cache
def known_words() -> frozenset[str]:
    """Returns every word of the thesaurus, as the index sees it."""
    return frozenset(word for term in _lines() for word in term.split())


@cache
def _lines() -> dict[str, tuple[str, ...]]:
    """Returns for each term the other terms of its concepts."""
    tables = tomllib.loads(Path(__file__).with_name("thesaurus.toml").read_text(encoding="utf-8"))
    others: dict[str, dict[str, None]] = {}
    for table in tables.values():
        for line in table["lines"].strip().splitlines():
            terms = dict.fromkeys(_terms(line.replace("|", ",").split(",")))
            for term in terms:
                others.setdefault(term, {}).update(dict.fromkeys(other for other in terms if other != term))
    return {term: tuple(others) for term, others in others.items()}


def _terms(texts: Iterable[str]) -> Iterable[str]:
    return filter(None, (" ".join(tokens(text)) for text in texts))

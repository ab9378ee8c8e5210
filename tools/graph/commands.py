"""Whether a question is none: "close all work orders" would have something done, and nothing here does anything.

What says how things are ("closed", "open", "fermé") is an adjective in a question, and an adjective never stands before
an article: first in a sentence and before one, or before a name, it is a verb, and the sentence a command. So is the
stem of a participle that is a property's name: "start J-7" where there is `started`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.graph.parser.readings import Function, Label, Nodes, Property, Role, Sort, Value

if TYPE_CHECKING:
    from tools.graph.parser.lexicon import Read

_BEFORE: Final = frozenset({Role.FILLER, Role.WHETHER})
_ARTICLE_WORDS: Final = """
    a all an any each every my our that the these this those
    ce ces cette des l la le les mon nos tous tout toute toutes un une
"""
_ARTICLES: Final = frozenset(_ARTICLE_WORDS.split())


def is_command(read: Read) -> bool:
    """Whether a question begins with a verb in the imperative, pleas aside."""
    at = 0
    while any(_is_plea(one.meaning) for one in read.readings if one.first == at and one.last == at + 1):
        at += 1
    if at + 1 >= len(read.words):
        return False
    first = [one.meaning for one in read.readings if (one.first, one.last) == (at, at + 1)]
    is_noun = any(isinstance(meaning, Label | Sort) for meaning in first)
    if is_noun or not any(_may_be_verb(meaning, read.words[at].plain) for meaning in first):
        return False
    named = any(isinstance(one.meaning, Nodes) and one.first == at + 1 for one in read.readings)
    return named or read.words[at + 1].plain in _ARTICLES


def _may_be_verb(meaning: object, word: str) -> bool:
    if isinstance(meaning, Property):
        return meaning.property != word and meaning.property in {f"{word}d", f"{word}ed"}
    return isinstance(meaning, Value)


def _is_plea(meaning: object) -> bool:
    return isinstance(meaning, Function) and meaning.role in _BEFORE

"""A GBNF grammar of all answers that stand on the page: words of a passage from any of them on, and its number.

One rule a word: it goes on with the next word or to the number, so the grammar is linear in the words of the passages.
A passage that answers as a whole is named by its first words and dots: the words of its beginning have a second rule
each, which lets the dots follow from the third of them on, as a model does not count to the six of `prompt.opening`.
What a model writes under it is read back by `prompt.read_answer`, since a span may still begin inside a number.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from inference.grammar import any_of, grammar, literal, repeated, sequence
from tools.manuals.prompt import MORE, NOT_FOUND, on_one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tools.manuals.prompt import Shown

_LINES: Final = 3
"""The most lines of an answer."""

_FEWEST: Final = 3
_MOST: Final = 24
"""Words of a beginning, signs too, after which dots may follow."""

_WORD: Final = re.compile(r"( ?)(\d+(?:[.,]\d+)*|\w+|[^\w\s])")


def grammar_of(passages: Sequence[Shown]) -> str:
    """Returns the grammar of the answers to a prompt with these passages."""
    lines: list[str] = []
    rules: dict[str, str] = {}
    for number, passage in enumerate(passages, 1):
        line, words = _passage(number, passage)
        lines.append(line)
        rules |= words
    more = repeated(sequence(literal("\n"), "line"), 0, _LINES - 1)
    root = f"{literal(NOT_FOUND)} | {sequence('line', more)}"
    return grammar({"root": root, "line": " | ".join(lines), **rules})


def grammar_within(number: int, passage: Shown) -> str:
    """Returns the grammar of the answers of one line with words of one passage.

    Args:
        number: The passage's in the prompt, from 1.
        passage: The passage.
    """
    line, rules = _passage(number, passage)
    return grammar({"root": line, **rules})


def grammar_among(number: int, texts: Iterable[str]) -> str:
    """Returns the grammar of the answers of one line that are one of some texts of a passage.

    Args:
        number: The passage's in the prompt, from 1.
        texts: As they stand in the prompt, at least one.
    """
    return grammar({"root": sequence(any_of(texts), literal(f" [{number}]"))})


def _passage(number: int, passage: Shown) -> tuple[str, dict[str, str]]:
    """Returns the body that matches a line with words of a passage, and the rules that it refers to."""
    words = _WORD.findall(on_one_line(passage.text))
    whole = f" | b{number}-0" if len(words) > _FEWEST else ""
    rules = {f"p{number}": " | ".join(f"p{number}-{index}" for index in range(len(words)))}
    rules |= {f"p{number}-{index}": _on_from(number, index, words) for index in range(len(words))}
    if whole:
        last = min(_MOST, len(words)) - 1
        rules |= {f"b{number}-{index}": _beginning(number, index, last, words) for index in range(last + 1)}
    return sequence(f"(p{number}{whole})", literal(f" [{number}]")), rules


def _on_from(number: int, index: int, words: Sequence[tuple[str, str]]) -> str:
    """Returns the body that matches a word, and any that follow it up to where the answer ends."""
    word = literal(words[index][1])
    if index + 1 == len(words):
        return word
    space, _ = words[index + 1]
    return sequence(word, repeated(sequence(literal(space), f"p{number}-{index + 1}"), 0, 1))


def _beginning(number: int, index: int, last: int, words: Sequence[tuple[str, str]]) -> str:
    """Returns the body that matches a word of a passage's beginning, and dots or further words of it."""
    word, dots = literal(words[index][1]), literal(MORE)
    if index == last:
        return sequence(word, dots)
    on = sequence(literal(words[index + 1][0]), f"b{number}-{index + 1}")
    return sequence(word, f"({dots} | {on})" if index + 1 >= _FEWEST else on)

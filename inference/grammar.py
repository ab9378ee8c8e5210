"""Small helpers to write GBNF, llama.cpp's grammar notation, without quoting mistakes.

    grammar({
        "root": sequence(literal("MATCH (a:"), "label", literal(")")),
        "label": any_of(["Asset", "Sensor"]),
    })

A rule's body is a text in GBNF; a bare name in it refers to another rule. Names of tags, labels or
people's words go through `literal` or `any_of`, so that a quote or a backslash in them stays text.

Source: the GBNF guide of llama.cpp (grammars/README.md).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_LITERAL_OR_CLASS = re.compile(r'"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]')


def literal(text: str) -> str:
    """Returns a text as a GBNF string that matches exactly it."""
    return '"' + "".join(_escape(character) for character in text) + '"'


def any_of(options: Iterable[str]) -> str:
    """Returns the body of a rule that matches one of some texts.

    Raises:
        ValueError: If there are none: a grammar that matches nothing is a mistake.
    """
    parts = [literal(option) for option in options]
    if not parts:
        raise ValueError("a choice needs at least one option")
    return "(" + " | ".join(parts) + ")"


def choice(name: str, options: Iterable[str]) -> str:
    """Returns a whole rule, `name ::= ("a" | "b")`."""
    return f"{name} ::= {any_of(options)}"


def sequence(*parts: str) -> str:
    """Returns a body that matches its parts one after the other; parts are GBNF."""
    return " ".join(parts)


def repeated(part: str, low: int, high: int | None = None) -> str:
    """Returns a body that matches a part `low` to `high` times, without end where `high` is None."""
    return f"({part}){{{low},{'' if high is None else high}}}"


def grammar(rules: Mapping[str, str]) -> str:
    """Returns a whole grammar from rule names and bodies.

    Raises:
        ValueError: If there is no `root`, a name is not lower case letters, digits and dashes, or
            a body refers to a rule that is not there.
    """
    if "root" not in rules:
        raise ValueError("a grammar needs a rule named root")
    for name, body in rules.items():
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a rule name: lower case letters, digits and dashes")
        for reference in _NAME.findall(_LITERAL_OR_CLASS.sub(" ", body)):
            if reference not in rules:
                raise ValueError(f"rule {name!r} refers to {reference!r}, which is not there")
    return "\n".join(f"{name} ::= {body}" for name, body in rules.items()) + "\n"


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return character if character.isprintable() else f"\\U{ord(character):08X}"

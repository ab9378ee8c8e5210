"""graphglot's parser with a memory of what it tried: the same trees, in bounded time.

graphglot's parser backtracks, and takes minutes for a handful of nested parentheses; here it remembers what it has
tried at which token (packrat parsing: B. Ford, "Packrat Parsing: Simple, Powerful, Lazy, Linear Time", 2002), which
makes it linear, and it has a budget. What it asks most often, whether a token is of a sort and what a part of a rule
is, is answered here without graphglot's detours.
"""

from __future__ import annotations

import re
from functools import lru_cache
from types import FunctionType
from typing import TYPE_CHECKING, Any, ClassVar, Final

from graphglot.dialect.neo4j import Neo4j
from graphglot.error import ParseError
from graphglot.lexer import Token, TokenType, token_matches
from graphglot.parser.base import ListPart, OptionalPart

if TYPE_CHECKING:
    from collections.abc import Callable

_BUDGET: Final = 40_000
_DIGIT: Final = re.compile("[0-9]")
_LONG_NUMBER: Final = 16
_REGISTERED: Final = frozenset(Neo4j.Parser.PARSERS.values())


class OutOfBudgetError(Exception):
    """The text takes too many steps to parse."""


class Packrat(Neo4j.Parser):  # type: ignore[misc]  # graphglot has no types
    """graphglot's parser with a memory of what it tried, and a budget of steps.

    Nearly all that it tries cannot even begin with the token it stands at. A rule that fails there and has looked
    at no token beyond it fails at every such token of every text; that is learnt once (`_fruitless`: what a parser
    generator works out beforehand as FIRST sets), and the rule is not tried there again.
    """

    _fruitless: ClassVar[set[tuple[int, int]]] = set()

    def reset(self) -> None:
        """Forgets all about the last text."""
        super().reset()
        self._tried: dict[tuple[Any, ...], tuple[Any, int, Any, int]] = {}
        self._sorts: dict[int, int] = {}
        self._steps = 0
        self._looked = 0  # index of the furthest token looked at
        self._pending_varlen_quantifier: Any = None

    def _advance(self, times: int = 1) -> None:
        self._steps += 1
        if self._steps > _BUDGET:
            raise OutOfBudgetError
        words = self._tokens
        index: int = self._index + times
        self._index: int = index
        self._curr = words[index] if index < len(words) else None
        self._prev = words[index - 1] if index > 0 else None
        self._looked = max(self._looked, index)

    def _peek_at(self, offset: int) -> Token | None:
        self._looked = max(self._looked, self._index + offset)
        return super()._peek_at(offset)

    def _match(self, token_type: TokenType | set[TokenType]) -> bool:
        word = self._curr
        if word is None:
            return False
        if type(token_type) is TokenType:
            return word.token_type is token_type
        return bool(token_matches(word, token_type) if type(token_type) is not set else word.token_type in token_type)

    def _match_next(self, token_type: TokenType | set[TokenType]) -> bool:
        return bool(token_matches(self._peek_at(1), token_type))

    def _expect(self, token_type: TokenType | set[TokenType]) -> Token | list[Token]:
        word = self._curr
        if word is None or word.token_type is not token_type:
            return super()._expect(token_type)
        self._advance()
        return word

    def seq(self, *parts: Any, skip_opt_if_next_token_matches: bool = True) -> list[Any]:
        """Reads the parts of a rule, all of them or none."""
        if len(parts) == 1 and type(parts[0]) is tuple and callable(parts[0][0]):
            return [self._maybe_list(self.parse_one_of(*parts[0]))]
        start = self._index
        try:
            return [self._parse_part(part, at, parts, skip_opt_if_next_token_matches) for at, part in enumerate(parts)]
        except ParseError:
            self._retreat(start)
            raise

    def _parse_part(self, part: Any, idx: int, all_parts: tuple[Any, ...], skip_opt: bool) -> Any:
        kind = type(part)
        if kind is TokenType:
            return self._expect(part)
        if kind is FunctionType:
            return self._maybe_list(part(self))
        if kind is OptionalPart:
            return self._parse_optional(part, idx, all_parts, skip_opt)
        if kind is ListPart:
            return self._parse_list_part(part)
        if kind is tuple and callable(part[0]):
            return self._maybe_list(self.parse_one_of(*part))
        if kind is set and type(next(iter(part))) is TokenType:
            return self._expect(part)
        return super()._parse_part(part, idx, all_parts, skip_opt)

    def _maybe_list(self, v: Any) -> Any:
        return self._parse_list_part(v) if type(v) is ListPart else v

    def parse_one_of(self, *parsers: Callable[..., Any], message: str | None = None) -> Any:
        """Tries rules in order; one of them has to fit."""
        return self.try_parse_any(*parsers) or super().parse_one_of(*parsers, message=message)

    def try_parse_any(self, *parsers: Callable[..., Any]) -> Any:
        """Tries rules in order, and returns what the first that fits makes."""
        if self._curr is None:
            return None
        sort, fruitless = self._sort(), self._fruitless
        for parser in parsers:
            if (_rule(parser), sort) not in fruitless and (made := self.try_parse(parser)):
                return made
        return None

    def try_parse(self, parser: Callable[..., Any], retreat: bool = False) -> Any:
        """Tries a rule at the current token, or recalls what came of it."""
        if self._curr is None:
            return None
        rule, sort, start = _rule(parser), self._sort(), self._index
        if (rule, sort) in self._fruitless:
            return None
        # The pending quantifier is the one thing that a rule leaves behind beside its result.
        key = (id(self._tokens), start, rule or parser, id(self._pending_varlen_quantifier))
        before, self._looked = self._looked, start
        if key in self._tried:
            result, end, self._pending_varlen_quantifier, self._looked = self._tried[key]
            self._retreat(end)
        else:
            try:
                result = parser(self)
            except ParseError:
                result = None
            if not result:
                self._retreat(start)
            self._tried[key] = (result, self._index, self._pending_varlen_quantifier, self._looked)
            if not result and self._looked == start and rule and sort:
                self._fruitless.add((rule, sort))
        self._looked = max(self._looked, before)
        if retreat:
            self._retreat(start)
        return result

    def _sort(self) -> int:
        """Returns the sort of the current token."""
        word = self._curr
        sort = self._sorts.get(id(word))
        if sort is None:
            sort = self._sorts[id(word)] = _sort(word)
        return sort


_numbered: dict[Any, int] = {}
"""Rules and sorts of tokens, each with its number: much quicker to look up than what they are told by."""


@lru_cache(maxsize=4_096)
def _rule(function: Callable[..., Any]) -> int:
    """Returns the number of a rule: graphglot makes many of its functions anew at each call. 0 for one not to tell."""
    told_by = _told_by(function)
    return 0 if told_by is None else _numbered.setdefault(told_by, len(_numbered) + 1)


def _told_by(function: Callable[..., Any]) -> Any:
    """Returns a rule's code with what it was made with, functions, types and tuples; None where there is more."""
    if function in _REGISTERED:
        return function
    if not isinstance(function, FunctionType) or function.__defaults__ or function.__kwdefaults__:
        return None
    held = [cell.cell_contents for cell in function.__closure__ or ()]
    if not all(isinstance(item, FunctionType | type | tuple) for item in held):
        return None
    told = [_told_by(item) if isinstance(item, FunctionType) else item for item in held]
    return None if None in told else (function.__code__, *told)


def _sort(word: Token) -> int:
    """Returns the number of all that a rule can see of a token and fail for: its type, and what its text is like.

    0 for a number so long that its value may matter.
    """
    if word.token_type is not TokenType.NUMBER:
        like: object = word.text.isidentifier()
    elif len(word.text) < _LONG_NUMBER:
        like = _DIGIT.sub("0", word.text)
    else:
        return 0
    return _numbered.setdefault((word.token_type, like), len(_numbered) + 1)

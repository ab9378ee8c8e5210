"""The guard: the only maker of a `GuardedQuery`. Whatever text comes in, what goes out only reads.

| part | how |
|---|---|
| size | at most 4,000 characters, no control characters |
| Unicode | outside strings a text must be its own NFKC form: full-width letters are no letters here |
| comments | dropped: the query is written anew from its tokens |
| strings | lifted out to parameters, so no engine reads them as part of the query |
| parse | what graphglot does not parse is refused; the parse has a budget (`cypher.py`) |
| statements | exactly one; a closing semicolon is dropped |
| clauses, functions | **allow-list of the tree's classes**: what is not listed is refused, thought of or not |
| cost | no unbounded paths, unconnected patterns, lists in lists, growing values, slow expressions (`bounds.py`) |
| names | labels, relationship types, triples, properties against the schema (`names.py`) |
| parameters | every one used has a value, a plain one; others are dropped |
| rows | LIMIT forced on every part, at most one row more than the limit, so that truncation shows |
| hash | `plant.graph.contract.seal` carries it to the engine |

The timeout is the engine's (`run(timeout_s=)`); nothing in a text can change it.
A refusal's code is `unsafe_query` for what is not allowed, `invalid_query` for what is wrong, and `not_found` for a
path that the schema makes impossible.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import count, pairwise
from typing import TYPE_CHECKING, Any, Final

import msgspec
from graphglot import ast
from graphglot.lexer import Token, TokenType

from plant.facts import Refusal, RefusalCode
from plant.graph.contract import GuardedQuery, is_value, seal
from tools.graph.bounds import runs_away
from tools.graph.cypher import NotCypher, names_among, parse, parts, tokens, walk
from tools.graph.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plant.graph.contract import GraphSchema
    from tools.graph.cypher import Parts

MAX_TEXT: Final = 4_000
_CACHED: Final = 64 * 1024
"""Characters of texts whose trees are kept: a tree takes about a kilobyte a character."""
_LIFTED: Final = "_"

_UNSAFE: Final = """
ALTER ATTACH CALL COMMIT COPY CREATE CYPHER DELETE DENY DETACH DROP EXPLAIN EXPORT FINISH FOREACH GRANT IMPORT INSERT
INSTALL LOAD MERGE NODETACH PROFILE REMOVE REVOKE ROLLBACK SESSION SET SHOW START TERMINATE USE
"""
_UNSAFE_WORDS: Final = frozenset(_UNSAFE.split())
"""Words that only choose a refusal's code and text; nothing is allowed for lack of them."""

_CLASSES: Final = """
AbbreviatedEdgePattern AggregateFunction AmbientLinearQueryStatement ApproximateNumericType
ArithmeticAbsoluteValueFunction ArithmeticFactor ArithmeticTerm ArithmeticValueExpression Asterisk
BindingVariableReference BooleanFactor BooleanLiteral BooleanTerm BooleanTest BooleanValueExpression CaseAbbreviation
CastSpecification CeilingFunction CharacterStringType CharacterStringValueExpression ComparisonPredicate
ComparisonPredicatePart2 CompositeQueryExpression ConcatenationValueExpression CypherPatternPredicate
CypherSliceExpression CypherSubscriptExpression CypherTemporalCast CypherTemporalMethod CypherWithStatement
DateFunction DateType DatetimeSubtraction DatetimeSubtractionParameters DatetimeType DatetimeValueExpression
DurationFactor DurationFunction DurationTerm DurationValueExpression ElementPatternFiller ElementPropertySpecification
ElementVariableDeclaration ElseClause EndNode ExistsPredicate Factor Field FieldList FieldsSpecification
FixedQuantifier FloorFunction ForItem ForItemAlias ForStatement FullEdgeAnyDirection FullEdgePointingLeft
FullEdgePointingRight GeneralParameterReference GeneralQuantifier GeneralSetFunction GeneralSetFunctionType
GeneralValueSpecification GqlProgram GraphPattern GraphPatternBindingTable GraphPatternWhereClause Head Identifier
InPredicate IsLabelExpression IsLabeledOrColon Keys LabelExpression LabelName LabelTerm LabeledPredicate
LabeledPredicatePart2 Labels Last LimitClause ListComprehension ListElementList ListPredicateFunction
ListValueConstructorByEnumeration ListValueExpression MatchStatementBlock ModulusExpression MultiCharacterTrimFunction
NodePattern Nodes NullLiteral NullPredicate NullPredicatePart2 NumericValueExpression OffsetClause
OptionalMatchStatement OptionalOperand OrderByAndPageStatement OrderByClause OrderingSpecification
ParenthesizedBooleanValueExpression ParenthesizedValueExpression PathLengthExpression PathPattern PathPatternList
PathTerm PathValueExpression PathVariableDeclaration PowerFunction PrimitiveResultStatement ProcedureBody Properties
PropertyKeyValuePair PropertyKeyValuePairList PropertyName PropertyReference QuantifiedPathPrimary QueryConjunction
RecordConstructor RegexMatchPredicate Relationships ReturnItem ReturnItemAlias ReturnItemList ReturnStatement
ReturnStatementBody ReverseFunc Round SearchedCase SearchedWhenClause SetOperator SetQuantifier SignFunc
SignedBinaryExactNumericType SimpleCase SimpleLinearQueryStatement SimpleMatchStatement SimpleWhenClause
SingleCharacterTrimFunction Size SortSpecification SortSpecificationList Split SquareRoot StartNode StatementBlock
StringMatchPredicate Substring SubstringFunction Tail Term ToLower ToUpper TransactionActivity TrimOperands TypeFunc
UnsignedInteger UnsignedNumericLiteral WhenOperandList WhereClause _Avg
_CoalesceLeftParenListValueExpressionRightParen _CollectList _Colon _Count _CountAsterisk
_DateLeftParenDateFunctionParametersRightParen _ExistsGraphPattern _ExistsMatchStatementBlock _Float _Int _Max _Min
_MultiplicativeFactor _OffsetClauseLimitClause _OpBooleanTerm _OrderByClauseOffsetClauseLimitClause
_ProcedureSpecificationEndTransactionCommand _ProgramActivitySessionCloseCommand _QueryConjunctionElement
_ReturnStatementOrderByAndPageStatement _SetQuantifierAsteriskGroupByClause _SetQuantifierReturnItemListGroupByClause
_SignedDurationTerm _SignedTerm _SimpleLinearQueryStatementPrimitiveResultStatement _StddevSamp _String _Sum
"""
_ALLOWED: Final = frozenset(_CLASSES.split())
"""The classes of graphglot's tree that a query may be made of; each is there for a query in the tests."""

_EXAMPLE: Final = "Write it like MATCH (a:Asset) RETURN a.id."
_QUOTED_NAME: Final = re.compile(r"[\w .\-]+\Z")


class Checked(msgspec.Struct, frozen=True):
    """A text that passed: as it will run, the strings lifted out of it, the parameters it takes, and its tree."""

    text: str
    lifted: dict[str, str]
    taken: tuple[str, ...]
    tree: Any


class Guard:
    """Judges queries against one schema.

    Args:
        schema: What there is to ask about.
        row_limit: The most rows an answer has.
    """

    def __init__(self, schema: GraphSchema, *, row_limit: int) -> None:
        self.names = Names(schema)
        self._row_limit = row_limit
        self._judged: dict[str, Checked | Refusal] = {}
        self._kept = 0

    def check(self, text: str, parameters: dict[str, Any] | None = None) -> GuardedQuery | Refusal:
        """Returns the query sealed, or why it may not run. Never raises, whatever the text."""
        judged = self.read(text)
        if isinstance(judged, Refusal):
            return judged
        values = {**(parameters or {}), **judged.lifted}
        for name in judged.taken:
            if name not in values:
                return _wrong(f"The parameter ${name} has no value.", "Write the value in its place.")
            if not is_value(values[name]):
                return _wrong(f"The value of ${name} is none that a graph holds.", "Give a text, a number, or a list.")
        return seal(judged.text, {name: values[name] for name in judged.taken}, self._row_limit)

    def read(self, text: str) -> Checked | Refusal:
        """Returns what the guard makes of a text, parameters aside; repeated texts cost nothing."""
        judged = self._judged.get(text)
        if judged is None:
            try:
                judged = self._judge(text)
            except NotCypher as error:
                judged = _wrong(f"That is not a Cypher query that can be read: {error}", _EXAMPLE)
            self._keep(text, judged)
        return judged

    def _keep(self, text: str, judged: Checked | Refusal) -> None:
        if len(text) > MAX_TEXT:
            return
        self._judged[text] = judged
        self._kept += len(text)
        while self._kept > _CACHED:
            oldest = next(iter(self._judged))
            del self._judged[oldest]
            self._kept -= len(oldest)

    def _judge(self, text: str) -> Checked | Refusal:
        if len(text) > MAX_TEXT:
            return _wrong(
                f"The query has {len(text)} characters; at most {MAX_TEXT} are read.", "Ask for less at once."
            )
        pieces = _pieces(text)
        if isinstance(pieces, Refusal):
            return pieces
        bounded = _bound_rows(pieces, self._row_limit + 1)
        if isinstance(bounded, Refusal):
            return _says_unsafe(pieces) or bounded
        rewritten = "".join(piece.text + piece.gap for piece in bounded).strip()
        try:
            trees = parse(rewritten)
        except NotCypher:
            unsafe = _says_unsafe(pieces)
            if unsafe is not None:
                return unsafe
            raise
        if len(trees) != 1:
            return _unsafe("One statement at a time: the query has none, or more than one.")
        found = parts(trees[0])
        fault = _not_allowed(found)
        if fault is not None:
            return _says_unsafe(pieces) or fault
        lifted = {piece.text[1:]: piece.lifted for piece in bounded if piece.lifted is not None}
        fault = runs_away(found, lifted) or self.names.check(found)
        if fault is not None:
            return fault
        taken = tuple(str(item.parameter_name.name) for item in found[ast.GeneralParameterReference])
        return Checked(rewritten, lifted, taken, trees[0])


class _Piece(msgspec.Struct, frozen=True):
    """One token as it will be written, with the space behind it."""

    text: str
    gap: str
    kind: Any
    lifted: str | None = None


def _pieces(text: str) -> list[_Piece] | Refusal:
    """Writes a text anew from its tokens: without comments, strings as parameters."""
    if any(unicodedata.category(mark) in {"Cc", "Cf", "Cs"} and mark not in "\t\r\n" for mark in text):
        return _unsafe("The query has characters that cannot be seen.")
    words = tokens(text)
    while words and words[-1].token_type is TokenType.SEMICOLON:
        words.pop()
    if not words:
        return _wrong("There is no query.", _EXAMPLE)
    if any(word.token_type is TokenType.SEMICOLON for word in words):
        return _unsafe("One statement at a time: the query has more than one.")
    pieces: list[_Piece] = []
    strings = count(1)
    ends = [word.start for word in words[1:]] + [len(text)]
    named = names_among(words)
    for at, (word, end) in enumerate(zip(words, ends, strict=True)):
        piece = _piece(word, text[word.start : end], strings)
        if piece is not None and at in named:
            piece = _Piece(f"`{word.text}`", piece.gap, TokenType.VAR)
        if piece is None:
            return _unsafe(f"The query has characters that only look like Cypher, near {word.text[:20]!r}.")
        if piece.lifted is not None and not is_value(piece.lifted):
            return _wrong(
                "A text in the query has half a character, \\uD800 to \\uDFFF.", "Write the character itself."
            )
        pieces.append(piece)
    return pieces


def _piece(word: Token, source: str, strings: Iterator[int]) -> _Piece | None:
    """Writes one token; None for one that is not what it looks like. `strings` numbers those that are lifted."""
    kind, name = word.token_type, word.text
    if kind is TokenType.STRING and source[:1] in {"'", '"'}:
        return _Piece(f"${_LIFTED}{next(strings)}", " ", kind, lifted=name)
    if source.startswith("`"):
        plain = _QUOTED_NAME.match(name) and unicodedata.normalize("NFKC", name) == name
        return _Piece(f"`{name}`", " ", kind) if plain else None
    if " " in name:  # a keyword of two words, written with any space between
        return _Piece(name, " ", kind)
    same = source.startswith(name) and unicodedata.normalize("NFKC", name) == name
    if not same or not (name.isascii() or name.isidentifier()):
        return None
    written = name if name.isascii() else f"`{name}`"  # kglite reads other letters only in back quotes
    return _Piece(written, " " if len(source) > len(name) else "", kind)


def _bound_rows(pieces: list[_Piece], most: int) -> list[_Piece] | Refusal:
    """Forces a LIMIT on each part of a UNION; a smaller one that is there stays."""
    bounded: list[_Piece] = []
    part: list[_Piece] = []
    limit_at: int | None = None
    returns = False
    depth = 0
    for piece in [*pieces, None]:
        if piece is None or (depth == 0 and piece.kind is TokenType.UNION):
            if not returns:
                return _wrong("The query returns nothing.", "End it with RETURN.")
            fault = _limit(part, limit_at, most)
            if fault is not None:
                return fault
            bounded += part if piece is None else [*part, piece]
            part, limit_at, returns = [], None, False
            continue
        if piece.lifted is None:
            depth += sum(mark in "([{" for mark in piece.text) - sum(mark in ")]}" for mark in piece.text)
        if depth == 0 and piece.kind is TokenType.RETURN:
            returns, limit_at = True, None
        if depth == 0 and piece.kind is TokenType.LIMIT:
            limit_at = len(part)
        part.append(piece)
    return bounded


def _limit(part: list[_Piece], at: int | None, most: int) -> Refusal | None:
    """Writes the LIMIT of one part, in place."""
    if at is None:
        part[-1] = msgspec.structs.replace(part[-1], gap=" ")
        part += [_Piece("LIMIT", " ", TokenType.LIMIT), _Piece(str(most), " ", TokenType.NUMBER)]
        return None
    rest = part[at + 1 :]
    if len(rest) != 1 or not re.fullmatch(r"[0-9]{1,18}", rest[0].text):
        return _wrong("LIMIT must be a plain number, at the end.", f"Write LIMIT {most - 1}, or leave it out.")
    part[-1] = _Piece(str(min(int(rest[0].text), most)), " ", TokenType.NUMBER)
    return None


def _not_allowed(found: Parts) -> Refusal | None:
    for kind, items in found.items():
        if kind.__name__ not in _ALLOWED:
            return _unsafe(f"The query uses what is not allowed here: {_in_words(kind.__name__, items[0])}.")
    for result in found[ast.PrimitiveResultStatement]:
        page = getattr(result.primitive_result_statement, "order_by_and_page_statement", None)
        if not any(isinstance(item, ast.LimitClause) for item in walk(page)):
            return _unsafe("The rows of the query cannot be limited.")
    return None


def _in_words(name: str, item: Any) -> str:
    if name == "Anonymous":
        return f"the function {getattr(item, 'name', '')}".strip()
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.strip("_").removeprefix("Cypher")).lower()
    return words.removesuffix(" statement").removesuffix(" func")


def _says_unsafe(pieces: list[_Piece]) -> Refusal | None:
    """Names the word that makes a refused query unsafe, if it says one."""
    for before, piece in pairwise([None, *pieces]):
        word = piece.text.upper() if piece else ""
        if word in _UNSAFE_WORDS and (before is None or before.text.upper() not in {".", ":", "AS"}):
            return _unsafe(f"The query does not only read: it says {word}.")
    return None


def _unsafe(text: str, help_: str = "Only questions are allowed: MATCH ... RETURN ...") -> Refusal:
    return Refusal(RefusalCode.UNSAFE_QUERY, text, help=help_)


def _wrong(text: str, help_: str) -> Refusal:
    return Refusal(RefusalCode.INVALID_QUERY, text, help=help_)

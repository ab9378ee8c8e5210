"""The grammar of the queries that a language model may write, in GBNF, from the part of a schema a question touches.

It can name no label, type, property or value that is not there, and walks only along triples that are there. What it
can say: chains of up to four hops, two of them joined by a comma, AND, OR, NOT, comparisons with the question's own
values, numbers and days, paths that are there or not, counted links (WITH), the most and the least of them, counts,
sums and means, DISTINCT, ORDER BY, LIMIT. Whether a property
belongs to its variable, and a variable to its label, is left to the guard.

A model that is tuned knows how a query is made; it is held to names alone (`names_grammar_of`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from inference.grammar import any_of, grammar, literal
from tools.graph.prompt import CANNOT
from tools.graph.prompt import literal as written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plant.graph.contract import RelationType
    from tools.graph.prompt import Pruned

_HOPS: Final = 4
_WITHIN: Final = ("*1..3", "*1..8")
_NOTHING: Final = '""'
_NUMBER: Final = '[0-9]{1,9} ("." [0-9]{1,4})?'
_WORD: Final = re.compile(r"[^\W_]+")
_WORDS: Final = """
MATCH OPTIONAL WHERE RETURN WITH UNWIND AND OR NOT EXISTS IN IS NULL CONTAINS STARTS ENDS DISTINCT ORDER BY ASC DESC
LIMIT AS CASE WHEN THEN ELSE END
"""
_KEYWORDS: Final = tuple(_WORDS.split())


def names_grammar_of(schema: Pruned, question: str) -> str:
    """Returns the GBNF of `CANNOT`, and of whatever begins as a query and has no name and no text from elsewhere.

    Behind a colon stand labels and types of the schema, behind a dot and in maps its properties, in quotation marks the
    values that the question names, its days, and its own words in their order. All else is free: the guard reads it.

    Args:
        schema: What the question touches.
        question: As it was asked.
    """
    kinds = dict.fromkeys([*(node.label for node in schema.nodes), *(one.type for one in schema.relations)])
    values = [one.value for one in schema.named] + list(schema.literals)
    quoted = dict.fromkeys(written(value) for value in values if isinstance(value, str))
    texts = _own_words(question)
    rules = {
        "root": f'("MATCH " | "OPTIONAL MATCH ") piece+ | {literal(CANNOT)}',
        "piece": "keyword | kind | property | pair | plain | value | mark",
        "keyword": any_of(_KEYWORDS),
        "kind": f'(":" | "|") {any_of(kinds)}',
        "property": f'"." {any_of(_properties(schema))}',
        "pair": f'{any_of(_properties(schema))} ": "',
        "plain": "[a-z] [a-zA-Z0-9_]{0,15}",
        "value": " | ".join([*([any_of(quoted)] if quoted else []), *([_quoted(texts)] if texts else []), _NUMBER]),
        "mark": '[ ()<>=,*+/{}-] | "[" | "]" | ".."',
        **texts,
    }
    return grammar(rules)


def _own_words(question: str) -> dict[str, str]:
    """Returns the rules `own-N`: a question's words from one of them on, as they are written and in lower case."""
    rules: dict[str, str] = {}
    for text in dict.fromkeys((question, question.lower())):
        words = list(_WORD.finditer(text))
        for index, word in enumerate(words):
            behind = words[index + 1] if index + 1 < len(words) else None
            gap = text[word.end() : behind.start()] if behind else "'"
            onward = "" if "'" in gap or "\\" in gap else f"({literal(gap)} own-{len(rules) + 1})?"
            rules[f"own-{len(rules)}"] = f"{literal(word[0])} {onward}"
    return rules


def _quoted(rules: Iterable[str]) -> str:
    return f'"\'" ({" | ".join(rules)}) "\'"'


def grammar_of(schema: Pruned) -> str:
    """Returns the GBNF of one query over a pruned schema.

    Args:
        schema: What the question touches.
    """
    labels = [node.label for node in schema.nodes]
    rules = {
        "root": 'match where? with? extreme? " RETURN " "DISTINCT "? item (", " item){0,3} order? limit?',
        "match": '"MATCH " chain (", " chain)?',
        "chain": " | ".join(f"hop{_HOPS}-{at}" for at in range(len(labels))),
        "where": '" WHERE " test ((" AND " | " OR ") test){0,3}',
        "test": '"NOT "? (comparison | pattern | "EXISTS { MATCH " (chain | pattern) (" WHERE " comparison)? " }")',
        "comparison": _comparisons(schema),
        "with": '" WITH " var ", count(" "DISTINCT "? var ") AS " var (", " var)? (" WHERE " var sign (whole | var))?',
        "extreme": '" WITH " ("max(" | "min(") (field | var) ") AS " var " " match where? with?',
        "item": '(field | aggregate | var) (" AS " var)?',
        "aggregate": 'count " > 0"? | ("sum(" | "avg(" | "min(" | "max(") field ")"',
        "count": '"count(" "DISTINCT "? (field | var | "*") ")"',
        "order": '" ORDER BY " (field | aggregate | var) " DESC"?',
        "limit": f'" LIMIT " {any_of(_wholes(schema) or ["1"])}',
        "field": f'var "." {any_of(_properties(schema))}',
        "sign": any_of((" > ", " >= ", " < ", " <= ", " = ")),
        "whole": any_of((*_wholes(schema), "0", "1")),
        "var": "[a-z] [a-z0-9]{0,7}",
    }
    for at, label in enumerate(labels):
        rules[f"node-{at}"] = f'"(" var? {literal(f":{label}")} {_inside(schema, label)} ")"'
        rules |= _hops(at, labels, schema)
    rules["pattern"] = " | ".join(name for name in rules if name.startswith("link-")) or "chain"
    return grammar(rules)


def _hops(at: int, labels: list[str], schema: Pruned) -> dict[str, str]:
    """Returns the rules `hopN-AT`, a node of the label and up to N more steps, and `link-AT`, steps from a variable."""
    steps: list[tuple[str, int]] = []
    for relation in schema.relations:
        if relation.start == labels[at]:
            steps.append((f'"-[" {_edge(relation, schema)} "]->"', labels.index(relation.end)))
        if relation.end == labels[at]:
            steps.append((f'"<-[" {_edge(relation, schema)} "]-"', labels.index(relation.start)))
    rules = {f"hop0-{at}": f"node-{at}"}
    for left in range(1, _HOPS + 1):
        onward = " | ".join(f"{step} hop{left - 1}-{end}" for step, end in steps)
        rules[f"hop{left}-{at}"] = f"node-{at} ({onward})?" if onward else f"node-{at}"
    if steps:
        rules[f"link-{at}"] = f'"(" var ")" ({onward})'
    return rules


def _edge(relation: RelationType, schema: Pruned) -> str:
    """Returns the body of what stands in a relationship's brackets; several hops only where it leads on to itself."""
    one = f"var? {literal(f':{relation.type}')} {_inside(schema, relation.type)}"
    if relation.start != relation.end:
        return one
    return f"({one} | {any_of(f':{relation.type}{hops}' for hops in _WITHIN)})"


def _inside(schema: Pruned, owner: str) -> str:
    """Returns the body of a property map: one of the values that the question names, or nothing."""
    pairs = [f" {{{one.property}: {written(one.value)}}}" for one in schema.named if one.owner == owner]
    return f"{any_of(pairs)}?" if pairs else _NOTHING


def _comparisons(schema: Pruned) -> str:
    equal = [f".{one.property} {sign} {written(one.value)}" for one in schema.named for sign in ("=", "<>")]
    together: dict[str, list[str]] = {}
    for one in schema.named:
        together.setdefault(one.property, []).append(written(one.value))
    equal += [f".{name} IN [{', '.join(values)}]" for name, values in together.items() if len(values) > 1]
    parts = [f"var {any_of(dict.fromkeys(equal))}"] if equal else []
    plain = [written(value) for value in schema.literals]
    if plain:
        parts.append(f"field sign {any_of(plain)}")
    texts = [value for value in plain if value.startswith("'")]
    if texts:
        sought = f'(" CONTAINS " | " STARTS WITH " | " ENDS WITH ") {any_of(texts)}'
        parts.append(f'(field | "toLower(" field ")") {sought}')
    parts += ['field (" IS NULL" | " IS NOT NULL")', 'field (" = " | " < " | " > " | " <> ") (field | var)']
    return " | ".join(parts)


def _properties(schema: Pruned) -> list[str]:
    names = [name for node in schema.nodes for name in node.properties]
    names += [name for relation in schema.relations for name in relation.properties]
    return list(dict.fromkeys(names)) or ["id"]


def _wholes(schema: Pruned) -> list[str]:
    return [str(value) for value in schema.literals if isinstance(value, int) and not isinstance(value, bool)]

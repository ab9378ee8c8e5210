"""Back from a query to a phrase: what it asks for, so that a person sees what was understood.

A query that is a form of the parser is said as one. Of any other the path is said that it walks and the texts it
looks for, and that there is more to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from graphglot import ast

from plant.facts import Refusal
from tools.graph.cypher import EdgeUse, counts, paths, walk
from tools.graph.formed import form_of
from tools.graph.parser.speech import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plant.graph.contract import GraphSchema
    from tools.graph.cypher import Path
    from tools.graph.guard import Checked

_FURTHER: Final = {"en": "{}, with further conditions", "fr": "{}, avec d'autres conditions"}


def meaning_of(
    checked: Checked | Refusal,
    schema: GraphSchema,
    *,
    row_limit: int,
    parameters: Mapping[str, Any] | None = None,
) -> dict[str, str] | None:
    """Returns a phrase in English and French for a query that passed; None for one that did not.

    Args:
        checked: What the guard read.
        schema: The graph's.
        row_limit: The guard's: a LIMIT beyond it was not the query's own.
        parameters: Values of the query's own parameters.
    """
    if isinstance(checked, Refusal):
        return None
    values = {**(parameters or {}), **checked.lifted}
    formed = form_of(checked.tree, values, schema, row_limit=row_limit)
    if formed is None:
        return {language: _FURTHER[language].format(said) for language, said in _walked(checked).items()}
    said = {language: say(formed.ask, language, schema) for language in _FURTHER}
    if formed.whole:
        return said
    return {language: _FURTHER[language].format(phrase) for language, phrase in said.items()}


def _walked(checked: Checked) -> dict[str, str]:
    """Says which paths a query walks, in the graph's own names, and the texts it looks for."""
    walked = paths(checked.tree)
    steps = "; ".join(dict.fromkeys(_step(path, _labels(walked)) for path in walked))
    values = ", ".join(f"'{value}'" for value in checked.lifted.values())
    english = f"{steps or 'a value'}{values and f', with {values}'}"
    french = f"{steps or 'une valeur'}{values and f', avec {values}'}"
    return (
        {"en": f"number of {english}", "fr": f"nombre de {french}"}
        if counts(checked.tree)
        else {"en": english, "fr": french}
    )


def compared_values(tree: Any) -> list[tuple[str, str]]:
    """Returns (property, parameter) for each property that a query wants to be equal to a parameter."""
    found = []
    for item in walk(tree):
        if isinstance(item, ast.PropertyKeyValuePair):
            found += [(str(item.property_name.identifier.name), name) for name in _parameters(item.value_expression)]
        elif isinstance(item, ast.ComparisonPredicate) and _is_equality(item):
            names = [
                str(p.property_name[-1].identifier.name) for p in walk(item) if isinstance(p, ast.PropertyReference)
            ]
            parameters = _parameters(item)
            if len(names) == 1 and len(parameters) == 1:
                found.append((names[0], parameters[0]))
    return found


def _is_equality(item: Any) -> bool:
    return bool(item.comparison_predicate_part_2.comp_op.name == "EQUALS")


def _parameters(node: Any) -> list[str]:
    return [str(item.parameter_name.name) for item in walk(node) if isinstance(item, ast.GeneralParameterReference)]


def _labels(walked: list[Path]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in walked:
        for use in path:
            if not isinstance(use, EdgeUse) and use.variable and use.labels:
                found.setdefault(use.variable, "|".join(use.labels))
    return found


def _step(path: Path, labels: dict[str, str]) -> str:
    words = []
    for use in path:
        if isinstance(use, EdgeUse):
            name = "|".join(use.types) or "to"
            words.append({"left": f"<-{name}-", "right": f"-{name}->", "any": f"-{name}-"}[use.direction])
        else:
            words.append("|".join(use.labels) or labels.get(use.variable, "node"))
    return " ".join(words)

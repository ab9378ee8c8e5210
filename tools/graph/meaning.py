"""Back from a query to a phrase: what it asks for, so that a person sees what was understood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphglot import ast

from plant.facts import Refusal
from tools.graph.cypher import EdgeUse, paths, walk

if TYPE_CHECKING:
    from tools.graph.cypher import Path
    from tools.graph.guard import Checked


def meaning_of(checked: Checked | Refusal) -> dict[str, str] | None:
    """Returns a phrase in English and French for a query that passed; None for one that did not.

    "Sensor MEASURES Asset, with 'P-101'": names are the graph's own, since they are what ran.
    """
    if isinstance(checked, Refusal):
        return None
    walked = paths(checked.tree)
    steps = list(dict.fromkeys(_step(path, _labels(walked)) for path in walked)) or ["a value"]
    values = [f"'{value}'" for value in checked.lifted.values()]
    counts = any(type(item).__name__ in {"_Count", "_CountAsterisk"} for item in walk(checked.tree))
    english, french = "; ".join(steps), "; ".join(steps)
    if values:
        english += f", with {', '.join(values)}"
        french += f", avec {', '.join(values)}"
    return {"en": f"number of {english}", "fr": f"nombre de {french}"} if counts else {"en": english, "fr": french}


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

"""Which of four an empty result is: a true zero, an entity not found, a value spelled otherwise.

The fourth, a path that the schema makes impossible, never runs: the guard refuses it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plant.errors import nearest
from plant.facts import Refusal
from tools.graph.meaning import compared_values

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from plant.facts import Scalar
    from tools.graph.guard import Checked


def why_empty(
    checked: Checked | Refusal, parameters: dict[str, Any], values_of: Callable[[str], Sequence[Scalar]]
) -> tuple[str, tuple[str, ...]]:
    """Returns the kind and, for `spelled_otherwise`, the spellings that are there.

    Args:
        checked: The query that gave no rows.
        parameters: Its parameters.
        values_of: Gives the values that a property has anywhere in the graph.
    """
    if isinstance(checked, Refusal):
        return "true_zero", ()
    for name, parameter in compared_values(checked.tree):
        wanted = parameters.get(parameter)
        known = values_of(name)
        if wanted is None or wanted in known:
            continue
        near = nearest(str(wanted), [str(value) for value in known])
        return ("spelled_otherwise", tuple(near)) if near else ("entity_not_found", ())
    return "true_zero", ()

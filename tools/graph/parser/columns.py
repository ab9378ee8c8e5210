"""The columns of a written query: what each is called, and the clause that returns them."""

from __future__ import annotations

import re
from itertools import chain, count
from typing import TYPE_CHECKING

from tools.graph.parser.patterns import quoted

if TYPE_CHECKING:
    from tools.graph.parser.form import Thing


class Columns:
    """What a query returns: expressions by the name of their column."""

    def __init__(self) -> None:
        self.held: dict[str, str] = {}

    def add(self, name: str, expression: str) -> str:
        """Adds a column unless it is there; returns its name."""
        there = self.name_of(expression)
        if there is not None:
            return there
        numbered = (f"{name}_{number}" for number in count(2))
        free = next(called for called in chain([name], numbered) if called not in self.held)
        self.held[free] = expression
        return free

    def add_property(self, variable: str, thing: Thing, name: str, *, own: bool, expression: str = "") -> None:
        """Adds a column for a thing's property, called after the label too where it is not the thing asked for.

        `expression` is what holds it, where that is no longer the variable.
        """
        label = _snake(thing.label)
        called = name if own else label if name == "id" else f"{label}_{name}"
        self.add(called, expression or f"{variable}.{quoted(name)}")

    def name_of(self, expression: str) -> str | None:
        """Returns the name of the column for an expression, if there is one."""
        return next((name for name, held in self.held.items() if held == expression), None)

    def returned(self, order: list[str]) -> str:
        """Returns the last clause: distinct rows in an order, and by every column after it."""
        items = ", ".join(f"{held} AS {quoted(name)}" for name, held in self.held.items())
        rest = [name for name in map(quoted, self.held) if name not in {key.split(" ")[0] for key in order}]
        return f"RETURN DISTINCT {items} ORDER BY {', '.join([*order, *rest])}"


def _snake(label: str) -> str:
    """Returns a label as a column is called: `work_order` for `WorkOrder`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^\w]+", "_", label).lower()

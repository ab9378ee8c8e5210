"""A chart parser: what each span of words may be, from the shortest to the whole (Cocke, Younger, Kasami).

It knows nothing of graphs or of English: a grammar gives rules for one item and for two neighbours, and the
chart applies them everywhere. Each span keeps the cheapest few items of each category, so time grows with
the cube of the words and not faster.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, Final

Item = tuple[str, Hashable, float]
"""Category, value, cost."""

Single = Callable[[Any], Iterable[Item]]
Pair = Callable[[Any, Any], Iterable[Item]]

_KEPT: Final = 8

Cell = dict[str, dict[Hashable, float]]
"""What one span of words may be: for each category its values, with their costs."""


class Rules:
    """What may be made of one item, and of two neighbours.

    Attributes:
        single: For a category, what else its items are.
        pair: For two categories, what their items make together.
        neutral: The category whose items add nothing to their neighbours.
    """

    def __init__(self, neutral: str) -> None:
        self.single: dict[str, list[Single]] = {}
        self.pair: dict[str, dict[str, list[Pair]]] = {}
        self.neutral = neutral

    def add_single(self, category: str, rule: Single) -> None:
        """Adds a rule for one item."""
        self.single.setdefault(category, []).append(rule)

    def add_pair(self, left: str, right: str, rule: Pair) -> None:
        """Adds a rule for two neighbours."""
        self.pair.setdefault(left, {}).setdefault(right, []).append(rule)


def fill(words: int, items: Iterable[tuple[int, int, Item]], rules: Rules) -> dict[tuple[int, int], Cell]:
    """Returns what each span of the words may be; spans that are nothing are left out.

    Args:
        words: How many there are.
        items: What some spans are on their own, as (first, last, item), half open.
        rules: What is made of them.
    """
    cells: dict[tuple[int, int], Cell] = {}
    given: dict[tuple[int, int], list[Item]] = {}
    for first, last, item in items:
        given.setdefault((first, last), []).append(item)
    for width in range(1, words + 1):
        for first in range(words - width + 1):
            last = first + width
            found: Cell = {}
            _close(found, given.get((first, last), ()), rules)
            for middle in range(first + 1, last):
                left, right = cells.get((first, middle)), cells.get((middle, last))
                if left and right:
                    _close(found, _joined(left, right, rules), rules)
            if found:
                cells[first, last] = {category: _best(values) for category, values in found.items()}
    return cells


def items_of(cell: Cell) -> list[Item]:
    """Returns what a span may be, cheapest first."""
    every = [(category, value, cost) for category, values in cell.items() for value, cost in values.items()]
    return sorted(every, key=lambda item: item[2])


def _close(cell: Cell, items: Iterable[Item], rules: Rules) -> None:
    """Adds items to a cell, with all that they are by the rules for one."""
    waiting = list(items)
    while waiting:
        category, value, cost = waiting.pop()
        values = cell.setdefault(category, {})
        if cost < values.get(value, float("inf")):
            values[value] = cost
            for rule in rules.single.get(category, ()):
                waiting += [(other, made, cost + more) for other, made, more in rule(value)]


def _joined(left: Cell, right: Cell, rules: Rules) -> Iterator[Item]:
    for side, other in ((left, right), (right, left)):
        for cost in side.get(rules.neutral, {}).values():
            for category, values in other.items():
                yield from ((category, value, cost + more) for value, more in values.items())
    for first, befores in left.items():
        seconds = rules.pair.get(first)
        for second in right if seconds else ():
            for rule in seconds.get(second, ()) if seconds else ():
                for before, cost in befores.items():
                    for after, more in right[second].items():
                        for category, value, own in rule(before, after):
                            yield category, value, cost + more + own


def _best(values: dict[Hashable, float]) -> dict[Hashable, float]:
    if len(values) <= _KEPT:
        return values
    kept = sorted(values.items(), key=lambda entry: (entry[1], repr(entry[0])))[:_KEPT]
    return dict(kept)

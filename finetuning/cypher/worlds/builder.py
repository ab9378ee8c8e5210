"""What the generated worlds are made with: a graph that grows, and chance that is the same everywhere."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeVar

from plant.graph.contract import Node, Relation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plant.facts import Scalar

T = TypeVar("T")


class Dice:
    """Chance from a seed. Only `random.random` is used: its numbers are the same in every Python.

    Args:
        seed: The same seed gives the same world.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 (no secret: a made-up graph)

    def chance(self, probability: float) -> bool:
        """Returns True with a probability."""
        return self._random.random() < probability

    def whole(self, low: int, high: int) -> int:
        """Returns a whole number, both ends included, each as likely."""
        return low + int(self._random.random() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        """Returns one of the items, each as likely."""
        return items[self.whole(0, len(items) - 1)]

    def few(self, items: Sequence[T], number: int) -> list[T]:
        """Returns different items, in a random order; all of them where there are fewer."""
        left = list(items)
        return [left.pop(self.whole(0, len(left) - 1)) for _ in range(min(number, len(left)))]

    def day(self, first: date, last: date) -> date:
        """Returns a day, both ends included."""
        return first + timedelta(days=self.whole(0, (last - first).days))


class Builder:
    """A graph that grows.

    Attributes:
        nodes: So far.
        relations: So far; the same two nodes have a relationship of a type once.
    """

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.relations: list[Relation] = []
        self._linked: set[tuple[str, str, str]] = set()

    def add(self, label: str, key: str, **properties: Scalar | date) -> str:
        """Adds a node and returns its key; None is a property that is not there."""
        self.nodes.append(Node(key, label, _plain(properties)))
        return key

    def link(self, start: str, name: str, end: str, **properties: Scalar | date) -> None:
        """Adds a relationship, unless it is there already."""
        if (start, name, end) not in self._linked:
            self._linked.add((start, name, end))
            self.relations.append(Relation(start, name, end, _plain(properties)))


def _plain(properties: dict[str, Scalar | date]) -> dict[str, Scalar]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in properties.items()
        if value is not None
    }

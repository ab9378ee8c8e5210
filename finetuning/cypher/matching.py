"""Execution match: whether the rows of an answer are the rows of the reference.

| difference | what it counts |
|---|---|
| names of columns, their order | nothing |
| columns beyond the reference's | nothing: descriptive ones may be there; `Match.exact` is false then |
| a column of the reference that is not there | wrong; no two of its columns are matched by one of the answer |
| order of rows | nothing, unless the reference orders them; those that it does not tell apart may change places |
| how often a row is there | as much as the row: rows are compared as multisets |
| numbers | whole ones (3.0 is one) must be equal, others equal to a millionth; true and 1 are not equal |
| a node | is its id, so a node and its id are equal; a path is the list of its nodes |
| no rows on both sides | right only where the reference is meant to have none |
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

_TOLERANCE: Final = 1e-6
_NOTHING: Final = 1e-12

_Row = tuple[Any, ...]


class Match(msgspec.Struct, frozen=True):
    """What an answer's rows have in common with the reference's, order aside.

    Attributes:
        right: Whether they are the same by the rules of the module's docstring.
        exact: Whether they are, with no further columns.
        common: Rows in common, under the columns' best assignment.
        wanted: Rows of the reference.
        given: Rows of the answer.
    """

    right: bool
    exact: bool
    common: int
    wanted: int
    given: int

    @property
    def precision(self) -> float:
        """Share of the answer's rows that are right; 1 for no rows where none are wanted."""
        return self.common / self.given if self.given else float(self.right)

    @property
    def recall(self) -> float:
        """Share of the reference's rows that are there; 1 for no rows where none are wanted."""
        return self.common / self.wanted if self.wanted else float(self.right)

    @property
    def f1(self) -> float:
        """Harmonic mean of both; 0 where no row is common."""
        both = self.wanted + self.given
        return 2 * self.common / both if both else float(self.right)


def match(wanted: Sequence[_Row], given: Sequence[_Row], *, places: Sequence[int] = (), empty: bool = False) -> Match:
    """Compares an answer's rows with the reference's.

    Args:
        wanted: The reference's rows, cells as a backend gives them.
        given: The answer's.
        places: Rank of each of the reference's rows, ties alike; empty where order does not count.
        empty: Whether the reference is meant to have no rows.
    """
    if not wanted or not given:
        right = not wanted and not given and empty
        return Match(right, right, 0, len(wanted), len(given))
    numbers = _merged([*_numbers(wanted), *_numbers(given)])
    left, found = ([tuple(_canonical(cell, numbers) for cell in row) for row in rows] for rows in (wanted, given))
    common = _in_common(left, found)
    right = len(wanted) == len(given) == common
    if right and places:
        right = _in_common(_placed(left, places), _placed(found, places)) == common
    return Match(right, right and len(wanted[0]) == len(given[0]), common, len(wanted), len(given))


def _in_common(wanted: Sequence[_Row], given: Sequence[_Row]) -> int:
    """Counts the rows that both have, under the assignment of columns that gives the most.

    The reference's columns are assigned one after the other, those with the least in common with any first: what the
    first few have in common bounds what all of them can have, and most assignments are given up early.
    """
    columns = [Counter(column) for column in zip(*given, strict=True)]

    def promise(column: int) -> int:
        cells = Counter(row[column] for row in wanted)
        return max(((cells & other).total() for other in columns), default=0)

    order = sorted(range(len(wanted[0])), key=promise)
    heads = [Counter(tuple(row[at] for at in order[: depth + 1]) for row in wanted) for depth in range(len(order))]

    def search(chosen: tuple[int, ...], best: int) -> int:
        depth = len(chosen)
        tried = [
            ((heads[depth] & Counter(tuple(row[at] for at in (*chosen, column)) for row in given)).total(), column)
            for column in range(len(columns))
            if column not in chosen
        ]
        for common, column in sorted(tried, reverse=True):
            if common <= best:
                break
            best = common if depth + 1 == len(order) else search((*chosen, column), best)
        return best

    return search((), 0)


def _placed(rows: Sequence[_Row], places: Sequence[int]) -> list[_Row]:
    return [tuple((place, cell) for cell in row) for place, row in zip(places, rows, strict=True)]


def _canonical(cell: Any, numbers: dict[float, float]) -> Hashable:
    """Returns a cell as something that can be counted, equal for what counts as equal."""
    if isinstance(cell, bool):
        return ("flag", cell)
    if isinstance(cell, int | float):
        return numbers.get(cell, ("not a number",))
    if isinstance(cell, list | tuple):
        return tuple(_canonical(item, numbers) for item in cell)
    if isinstance(cell, dict):
        if "labels" in cell and "id" in cell.get("properties", {}):
            return _canonical(cell["properties"]["id"], numbers)
        if "nodes" in cell and "relationships" in cell:
            return _canonical(cell["nodes"], numbers)
        return tuple(sorted((name, _canonical(item, numbers)) for name, item in cell.items()))
    return cell  # type: ignore[no-any-return]  # None or text: a backend's rows are plain


def _numbers(cells: Iterable[Any]) -> Iterator[float]:
    for cell in cells:
        if isinstance(cell, list | tuple):
            yield from _numbers(cell)
        elif isinstance(cell, dict):
            yield from _numbers(cell.values())
        elif isinstance(cell, int | float) and not isinstance(cell, bool) and not math.isnan(cell):
            yield cell


def _merged(numbers: Iterable[float]) -> dict[float, float]:
    """Returns for each number the smallest of those that it is equal to.

    All are held against that smallest one, and at most one of them is whole: numbers that are each near the next would
    make the first equal to the last.
    """
    merged: dict[float, float] = {}
    least, holds_whole = math.nan, False
    for number in sorted(set(numbers)):
        whole = isinstance(number, int) or number.is_integer()
        near = math.isclose(least, number, rel_tol=_TOLERANCE, abs_tol=_NOTHING)
        if not near or (whole and holds_whole):
            least, holds_whole = number, False
        holds_whole = holds_whole or whole
        merged[number] = least
    return merged

"""What a reference gives: its rows, which of them its ORDER BY tells apart, and whether its LIMIT is fair.

A reference runs with what it orders by as further columns and with one row more than its LIMIT. So ties are told, even
where the reference does not return what it orders by, and a LIMIT that leaves out a row equal to the last one shows:
then two answers would be right, and the question is none to be asked.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import msgspec

from plant.errors import BadInput
from plant.facts import Refusal
from plant.graph.contract import QueryFailed, QueryTimeout
from tools.graph.guard import Guard

if TYPE_CHECKING:
    from plant.graph.contract import GraphBackend, Rows

MOST_ROWS: Final = 10_000
"""The most rows a query of a template may have."""

_TIMEOUT_S: Final = 30.0
_ORDERED: Final = re.compile(
    r"(?P<head>.*\bRETURN\s+(?:DISTINCT\s+)?(?P<items>.*?))\s+"
    r"(?P<order>ORDER\s+BY\s+(?P<keys>.*?))(?:\s+LIMIT\s+(?P<limit>\d+))?\s*",
    re.DOTALL,
)
_CUT: Final = re.compile(r"\bLIMIT\b(?!.*\bRETURN\b)", re.DOTALL)
_WAY: Final = re.compile(r"\s+(?:ASC|DESC)(?:ENDING)?$", re.IGNORECASE)


class Wanted(msgspec.Struct, frozen=True):
    """What a reference gives.

    Attributes:
        rows: Its rows.
        places: Rank of each row, those that its order does not tell apart alike; empty where it orders nothing.
        fair: Whether its LIMIT leaves out no row that is equal to the last.
    """

    rows: tuple[tuple[Any, ...], ...]
    places: tuple[int, ...] = ()
    fair: bool = True


class References:
    """Runs the queries of templates on one graph.

    Args:
        backend: The graph as it is.
    """

    def __init__(self, backend: GraphBackend) -> None:
        self._backend = backend
        self._guard = Guard(backend.schema(), row_limit=MOST_ROWS)

    def wanted(self, where: str, text: str, parameters: dict[str, Any]) -> Wanted:
        """Runs a reference.

        Args:
            where: Whose it is, for messages.
            text: The reference.
            parameters: Its parameters.

        Raises:
            BadInput: When it is refused, fails, has too many rows, or a LIMIT without an ORDER BY before it.
            ServiceUnavailable: When the graph does not answer.
        """
        parts = _ORDERED.fullmatch(text)
        if parts is None:
            if _CUT.search(text):
                raise BadInput(f"{where}: a LIMIT without ORDER BY gives any rows.", hint="Order them.")
            return Wanted(self.rows(where, text, parameters).rows)
        columns, added = _keys(parts["items"], parts["keys"])
        limit = int(parts["limit"]) if parts["limit"] else MOST_ROWS
        probe = f"{', '.join([parts['head'], *added])} {parts['order']} LIMIT {limit + 1}"
        rows = self.rows(where, probe, parameters).rows
        keys = [[repr(row[column]) for column in columns] for row in rows]
        places = [place for place, (_, tied) in enumerate(groupby(keys)) for _ in tied]
        width = len(rows[0]) - len(added) if rows else 0
        fair = len(rows) <= limit or places[limit] != places[limit - 1]
        return Wanted(tuple(row[:width] for row in rows[:limit]), tuple(places[:limit]), fair)

    def rows(self, where: str, text: str, parameters: dict[str, Any]) -> Rows:
        """Runs a query as it stands. Raises as `wanted` does."""
        query = self._guard.check(text, parameters)
        if isinstance(query, Refusal):
            raise BadInput(f"{where}: the guard refuses {text!r}: {query.text}")
        try:
            found = self._backend.run(query, timeout_s=_TIMEOUT_S)
        except (QueryFailed, QueryTimeout) as error:
            raise BadInput(f"{where}: {text!r}: {error}") from error
        if found.truncated:
            raise BadInput(f"{where}: there are more than {MOST_ROWS} rows.")
        return found


def _keys(items: str, keys: str) -> tuple[list[int], list[str]]:
    """Returns the columns of the ORDER BY's keys, and the items to add for those that are not returned."""
    names: dict[str, int] = {}
    returned = _split(items)
    for column, item in enumerate(returned):
        expression, _, alias = re.sub(r"\s+AS\s+", "\0", item, flags=re.IGNORECASE).partition("\0")
        names[expression] = column
        names[alias or expression] = column
    columns: list[int] = []
    added: list[str] = []
    for key in (_WAY.sub("", item) for item in _split(keys)):
        if key not in names:
            names[key] = len(returned) + len(added)
            added.append(f"{key} AS order_{len(added)}")
        columns.append(names[key])
    return columns, added


def _split(text: str) -> list[str]:
    """Splits a list of expressions at its commas, those in brackets aside."""
    depth = 0
    items = [""]
    for mark in text:
        depth += (mark in "([{") - (mark in ")]}")
        if mark == "," and depth == 0:
            items.append("")
        else:
            items[-1] += mark
    return [item.strip() for item in items]

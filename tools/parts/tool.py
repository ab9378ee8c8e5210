"""The part finder as a tool: which parts the newest work orders of an asset complain about, in their own words.

The orders come from the plant graph (`WorkOrder` ON `Asset`); what is read is their remarks, or the title of one that
has none. A part that an order only names, or says is well, is no complaint.

Facts, all citing the one evidence (kind `query`: the Cypher, and as rows the orders with what was found in each):

| name | value |
|---|---|
| `asset` | the asset; none where all were asked for |
| `orders.count` | how many orders were read |
| `parts.count` | how many parts they complain about |
| `part.name` | a part, the most complained of first |
| `part.orders` | in how many of the orders |
| `part.defect` | a kind of defect said of it |
| `part.order` | id of an order that says so |
| `part.quote` | the words of that order that it rests on, verbatim |

`ToolResult.data`:

| key | value |
|---|---|
| `asset` | as asked; null for all |
| `orders` | how many were read |
| `how` | `list`, or `model` where a language model named a part that no list has; null when refused |
| `parts` | list of `{part, orders, said}`; `said` of `{order, opened, defect, quote}` |
| `refusal` | `{code, text, help, choices}` or null |
"""

from __future__ import annotations

import re
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final

import msgspec

from plant.errors import ServiceUnavailable, nearest
from plant.facts import EvidenceKind, FactSheet, Refusal, RefusalCode, Table, ToolResult
from plant.graph.contract import QueryFailed, QueryTimeout
from plant.time import zone_named
from tools.graph.guard import Guard

if TYPE_CHECKING:
    from plant.graph.contract import GraphBackend, GraphSchema
    from plant.settings import Settings
    from tools.contract import PartsInput
    from tools.parts.finder import Defect, Finder, Part

NAME: Final = "parts"
_SENTENCE_END: Final = re.compile(r"[.;!?](?=\s|$)|\n")
_ASSETS: Final = "MATCH (a:Asset) RETURN a.id AS id"
_OF_ONE: Final = "MATCH (w:WorkOrder)-[:ON]->(a:Asset {id: $asset}) "
_OF_ALL: Final = "MATCH (w:WorkOrder)-[:ON]->(a:Asset) "


class _Order(msgspec.Struct, frozen=True):
    """A work order: its id, the day it was opened, its asset, and the text that is read."""

    id: str
    opened: str
    asset: str
    text: str


class _Said(msgspec.Struct, frozen=True):
    """What an order says is wrong with a part; `by` is how the part was found, as in `Part`."""

    order: _Order
    defect: str
    quote: str
    by: str


class PartsTool:
    """Says which parts work orders complain about; see `tools.contract.Tool`.

    Args:
        backend: The plant graph, which has the orders.
        settings: For its timeout and row limit, and the plant's time zone.
        finder: Finds the parts in a text.
    """

    name: ClassVar[str] = NAME

    def __init__(self, backend: GraphBackend, settings: Settings, finder: Finder) -> None:
        self._backend = backend
        self._settings = settings
        self._finder = finder

    def run(self, request: PartsInput) -> ToolResult:
        """Reads the newest orders and says what they complain about.

        Raises:
            ServiceUnavailable: When the graph does not answer.
            BadInput: When there is no graph, or its file is damaged.
        """
        began = time.monotonic()
        schema = self._backend.schema()
        asset = self._asset(schema, request.subject)
        if isinstance(asset, Refusal):
            return _refused(asset, request, time.monotonic() - began)
        request = request.model_copy(update={"subject": asset})
        query = _query(request, schema)
        orders = self._orders(query, request, schema)
        if not orders:
            return _refused(_no_orders(request), request, time.monotonic() - began)
        complaints = self._complaints(orders)
        sheet = FactSheet()
        table = _read(orders, complaints)
        source = sheet.cite(EvidenceKind.QUERY, f"work orders: {len(orders)}", text=query, table=table)
        _add_facts(sheet, source, request, orders, complaints)
        return ToolResult(
            NAME,
            tuple(sheet.facts),
            tables=(_as_table(complaints),) if complaints else (),
            evidence=tuple(sheet.evidence),
            data=_data(request, orders, complaints),
            seconds=time.monotonic() - began,
        )

    def _asset(self, schema: GraphSchema, asked: str) -> str | Refusal:
        """Returns an asset as the graph spells it, or why nothing can be read: no orders, or no such asset."""
        if not any((one.start, one.type, one.end) == ("WorkOrder", "ON", "Asset") for one in schema.relations):
            return Refusal(RefusalCode.NO_DATA, "The plant graph has no work orders.", "Load some: work_orders.csv.")
        if not asked:
            return asked
        known = {str(row[0]).casefold(): str(row[0]) for row in self._rows(_ASSETS, {}, schema)}
        if asked.casefold() in known:
            return known[asked.casefold()]
        near = tuple(nearest(asked, known.values()))
        help_ = f"Did you mean {' or '.join(near)}?" if near else "Nothing there is called nearly so."
        return Refusal(RefusalCode.UNKNOWN_ENTITY, f"There is no {asked} in the plant graph.", help_, near)

    def _orders(self, query: str, request: PartsInput, schema: GraphSchema) -> list[_Order]:
        parameters = {"asset": request.subject} if request.subject else {}
        if request.start is not None:
            parameters["start"] = self._day(request.start)
        if request.end is not None:
            parameters["end"] = self._day(request.end - 1)
        rows = self._rows(query, parameters, schema)
        found = [
            _Order(*(str(cell or "") for cell in (key, day, asset, told or title)))
            for key, day, asset, title, told in rows
        ]
        return found[: request.newest]

    def _day(self, moment: int) -> str:
        zone = zone_named(self._settings.plant.timezone)
        return datetime.fromtimestamp(moment / 1_000, zone).date().isoformat()

    def _rows(self, query: str, parameters: dict[str, Any], schema: GraphSchema) -> list[tuple[Any, ...]]:
        guard = Guard(schema, row_limit=max(self._settings.graph.row_limit, *(node.count for node in schema.nodes)))
        checked = guard.check(query, parameters)
        if isinstance(checked, Refusal):  # a query of ours, over labels that are there
            raise ServiceUnavailable(f"The work orders cannot be read: {checked.text}")
        try:
            return list(self._backend.run(checked, timeout_s=self._settings.graph.timeout_s).rows)
        except (QueryTimeout, QueryFailed) as error:
            raise ServiceUnavailable(f"The work orders cannot be read: {error.message}", hint=error.hint) from error

    def _complaints(self, orders: list[_Order]) -> dict[str, list[_Said]]:
        """Returns what is said of each part, the part of most orders first."""
        said: dict[str, list[_Said]] = {}
        for order in orders:
            for part in self._finder.find(order.text):
                for defect in part.defects:
                    quote = _quote(order.text, part, defect)
                    said.setdefault(part.name, []).append(_Said(order, defect.kind, quote, part.by))
        return dict(sorted(said.items(), key=lambda item: -_count(item[1])))


def _query(request: PartsInput, schema: GraphSchema) -> str:
    properties = next(node.properties for node in schema.nodes if node.label == "WorkOrder")
    conditions = [
        f"w.opened {sign} ${name}"
        for name, sign, moment in (("start", ">=", request.start), ("end", "<=", request.end))
        if moment is not None
    ]
    where = f"WHERE {' AND '.join(conditions)} " if conditions else ""
    title, remarks = (f"w.{name}" if name in properties else "w.id" for name in ("title", "remarks"))
    told = "w.id AS id, w.opened AS opened, a.id AS asset"
    returned = f"RETURN {told}, {title} AS title, {remarks} AS remarks ORDER BY w.opened DESC, w.id DESC"
    return f"{_OF_ONE if request.subject else _OF_ALL}{where}{returned} LIMIT {request.newest}"


def _quote(text: str, part: Part, defect: Defect) -> str:
    """Returns the sentence that names part and defect, or those from the one to the other."""
    first, last = min(part.start, defect.start), max(part.end, defect.end)
    start = max((match.end() for match in _SENTENCE_END.finditer(text, 0, first)), default=0)
    end = _SENTENCE_END.search(text, last)
    return text[start : end.start() if end else len(text)].strip()


def _count(said: list[_Said]) -> int:
    return len({one.order.id for one in said})


def _add_facts(
    sheet: FactSheet, source: str, request: PartsInput, orders: list[_Order], complaints: dict[str, list[_Said]]
) -> None:
    if request.subject:
        sheet.add("asset", request.subject, source)
    sheet.add("orders.count", len(orders), source)
    sheet.add("parts.count", len(complaints), source)
    for name, said in complaints.items():
        sheet.add("part.name", name, source)
        sheet.add("part.orders", _count(said), source)
        for one in said:
            sheet.add("part.defect", one.defect, source)
            sheet.add("part.order", one.order.id, source)
            sheet.add("part.quote", one.quote, source)


def _read(orders: list[_Order], complaints: dict[str, list[_Said]]) -> Table:
    """Returns the orders that were read, with what was found in each."""
    found: dict[str, list[str]] = {}
    for name, said in complaints.items():
        for one in said:
            found.setdefault(one.order.id, []).append(f"{name}: {one.defect}")
    rows = [
        (one.id, one.opened, one.asset, one.text, "; ".join(dict.fromkeys(found.get(one.id, ())))) for one in orders
    ]
    return Table(("order", "opened", "asset", "text", "complaints"), tuple(rows))


def _as_table(complaints: dict[str, list[_Said]]) -> Table:
    rows = [
        (name, one.defect, one.order.id, one.order.opened, one.quote)
        for name, said in complaints.items()
        for one in said
    ]
    return Table(("part", "defect", "order", "opened", "words"), tuple(rows))


def _data(request: PartsInput, orders: list[_Order], complaints: dict[str, list[_Said]]) -> dict[str, Any]:
    parts = [
        {
            "part": name,
            "orders": _count(said),
            "said": [
                {"order": one.order.id, "opened": one.order.opened, "defect": one.defect, "quote": one.quote}
                for one in said
            ],
        }
        for name, said in complaints.items()
    ]
    by_model = any(one.by == "model" for said in complaints.values() for one in said)
    how = "model" if by_model else "list"
    return {"asset": request.subject or None, "orders": len(orders), "how": how, "parts": parts, "refusal": None}


def _no_orders(request: PartsInput) -> Refusal:
    of = f" of {request.subject}" if request.subject else ""
    when = " in that time" if request.start is not None or request.end is not None else ""
    return Refusal(RefusalCode.NO_DATA, f"There are no work orders{of}{when}.")


def _refused(refusal: Refusal, request: PartsInput, seconds: float) -> ToolResult:
    why = msgspec.to_builtins(refusal)
    data = {"asset": request.subject or None, "orders": 0, "how": None, "parts": [], "refusal": why}
    return ToolResult(NAME, refusal=refusal, data=data, seconds=seconds)

"""Forms as Cypher: what is written for each sort of them, and that it gives the rows that the form says."""

from __future__ import annotations

import contextlib
from collections import Counter

import msgspec
import pytest

from plant.facts import Refusal
from plant.graph.contract import Node, Relation
from plant.graph.kglite import KgliteGraph
from tests.unit.graph.forms import Forms, World, row
from tests.unit.graph.small_plant import NODES, RELATIONS
from tools.graph.guard import Guard
from tools.graph.parser.form import Ask, Compare, Filter, Kind, Link, Per, Rank, Relative, Thing, Times, Way
from tools.graph.parser.writer import write

TANGLE = World(
    [
        *(Node(f"U{n}", "Order", {"order": n % 3, "type": "A" if n % 2 else "b", "count": n / 2}) for n in range(6)),
        *(Node(f"X{n}", "Group", {"name": f"péage {n}", "end": "2026-03-0" + str(n)}) for n in range(1, 4)),
    ],
    [
        *(Relation(f"U{n}", "FLOWS", f"U{(n + 1) % 4}", {"set": n % 2}) for n in range(5)),
        Relation("U0", "FLOWS", "U1", {"set": 1}),
        Relation("U1", "FLOWS", "U1"),
        *(Relation(f"U{n}", "IN", f"X{1 + n % 2}") for n in range(4)),
        Relation("X1", "IN", "X2"),
    ],
)
"""A graph that loops, with parallel relationships, and with names that Cypher has other uses for."""
WORKSHOP = World(
    [
        *(
            Node(key, "Part", {"name": name, "stock": stock, "minimum": minimum})
            for key, name, stock, minimum in (("A", "seal", 1, 2), ("B", "belt", 5, 5), ("C", "bolt", 9, None))
        ),
        *(Node(key, "Technician", {"name": name}) for key, name in (("T1", "Ada"), ("T2", "Ada"), ("T3", "Bo"))),
        *(
            Node(key, "Asset", {"name": key, "kind": kind})
            for key, kind in (("P1", "pump"), ("P2", "pump"), ("F1", "fan"))
        ),
        *(
            Node(key, "Job", {"name": key, "title": title, "hours": hours, "opened": opened, "closed": closed})
            for key, title, hours, opened, closed in (
                ("J1", "Replace shaft seal", 2, "2026-01-05", "2026-01-05"),
                ("J2", "replace belt", 4.5, "2026-01-07", "2026-01-09"),
                ("J3", "Check seal", 1, "2026-02-01", None),
                ("J4", "Grease", None, "2026-02-03", "2026-02-04"),
            )
        ),
    ],
    [
        *(
            Relation(job, "USED", part, {"quantity": quantity})
            for job, part, quantity in (("J1", "A", 1), ("J2", "B", 2), ("J2", "A", 2), ("J3", "A", 3))
        ),
        *(Relation(job, "DONE_BY", who) for job, who in (("J1", "T1"), ("J2", "T1"), ("J2", "T2"), ("J4", "T3"))),
        *(Relation(job, "ON", asset) for job, asset in (("J1", "P1"), ("J2", "P2"), ("J3", "P2"), ("J4", "F1"))),
    ],
)
"""Numbers of things and of relationships, days, and names that are ids or that two things share."""
PLANT = World(NODES, RELATIONS)
_BEYOND = ("steps of WITH", "not connected to each other")
"""Limits of the guard that a form with many counted links or comparisons may meet."""


@pytest.fixture(scope="module")
def open_world(tmp_path_factory):
    with contextlib.ExitStack() as opened:

        def open_(world):
            graph = KgliteGraph(tmp_path_factory.mktemp("graph") / "graph", memory_mb=512)
            opened.enter_context(contextlib.closing(graph))
            graph.load(list(world.nodes.values()), world.relations)
            return graph

        yield open_


@pytest.fixture(scope="module")
def plant(open_world):
    return open_world(PLANT)


def agrees(world, graph, ask):
    """Whether a form's query passes the guard and gives the form's rows; None for one beyond the guard's limits."""
    written = write(ask, world.schema)
    query = Guard(world.schema, row_limit=1_000).check(written.text, written.parameters)
    if isinstance(query, Refusal):
        assert any(limit in query.text for limit in _BEYOND), (query, written.text)
        return None
    found = graph.run(query, timeout_s=10)
    assert found.columns == written.columns
    assert Counter(map(row, found.rows)) == world.rows(ask), (ask, written)
    return True


@pytest.mark.parametrize("world", [PLANT, TANGLE, WORKSHOP], ids=["plant", "tangle", "workshop"])
def test_random_forms_give_the_rows_that_they_say(open_world, world):
    graph = open_world(world)
    asks = [Forms(world, seed).ask() for seed in range(60)]
    outcomes = Counter(agrees(world, graph, ask) for ask in asks)
    assert outcomes[None] < 7
    assert {ask.kind for ask in asks} == set(Kind) - {Kind.PATH}
    assert sum(bool(world.rows(ask)) for ask in asks) > 30


PUMPS = Thing("Asset", filters=(Filter("kind", Compare.EQUAL, ("pump",)),))
E_101 = Thing("Asset", ids=("E-101",))
OPEN = Thing("WorkOrder", filters=(Filter("status", Compare.EQUAL, ("open",)),))
WRITTEN = [
    (
        Ask(
            Thing("Sensor", links=(Link("MEASURES", Way.OUT, Thing("Asset", links=(Link("FEEDS", Way.OUT, E_101),))),))
        ),
        (
            "MATCH (s:Sensor)-[:MEASURES]->(a:Asset)-[:FEEDS]->(a2:Asset {id: $id}) "
            "RETURN DISTINCT s.id AS id, s.name AS name ORDER BY id, name"
        ),
        ("id", "name"),
    ),
    (
        Ask(Thing("Asset", filters=PUMPS.filters, links=(Link("ON", Way.IN, OPEN, absent=True),)), Kind.COUNT),
        (
            "MATCH (a:Asset) WHERE toLower(a.kind) = toLower($kind) AND "
            "NOT EXISTS { MATCH (a)<-[:`ON`]-(w:WorkOrder) WHERE toLower(w.status) = toLower($status) } "
            "RETURN count(DISTINCT a) AS count"
        ),
        ("count",),
    ),
    (
        Ask(Thing("Asset", links=(Link("MEASURES", Way.IN, Thing("Sensor"), times=Times(Compare.BELOW, 2)),))),
        (
            "MATCH (a:Asset) OPTIONAL MATCH (a)<-[:MEASURES]-(s:Sensor) "
            "WITH a, count(DISTINCT s) AS figure WHERE figure < 2 "
            "RETURN DISTINCT a.id AS id, a.name AS name ORDER BY id, name"
        ),
        ("id", "name"),
    ),
    (
        Ask(Thing("WorkOrder", filters=(Filter("opened", Compare.ABOVE, ("2026-03-01",)),)), Kind.EXISTS),
        (
            "MATCH (w:WorkOrder) WHERE substring(toString(w.opened), 0, 10) > $opened "
            "WITH count(w) AS figure RETURN figure > 0 AS found"
        ),
        ("found",),
    ),
    (
        Ask(Thing("WorkOrder", shown=("technician",), links=(Link("ON", Way.OUT, E_101),)), Kind.VALUES),
        (
            "MATCH (w:WorkOrder)-[:`ON`]->(a:Asset {id: $id}) RETURN DISTINCT w.technician AS technician "
            "ORDER BY technician"
        ),
        ("technician",),
    ),
    (
        Ask(PUMPS, Kind.COUNT, per=Per(link=Link("PART_OF", Way.OUT, Thing("Area")))),
        (
            "MATCH (a:Asset) WHERE toLower(a.kind) = toLower($kind) MATCH (a)-[:PART_OF]->(a2:Area) "
            "WITH DISTINCT a, a2 "
            "WITH a2, count(a) AS figure "
            "RETURN DISTINCT a2.id AS area, a2.name AS area_name, figure AS `count` ORDER BY area, area_name, `count`"
        ),
        ("area", "area_name", "count"),
    ),
    (
        Ask(Thing("Part"), rank=Rank("stock", number=2)),
        (
            "MATCH (p:Part) WHERE p.stock IS NOT NULL WITH DISTINCT p ORDER BY p.stock DESC LIMIT 2 "
            "WITH min(p.stock) AS bound MATCH (p:Part) WHERE p.stock IS NOT NULL AND bound <= p.stock "
            "RETURN DISTINCT p.id AS id, p.name AS name, p.stock AS stock ORDER BY stock DESC, id, name"
        ),
        ("id", "name", "stock"),
    ),
    (
        Ask(Thing("Asset", ids=("T-101",)), Kind.PATH, to=E_101),
        (
            "MATCH (a:Asset {id: $id}) MATCH (a2:Asset {id: $id2}) MATCH route = (a)-[:FEEDS*1..8]->(a2) "
            "RETURN [step IN nodes(route) | step.id] AS path, [step IN relationships(route) | type(step)] AS types, "
            "length(route) AS hops ORDER BY hops, path LIMIT 1"
        ),
        ("path", "types", "hops"),
    ),
    (
        Ask(Thing("Asset", links=(Link("FEEDS", Way.OUT, E_101, shown=("medium",)),))),
        (
            "MATCH (a:Asset)-[r:FEEDS]->(a2:Asset {id: $id}) "
            "RETURN DISTINCT a.id AS id, a.name AS name, r.medium AS medium ORDER BY id, name, medium"
        ),
        ("id", "name", "medium"),
    ),
    (
        Ask(Thing("Part"), Kind.SUM, of="quantity", along=Link("USED", Way.IN, Thing("WorkOrder"))),
        ("MATCH (p:Part) WITH DISTINCT p MATCH (p)<-[r:USED]-(w:WorkOrder) RETURN sum(r.quantity) AS sum"),
        ("sum",),
    ),
    (
        Ask(PUMPS, Kind.COUNT, of="model"),
        (
            "MATCH (a:Asset) WHERE toLower(a.kind) = toLower($kind) WITH DISTINCT a "
            "RETURN count(DISTINCT a.model) AS count"
        ),
        ("count",),
    ),
    (
        Ask(Thing("WorkOrder"), Kind.COUNT, per=Per("kind", Link("ON", Way.OUT, Thing("Asset")))),
        (
            "MATCH (w:WorkOrder) MATCH (w)-[:`ON`]->(a:Asset) WITH DISTINCT w, a.kind AS grouped "
            "WITH grouped, count(w) AS figure "
            "RETURN DISTINCT grouped AS asset_kind, figure AS `count` ORDER BY asset_kind, `count`"
        ),
        ("asset_kind", "count"),
    ),
    (
        Ask(Thing("WorkOrder", relatives=(Relative("closed", Compare.ABOVE, None, "opened"),))),
        (
            "MATCH (w:WorkOrder) WHERE w.closed > w.opened "
            "RETURN DISTINCT w.id AS id, w.name AS name, w.title AS title ORDER BY id, name, title"
        ),
        ("id", "name", "title"),
    ),
]


@pytest.mark.parametrize(("ask", "text", "columns"), WRITTEN, ids=[text for _, text, _ in WRITTEN])
def test_a_form_is_written_plainly(ask, text, columns):
    written = write(ask, PLANT.schema)
    assert (written.text, written.columns) == (text, columns)


@pytest.mark.parametrize(
    ("start", "end", "path", "types"),
    [
        (Thing("Asset", ids=("T-101",)), E_101, ["T-101", "P-101", "E-101"], ["FEEDS", "FEEDS"]),
        (E_101, Thing("Asset", ids=("T-101",)), None, None),
        (Thing("Part", ids=("PT-3",)), Thing("Manual"), ["PT-3", "P-101", "MAN-1"], ["HAS_PART", "DESCRIBES"]),
    ],
)
def test_a_path_is_with_the_flow_between_things_of_one_label(plant, start, end, path, types):
    written = write(Ask(start, Kind.PATH, to=end), PLANT.schema)
    query = Guard(PLANT.schema, row_limit=10).check(written.text, written.parameters)
    rows = plant.run(query, timeout_s=10).rows
    assert [(row[0], row[1]) for row in rows] == ([(path, types)] if path else [])


@pytest.mark.parametrize("way", Way)
def test_what_a_relationship_says_itself_is_shown_and_summed(open_world, way):
    graph, end = open_world(TANGLE), Thing("Order", filters=(Filter("type", Compare.EQUAL, ("A",)),))
    flows = Link("FLOWS", way, end)
    shown = Ask(Thing("Order", links=(msgspec.structs.replace(flows, shown=("set",)),)))
    assert agrees(TANGLE, graph, shown)
    assert agrees(TANGLE, graph, Ask(Thing("Order"), Kind.SUM, of="set", along=flows))


QUANTITY = Link("USED", Way.IN, Thing("Job"))
JOBS, PARTS = Thing("Job"), Thing("Part")
BY_TECHNICIAN = Per(link=Link("DONE_BY", Way.OUT, Thing("Technician")))
BY_KIND = Per("kind", Link("ON", Way.OUT, Thing("Asset")))
SEAL = Filter("title", Compare.CONTAINS, ("seal",))
IN_THE_WORKSHOP = {
    "how many different names": (Ask(Thing("Technician"), Kind.COUNT, of="name"), [(2,)]),
    "how many different quantities": (Ask(JOBS, Kind.COUNT, "quantity", along=Link("USED", Way.OUT, PARTS)), [(3,)]),
    "different names for each job": (
        Ask(Thing("Technician"), Kind.COUNT, "name", per=Per(link=Link("DONE_BY", Way.IN, JOBS))),
        [("J1", "J1", "Replace shaft seal", 1), ("J2", "J2", "replace belt", 1), ("J4", "J4", "Grease", 1)],
    ),
    "quantity for each part": (
        Ask(PARTS, Kind.SUM, "quantity", per=Per(), along=QUANTITY),
        [("A", "seal", 6), ("B", "belt", 2)],
    ),
    "quantity for each technician": (
        Ask(JOBS, Kind.SUM, "quantity", per=BY_TECHNICIAN, along=Link("USED", Way.OUT, PARTS)),
        [("T1", "Ada", 5), ("T2", "Ada", 4)],
    ),
    "the technician who used most": (
        Ask(JOBS, Kind.SUM, "quantity", per=BY_TECHNICIAN, along=Link("USED", Way.OUT, PARTS), rank=Rank()),
        [("T1", "Ada", 5)],
    ),
    "hours by kind": (Ask(JOBS, Kind.MEAN, "hours", per=BY_KIND), [("fan", None), ("pump", 2.5)]),
    "kinds with more than one job": (
        Ask(JOBS, Kind.COUNT, per=BY_KIND, having=Times(Compare.ABOVE, 1)),
        [("pump", 3)],
    ),
    "parts of which three to nine were used": (
        Ask(
            PARTS,
            Kind.SUM,
            "quantity",
            per=Per(),
            along=QUANTITY,
            having_figure=(Filter("", Compare.ABOVE, (2.5,)), Filter("", Compare.BELOW, (9,))),
        ),
        [("A", "seal", 6)],
    ),
    "stock below minimum": (
        Ask(Thing("Part", relatives=(Relative("stock", Compare.BELOW, None, "minimum"),))),
        [("A", "seal")],
    ),
    "closed later than opened": (
        Ask(Thing("Job", relatives=(Relative("closed", Compare.ABOVE, None, "opened"),))),
        [("J2", "J2", "replace belt"), ("J4", "J4", "Grease")],
    ),
    "opened after another was closed": (
        Ask(Thing("Job", relatives=(Relative("opened", Compare.ABOVE, Thing("Job", ids=("J2",)), "closed"),))),
        [("J3", "J3", "Check seal"), ("J4", "J4", "Grease")],
    ),
    "one that is at the limit and not above it": (
        Ask(Thing("Part", ids=("B",), filters=(Filter("stock", Compare.ABOVE, (5,)),))),
        [],
    ),
    "title with both": (
        Ask(Thing("Job", filters=(SEAL, Filter("title", Compare.CONTAINS, ("replace",))))),
        [("J1", "J1", "Replace shaft seal")],
    ),
}
"""Questions of the workshop, each with its rows."""


@pytest.mark.parametrize(("ask", "rows"), IN_THE_WORKSHOP.values(), ids=IN_THE_WORKSHOP)
def test_figures_and_comparisons_in_the_workshop(open_world, ask, rows):
    assert WORKSHOP.rows(ask) == Counter(map(row, rows))
    assert agrees(WORKSHOP, open_world(WORKSHOP), ask)


def test_ids_and_values_are_parameters():
    hostile = "x'}) DETACH DELETE a //"
    thing = Thing("Asset", ids=(hostile,), filters=(Filter("kind", Compare.CONTAINS, (hostile,)),))
    written = write(Ask(thing), PLANT.schema)
    assert "DELETE" not in written.text
    assert written.parameters == {"id": hostile, "kind": hostile}


def test_those_equal_to_the_last_are_not_left_out(plant):
    ask = Ask(Thing("Asset"), rank=Rank(link=Link("MEASURES", Way.IN, Thing("Sensor")), number=2))
    written = write(ask, PLANT.schema)
    query = Guard(PLANT.schema, row_limit=10).check(written.text, written.parameters)
    rows = plant.run(query, timeout_s=10).rows
    assert [(row[0], row[2]) for row in rows] == [("P-101", 3), ("E-101", 2)]
    assert agrees(PLANT, plant, msgspec.structs.replace(ask, rank=msgspec.structs.replace(ask.rank, number=3)))


def test_the_same_model_is_of_another_thing(plant):
    same = Relative("model", Compare.EQUAL, Thing("Asset", ids=("P-101",)))
    written = write(Ask(Thing("Asset", relatives=(same,))), PLANT.schema)
    query = Guard(PLANT.schema, row_limit=10).check(written.text, written.parameters)
    assert [row[0] for row in plant.run(query, timeout_s=10).rows] == ["P-102"]


def test_lists_that_are_found_beforehand_may_be_empty(plant):
    """A counted link of a thing within another needs a list; here none of two has anything in it."""
    many = Link("MEASURES", Way.IN, Thing("Sensor"), times=Times(Compare.ABOVE, 9))
    worn = Link("HAS_PART", Way.OUT, Thing("Part"), times=Times(Compare.ABOVE, 9))
    fed = Link("FEEDS", Way.OUT, Thing("Asset", links=(many, worn)), absent=True)
    ask = Ask(Thing("Asset", links=(fed,)), Kind.COUNT)
    assert agrees(PLANT, plant, ask)
    assert PLANT.rows(ask) == Counter([(6,)])

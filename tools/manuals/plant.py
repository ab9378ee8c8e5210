"""What manuals of the plant may be about: its assets and models, from the plant graph and the sensor registry."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from ingestion.manuals.links import Plant
from plant.errors import BadInput
from plant.graph.contract import GuardedQuery
from plant.graph.urls import open_graph
from tools.graph.guard import Guard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plant.graph.contract import GraphBackend, GraphSchema
    from plant.settings import Settings
    from plant.store.contract import Store

_MOST: Final = 1_000_000  # assets, or manuals with what they describe


def plant_of(store: Store, settings: Settings) -> Plant:
    """Reads which assets and models there are; those of the registry alone where there is no graph.

    Raises:
        ServiceUnavailable: If the graph is a server's and it does not answer.
        BadInput: If the graph's file is damaged, or the graph cannot be asked.
    """
    assets = set(store.registry().assets)
    models: dict[str, tuple[str, ...]] = {}
    described: dict[str, tuple[str, ...]] = {}
    if settings.graph.url or settings.graph_path.exists():
        with closing(open_graph(settings)) as graph:
            schema = graph.schema()
            for asset, model in _assets(graph, schema, settings):
                assets.add(asset)
                if model:
                    models[model] = (*models.get(model, ()), asset)
            for manual, asset in _described(graph, schema, settings):
                described[manual] = (*described.get(manual, ()), asset)
    return Plant(tuple(sorted(assets)), dict(sorted(models.items())), dict(sorted(described.items())))


def _assets(graph: GraphBackend, schema: GraphSchema, settings: Settings) -> list[tuple[str, str]]:
    """Returns the ids of the assets, each with its model, empty where none is known."""
    properties = next((node.properties for node in schema.nodes if node.label == "Asset"), ())
    if "id" not in properties:
        return []
    model = "a.model" if "model" in properties else "null"
    rows = _rows(graph, schema, settings, f"MATCH (a:Asset) RETURN a.id, {model} ORDER BY a.id")
    return [(str(asset), str(model or "")) for asset, model in rows if asset]


def _described(graph: GraphBackend, schema: GraphSchema, settings: Settings) -> list[tuple[str, str]]:
    """Returns file names and titles of manuals that the graph knows, each with an asset that it describes."""
    shape = ("Manual", "DESCRIBES", "Asset")
    if not any((relation.start, relation.type, relation.end) == shape for relation in schema.relations):
        return []
    properties = next(node.properties for node in schema.nodes if node.label == "Manual")
    found = []
    for name in ("file", "name"):
        if name in properties:
            text = f"MATCH (m:Manual)-[:DESCRIBES]->(a:Asset) RETURN m.{name}, a.id ORDER BY a.id"
            rows = _rows(graph, schema, settings, text)
            found += [(str(manual), str(asset)) for manual, asset in rows if manual and asset]
    return found


def _rows(graph: GraphBackend, schema: GraphSchema, settings: Settings, text: str) -> Sequence[Sequence[Any]]:
    query = Guard(schema, row_limit=_MOST).check(text)
    if not isinstance(query, GuardedQuery):
        raise BadInput(f"The plant graph cannot be asked for what its manuals describe: {query.text}")
    return graph.run(query, timeout_s=settings.graph.timeout_s).rows

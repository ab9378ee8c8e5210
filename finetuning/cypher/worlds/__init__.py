"""The graphs that questions are asked of: the demo plant, a made-up mill of another shape, and films.

backend = open_world(World.MILL, "kglite:", tmp_path)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from finetuning.cypher.question import World
from plant.errors import MillhandError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plant.graph.contract import GraphBackend, Node, Relation


def nodes_and_relations(world: World) -> tuple[list[Node], list[Relation]]:
    """Returns a world's graph, the same at every call."""
    return _WORLDS[world]()


def open_world(world: World, backend_url: str, folder: Path) -> GraphBackend:
    """Loads a world and returns the engine that holds it; the caller closes it.

    Args:
        world: Which.
        backend_url: `kglite:` for a file in `folder`, or a Neo4j driver's URL. What a server held is replaced.
        folder: Where the embedded engine keeps its file.

    Raises:
        SettingsError: For a URL that names no engine.
        ServiceUnavailable: For a server that does not answer.
    """
    from plant.graph.urls import open_graph
    from plant.settings import load_settings

    url = f"kglite:{folder / f'{world}.graph'}" if backend_url in {"kglite", "kglite:"} else backend_url
    backend = open_graph(load_settings({"graph": {"url": url}}))
    try:
        backend.load(*nodes_and_relations(world))
    except MillhandError:
        backend.close()
        raise
    return backend


def _plant() -> tuple[list[Node], list[Relation]]:
    from ingestion.plant_graph import read_plant
    from ingestion.simulator.registry import PLANT_DIR

    return read_plant(PLANT_DIR / "graph")


def _mill() -> tuple[list[Node], list[Relation]]:
    from finetuning.cypher.worlds.mill import make

    made = make()
    return made.nodes, made.relations


def _films() -> tuple[list[Node], list[Relation]]:
    from finetuning.cypher.worlds.films import make

    made = make()
    return made.nodes, made.relations


_WORLDS: Final[dict[World, Callable[[], tuple[list[Node], list[Relation]]]]] = {
    World.PLANT: _plant,
    World.MILL: _mill,
    World.FILMS: _films,
}

"""Opens the graph that the settings name: `kglite:PATH`, or a Neo4j driver's URL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from plant.errors import SettingsError, did_you_mean

if TYPE_CHECKING:
    from plant.graph.contract import GraphBackend
    from plant.settings import Settings

NEO4J_SCHEMES: Final = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


def open_graph(settings: Settings) -> GraphBackend:
    """Returns the graph of `settings.graph.url`; nothing is started or connected yet.

    Raises:
        SettingsError: When the URL names no engine that is known, or no file.
    """
    url = settings.graph.url or f"kglite:{settings.graph_path}"
    scheme, _, rest = url.partition(":")
    if scheme == "kglite":
        from plant.graph.kglite import KgliteGraph

        if not rest:
            raise SettingsError(f"The graph URL {url!r} names no file.", hint="Write it like kglite:PATH.")
        return KgliteGraph(Path(rest).expanduser(), memory_mb=settings.graph.memory_mb)
    if scheme in NEO4J_SCHEMES:
        from plant.graph.neo4j import Neo4jGraph

        return Neo4jGraph(url)
    shown = url if "@" not in url else f"{scheme}:..."  # it may hold a password
    raise SettingsError(
        f"{shown!r} is not a graph URL.",
        hint=did_you_mean(scheme, ("kglite", *NEO4J_SCHEMES)) or "Write it like kglite:PATH or bolt://HOST:PORT.",
    )

"""`millhand graph load`: a folder becomes the plant graph, or it is said row by row why not."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from ingestion.plant_graph import read_folder
from ingestion.plant_graph.build import digest_of
from plant.errors import BadInput, ExitCode, ServiceUnavailable
from plant.facts import Refusal
from plant.graph.contract import QueryFailed, QueryTimeout
from plant.registry import Registry
from tui.cli.common import print_json, say, talk

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from ingestion.plant_graph import Plant
    from plant.graph.contract import GraphBackend
    from plant.settings import Settings

_SAID: Final = 20
_COMPARE_S: Final = 60.0


def load_folder(
    settings: Settings, directory: Path, *, extra: Collection[str], strict: bool, check: bool, as_json: bool
) -> ExitCode:
    """Loads a folder, or only checks it, and says what became of it.

    Args:
        settings: Which store has the sensor registry, and which graph is replaced.
        directory: The folder.
        extra: Columns that are properties beyond those of `ingestion.plant_graph`.
        strict: Whether one rejected row is enough to load nothing.
        check: Whether nothing is to be loaded at all.
        as_json: Whether stdout gets JSON.

    Returns:
        `BAD_INPUT` where the rows stood in the way, else `ANSWERED`.

    Raises:
        BadInput: As `ingestion.plant_graph.read_folder` does.
        ServiceUnavailable: When the graph's server does not answer.
    """
    plant = read_folder(directory, _registry(settings), extra=extra)
    why = _why_not(plant, strict=strict)
    status = "refused" if why else "checked" if check else _load(settings, plant)
    _say_rejected(plant)
    if as_json:
        print_json(_data(plant, status))
    if why:
        talk(f"Nothing is loaded: {why}")
        return ExitCode.BAD_INPUT
    if not as_json:
        say(_summary(plant, status))
    return ExitCode.ANSWERED


def _registry(settings: Settings) -> Registry:
    from plant.store.sqlite import open_store

    if not settings.store.path.exists():
        return Registry()
    with closing(open_store(settings.store.path, read_only=True)) as store:
        return store.registry()


def _why_not(plant: Plant, *, strict: bool) -> str:
    if plant.distrusted:
        return f"more than half of the rows of {', '.join(plant.distrusted)} are rejected. Is this the right export?"
    if strict and plant.rejected:
        return f"{_counted(len(plant.rejected), 'row')} rejected, and --strict allows none."
    if strict and plant.left_out:
        return f"{', '.join(plant.left_out)} is left out, which --strict does not allow."
    return ""


def _load(settings: Settings, plant: Plant) -> str:
    from plant.graph.urls import open_graph

    with closing(open_graph(settings)) as backend:
        if _holds(backend, plant):
            return "unchanged"
        backend.load(plant.nodes, plant.relations)
    return "loaded"


def _holds(backend: GraphBackend, plant: Plant) -> bool:
    """Whether the graph that is there is this one; one that cannot be read in time, or at all, is not."""
    from tools.graph.guard import Guard

    try:
        schema = backend.schema()
        counts = sum(node.count for node in schema.nodes), sum(relation.count for relation in schema.relations)
        if counts != (len(plant.nodes), len(plant.relations)):
            return False
        guard = Guard(schema, row_limit=max(*counts, 1))
        there = []
        for text in ("MATCH (n) RETURN n", "MATCH (a)-[r]->(b) RETURN a.id AS tail, r, b.id AS head"):
            query = guard.check(text)
            if isinstance(query, Refusal):  # no relationships, or nodes that were not loaded by millhand
                return False
            there.append(backend.run(query, timeout_s=_COMPARE_S).rows)
    except (BadInput, QueryFailed, QueryTimeout, ServiceUnavailable):  # a server that is down is told by the loading
        return False
    nodes = ((":".join(node["labels"]), node["properties"]) for (node,) in there[0])
    relations = ((start, relation["type"], end, relation["properties"]) for start, relation, end in there[1])
    return digest_of(nodes, relations) == plant.digest


def _data(plant: Plant, status: str) -> dict[str, Any]:
    return {
        "status": status,
        "nodes": len(plant.nodes),
        "relations": len(plant.relations),
        "digest": plant.digest,
        "rejected": plant.rejected,
        "distrusted": plant.distrusted,
        "notes": plant.notes,
    }


def _say_rejected(plant: Plant) -> None:
    for row in plant.rejected[:_SAID]:
        talk(f"{row.file}, line {row.line}: {row.reason}")
    if len(plant.rejected) > _SAID:
        talk(f"... and {len(plant.rejected) - _SAID} more; --json lists them all.")
    for note in plant.notes:
        talk(note)


def _summary(plant: Plant, status: str) -> str:
    size = f"{_counted(len(plant.nodes), 'node')} and {_counted(len(plant.relations), 'relationship')}"
    without = f", without {_counted(len(plant.rejected), 'rejected row')}" if plant.rejected else ""
    said = {
        "unchanged": f"Nothing changed: the plant graph has these {size} already{without}.",
        "checked": f"{size} could be loaded{without}. Nothing was.",
        "loaded": f"{size} are loaded{without}.",
    }
    return said[status]


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"

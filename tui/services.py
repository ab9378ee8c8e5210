"""What else there is on this machine: the plant graph and the language model, for the status line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from plant.errors import MillhandError

if TYPE_CHECKING:
    from plant.settings import Settings


class Services(msgspec.Struct, frozen=True):
    """A few words on each."""

    graph: str
    model: str


def look_at_services(settings: Settings) -> Services:
    """Looks at both; slow, so not for the screen's thread."""
    return Services(_graph(settings), _model(settings))


def _graph(settings: Settings) -> str:
    if not settings.graph.url and not settings.graph_path.exists():
        return "no graph"
    from plant.graph.urls import open_graph

    try:
        backend = open_graph(settings)
        try:
            return f"graph {sum(kind.count for kind in backend.schema().nodes):,} nodes"
        finally:
            backend.close()
    except MillhandError:
        return "graph down"


def _model(settings: Settings) -> str:
    """Names the model; only a server is asked, since a model in process takes a while to load."""
    from inference.fetch import model_path
    from inference.models import open_model

    url = settings.model.url
    if url == "none:" or (not url and not model_path().exists()):
        return "no model"
    if not url or url.startswith("llama:"):
        return _embedded(settings)
    try:
        model = open_model(settings)
    except MillhandError:
        return "model down"
    if model is None:
        return "no model"
    try:
        return model.name
    finally:
        model.close()


def _embedded(settings: Settings) -> str:
    from inference.models import base_and_adapters

    try:
        base, adapters = base_and_adapters(settings)
    except MillhandError:
        return "model down"
    return " + ".join([base.name.partition(".")[0].lower(), *(f"{adapter} adapter" for adapter in adapters)])

"""All tools over one store, opened when they are first needed, closed together.

A service that is down makes its own tool refuse, not the rest: the graph is opened for the graph
tool alone, and a language model that does not answer is left out, since every tool works without.
"""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from plant.errors import ServiceUnavailable, StoreError
from plant.settings import StoreSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from inference.contract import LanguageModel
    from plant.graph.contract import GraphBackend
    from plant.registry import Registry
    from plant.settings import Settings
    from plant.store.contract import Store
    from tools.contract import Tool
    from tools.manuals.dense import Dense

TOOLS = ("manual", "graph", "forecast", "crossings", "anomaly", "alerts", "parts")
"""The names of all tools; `crossings` answers some questions of the route `forecast`, the others those of their own."""


class Toolbox:
    """Makes the tools. Any thread may call it; a context manager.

    Args:
        settings: Which store, model and graph.
        store: The open store; closed with the box.
    """

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings = settings
        self.store = store
        self.model_problem: ServiceUnavailable | None = None
        self._held = ExitStack()
        self._held.callback(store.close)
        self._made: dict[str, Tool[Any]] = {}
        self._model: LanguageModel | None = None
        self._model_opened = False
        self._graph: GraphBackend | None = None
        self._lock = threading.RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def registry(self) -> Registry:
        """The sensor registry as it is now."""
        return self.store.registry()

    def model(self) -> LanguageModel | None:
        """Returns the language model; None where there is none or it does not answer.

        One that the settings name is opened on the first call, so that a wrong name is said; the small
        one of the cache when it is first used.

        Raises:
            BadInput: If the settings name a model file that is not there or is none.
            SettingsError: If its URL makes no sense.
        """
        with self._lock:
            if not self._model_opened:
                try:
                    self._model = _open_model(self.settings)
                except ServiceUnavailable as problem:
                    self.model_problem = problem
                self._model_opened = True
                if self._model is not None:
                    self._held.callback(self._model.close)
            return self._model

    def tool(self, name: str) -> Tool[Any]:
        """Returns a tool, made on the first call.

        Raises:
            MillhandError: If what it needs cannot be opened; the next call tries again.
            KeyError: If there is no tool of that name.
        """
        with self._lock:
            if name not in self._made:
                self._made[name] = _MAKERS[name](self)
            return self._made[name]

    def graph(self) -> GraphBackend:
        """Returns the plant graph, opened on the first call.

        Raises:
            MillhandError: If it cannot be opened; the next call tries again.
        """
        from plant.graph.urls import open_graph

        with self._lock:
            if self._graph is None:
                self._graph = open_graph(self.settings)
                self._held.callback(self._graph.close)
            return self._graph

    def dense(self) -> Dense | None:
        """Opens what finds passages by their meaning; None where no embedding model is named, or it does not answer.

        Raises:
            BadInput: If the settings name a model file that is not there or is none.
            SettingsError: If its URL makes no sense.
        """
        from inference.embedding import open_embedder
        from tools.manuals.dense import Dense

        try:
            embedder = open_embedder(self.settings.manuals.embedder, threads=self.settings.model.threads)
        except ServiceUnavailable as problem:
            self.model_problem = self.model_problem or problem
            return None
        if embedder is None:
            return None
        self._held.callback(embedder.close)
        return Dense(self.store, embedder)

    def close(self) -> None:
        """Closes all it opened, the last first; a second call does nothing."""
        self._held.close()


def _open_model(settings: Settings) -> LanguageModel | None:
    from inference.fetch import model_path
    from inference.models import open_model

    if settings.model.url:
        return open_model(settings)
    if not model_path().exists():
        return None
    from inference.lazy import LazyModel

    def opened() -> LanguageModel:
        model = open_model(settings)
        if model is None:
            raise ServiceUnavailable(
                "The language model has gone since the start.", hint="`make demo` unpacks it again."
            )
        return model

    return LazyModel(opened)


def _manual(box: Toolbox) -> Tool[Any]:
    from tools.manuals.tool import ManualTool

    return ManualTool(box.store, box.settings, box.model(), dense=box.dense(), keep=True)


def _graph(box: Toolbox) -> Tool[Any]:
    from tools.graph.answer import GraphTool

    # The small model of the cache, untuned, wrote no query that made sense in 28 tries of up to 15 s each.
    model = box.model() if box.settings.model.url else None
    return GraphTool(box.graph(), box.store, box.settings, model)


def _forecast(box: Toolbox) -> Tool[Any]:
    from tools.forecast import ForecastTool

    return ForecastTool(box.store, box.settings, box.model())


def _crossings(box: Toolbox) -> Tool[Any]:
    from tools.crossings import CrossingsTool
    from tools.forecast import ForecastTool

    return CrossingsTool(box.store, ForecastTool(box.store, box.settings, None))


def _anomaly(box: Toolbox) -> Tool[Any]:
    from tools.anomalies import AnomalyTool

    return AnomalyTool(box.store, box.settings)


def _alerts(box: Toolbox) -> Tool[Any]:
    from tools.alerts import AlertsTool

    return AlertsTool(box.store, box.settings)


def _parts(box: Toolbox) -> Tool[Any]:
    from tools.parts.finder import ListFinder
    from tools.parts.gazetteer import gazetteer
    from tools.parts.model import ADAPTER, ModelFinder
    from tools.parts.tool import PartsTool

    finder = ListFinder(gazetteer(box.settings.parts.names))
    # None ships: a model that the settings tune for it is asked, and no other is opened to see.
    tuned = ADAPTER in {*box.settings.model.adapters, *box.settings.model.ollama_adapters}
    model = box.model() if tuned else None
    return PartsTool(box.graph(), box.settings, finder if model is None else ModelFinder(finder, model))


_MAKERS: dict[str, Callable[[Toolbox], Tool[Any]]] = {
    "manual": _manual,
    "graph": _graph,
    "forecast": _forecast,
    "crossings": _crossings,
    "anomaly": _anomaly,
    "alerts": _alerts,
    "parts": _parts,
}


def open_toolbox(settings: Settings, say: Callable[[str], None] | None = None) -> Toolbox:
    """Opens the store of the settings, and the demo plant in its place where there is none yet.

    Args:
        settings: Which store, model and graph.
        say: Told when the demo plant is built or continued.

    Raises:
        StoreError: If the store cannot be opened, or a store that was named is not there.
        BadInput: If the settings name a model file that is not there or is none.
    """
    from plant.store.sqlite import open_store

    _ensure_demo(settings, say or (lambda _: None))
    box = Toolbox(settings, open_store(settings.store.path))
    if settings.model.url:
        try:
            box.model()  # a wrong address is said at once, not in the middle of a conversation
        except BaseException:
            box.close()
            raise
    return box


def _ensure_demo(settings: Settings, say: Callable[[str], None]) -> None:
    """Builds the demo plant at the default place, continues it where it is; never at a place that was named."""
    from ingestion.demo import ensure_demo
    from plant.store.sqlite import open_store

    path = settings.store.path
    if path.exists():
        with open_store(path, read_only=True) as store:
            is_demo = store.meta("demo") == "1"
        if is_demo:
            ensure_demo(settings, say)
    elif path == StoreSettings().path:
        ensure_demo(settings, say)
    else:
        raise StoreError(f"There is no store at {path}.", hint="`millhand worker --store FILE` or `demo` makes one.")

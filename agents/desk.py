"""What the steps of the graph work with: the tools, the router, the clock, and the bell that stops them."""

from __future__ import annotations

import re
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from agents.contract import Route
from agents.memory import Reader
from agents.understand.names import NameIndex
from forecasting.candidates import LANGUAGE_MODEL
from plant.errors import MillhandError
from plant.facts import Refusal, RefusalCode, ToolResult
from plant.time import now_ms, zone_named
from tools.contract import CROSSINGS, CrossingsInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from agents.classifier import Classifier
    from inference.contract import LanguageModel
    from plant.settings import Settings
    from tools.contract import GraphInput, ToolInput
    from tools.toolbox import Toolbox

_LIMITS = re.compile(r"\b(?:limit(?:s|es)?|can(?:'t|not)|not able|unable|ne sais|ne peux|pas faire|incapable)\b")


class Cancelled(Exception):
    """The question was given up."""


class Desk:
    """One assistant's tools, router and clock.

    Tools run on a thread of their own, one at a time, so that a question can be given up while
    one is at work; the next question then waits until that tool has come back.

    Args:
        toolbox: The tools.
        classifier: The router.
        clock: Returns the time, UTC milliseconds.
    """

    def __init__(self, toolbox: Toolbox, classifier: Classifier, clock: Callable[[], int] = now_ms) -> None:
        self._toolbox = toolbox
        self.classifier = classifier
        self._clock = clock
        self._settings: Settings = toolbox.settings
        self._zone = zone_named(toolbox.settings.plant.timezone)
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="millhand-tool")
        self._cancelled: Future[Any] = Future()

    @property
    def may_rephrase(self) -> bool:
        """Whether the settings let the model rephrase."""
        return self._settings.model.rephrase

    def reader(self) -> Reader:
        """Returns what understands a question now: the registry and the clock as they are."""
        return Reader(NameIndex(self._toolbox.registry), self._clock(), self._zone)

    def model(self) -> LanguageModel | None:
        """Returns the language model; None where there is none or it cannot be used."""
        try:
            return self._toolbox.model()
        except MillhandError:
            return None  # routing and wording do without; a tool that needs it says why it cannot

    def judge(self) -> LanguageModel | None:
        """Returns the model that may settle where an unsure question goes: only one that the settings name.

        The small one of the cache may not. Tried on ten odd questions in both languages it chose the
        forecast for most of them: a question back is better than a wrong answer.
        """
        return self.model() if self._settings.model.url else None

    def ask_tool(self, route: Route, request: ToolInput, early: Callable[[ToolResult], None]) -> ToolResult:
        """Asks a tool; what stops it is its refusal, and the conversation goes on.

        Args:
            route: Which tool.
            request: What it is asked.
            early: Called, in this thread, with what a forecast knows before all its methods have run.

        Raises:
            Cancelled: If the question is given up meanwhile.
        """
        self.stop_if_cancelled()
        cancelled, heard = self._cancelled, SimpleQueue[ToolResult | None]()

        def tell(so_far: ToolResult) -> None:
            if cancelled.done():
                raise Cancelled  # in the tool's thread: a forecast that was given up ends with the method it is at
            heard.put(so_far)

        asked: Future[Any] = self._worker.submit(self._run, route, request, tell)
        for ending in (asked, cancelled):
            ending.add_done_callback(lambda _: heard.put(None))
        while (so_far := heard.get()) is not None:
            early(so_far)
        if not asked.done():
            raise Cancelled
        try:
            result: ToolResult = asked.result()
        except MillhandError as error:
            return ToolResult(route, refusal=Refusal(RefusalCode.UNAVAILABLE, error.message, error.hint))
        return result

    def graph_understands(self, request: GraphInput) -> bool:
        """Whether the plant graph understands all of a question, without a language model; no where it is down.

        Raises:
            Cancelled: If the question is given up meanwhile.
        """

        def understands() -> bool:
            tool: Any = self._toolbox.tool(Route.GRAPH)
            return bool(tool.understands(request))

        asked = self._worker.submit(understands)
        wait((asked, self._cancelled), return_when=FIRST_COMPLETED)
        self.stop_if_cancelled()
        try:
            return asked.result()
        except MillhandError:
            return False  # the question goes where the router sends it; the graph tool says what is wrong when asked

    def _run(self, route: Route, request: ToolInput, tell: Callable[[ToolResult], None]) -> ToolResult:
        tool: Any = self._toolbox.tool(CROSSINGS if isinstance(request, CrossingsInput) else route)
        result: ToolResult = tool.run(request, tell) if route == Route.FORECAST else tool.run(request)
        return result

    def model_of(self, result: ToolResult) -> str | None:
        """Returns the name of the model that took part in a result, if one did."""
        rows = [row for row in result.data.get("candidates") or () if row.get("mase") is not None]
        ran = [row["name"] for row in rows if row["name"].split(" ")[0] == LANGUAGE_MODEL]
        if any(row != LANGUAGE_MODEL for row in ran):  # several compete: each row carries its model's name
            return ", ".join(row.removeprefix(f"{LANGUAGE_MODEL} ") for row in ran)
        took_part = bool(ran) or result.data.get("how") == "model"
        model = self.model() if took_part else None
        return model.name if model else None

    def asks_limits(self, masked: str) -> bool:
        """Whether a question for help is about what millhand cannot do."""
        return _LIMITS.search(masked) is not None

    def begin(self) -> None:
        """Begins a question: what was cancelled before does not stop it."""
        self._cancelled = Future()

    def cancel(self) -> None:
        """Gives the running question up."""
        if not self._cancelled.done():
            self._cancelled.set_result(None)

    def stop_if_cancelled(self) -> None:
        """Raises `Cancelled` if the question was given up."""
        if self._cancelled.done():
            raise Cancelled

    def close(self) -> None:
        """Waits for a tool that is at work, then closes all tools."""
        self.cancel()
        self._worker.shutdown(wait=True, cancel_futures=True)
        self._toolbox.close()

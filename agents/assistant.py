"""The agent as callers see it: `open_assistant`."""

from __future__ import annotations

import sqlite3
import threading
import time
import uuid
from typing import TYPE_CHECKING, Any

from agents.compose.refusals import in_french
from agents.contract import Answer, Estimate, Piece, Progress, Route
from agents.silence import silence_tracers
from agents.understand.words import clean, language_of
from plant.errors import BadInput
from plant.facts import Refusal, RefusalCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType
    from typing import Self

    from langchain_core.runnables import RunnableConfig
    from langgraph.types import StreamMode

    from agents.contract import AskEvent
    from agents.desk import Desk
    from agents.memory_file import MemoryFile
    from plant.settings import Settings


class GraphAssistant:
    """`agents.contract.Assistant` over the LangGraph graph. Made by `open_assistant`; a context manager."""

    def __init__(self, desk: Desk, memory: MemoryFile) -> None:
        from agents.graph import build_graph

        self._desk = desk
        self._memory = memory
        self._graph = build_graph(desk, memory.saver)
        self._asking = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(self, question: str, *, thread: str = "") -> Answer:
        """Answers one question of a conversation; without a thread it is a conversation of its own.

        Raises:
            StoreError: If the store or the memory of conversations cannot be read.
        """
        *_, answer = self.stream(question, thread=thread)
        assert isinstance(answer, Answer)
        return answer

    def stream(self, question: str, *, thread: str = "") -> Iterator[AskEvent]:
        """Answers one question, event by event; the last one is the Answer.

        Raises:
            StoreError: If the store or the memory of conversations cannot be read.
        """
        began = time.perf_counter()
        with self._asking:
            try:
                text = clean(question)
            except BadInput as problem:
                refusal = Refusal(RefusalCode.NOT_UNDERSTOOD, problem.message, problem.hint)
                yield _refused(question, "en", refusal, time.perf_counter() - began)
                return
            self._desk.begin()
            yield from self._run(question, text, thread, began)

    def _run(self, question: str, text: str, thread: str, began: float) -> Iterator[AskEvent]:
        from agents.desk import Cancelled

        name = thread or f"once-{uuid.uuid4().hex}"
        state: dict[str, Any] = {}
        try:
            config: RunnableConfig = {"configurable": {"thread_id": name}}
            modes: list[StreamMode] = ["custom", "values"]
            for mode, event in self._graph.stream({"asked": text}, config, stream_mode=modes, durability="exit"):
                if isinstance(event, Progress | Estimate | Piece):
                    yield event
                elif mode == "values" and isinstance(event, dict):
                    state = event
            yield _answer(question, state, time.perf_counter() - began)
        except Cancelled:
            language, said = language_of(text), "The question was given up."
            said = in_french(RefusalCode.CANCELLED, said) if language == "fr" else said
            refusal = Refusal(RefusalCode.CANCELLED, said)
            yield _refused(question, language, refusal, time.perf_counter() - began)
        except sqlite3.Error as error:
            raise self._memory.problem(error) from error
        finally:
            (self._memory.prune if thread else self._memory.forget)(name)

    def cancel(self) -> None:
        """Gives the running question up; its Answer is a refusal. May be called from any thread."""
        self._desk.cancel()

    def close(self) -> None:
        """Gives up what runs, then closes the tools and the memory."""
        self._desk.close()
        self._memory.close()


def open_assistant(settings: Settings, say: Callable[[str], None] | None = None) -> GraphAssistant:
    """Opens the agent on the store of the settings; the demo plant is built where there is none yet.

    Args:
        settings: Which store, model and graph.
        say: Told when the demo plant is built.

    Raises:
        StoreError: If the store or the memory of conversations cannot be opened.
        BadInput: If the settings name a model that is none.
        SettingsError: If the settings name a time zone, model or graph that makes no sense.
    """
    silence_tracers()
    from agents.desk import Desk
    from agents.memory_file import MemoryFile
    from agents.route import router
    from tools.toolbox import open_toolbox

    toolbox = open_toolbox(settings, say)
    try:
        return GraphAssistant(Desk(toolbox, router()), MemoryFile(settings.memory_path))
    except BaseException:
        toolbox.close()
        raise


def _answer(question: str, state: dict[str, Any], seconds: float) -> Answer:
    """Makes the Answer of the graph's last state: refused only where nothing could be said."""
    said, found = state["said"], state["found"]
    texts = [one.text for one in said if one.text]
    refusals = [one for one in said if one.refusal]
    refused = refusals[0] if refusals and not texts else None
    asks_back = refused is not None and refused.refusal.code == RefusalCode.AMBIGUOUS
    return Answer(
        question=question,
        language=state["question"].language,
        route=tuple(dict.fromkeys(Route(one.route) for one in said)),
        answer="" if refused else "\n".join([*texts, *(one.refusal.text for one in refusals)]),
        facts=found.facts,
        evidence=found.evidence,
        tables=found.tables,
        series=found.series,
        refusal=refused.refusal if refused else None,
        clarify=refused.refusal.text if refused and asks_back else None,
        model=state["model"],
        seconds=seconds,
    )


def _refused(question: str, language: str, refusal: Refusal, seconds: float) -> Answer:
    return Answer(question, language, (), "", refusal=refusal, seconds=seconds)

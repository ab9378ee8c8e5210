"""The terminal in a test: a plant to look at, an agent with a script, keys in, text on the screen out."""

from __future__ import annotations

import asyncio
import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from agents.contract import Answer, Estimate, Piece, Progress, Route
from plant.episodes import ChangeKind, Episode, EpisodeChange, EpisodeKind, EpisodeState, Priority
from plant.errors import ServiceUnavailable
from plant.facts import Evidence, EvidenceKind, Refusal, RefusalCode, Table
from plant.readings import Reading
from plant.registry import Sensor
from plant.store.contract import Counts
from plant.store.sqlite import open_store
from plant.time import MINUTE, now_ms
from tui.app import MillhandApp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from textual.pilot import Pilot

    from agents.contract import AskEvent
    from plant.settings import Settings
    from tui.widgets.chat import TurnView

SIZE = (120, 36)
ODD_TAG = "[PT-101]"
START = now_ms() // MINUTE * MINUTE - 30 * MINUTE


class FakeAssistant:
    """Answers from a script. A question that begins with `wait` is held until it is released or cancelled.

    One that begins with `forecast` has its estimates said first, and is held after each until it is released.
    """

    def __init__(self, answers: dict[str, Answer] | None = None) -> None:
        self.answers = answers or {}
        self.asked: list[tuple[str, str]] = []
        self.estimates: list[Estimate] = []
        self.released = threading.Event()
        self.cancelled = threading.Event()
        self.closed = False

    def ask(self, question: str, *, thread: str) -> Answer:
        *_, answer = self.stream(question, thread=thread)
        assert isinstance(answer, Answer)
        return answer

    def stream(self, question: str, *, thread: str) -> Iterator[AskEvent]:
        self.asked.append((question, thread))
        yield Progress("tool", "looking at the plant")
        if question.startswith("wait"):
            yield Piece("The first half, ")
            self.released.wait(20)
            if self.cancelled.is_set():
                yield refused(RefusalCode.CANCELLED, "The question was given up.")
                return
            yield Piece("and the second.")
        for estimate in self.estimates if question.startswith("forecast") else ():
            yield estimate
            self.released.wait(20)
            self.released.clear()
        if question.startswith("break"):
            raise ServiceUnavailable("The plant graph does not answer.", hint="Start it.")
        if question.startswith("bug"):
            raise ZeroDivisionError("division by zero")
        answer = self.answers.get(question, answered("All is well. [1]"))
        for word in answer.answer.split(" "):
            yield Piece(f"{word} ")
        yield answer

    def cancel(self) -> None:
        self.cancelled.set()
        self.released.set()

    def close(self) -> None:
        self.closed = True
        self.released.set()


def answered(text: str, **more: Any) -> Answer:
    table = Table(("tag", "unit"), ((ODD_TAG, "degC"), ("[/temp]", "bar")))
    evidence = (
        Evidence("e1", EvidenceKind.QUERY, "MATCH rows: 2", "MATCH (s:Sensor) RETURN s.id", {"limit": 200}, table),
        Evidence("e2", EvidenceKind.MANUAL, "manual, page 12", "E07 [b]high[/b] pressure \x1b[31mred", {"page": 12}),
    )
    more.setdefault("evidence", evidence)
    return Answer("q", "en", (Route.GRAPH,), text, seconds=0.1, **more)


def refused(code: RefusalCode, text: str, **more: Any) -> Answer:
    clarify = text if code is RefusalCode.AMBIGUOUS else None
    return Answer("q", "en", (), "", refusal=Refusal(code, text, **more), clarify=clarify)


def episode(subject: str = "P-101.VT-01", *, state: EpisodeState = EpisodeState.OPEN, **more: Any) -> Episode:
    return Episode(
        id=more.pop("id", f"ep-{subject}"),
        rule=more.pop("rule", "limit.high"),
        tag=subject,
        asset="P-101",
        kind=EpisodeKind.PROCESS,
        priority=Priority.MEDIUM,
        state=state,
        pending_at=START,
        opened_at=START + MINUTE,
        closed_at=START + 2 * MINUTE if state is EpisodeState.CLOSED else None,
        updated_at=START + MINUTE,
        score=82.0,
        actual=6.1,
        low=2.1,
        high=3.9,
        unit="mm/s",
        reason=more.pop("reason", "above its usual band"),
        detectors=("residual", "forest"),
        **more,
    )


def apply(path: Path, kind: ChangeKind, one: Episode) -> None:
    with open_store(path) as store, store.transaction() as transaction:
        transaction.apply_episodes([EpisodeChange(kind, one)])


def fill(path: Path, *, alive: bool = True) -> None:
    """Fills a store as a worker does: sensors, half an hour of readings, an owner that lives or not."""
    with open_store(path) as store:
        store.put_sensors(
            [
                Sensor("CW-100.TT-02", "chilled water temperature", "degC", "E-101"),
                Sensor("P-101.VT-01", "vibration", "mm/s", "P-101"),
                Sensor(ODD_TAG, "a tag that looks like markup", "m3/h"),
                Sensor("X-1", "never heard of"),
            ]
        )
        claim = store.claim_partition("plant", 0, "worker")
        readings = [
            Reading(tag, START + i * MINUTE, 5.0 + i / 10)
            for i in range(31)
            for tag in ("CW-100.TT-02", "P-101.VT-01", ODD_TAG)
        ]
        with store.transaction() as transaction:
            transaction.insert_readings("plant", 0, readings)
            counts = Counts(consumed=93, decoded_messages=93, decoded=93, stored=93)
            transaction.advance("plant", 0, claim.epoch, next_offset=93, counts=counts, watermark=START + 30 * MINUTE)
        # A worker of an hour ahead stays alive however long the test takes.
        store.heartbeat("plant", "worker", {0: 93}, now_ms() + (60 if alive else -60) * MINUTE)


class _BetweenLayoutsError(Exception):
    """The window has another size already, and what is on it not yet."""


class Driver:
    """A running app, its pilot, and what it shows."""

    def __init__(self, app: MillhandApp, pilot: Pilot[None], assistant: FakeAssistant) -> None:
        self.app = app
        self.pilot = pilot
        self.assistant = assistant

    async def until(self, holds: Callable[[], bool], what: str = "") -> None:
        async with asyncio.timeout(20):
            while not self._hold(holds):
                await self.pilot.pause(0.01)
        await self.pilot.pause()

    def _hold(self, holds: Callable[[], bool]) -> bool:
        try:
            return holds()
        except _BetweenLayoutsError:
            return False

    async def until_shown(self, *texts: str) -> None:
        try:
            await self.until(lambda: all(text in self.screen() for text in texts))
        except TimeoutError:
            pytest.fail(f"{texts} did not come to the screen:\n{self.screen()}")

    async def type(self, text: str, *keys: str) -> None:
        self.app.main.prompt.write(text)
        await self.pilot.press(*(keys or ("enter",)))

    async def ask(self, question: str) -> TurnView:
        count = len(self.app.conversation.turns)
        await self.type(question)
        await self.until(lambda: len(self.app.conversation.turns) > count)
        turn = self.app.conversation.turns[-1]
        await self.until(lambda: turn.done)
        view = self.app.main.chat.view(turn.number)
        assert view is not None
        return view

    def screen(self) -> str:
        """The text that is on the screen, line by line."""
        width, height = self.app.size
        strips = self.app.screen._compositor.render_strips()
        if len(strips) != height:
            raise _BetweenLayoutsError
        return "\n".join(strip.text[:width] for strip in strips)


@asynccontextmanager
async def drive(
    settings: Settings, assistant: FakeAssistant | None = None, size: tuple[int, int] = SIZE, **more: Any
) -> AsyncIterator[Driver]:
    fake = assistant or FakeAssistant()
    app = MillhandApp(settings, assistant_factory=more.pop("factory", lambda _: fake), look_seconds=0.05, **more)
    async with app.run_test(size=size, notifications=True) as pilot:
        yield Driver(app, pilot, fake)

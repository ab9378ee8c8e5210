"""The demo as text: readings arrive, an alert opens and closes, five questions are answered.

The scenario is played into a copy of the demo store, so it is the same each time and leaves the
store as it was.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import quote

import msgspec

from ingestion.simulator.faults import SHIFT_LENGTH
from plant.episodes import EpisodeState
from plant.readings import Quality
from plant.time import MINUTE, Span, now_ms, to_iso, to_local, zone_named
from tui.cli.common import print_json_line, talk

if TYPE_CHECKING:
    from agents.contract import Answer
    from plant.episodes import Episode
    from plant.settings import Settings
    from plant.store.contract import Store

SHOWN_TAGS: Final = ("CW-100.TT-02", "CW-100.FT-01", "E-101.PDT-01", "P-101.VT-01")
SHOWN_EVERY: Final = 5 * MINUTE
_BATCH: Final = 138
"""Messages a batch: a plant minute, so that an alert is told when it happens."""

QUESTIONS = (
    "Which sensors are on pump P-101?",
    "forecast the chilled water temperature for the next 2 hours",
    "what does fault E07 mean?",
    "prévision du débit d'eau sur 1 heure",
    "any anomaly on the exchanger today?",
)


class Reporter(Protocol):
    """Shows what happens, one call an event."""

    def reading(self, tag: str, ts: int, value: float | None, unit: str, quality: int) -> None:
        """A reading arrived."""

    def episode(self, change: str, episode: Episode) -> None:
        """An alert opened or closed."""

    def question(self, question: str) -> None:
        """A question is asked."""

    def answer(self, answer: Answer) -> None:
        """It is answered."""


class JsonLines:
    """One JSON line an event, each with its `kind`, as in docs/json.md."""

    def reading(self, tag: str, ts: int, value: float | None, unit: str, quality: int) -> None:
        """A reading arrived."""
        body = {"tag": tag, "time": to_iso(ts), "value": value, "unit": unit, "quality": quality}
        print_json_line({"kind": "reading", **body})

    def episode(self, change: str, episode: Episode) -> None:
        """An alert opened or closed."""
        from tools.alert_rows import episode_row

        print_json_line({"kind": "episode", "change": change, "episode": episode_row(episode)})

    def question(self, question: str) -> None:
        """A question is asked."""
        print_json_line({"kind": "question", "question": question})

    def answer(self, answer: Answer) -> None:
        """It is answered."""
        print_json_line({"kind": "answer", **msgspec.structs.asdict(answer)})


class PlainText:
    """Lines for people."""

    def __init__(self, settings: Settings) -> None:
        self._zone = zone_named(settings.plant.timezone)

    def reading(self, tag: str, ts: int, value: float | None, unit: str, quality: int) -> None:
        """A reading arrived."""
        shown = "no value" if value is None else f"{value:g} {unit}"
        trust = "" if quality == Quality.GOOD else f"  ({Quality(quality).name.lower()})"
        print(f"  {to_local(ts, self._zone)}  {tag:<14} {shown}{trust}", flush=True)

    def episode(self, change: str, episode: Episode) -> None:
        """An alert opened or closed."""
        at = episode.updated_at if change == EpisodeState.CLOSED else episode.opened_at or episode.pending_at
        print(
            f"▲ {to_local(at, self._zone)}  alert {change}: {episode.subject} {episode.rule}, {episode.reason}",
            flush=True,
        )

    def question(self, question: str) -> None:
        """A question is asked."""
        print(f"\n> {question}", flush=True)

    def answer(self, answer: Answer) -> None:
        """It is answered."""
        from tui.cli.ask import as_text

        print(as_text(answer), flush=True)


def play(settings: Settings, reporter: Reporter) -> None:
    """Plays the scenario `shift` on a copy of the demo plant's store, then asks five questions.

    Raises:
        MillhandError: If the store cannot be read, or its copy written.
    """
    with tempfile.TemporaryDirectory(prefix="millhand-demo-") as folder:
        copy = _copy(settings, Path(folder))
        _play_shift(copy, reporter)
        _ask(copy, reporter)


def _copy(settings: Settings, folder: Path) -> Settings:
    """Copies store and embedded graph, and returns the settings that name the copies."""
    path = folder / "demo.db"
    with (
        closing(sqlite3.connect(f"file:{quote(str(settings.store.path))}?mode=ro", uri=True)) as kept,
        closing(sqlite3.connect(path)) as copy,
    ):
        kept.backup(copy)
    copied = settings.model_copy(update={"store": settings.store.model_copy(update={"path": path})})
    if settings.graph_path.exists():
        shutil.copyfile(settings.graph_path, copied.graph_path)
    return copied


def _play_shift(settings: Settings, reporter: Reporter) -> None:
    """Takes the shift in, a batch at a time; it lies ahead of the clock, so the worker's clock does too."""
    from ingestion.sources.demo import open_demo
    from ingestion.worker import Worker
    from plant.store.sqlite import open_store

    batch = settings.stream.model_copy(update={"max_messages": _BATCH})
    source = open_demo("demo:?scenario=shift", settings)
    with open_store(settings.store.path) as store:
        begin = store.extent()
        assert begin is not None  # the demo plant has a week of history
        watch = _Watch(store, reporter, begin.end)
        worker = Worker(
            store, source, settings.model_copy(update={"stream": batch}), clock=lambda: now_ms() + 2 * SHIFT_LENGTH
        )
        end = source.end_offsets()[0]
        while sum(book.next_offset for book in store.books(source.name)) < end:
            worker.step()
            worker.judge()
            watch.look()
        worker.run(until_end=True)  # judges the assets' last minutes too
        watch.look()


class _Watch:
    """Reports what is new in a store since the last look."""

    def __init__(self, store: Store, reporter: Reporter, begin: int) -> None:
        self._store = store
        self._reporter = reporter
        self._units = {sensor.tag: sensor.unit for sensor in store.registry()}
        self._shown_until = begin - 1
        self._begin = begin
        self._states = {episode.id: episode.state for episode in store.episodes(standing=True)}

    def look(self) -> None:
        """Reports episodes that opened or closed, and now and then some readings."""
        latest = {last.tag: last for last in self._store.latest() if last.tag in SHOWN_TAGS}
        newest = max(last.ts for last in latest.values())
        if newest >= self._shown_until + SHOWN_EVERY:
            self._shown_until = newest
            for tag in SHOWN_TAGS:
                last = latest[tag]
                self._reporter.reading(tag, last.ts, last.value, self._units[tag], last.quality)
        for episode in reversed(self._store.episodes(span=Span(self._begin, newest + 1))):
            if self._states.get(episode.id) != episode.state:
                self._states[episode.id] = episode.state
                self._reporter.episode("opened" if episode.state == EpisodeState.OPEN else "closed", episode)


def _ask(settings: Settings, reporter: Reporter) -> None:
    from agents.assistant import open_assistant

    with open_assistant(settings, talk) as assistant:
        for number, question in enumerate(QUESTIONS):
            reporter.question(question)
            reporter.answer(assistant.ask(question, thread=f"demo-{number}"))

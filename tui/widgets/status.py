"""The first and the last line: which plant it is, and how it is with us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from plant.annunciation import AlarmState
from plant.time import to_local
from tui.live import TagState
from tui.text import fit, one_line, plural

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from tui.live import Snapshot
    from tui.services import Services

ASIDE = (AlarmState.SHELVED, AlarmState.SUPPRESSED, AlarmState.OUT_OF_SERVICE)
_HELP = "F1 help"
_KEYS = f"{_HELP}  Ctrl+P commands"
_PARTED = " · "


class TitleLine(Widget):
    """Name of the plant, and the clock on its wall."""

    now: reactive[int] = reactive(0)

    def __init__(self, plant: str, zone: tzinfo, clock: Callable[[], int]) -> None:
        super().__init__(id="title")
        self._plant = one_line(plant)
        self._zone = zone
        self._clock = clock

    def on_mount(self) -> None:
        """Lets the clock go."""
        self._tick()
        self.set_interval(1.0, self._tick)

    def _tick(self) -> None:
        self.now = self._clock()

    def render(self) -> Content:
        """Writes plant and clock at the two ends."""
        clock = f"{to_local(self.now, self._zone, seconds=True)} {zone_name(self._zone, self.now)}"
        room = max(self.size.width - cell_len(clock) - 1, 0)
        return Content.assemble((fit(f"millhand · {self._plant}", room), "bold"), f" {clock}")


class StatusLine(Widget):
    """Stream, blind tags, graph, model and keys; what fits, the first the surest, and the key for help always."""

    text: reactive[str] = reactive("")

    def __init__(self) -> None:
        super().__init__(id="status")

    def show(self, snapshot: Snapshot | None, services: Services | None) -> None:
        """Says how it is."""
        graph = services.graph if services else "looking for the graph"
        model = services.model if services else "and the model"
        self.text = "\n".join([stream_words(snapshot), *tag_words(snapshot), graph, model])

    def render(self) -> Content:
        """Writes as many parts as there is room for, and the keys."""
        room = self.size.width - cell_len(_PARTED + _HELP)
        first, *parts = self.text.split("\n")
        shown = first if cell_len(first) <= room else fit(first, room)
        for part in parts:
            longer = f"{shown}{_PARTED}{part}"
            if cell_len(longer) > room:
                break
            shown = longer
        keys = _KEYS if cell_len(shown + _PARTED + _KEYS) <= self.size.width else _HELP
        return Content(f"{shown}{_PARTED}{keys}")


def stream_words(snapshot: Snapshot | None) -> str:
    """Says how the stream runs."""
    if snapshot is None:
        return "opening the store"
    if snapshot.trouble:
        return one_line(snapshot.trouble)
    stream = snapshot.stream
    if not stream.sources:
        return "no stream yet"
    names = dict.fromkeys(source.partition("?")[0].rstrip(":") for source in stream.sources)
    name = one_line(", ".join(names))
    if not stream.watched:
        return f"{name}: no worker"
    rate = "" if stream.rate is None else f" {stream.rate:,.0f}/s"
    lag = "" if stream.lag is None else f" lag {stream.lag:,}"
    return f"{name}{rate}{lag}"


def tag_words(snapshot: Snapshot | None) -> list[str]:
    """Says how many tags are blind, and stale where some are."""
    if snapshot is None:
        return []
    stale = snapshot.count(TagState.STALE)
    return [f"{snapshot.count(TagState.BLIND)} blind", *([f"{stale} stale"] if stale else [])]


def count_words(snapshot: Snapshot | None) -> str:
    """Says in one line what the left side would show, for windows that have no room for it."""
    if snapshot is None:
        return "Opening the store"
    sign = "▲ " if snapshot.standing else ""
    alerts = f"{sign}{plural(snapshot.standing, 'alert')} standing{aside_words(snapshot)}"
    return " · ".join([alerts, plural(len(snapshot.tags), "tag"), *tag_words(snapshot)])


def aside_words(snapshot: Snapshot) -> str:
    """Says how many alarms are put aside: `, 1 shelved, 2 suppressed`."""
    counts = ((state, snapshot.alarms(state)) for state in ASIDE)
    return "".join(f", {count} {state.value.replace('-', ' ')}" for state, count in counts if count)


def zone_name(zone: tzinfo, now: int) -> str:
    """Returns the short name of a zone at a time: `CET`, `UTC`."""
    from datetime import datetime

    return datetime.fromtimestamp(now / 1_000, zone).strftime("%Z")

"""An alert or a tag, opened: what is known of it, its last hours, and what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import work
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message

from plant.episodes import ChangeKind, Feedback
from plant.errors import StoreError
from plant.readings import Quality
from plant.time import HOUR, to_local
from tui.actions import Scope, bindings
from tui.live import read_curve
from tui.messages import DeedWanted
from tui.screens.opened import Opened
from tui.text import age, one_line, pretty_unit, pretty_units, quantity
from tui.widgets.alerts import alert_marks, alert_title, alert_usual
from tui.widgets.curves import CurveView
from tui.widgets.text import DataText

if TYPE_CHECKING:
    from datetime import tzinfo

    from textual.app import ComposeResult

    from plant.facts import Curve
    from plant.registry import Limits, Sensor
    from plant.settings import Settings
    from tui.alarms import AlertLine
    from tui.live import Snapshot, TagLine

_HOURS: Final = 4
_BEFORE: Final = HOUR


class HistoryView(VerticalScroll, can_focus=True):
    """Text on a subject, and under it the plot of a tag, read off the screen's thread."""

    class CurveRead(Message):
        """The curve of the tag is there; None where there is nothing to draw."""

        def __init__(self, curve: Curve | None, trouble: str = "") -> None:
            super().__init__()
            self.curve = curve
            self.trouble = trouble

    def __init__(self, text: Content, tag: str, until: int | None, settings: Settings, zone: tzinfo) -> None:
        super().__init__(classes="page")
        self._text = text
        self._tag = tag
        self._until = until
        self._settings = settings
        self._zone = zone

    def compose(self) -> ComposeResult:
        """Lays the text out; the plot follows when it is read."""
        yield DataText(self._text)
        yield DataText("… reading its last hours" if self._tag else "", id="reading")

    def on_mount(self) -> None:
        """Begins to read."""
        if self._tag:
            self._read()

    @work(thread=True, exclusive=True, group="curve")
    def _read(self) -> None:
        try:
            curve = read_curve(self._settings, self._tag, _HOURS * HOUR, self._until)
        except StoreError as error:
            self.post_message(self.CurveRead(None, error.message))
            return
        self.post_message(self.CurveRead(curve))

    def on_history_view_curve_read(self, message: CurveRead) -> None:
        """Draws it, or says that there is nothing."""
        line = self.query_one("#reading", DataText)
        if message.curve is None:
            line.update(message.trouble or f"{self._tag} has no good reading in these hours.")
            return
        line.remove()
        self.mount(CurveView((message.curve,), self._zone))


class TagScreen(Opened):
    """A tag: what it is, its limits, its last hours."""

    def __init__(self, line: TagLine, now: int, settings: Settings, zone: tzinfo) -> None:
        super().__init__()
        self._line = line
        self._now = now
        self._settings = settings
        self._zone = zone

    def compose(self) -> ComposeResult:
        """Lays the page out."""
        until = self._line.latest.ts if self._line.latest else None
        text = tag_page(self._line, self._now)
        yield HistoryView(text, self._line.sensor.tag, until, self._settings, self._zone)


class AlertScreen(Opened):
    """An alert: the reason, the value against its band, who contributes; and what can be done."""

    BINDINGS: ClassVar = bindings(Scope.ALERT)

    class Question(Message):
        """A person asks about the alert."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, alert: AlertLine, snapshot: Snapshot, settings: Settings, zone: tzinfo) -> None:
        super().__init__()
        self._alert = alert
        self._snapshot = snapshot
        self._settings = settings
        self._zone = zone

    def compose(self) -> ComposeResult:
        """Lays the page out."""
        episode = self._alert.episode
        tag = episode.tag or next(iter(episode.contributors), "")
        until = None if episode.closed_at is None else episode.closed_at + _BEFORE
        line = self._snapshot.tag(tag)
        text = alert_page(self._alert, line.sensor if line else None, self._snapshot.at, self._zone)
        yield HistoryView(text, tag, until, self._settings, self._zone)

    def action_deed(self, kind: str, feedback: str = "") -> None:
        """Asks for something to be done to it."""
        self.app.post_message(DeedWanted(self._alert, ChangeKind(kind), Feedback(feedback) if feedback else None))

    def action_ask_graph(self) -> None:
        """Asks what stands around it."""
        self._ask(f"What is connected to {self._place}?")

    def action_ask_manual(self) -> None:
        """Asks what the manuals say."""
        self._ask(f"What does the manual say about {self._place}?")

    @property
    def _place(self) -> str:
        return one_line(self._alert.episode.asset or self._alert.episode.subject)

    def _ask(self, question: str) -> None:
        self.app.post_message(self.Question(question))
        self.dismiss()


def tag_page(line: TagLine, now: int) -> Content:
    """Says all that is known of a tag."""
    sensor, latest = line.sensor, line.latest
    parts = [Content.styled(f"{one_line(sensor.tag)}  {one_line(sensor.description)}", "bold $accent")]
    if latest is None:
        parts.append(Content("No reading yet."))
    else:
        value = quantity(latest.value, sensor.unit, sensor.decimals)
        parts.append(Content(f"{value}, {line.state.value}, {age(now - latest.ts)} old"))
    parts += [Content(text) for text in (limits_words(sensor.limits, sensor), _place_words(sensor)) if text]
    return Content("\n").join([*parts, Content.styled("Esc closes", "dim")])


def alert_page(alert: AlertLine, sensor: Sensor | None, now: int, zone: tzinfo) -> Content:
    """Says all that is known of an alert."""
    episode = alert.episode
    begun = episode.opened_at if episode.opened_at is not None else episode.pending_at
    until = f" to {to_local(episode.closed_at, zone)}" if episode.closed_at is not None else ", it stands"
    lasting = age((episode.closed_at or now) - begun)
    contributors = ", ".join(map(one_line, episode.contributors))
    detectors = ", ".join(map(one_line, episode.detectors))
    facts = (
        pretty_units(one_line(alert.reason)),
        alert_usual(alert, sensor.decimals if sensor else 2),
        f"{episode.kind.value}, priority {episode.priority.value}, score {episode.score:.0f} of 100",
        f"since {to_local(begun, zone, day=True)}{until}, {lasting}",
        "" if episode.quality == Quality.GOOD else "the quality of that reading is not good",
        f"contributing most: {contributors}" if contributors else "",
        f"seen by: {detectors}" if detectors else "",
        alert_marks(alert, zone),
    )
    return Content("\n").join(
        [
            Content.styled(alert_title(alert, sensor if episode.tag else None), "bold $accent"),
            *(Content(fact) for fact in facts if fact),
            Content.styled("a acknowledge  s shelve  u unshelve  r reset  o out of service  i back in", "dim"),
            Content.styled("it was: 1 right  2 real but harmless  3 detector wrong  4 bad data", "dim"),
            Content.styled("g asks the graph  m asks the manuals  Esc closes", "dim"),
        ]
    )


def limits_words(limits: Limits, sensor: Sensor) -> str:
    """Says the set point and the limits of a tag."""
    words = []
    if limits.setpoint is not None:
        band = f" ± {limits.tolerance:g}" if limits.tolerance is not None else ""
        words.append(f"set point {limits.setpoint:g}{band}")
    names = (("low_low", "low low"), ("low", "low"), ("high", "high"), ("high_high", "high high"))
    words += [f"{name} {value:g}" for key, name in names if (value := getattr(limits, key)) is not None]
    return f"{', '.join(words)} {pretty_unit(sensor.unit)}".rstrip() if words else ""


def _place_words(sensor: Sensor) -> str:
    places = [f"on {sensor.asset}" if sensor.asset else "", f"in {sensor.area}" if sensor.area else ""]
    aliases = f"also called {', '.join(sensor.aliases)}" if sensor.aliases else ""
    return one_line(", ".join(part for part in (" ".join(filter(None, places)), aliases) if part))

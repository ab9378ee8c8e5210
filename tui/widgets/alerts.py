"""The list of alerts: standing first, then shelved, then those of the last day."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message

from plant.episodes import EpisodeState, Priority
from plant.time import to_local
from tui.actions import Scope, bindings
from tui.text import age, fit, one_line, plural, quantity
from tui.widgets.rows import Row, Rows

if TYPE_CHECKING:
    from datetime import tzinfo

    from plant.registry import Sensor
    from tui.live import AlertLine, Snapshot

_SIGNS = {Priority.HIGH: "▲▲", Priority.MEDIUM: "▲", Priority.LOW: "△"}
_STYLES = {Priority.HIGH: "bold $error", Priority.MEDIUM: "bold $warning", Priority.LOW: "$warning"}
_DECIMALS = 2


class AlertList(Rows):
    """One alert a row, of one line to five. Enter opens it; `a` and `s` act on it."""

    BINDINGS: ClassVar = bindings(Scope.ALERTS)

    class Marked(Message):
        """A person wants to acknowledge or shelve an alert."""

        def __init__(self, alert: AlertLine, action: str) -> None:
            super().__init__()
            self.alert = alert
            self.action = action

    def __init__(self, zone: tzinfo) -> None:
        super().__init__(id="alerts", empty="Nothing stands, nothing stood in the last day.")
        self._zone = zone
        self._alerts: dict[str, AlertLine] = {}

    def show(self, snapshot: Snapshot) -> None:
        """Shows the alerts of a snapshot; the marked one stays marked."""
        self._alerts = {alert.episode.id: alert for alert in snapshot.alerts}
        sensors = {line.sensor.tag: line.sensor for line in snapshot.tags}
        width = self.room
        self.set_rows(
            Row(alert.episode.id, alert_content(alert, sensors.get(alert.episode.tag), snapshot.at, self._zone, width))
            for alert in snapshot.alerts
        )

    def action_acknowledge(self) -> None:
        """Asks to acknowledge the marked alert."""
        self._mark("acknowledge")

    def action_shelve(self) -> None:
        """Asks to shelve the marked alert."""
        self._mark("shelve")

    def _mark(self, action: str) -> None:
        alert = self._alerts.get(self.marked_id)
        if alert is not None:
            self.post_message(self.Marked(alert, action))


def alert_title(alert: AlertLine, sensor: Sensor | None) -> str:
    """Says what an alert is about: the tag, and what it measures."""
    return one_line(" ".join(part for part in (alert.episode.subject, sensor.description if sensor else "") if part))


def alert_value(alert: AlertLine, decimals: int) -> str:
    """Says what was seen and what would be usual; empty where neither is known."""
    episode = alert.episode
    if episode.actual is None:
        return ""
    text = quantity(episode.actual, episode.unit, decimals)
    if episode.low is not None and episode.high is not None:
        return f"{text}, usually {episode.low:,.{decimals}f} to {episode.high:,.{decimals}f}"
    bound = [("below", episode.high), ("above", episode.low)]
    known = [f"usually {word} {edge:,.{decimals}f}" for word, edge in bound if edge is not None]
    return ", ".join([text, *known])


def alert_marks(alert: AlertLine, zone: tzinfo) -> str:
    """Says what people did, and whether it only holds, in words."""
    marks = []
    if alert.episode.holding:
        marks.append("holding: its quality is bad")
    if alert.acknowledged is not None:
        marks.append(f"acknowledged by {one_line(alert.acknowledged.who)}")
    if alert.shelved is not None:
        until = f" until {to_local(alert.shelved.until, zone)}" if alert.shelved.until else ""
        marks.append(f"shelved{until} by {one_line(alert.shelved.who)}")
    return ", ".join(marks)


def alert_content(alert: AlertLine, sensor: Sensor | None, now: int, zone: tzinfo, width: int) -> Content:
    """Writes an alert in lines of at most `width` cells: sign, score and since; value; reason; marks."""
    episode = alert.episode
    begun = episode.opened_at if episode.opened_at is not None else episode.pending_at
    closed = episode.state is EpisodeState.CLOSED
    since = f"{to_local(begun, zone)} {age((episode.closed_at or now) - begun):>6}"
    sign = "closed" if closed else _SIGNS[episode.priority]
    score = f"{episode.score:3.0f}"
    style = "dim" if closed or alert.shelved else _STYLES[episode.priority]
    room = width - cell_len(sign) - len(score) - cell_len(since) - 3
    head = [(f"{sign} {score} ", style), (fit(alert_title(alert, sensor), room), "bold" if alert.standing else "dim")]
    lines = [Content.assemble(*head, (f" {since}", "dim"))]
    if closed:
        return lines[0]
    value = alert_value(alert, sensor.decimals if sensor else _DECIMALS) if episode.tag else ""
    agree = f"{plural(len(episode.detectors), 'detector')}: {', '.join(map(one_line, episode.detectors))}"
    said = [value, *_wrapped(episode.reason, width - 2), f"{episode.kind.value}, {agree}", alert_marks(alert, zone)]
    style = "dim" if alert.shelved else ""
    lines += [Content.styled(fit(f"  {text}", width).rstrip(), style) for text in said if text]
    return Content("\n").join(lines)


def _wrapped(reason: str, width: int) -> list[str]:
    """Breaks a reason into at most two lines; the rest is in the opened alert."""
    return textwrap.wrap(one_line(reason), max(width, 1), max_lines=2, placeholder=" …")

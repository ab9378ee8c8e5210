"""The list of alerts: what waits for a person first; floods are one row, what is put aside is counted."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.content import Content

from plant.annunciation import WAITING, AlarmState, shelf_end
from plant.episodes import ChangeKind, EpisodeState, Feedback, Priority
from plant.time import to_local
from tui.actions import Scope, bindings
from tui.alarms import IncidentLine
from tui.messages import DeedWanted
from tui.text import age, fit, one_line, plural, pretty_units, quantity
from tui.widgets.rows import Row, Rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from plant.registry import Sensor
    from tui.alarms import AlertLine
    from tui.live import Snapshot

_SIGNS = {Priority.HIGH: "▲▲", Priority.MEDIUM: "▲", Priority.LOW: "△"}
_STYLES = {Priority.HIGH: "$error", Priority.MEDIUM: "$warning", Priority.LOW: "$warning"}
_WAITS = "●"
_EMPTY = "Nothing stands, nothing stood in the last day."
_ONLY_ASIDE = "Nothing else stands; h shows what is put aside."


class AlertList(Rows):
    """One alert a row, of one line to six. Enter opens it, an incident under itself; keys act on it."""

    BINDINGS: ClassVar = bindings(Scope.ALERTS)

    def __init__(self, zone: tzinfo) -> None:
        super().__init__(id="alerts", empty=_EMPTY)
        self._zone = zone
        self._snapshot: Snapshot | None = None
        self._by_row: dict[str, AlertLine | IncidentLine] = {}
        self._unfolded: set[str] = set()
        self._with_aside = False

    def show(self, snapshot: Snapshot) -> None:
        """Shows the alerts of a snapshot; the marked one stays marked."""
        self._snapshot = snapshot
        self._by_row = dict(self._wanted(snapshot))
        self.empty = _ONLY_ASIDE if len(self._by_row) < len(snapshot.alerts) else _EMPTY
        sensors = {line.sensor.tag: line.sensor for line in snapshot.tags}
        self.set_rows(
            Row(
                row_id,
                incident_content(line, snapshot.at, self._zone, self.room, unfolded=row_id in self._unfolded)
                if isinstance(line, IncidentLine)
                else alert_content(line, sensors.get(line.episode.tag), snapshot.at, self._zone, self.room),
            )
            for row_id, line in self._by_row.items()
        )

    def unfold(self, row_id: str) -> bool:
        """Shows or hides the alerts of an incident; says whether the row is one."""
        if not isinstance(self._by_row.get(row_id), IncidentLine):
            return False
        self._unfolded ^= {row_id}
        self._show_again()
        return True

    def action_put_aside(self) -> None:
        """Shows what is put aside, or hides it again."""
        self._with_aside = not self._with_aside
        self._show_again()

    def action_deed(self, kind: str, feedback: str = "") -> None:
        """Asks for something to be done to the marked alert."""
        line = self._by_row.get(self.marked_id)
        if line is not None:
            self.post_message(DeedWanted(line, ChangeKind(kind), Feedback(feedback) if feedback else None))

    def _show_again(self) -> None:
        if self._snapshot is not None:
            self.show(self._snapshot)

    def _wanted(self, snapshot: Snapshot) -> Iterator[tuple[str, AlertLine | IncidentLine]]:
        """Yields the rows: floods that go on first, then the alerts, those of a flood in its row."""
        incidents = {line.incident.id: line for line in snapshot.incidents}
        told = set()
        for flood in snapshot.incidents:
            if flood.incident.ended_at is None:
                told.add(flood.incident.id)
                yield from self._flood(flood)
        for alert in snapshot.alerts:
            found = incidents.get(alert.status.incident)
            if found is None or not _folded(alert, found):
                if self._with_aside or not alert.status.hidden:
                    yield alert.episode.id, alert
            elif found.incident.id not in told:
                told.add(found.incident.id)
                yield from self._flood(found)

    def _flood(self, flood: IncidentLine) -> Iterator[tuple[str, AlertLine | IncidentLine]]:
        yield flood.incident.id, flood
        if flood.incident.id in self._unfolded:
            yield from ((alert.episode.id, alert) for alert in flood.alerts if _folded(alert, flood))


def _folded(alert: AlertLine, flood: IncidentLine) -> bool:
    """Whether an alert is in the row of its flood: while that goes on, and once it is over itself."""
    return flood.incident.ended_at is None or alert.episode.state is EpisodeState.CLOSED


def alert_title(alert: AlertLine, sensor: Sensor | None) -> str:
    """Says what an alert is about: the tag, and what it measures."""
    return one_line(" ".join(part for part in (alert.episode.subject, sensor.description if sensor else "") if part))


def alert_usual(alert: AlertLine, decimals: int) -> str:
    """Says what would be usual: `typically 45.2 kPa, 43.9 to 46.2 is normal`; empty where that is not known."""
    episode = alert.episode
    typical = [] if episode.typical is None else [f"typically {quantity(episode.typical, episode.unit, decimals)}"]
    low, high = (None if edge is None else f"{edge:,.{decimals}f}" for edge in (episode.low, episode.high))
    if low and high:
        return ", ".join([*typical, f"{low} to {high} is normal"])
    bound = [f"{word} {edge} is normal" for word, edge in (("below", high), ("above", low)) if edge]
    return ", ".join(typical + bound)


def alert_marks(alert: AlertLine, zone: tzinfo) -> str:
    """Says what people did, what explains it, and whether it only holds, in words."""
    status = alert.status
    marks = ["holding: its quality is bad"] if alert.episode.holding else []
    marks += ["unacknowledged"] if status.state in {AlarmState.UNACKNOWLEDGED, AlarmState.RETURNED} else []
    marks += [f"acknowledged by {one_line(status.acknowledged.who)}"] if status.acknowledged else []
    if status.state is AlarmState.SUPPRESSED:
        marks.append(f"suppressed: {one_line(alert.cause)} explains it")
    elif status.hidden and status.by is not None:
        until = f" until {to_local(shelf_end(status.by), zone)}" if status.state is AlarmState.SHELVED else ""
        note = f": {one_line(status.by.note)}" if status.by.note else ""
        marks.append(f"{state_words(status.state)}{until} by {one_line(status.by.who)}{note}")
    marks += ["latched until it is reset"] if status.state is AlarmState.LATCHED else []
    marks += ["chattering"] if status.chattering else []
    if status.feedback is not None and status.feedback.feedback is not None:
        marks.append(f"said to be {status.feedback.feedback} by {one_line(status.feedback.who)}")
    return ", ".join(marks)


def state_words(state: AlarmState) -> str:
    """Writes a state as people do: `out of service`."""
    return state.value.replace("-", " ")


def alert_content(alert: AlertLine, sensor: Sensor | None, now: int, zone: tzinfo, width: int) -> Content:
    """Writes an alert in lines of at most `width` cells: sign, score and since; value; reason; marks."""
    episode, state = alert.episode, alert.status.state
    begun = episode.opened_at if episode.opened_at is not None else episode.pending_at
    closed = episode.state is EpisodeState.CLOSED
    quiet = alert.status.hidden or state is AlarmState.NORMAL
    since = f"{to_local(begun, zone)} {age((episode.closed_at or now) - begun):>6}"
    sign = _SIGNS[episode.priority]
    if closed or quiet:
        sign = "closed" if state is AlarmState.NORMAL else state_words(state)
    score = f"{episode.score:3.0f}"
    weight = "bold " if state in WAITING else ""
    style = "dim" if quiet else f"{weight}{_STYLES[episode.priority]}"
    waits = f"{_WAITS if state in WAITING else ' '} "
    room = width - cell_len(sign) - len(score) - cell_len(since) - 5
    title = fit(alert_title(alert, sensor), room)
    head = [(waits, style), (f"{sign} {score} ", style), (title, "dim" if quiet else weight.strip())]
    lines = [Content.assemble(*head, (f" {since}", "dim"))]
    if closed and not quiet:
        said = [alert_marks(alert, zone)] if state is AlarmState.LATCHED else []
    elif quiet:
        said = [] if state is AlarmState.NORMAL else [alert_marks(alert, zone)]
    else:
        said = _body(alert, zone, width)
    lines += [Content.styled(fit(f"  {text}", width).rstrip(), "dim" if quiet else "") for text in said if text]
    return Content("\n").join(lines)


def _body(alert: AlertLine, zone: tzinfo, width: int) -> list[str]:
    """Returns what is said of an alert that stands, under its head; who found it, as far as there is room."""
    episode = alert.episode
    found = f": {one_line(', '.join(episode.detectors))}" if episode.detectors else ""
    marks = _wrapped(alert_marks(alert, zone), width - 2)
    marks[-1:] = [f"{last}, {episode.kind.value}{found}" for last in marks[-1:]]
    return [*_wrapped(pretty_units(alert.reason), width - 2), *marks]


def incident_content(line: IncidentLine, now: int, zone: tzinfo, width: int, *, unfolded: bool) -> Content:
    """Writes a flood in two lines: how many alerts since when, and which was the first."""
    incident = line.incident
    over = incident.ended_at is not None
    since = f"{to_local(incident.begun_at, zone)} {age((incident.ended_at or now) - incident.begun_at):>6}"
    waits = f"{_WAITS if line.unacknowledged else ' '} "
    text = f"incident of {plural(len(line.alerts), 'alert')}"
    style = "dim" if over else "bold $error"
    head = Content.assemble((waits, style), (fit(text, width - cell_len(since) - 3), style), (f" {since}", "dim"))
    counts = (
        f"{line.standing} standing, {line.unacknowledged} unacknowledged; Enter {'folds' if unfolded else 'shows'} them"
    )
    first = f"first: {one_line(line.alerts[0].episode.subject)}, {pretty_units(one_line(line.alerts[0].reason))}"
    return Content("\n").join([head, *(Content(fit(f"  {said}", width).rstrip()) for said in (first, counts))])


def _wrapped(text: str, width: int) -> list[str]:
    """Breaks a text into at most two lines; the rest is in the opened alert."""
    return textwrap.wrap(one_line(text), max(width, 1), max_lines=2, placeholder=" …")

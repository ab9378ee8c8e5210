"""The list of tags: last value, trend, how far it may be relied on, and its age."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content

from plant.registry import SensorState
from tui.live import TREND_POINTS, TagState
from tui.text import MISSING, age, fit, fit_right, number, one_line, pretty_unit, sparkline
from tui.widgets.rows import Row, Rows

if TYPE_CHECKING:
    from tui.live import Snapshot, TagLine

_STYLES = {
    TagState.GOOD: "$success",
    TagState.BAD: "bold $error",
    TagState.STALE: "bold $warning",
    TagState.BLIND: "bold reverse $warning",
    TagState.NONE: "dim",
}
_STATE_WIDTH = 5
_AGE_WIDTH = 6
_VALUE_WIDTH = 8


class TagList(Rows):
    """One tag a row; Enter opens it."""

    def __init__(self) -> None:
        super().__init__(id="tags", empty="No tag is known yet.")

    def show(self, snapshot: Snapshot) -> None:
        """Shows the tags of a snapshot; the marked one stays marked."""
        names = max((cell_len(line.sensor.tag) for line in snapshot.tags), default=0)
        units = max((cell_len(pretty_unit(line.sensor.unit)) for line in snapshot.tags), default=0)
        width = self.room
        self.set_rows(
            Row(line.sensor.tag, tag_content(line, snapshot.at, min(names, 20), min(units, 6), width))
            for line in snapshot.tags
        )


def tag_content(line: TagLine, now: int, names: int, units: int, width: int) -> Content:
    """Writes a tag on one line of at most `width` cells; the trend gives way first.

    A value that may not be relied on is not shown as if it could: a blind or stale one is dim, and
    its state is a word.
    """
    sensor, latest = line.sensor, line.latest
    relied = line.state is TagState.GOOD
    value = number(latest.value if latest else None, sensor.decimals)
    unit = pretty_unit(sensor.unit) if latest and latest.value is not None else ""
    state = "new" if sensor.state is SensorState.DISCOVERED and relied else line.state.value
    old = age(now - latest.ts) if latest else MISSING
    parts = [
        (fit(one_line(sensor.tag), names), ""),
        (" " + fit_right(value, _VALUE_WIDTH), "bold" if relied else "dim"),
        (" " + fit(unit, units), "" if relied else "dim"),
    ]
    tail = [(" " + fit(state, _STATE_WIDTH), _STYLES[line.state]), (" " + fit_right(old, _AGE_WIDTH), "dim")]
    used = sum(cell_len(text) for text, _ in (*parts, *tail))
    room = min(width - used - 1, TREND_POINTS)
    if room >= 4:
        trend = sparkline(line.trend[-room:]) if line.trend else ""
        parts.append((" " + fit_right(trend, room), "$primary" if relied else "dim"))
    return Content.assemble(*parts, *tail)

"""Plots of curves, for the command line and the terminal, and the only place that draws with plotext.

A line says what it is by its marker, not by its colour alone: what was measured is a thin line, a
forecast is dots `•`, a band's edges are `·`, flagged points are `▲`. Where there is no room for a plot the
same is said in a few lines of text.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from plant.time import DAY, to_local
from tui.text import one_line, pretty_unit, quantity, sparkline

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from plant.facts import Curve

LEAST_WIDTH: Final = 40
"""With fewer columns `plot_lines` says it in text."""

_TICKS: Final = 4
_SPARKS: Final = 24
_MEASURED: Final = ("braille", "─", "cyan")  # marker, its sign in the legend, colour
_MARKERS: Final = {
    "forecast": ("•", "•", "green+"),
    "past forecast": ("+", "+", "magenta+"),
    "language-model": ("∘", "∘", "blue+"),
}
"""By what a line's name begins with."""
_BAND: Final = ("·", "gray")
_FLAG: Final = ("▲", "orange+")


class Points(NamedTuple):
    """Points of a line without gaps."""

    times: list[int]
    values: list[float]


def by_unit(curves: Sequence[Curve]) -> list[tuple[Curve, ...]]:
    """Groups curves that can share an axis: those of one unit, in order of appearance."""
    groups: dict[str, list[Curve]] = {}
    for curve in curves:
        if any(value is not None for value in curve.values):
            groups.setdefault(curve.unit, []).append(curve)
    return [tuple(group) for group in groups.values()]


def runs(times: Sequence[int], values: Sequence[float | None]) -> list[Points]:
    """Cuts a line at its gaps, so that nothing is drawn where nothing was measured."""
    found = [Points([], [])]
    for time, value in zip(times, values, strict=True):
        if value is not None:
            found[-1].times.append(time)
            found[-1].values.append(value)
        elif found[-1].times:
            found.append(Points([], []))
    return [run for run in found if run.times]


def thin(points: Points, most: int) -> Points:
    """Keeps the lowest and the highest point of each stretch, so that at most about `most` remain."""
    size = -(-2 * len(points.times) // most) if most > 0 else 1
    if size <= 2:
        return points
    kept: list[int] = []
    for start in range(0, len(points.times), size):
        stretch = range(start, min(start + size, len(points.times)))
        kept += sorted({min(stretch, key=points.values.__getitem__), max(stretch, key=points.values.__getitem__)})
    return Points([points.times[i] for i in kept], [points.values[i] for i in kept])


def legend(curves: Sequence[Curve]) -> str:
    """Says in one line what each marker is."""
    parts = []
    for curve in curves:
        parts.append(f"{_style(curve)[1]} {one_line(curve.name)}")
        parts += [f"{_BAND[0]} {level} % band" for level in _widest(curve)]
    if any(curve.marked for curve in curves):
        parts.append(f"{_FLAG[0]} flagged")
    unit = pretty_unit(curves[0].unit)
    return "  ".join([*dict.fromkeys(parts), f"in {unit}" if unit else ""]).rstrip()


def plot_lines(curves: Sequence[Curve], zone: tzinfo) -> str:
    """Says in text what a plot would show: per line its span, its course, its lowest and highest, its band."""
    lines = []
    for curve in curves:
        present = [value for value in curve.values if value is not None]
        step = max(len(curve.values) // _SPARKS, 1)
        first, last = to_local(curve.times[0], zone), to_local(curve.times[-1], zone)
        low, high = quantity(min(present), None), quantity(max(present), curve.unit)
        lines.append(f"{one_line(curve.name)} {first} to {last}  {sparkline(curve.values[::step])}  {low} to {high}")
        for level in _widest(curve):
            lower = [value for value in curve.lower[level] if value is not None]
            upper = [value for value in curve.upper[level] if value is not None]
            if lower and upper:
                lines.append(f"  {level} % band {quantity(min(lower), None)} to {quantity(max(upper), curve.unit)}")
        lines += [f"  ▲ flagged {to_local(curve.times[i], zone)} {quantity(curve.values[i], curve.unit)}"
                  for i in curve.marked[:3]]  # fmt: skip
    return "\n".join(lines)


def draw(plot: Any, curves: Sequence[Curve], zone: tzinfo, width: int) -> None:
    """Draws curves of one unit on a plotext figure, with as many points as there is room for.

    Args:
        plot: The figure, empty.
        curves: What to draw, at least one, each with at least one value.
        zone: The plant's time zone, for the axis.
        width: Columns.
    """
    most = 2 * max(width, 1)
    for curve in curves:
        _draw_band(plot, curve, most)
        _draw_line(plot, curve, most)
    _draw_axis(plot, curves, zone)


def drawn(curves: Sequence[Curve], zone: tzinfo, width: int, height: int, *, colour: bool) -> str:
    """Returns a plot as lines of text, with the codes of its colours where they are wanted."""
    import plotext

    plotext.clear_figure()
    plotext.theme("clear")
    plotext.limit_size(False, False)
    plotext.plot_size(width, height)
    draw(plotext, curves, zone, width)
    text: str = plotext.build()
    return text if colour else plotext.uncolorize(text)


def coloured() -> bool:
    """Whether stdout may have colours: a terminal, and nobody has set `NO_COLOR`."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _draw_band(plot: Any, curve: Curve, most: int) -> None:
    marker, colour = _BAND
    for level in _widest(curve):
        for edge in (curve.lower[level], curve.upper[level]):
            for run in runs(curve.times, edge):
                plot.plot(*thin(run, most), marker=marker, color=colour)


def _draw_line(plot: Any, curve: Curve, most: int) -> None:
    marker, _, colour = _style(curve)
    for run in runs(curve.times, curve.values):
        plot.plot(*thin(run, most), marker=marker, color=colour)
    flagged = [(curve.times[i], value) for i in curve.marked if (value := curve.values[i]) is not None]
    if flagged:
        times, values = zip(*flagged, strict=True)
        plot.scatter(list(times), list(values), marker=_FLAG[0], color=_FLAG[1])


def _draw_axis(plot: Any, curves: Sequence[Curve], zone: tzinfo) -> None:
    times = [time for curve in curves for time in (curve.times[0], curve.times[-1])]
    start, end = min(times), max(times)
    ticks = [start + (end - start) * i // _TICKS for i in range(_TICKS + 1)]
    plot.xticks([float(tick) for tick in ticks], [to_local(tick, zone, day=end - start > 2 * DAY) for tick in ticks])


def _style(curve: Curve) -> tuple[str, str, str]:
    """Returns a line's marker, its sign in the legend and its colour."""
    return next((style for name, style in _MARKERS.items() if curve.name.startswith(name)), _MEASURED)


def _widest(curve: Curve) -> list[str]:
    """Returns the level of the widest band, if the curve has one."""
    return sorted(curve.lower.keys() & curve.upper.keys(), key=float)[-1:]

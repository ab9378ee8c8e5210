"""A forecast drawn to a PNG or SVG file, without a display; matplotlib is imported when it is asked for."""

from __future__ import annotations

import logging
import os
import warnings
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from plant.errors import BadInput, UsageError

if TYPE_CHECKING:
    from datetime import tzinfo
    from pathlib import Path

    from plant.facts import Curve, ToolResult

_FORMATS: Final = {".png": "png", ".svg": "svg"}
_SIZE: Final = (10.0, 5.0)  # inches, 150 dots each
_STYLES: Final = {
    "history": {"color": "#1f77b4", "linewidth": 1.2},
    "forecast": {"color": "#2ca02c", "linewidth": 2.0},
    "past forecast": {"color": "#9467bd", "linewidth": 1.5, "linestyle": "--"},
}
_OTHER: Final = {"linewidth": 1.2, "linestyle": ":"}


def check_name(path: Path) -> None:
    """Raises `UsageError` for a file that is neither PNG nor SVG by its name."""
    if path.suffix.lower() not in _FORMATS:
        raise UsageError(f"{path} is no picture that can be drawn.", hint="Name it FILE.png or FILE.svg.")


def draw_picture(result: ToolResult, path: Path, zone: tzinfo) -> None:
    """Draws history, forecast with its bands and what was forecast before; the file is there whole or not at all.

    Args:
        result: Of a forecast.
        path: A file that `check_name` lets pass; written over where it is there.
        zone: The plant's time zone, for the axis.

    Raises:
        BadInput: If it cannot be written.
    """
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it tells of its cache of fonts
    import matplotlib as mpl

    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    kind = _FORMATS[path.suffix.lower()]
    # A tag is data: `$` begins no formula. The same forecast gives the same file.
    with mpl.rc_context({"text.parse_math": False, "svg.hashsalt": "millhand"}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")  # drawn as a box
        try:
            _figure(result, zone).savefig(draft, format=kind, dpi=150, metadata={"Date": None} if kind == "svg" else {})
            draft.replace(path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise BadInput(f"{path} cannot be written: {error.strerror}.", hint="Name another file.") from error


def _figure(result: ToolResult, zone: tzinfo) -> Any:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.figure import Figure

    figure = Figure(figsize=_SIZE, layout="constrained")
    axes = figure.subplots()
    for curve in result.series:
        _draw(axes, curve, zone)
    locator: Any = AutoDateLocator(tz=zone)  # type: ignore[no-untyped-call]  # matplotlib's dates have no types
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, tz=zone))  # type: ignore[no-untyped-call]  # as above
    axes.set_ylabel(result.series[0].unit)
    axes.set_title(f"{result.data['tag']}: {result.data['verdict']['shown']}")
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def _draw(axes: Any, curve: Curve, zone: tzinfo) -> None:
    times = [datetime.fromtimestamp(at / 1_000, zone) for at in curve.times]
    style = _STYLES.get(curve.name, _OTHER)
    values = [float("nan") if value is None else value for value in curve.values]
    (line,) = axes.plot(times, values, label=curve.name, **style)
    for level in sorted(curve.lower, key=int, reverse=True):
        label = f"{level} % band"
        axes.fill_between(
            times, curve.lower[level], curve.upper[level], color=line.get_color(), alpha=0.15, label=label, linewidth=0
        )

"""A plot of curves as a widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual_plotext import PlotextPlot

from tui.plots import draw

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from textual import events

    from plant.facts import Curve


class CurvePlot(PlotextPlot):
    """Draws curves of one unit; drawn again only where its size changes.

    Args:
        curves: What to draw, at least one, each with at least one value.
        zone: The plant's time zone, for the axis.
    """

    DEFAULT_CSS = "CurvePlot { height: 12; }"

    def __init__(self, curves: Sequence[Curve], zone: tzinfo) -> None:
        super().__init__()
        self._curves = tuple(curves)
        self._zone = zone

    def show(self, curves: Sequence[Curve]) -> None:
        """Draws other curves."""
        self._curves = tuple(curves)
        self._draw()

    def on_resize(self, _: events.Resize) -> None:
        """Draws with as many points as there is room for."""
        self._draw()

    def _draw(self) -> None:
        self.plt.clear_data()
        draw(self.plt, self._curves, self._zone, self.size.width)
        self.refresh()

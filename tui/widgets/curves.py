"""A plot of curves as a widget, with its legend; or the same in text."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.widget import Widget
from textual_plotext import PlotextPlot

from tui.plots import LEAST_WIDTH, draw, legend, plot_lines
from tui.widgets.text import DataText

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from textual import events
    from textual.app import ComposeResult

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


class CurveView(Widget):
    """A plot with its legend, or the same in text where there is no room for a plot."""

    def __init__(self, curves: Sequence[Curve], zone: tzinfo) -> None:
        super().__init__()
        self._curves = curves
        self._zone = zone

    def compose(self) -> ComposeResult:
        """Lays both out; only one is shown."""
        yield CurvePlot(self._curves, self._zone)
        yield DataText(legend(self._curves), classes="legend")
        yield DataText(plot_lines(self._curves, self._zone), classes="plot-text")

    def on_resize(self) -> None:
        """Chooses between plot and text."""
        self.set_class(self.size.width < LEAST_WIDTH, "-text")

    def on_mount(self) -> None:
        """Shows what came while it was laid out."""
        self.show(self._curves)

    def show(self, curves: Sequence[Curve]) -> None:
        """Shows other curves, at least one, each with a value, at the latest once it is mounted."""
        self._curves = curves
        for plot in self.query(CurvePlot):
            plot.show(curves)
        for text, said in ((".legend", legend), (".plot-text", partial(plot_lines, zone=self._zone))):
            for view in self.query(text).results(DataText):
                view.update(said(curves))

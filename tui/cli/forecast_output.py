"""What `millhand forecast` says of one tag or column: the methods, the forecast, a plot, a limit.

A terminal is narrow or wide: columns that matter less are left out where there is no room, and a
plot becomes one line of bars. A pipe gets every column.
"""

from __future__ import annotations

import math
import shutil
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TextIO

from plant.time import DAY, parse_time, to_local
from tui.cli.common import printable, say, talk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import tzinfo

    from plant.facts import Curve, Table, ToolResult

_BLOCKS: Final = "▁▂▃▄▅▆▇█"
_SPARK_WIDTH: Final = 60
_PLOT_WIDTH: Final = 60
"""A terminal with fewer columns gets bars in place of a plot."""
_PLOT_HEIGHT: Final = 16

_SENTENCE: Final = 30
"""The last column is never cut shorter."""

_MOST_DECIMALS: Final = 9
_MOST_DIGITS: Final = 15
_LARGE: Final = 1e12
"""From here on a value is written with an exponent."""

_EXPENDABLE: Final = ("tokens", "odd now", "skill 90 %", "anomalies", "seconds", "in ", "mean error", "skill")
"""What the columns begin with that a narrow terminal does without, the first of them first."""


@contextmanager
def rows_as_they_come(zone: tzinfo, *, wanted: bool) -> Iterator[Callable[[ToolResult], None] | None]:
    """Shows the table on a terminal while methods still run, and takes it away at the end.

    Args:
        zone: The plant's.
        wanted: Whether a table is what will be shown.

    Yields:
        What takes each partial result; None where stdout is no terminal: a pipe gets the final table only.
    """
    if not (wanted and sys.stdout.isatty()):
        yield None
        return
    from rich.live import Live
    from rich.text import Text

    with Live(transient=True, auto_refresh=False, redirect_stdout=False, redirect_stderr=False) as live:
        yield lambda result: live.update(Text(_so_far(result, zone)), refresh=True)


def _so_far(result: ToolResult, zone: tzinfo) -> str:
    """Returns the table as it is, and what the first method says already."""
    lines = [layout(table, room()) for table in result.tables]
    ahead = _named(result, "forecast")
    if ahead is not None and ahead.lower:
        lines.append(f"First estimate: {_at_the_end(ahead, zone)} ({result.data['verdict']['shown']}).")
    return "\n\n".join(lines)


def _at_the_end(ahead: Curve, zone: tzinfo) -> str:
    level, width = _widest(ahead)
    low, median, high = (written(edge[-1], width) for edge in (ahead.lower[level], ahead.values, ahead.upper[level]))
    return f"{median}{_unit(ahead)}, {low} to {high}, at {to_local(ahead.times[-1], zone)}"


def refuse(result: ToolResult) -> None:
    """Says why there is no forecast, on stderr, with the methods that were tried."""
    _say_notes(result)
    for table in result.tables:
        talk(f"{layout(table, room(sys.stderr))}\n")
    assert result.refusal is not None
    talk(f"No forecast: {result.refusal.text} {result.refusal.help}".strip())
    if result.refusal.choices:
        talk(f"Did you mean {' or '.join(result.refusal.choices)}?")


def show(result: ToolResult, zone: tzinfo) -> None:
    """Prints the methods, why one is shown, its forecast, a plot, and the limit it may cross."""
    _say_notes(result)
    for table in result.tables:
        say(f"{layout(table, room())}\n")
    say(result.data["verdict"]["reason"])
    ahead = _named(result, "forecast")
    assert ahead is not None
    _print_steps(result, ahead, zone)
    print(f"\n{_picture(result, ahead, zone)}")
    for limit in result.data["limits"]:
        say(_crossing(limit, ahead, zone))
    agreement = result.data["agreement"]
    if agreement["odd"]:
        say(f"Odd now, by {', '.join(agreement['odd'])}; usual by {', '.join(agreement['usual']) or 'none'}.")


def room(stream: TextIO | None = None) -> float:
    """Returns how many columns a stream has, stdout for none; no end of them where it is no terminal."""
    return shutil.get_terminal_size().columns if (stream or sys.stdout).isatty() else math.inf


def layout(table: Table, width: float = math.inf) -> str:
    """Lays a table out, one row a line; where there is no room, columns are left out and then the last one cut."""
    columns = list(zip(*[[_cell(value) for value in row] for row in (table.columns, *table.rows)], strict=True))
    columns.sort(key=lambda column: column[0] == "status")  # a sentence goes last
    for opening in _EXPENDABLE:
        if _taken(columns[:-1]) + min(max(map(len, columns[-1])), _SENTENCE) <= width:
            break
        columns = [column for column in columns if not column[0].startswith(opening)]
    last = max(width - _taken(columns[:-1]), _SENTENCE)
    columns[-1] = tuple(cell if len(cell) <= last else f"{cell[: int(last) - 1]}…" for cell in columns[-1])
    widths = [max(map(len, column)) for column in columns]
    lines = []
    for row in zip(*columns, strict=True):
        middle = [cell.rjust(size) for cell, size in zip(row[1:-1], widths[1:-1], strict=True)]
        lines.append("  ".join([row[0].ljust(widths[0]), *middle, row[-1]]).rstrip())
    return "\n".join(lines)


def _taken(columns: Sequence[Sequence[str]]) -> int:
    """Returns how many cells columns take, with the space after each."""
    return sum(max(map(len, column)) + 2 for column in columns)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.3g}" if isinstance(value, float) else printable(str(value))


def _say_notes(result: ToolResult) -> None:
    for note in result.data["notes"]:
        talk(note)


def written(value: float | None, width: float) -> str:
    """Writes a value with the digits that tell values in a band of some width apart: two of the width.

    Very large and very small ones are written with an exponent.

    >>> written(4.98123, 0.12), written(4.128e-11, 3.3e-12), written(4.128e20, 3.3e19)
    ('4.98', '4.13e-11', '4.13e+20')
    """
    if value is None:
        return "-"
    place = math.floor(math.log10(width)) - 1 if width > 0 else -2
    if not value:
        return "0"
    if place >= -_MOST_DECIMALS and abs(value) < _LARGE:
        return f"{value:.{max(-place, 0)}f}"
    return f"{value:.{min(max(math.floor(math.log10(abs(value))) - place, 0), _MOST_DIGITS)}e}"


def _print_steps(result: ToolResult, ahead: Curve, zone: tzinfo) -> None:
    level, width = _widest(ahead)
    name = result.data["verdict"]["shown"]
    held = next(row["coverage"][level] for row in result.data["candidates"] if row["name"] == name)
    unit = f", in{_unit(ahead)}" if ahead.unit else ""
    head = f"{f'from ({zone})':16}"
    say(f"{head}  {'median':>10}  {level} % band (it held {round(100 * held)} % on the folds){unit}")
    for k in _few(len(ahead.times)):
        at = to_local(ahead.times[k], zone, day=True)
        low, median, high = (written(edge[k], width) for edge in (ahead.lower[level], ahead.values, ahead.upper[level]))
        print(f"{at:{len(head)}}  {median:>10}  {low} to {high}")


def _crossing(limit: dict[str, Any], ahead: Curve, zone: tzinfo) -> str:
    begins, ends = parse_time(limit["from"]), parse_time(limit["to"])
    start, end = (to_local(at, zone, day=ahead.times[-1] - ahead.times[0] > DAY) for at in (begins, ends))
    name = f"{limit['which'].replace('_', ' ')} ({limit['value']:g}{_unit(ahead)})"
    if limit["now"]:
        return f"It is beyond {name} already."
    when = f"at {start}" if start == end else f"between {start} and {end}"
    return f"It may cross {name} {when}: {round(100 * limit['probability'])} % likely within the horizon."


def _picture(result: ToolResult, ahead: Curve, zone: tzinfo) -> str:
    """Returns the plot with its legend; in a pipe or a narrow terminal, bars."""
    width = room()
    if not _PLOT_WIDTH <= width < math.inf:
        history = _named(result, "history")
        return sparkline(history.values if history else (), ahead.values)
    from tui.plots import coloured, drawn, legend

    text = drawn(result.series, zone, int(width), _PLOT_HEIGHT, colour=coloured())
    return f"{text}\n{legend(result.series)}"


def sparkline(history: Sequence[float | None], ahead: Sequence[float | None]) -> str:
    """Draws the newest history, a bar, and the median, on one scale."""
    past = [math.nan if value is None else value for value in history[-_SPARK_WIDTH:]]
    future = [math.nan if value is None else value for value in ahead]
    known = [value for value in past + future if not math.isnan(value)]
    low, spread = min(known), (max(known) - min(known)) or 1.0

    def draw(values: list[float]) -> str:
        return "".join(
            " " if math.isnan(v) else _BLOCKS[round((v - low) / spread * (len(_BLOCKS) - 1))] for v in values
        )

    return f"{draw(past)}|{draw(future)}"


def _widest(ahead: Curve) -> tuple[str, float]:
    """Returns the level of the widest band, and how wide it is at the end."""
    level = max(ahead.lower, key=int)
    return level, (ahead.upper[level][-1] or 0.0) - (ahead.lower[level][-1] or 0.0)


def _named(result: ToolResult, name: str) -> Curve | None:
    return next((curve for curve in result.series if curve.name == name), None)


def _unit(curve: Curve) -> str:
    return f" {curve.unit}" if curve.unit else ""


def _few(n: int) -> list[int]:
    """Returns at most nine steps, the first and the last among them."""
    return sorted({round(k * (n - 1) / 8) for k in range(9)})

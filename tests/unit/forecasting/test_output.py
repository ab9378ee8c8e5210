"""What a forecast looks like: columns for the room there is, CSV, a picture, a plot, rows as they come."""

from __future__ import annotations

import csv
import dataclasses
import io
import os
import re
import struct
import subprocess
import sys
from datetime import UTC
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from plant.errors import BadInput, ExitCode
from plant.facts import Curve, Table
from plant.settings import load_settings
from plant.time import HOUR, parse_time
from tools.forecast import forecast_column
from tui.cli.forecast_output import layout, show, sparkline, written
from tui.cli.forecast_picture import draw_picture
from tui.cli.main import main
from tui.plots import drawn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plant.facts import ToolResult
    from plant.series import Series

TABLE = Table(
    ("method", "MASE", "skill", "status", "skill 90 %", "in 80 % band", "tokens"),
    (("arima", 0.5, 0.123456, "ok", "0.10 to 0.20", 0.81, None), ("lstm", None, None, "timed out " * 5, None, None, 7)),
)


@pytest.fixture
def result(series: Callable[..., Series], daily_values: Callable[..., Any]) -> ToolResult:
    one = series(daily_values(480))
    return forecast_column(one, 24 * HOUR, settings=load_settings(), candidates=("naive", "drift"))


def test_a_wide_place_gets_every_column_and_a_narrow_one_those_that_matter() -> None:
    assert layout(TABLE).splitlines()[0].split("  ")[0] == "method"
    assert layout(TABLE).splitlines()[0].endswith("tokens  status")
    for width in (120, 100, 80, 60):
        lines = layout(TABLE, width).splitlines()
        assert max(map(len, lines)) <= width
        assert re.match(r"arima +0\.5 ", lines[1])
        assert "timed out timed out" in lines[2]
    assert layout(TABLE, 80).splitlines()[2].endswith("…")


@pytest.mark.parametrize(
    ("value", "width", "text"),
    [
        *((4.98123, 0.05, "4.981"), (4.98123, 0.5, "4.98"), (-4.98123, 5.0, "-5.0"), (41280.6, 50.0, "41281")),
        *((4.98123, 0.0, "4.98"), (0.0, 3.3e-12, "0"), (None, 1.0, "-")),
        *((4.1283e-11, 3.3e-12, "4.13e-11"), (-4.1283e299, 3.3e298, "-4.13e+299"), (4.1283e20, 3.3e30, "4e+20")),
    ],
)
def test_values_are_told_apart_by_as_many_digits_as_their_band_needs(
    value: float | None, width: float, text: str
) -> None:
    assert written(value, width) == text


def test_text_of_others_steers_no_terminal(
    series: Callable[..., Series], daily_values: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    one = dataclasses.replace(series(daily_values(480)), unit="\x1b[31mK", tag="[red]x[/]\n\x1b]0;y\x07")
    result = forecast_column(one, 24 * HOUR, settings=load_settings(), candidates=("naive",), notes=("\x1b[2J",))
    show(result, UTC)
    said = "".join(capsys.readouterr())
    assert "\x1b" not in said
    assert r"mean error (\x1b[31mK)" in said
    assert r"\x1b[2J" in said


def test_an_error_about_text_of_others_steers_no_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "history.csv"
    path.write_text("time,\x1b[31mred,flow\n2026-01-01T00:00Z,1,2\n2026-01-01T01:00Z,2,3\n", encoding="utf-8")
    assert main(["forecast", "--file", str(path)]) == ExitCode.USAGE
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert r"Name one with --column: \x1b[31mred, flow." in said


def test_the_steps_say_in_which_time_zone_they_are(result: ToolResult, capsys: pytest.CaptureFixture[str]) -> None:
    show(result, ZoneInfo("America/Argentina/Buenos_Aires"))
    lines = capsys.readouterr().out.splitlines()
    head = next(number for number, line in enumerate(lines) if line.startswith("from (America/Argentina/Buenos_Aires)"))
    assert lines[head].index("median") + len("median") == len(re.match(r"\S+ \S+ +\S+", lines[head + 1])[0])


@pytest.mark.parametrize(("days", "horizon", "said"), [(7, 24, True), (20, 24, False), (7, 3, False)])
def test_why_a_day_cannot_be_found_as_the_season_is_said(
    series: Callable[..., Series], daily_values: Callable[..., Any], days: int, horizon: int, said: bool
) -> None:
    """A week of an obvious daily wave, asked for tomorrow, gave a flat line and no reason."""
    one = series(daily_values(days * 24))
    found = forecast_column(one, horizon * HOUR, settings=load_settings(), candidates=("naive",))
    note = "a season of a day cannot be found: 2 d of history lie before the first of 5 folds, 5 d are needed"
    assert (note in found.data["notes"]) is said
    assert (found.data["series"]["season"] == 24) is not said


def test_a_small_share_has_no_sign_and_no_exponent(result: ToolResult) -> None:
    """Skill of -0.0000043 read like a loss, and 0.000512 s like a measurement."""
    head, rows = result.tables[0].columns, result.tables[0].rows
    for name, places in (("skill", 3), ("seconds", 3)):
        cells = [row[head.index(name)] for row in rows if row[head.index(name)] is not None]
        assert cells
        assert all(value == round(value, places) for value in cells)
        assert "-0.0" not in map(str, cells)


def test_bars_of_history_and_forecast_share_a_scale_and_gaps_stay_empty() -> None:
    assert sparkline([0.0, None, 7.0], [3.5]) == "▁ █|▅"
    assert sparkline([2.0], [2.0]) == "▁|▁"


def test_csv_has_a_row_a_step_and_every_methods_median(
    tmp_path: Path, daily_values: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "history.csv"
    rows = [
        f"{np.datetime64('2026-01-01T00:00') + np.timedelta64(k, 'h')}:00Z,{v}" for k, v in enumerate(daily_values(480))
    ]
    path.write_text("\n".join(["date,flow", *rows]), encoding="utf-8")
    words = ["forecast", "--file", str(path), "--horizon", "24h", "--candidates", "naive,drift", "--model", "none:"]
    assert main([*words, "--csv"]) == ExitCode.ANSWERED
    text = capsys.readouterr().out
    assert text.count("\r\n") == 25
    head, *rows = csv.reader(io.StringIO(text, newline=""))
    assert head[:6] == ["time", "median", "lower_80", "upper_80", "lower_90", "upper_90"]
    assert {"seasonal-naive", "naive", "drift"} <= set(head[6:])
    for row in rows:
        low, median, high = (float(row[head.index(name)]) for name in ("lower_90", "median", "upper_90"))
        assert low < median < high
        assert row[1] in row[6:]
    assert [parse_time(row[0]) for row in rows] == [parse_time("2026-01-21T00:00:00Z") + k * HOUR for k in range(24)]


def test_a_picture_is_whole_the_same_again_and_says_what_it_shows(result: ToolResult, tmp_path: Path) -> None:
    path = tmp_path / "a.SVG"
    draw_picture(result, path, UTC)
    first = path.read_bytes()
    draw_picture(result, path, UTC)
    assert path.read_bytes() == first
    assert b"history" in first
    assert b"past forecast" in first
    assert list(tmp_path.iterdir()) == [path]


def test_a_picture_that_cannot_be_written_is_a_sentence(result: ToolResult, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"missing/a.svg cannot be written: No such file or directory"):
        draw_picture(result, tmp_path / "missing" / "a.svg", UTC)


def test_a_picture_needs_no_display_no_home_and_says_nothing(tmp_path: Path, daily_values: Callable[..., Any]) -> None:
    path = tmp_path / "history.csv"
    rows = [
        f"{np.datetime64('2026-01-01T00:00') + np.timedelta64(k, 'h')}:00Z,{v}" for k, v in enumerate(daily_values(99))
    ]
    path.write_text("\n".join(["date,a $x^$ °", *rows]), encoding="utf-8")
    script = "import sys; from tui.cli.main import main; sys.exit(main(sys.argv[1:]))"
    words = [
        "forecast",
        "--file",
        str(path),
        "--horizon",
        "3h",
        "--candidates",
        "naive",
        "--plot",
        str(tmp_path / "a.png"),
    ]
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    environment |= {"HOME": "/nowhere", "MPLCONFIGDIR": str(tmp_path / "cache"), "MILLHAND_MODEL__URL": "none:"}
    run = subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, text=True, env=environment, check=False
    )
    assert run.returncode == ExitCode.ANSWERED, run.stderr
    assert "font" not in run.stderr.lower()
    assert "matplotlib" not in run.stderr.lower()
    assert struct.unpack(">II", (tmp_path / "a.png").read_bytes()[16:24]) == (1500, 750)


def test_a_terminal_gets_a_plot_with_both_curves_and_a_pipe_bars(
    result: ToolResult, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    show(result, UTC)
    assert "|" in capsys.readouterr().out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    show(result, UTC)
    shown = capsys.readouterr().out
    assert "─ history  + past forecast  • forecast  · 90 % band" in shown
    assert "\x1b" not in shown
    assert max(map(len, shown.splitlines())) <= 100
    monkeypatch.setenv("COLUMNS", "50")
    show(result, UTC)
    assert "┤" not in capsys.readouterr().out


def test_a_plot_has_colours_only_where_they_are_wanted() -> None:
    curve = Curve("history", "bar", (0, HOUR, 2 * HOUR), (1.0, None, 2.0))
    assert "\x1b[" in drawn((curve,), UTC, 60, 8, colour=True)
    plain = drawn((curve,), UTC, 60, 8, colour=False)
    assert "\x1b[" not in plain
    assert {len(text) for text in plain.splitlines()} == {60}


def test_rows_come_with_the_bar_first_and_the_last_ones_are_whole(
    series: Callable[..., Series], daily_values: Callable[..., Any]
) -> None:
    heard: list[ToolResult] = []
    result = forecast_column(
        series(daily_values(480)), 24 * HOUR, settings=load_settings(), candidates=("naive",), progress=heard.append
    )
    first, *_, last = heard
    assert not first.data["complete"]
    assert first.data["verdict"]["shown"] == "seasonal-naive"
    assert len(first.data["forecast"]["lower"]["90"]) == 24
    assert [row["status"] for row in first.data["candidates"]][:2] == ["ok", "running"]
    assert last.data == result.data
    assert result.data["complete"]
    assert set(result.data["past"]["median"]) == set(result.data["forecasts"])
    assert result.data["past"]["actual"] == result.series[0].values[-24:]

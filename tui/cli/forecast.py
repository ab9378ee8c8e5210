"""`millhand forecast`: what a tag or a CSV column will do, every method beside the others."""

from __future__ import annotations

import math
from contextlib import ExitStack
from pathlib import Path  # noqa: TC003 (typer reads annotations when it runs)
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plant.errors import BadInput, ExitCode, UsageError, did_you_mean
from plant.time import parse_duration, parse_time, to_local, zone_named
from tui.cli.common import JsonFlag, StoreOption, print_json, settings_from, talk

if TYPE_CHECKING:
    from datetime import tzinfo

    from inference.contract import LanguageModel
    from plant.facts import Curve, ToolResult
    from plant.settings import Settings

_BLOCKS = "▁▂▃▄▅▆▇█"
_SPARK_WIDTH = 60


def forecast(  # noqa: PLR0913, PLR0917 (one parameter an option: that is how typer reads them)
    tag: Annotated[str | None, typer.Argument(help="The tag; leave it out with --file.")] = None,
    horizon: Annotated[str, typer.Option("--horizon", metavar="2h", help="How far: 90s, 30min, 2h, 7d.")] = "2h",
    until: Annotated[
        str | None, typer.Option("--until", metavar="TIME", help="Forecast from here, not from the newest reading.")
    ] = None,
    file: Annotated[Path | None, typer.Option("--file", metavar="FILE", help="A CSV or Parquet file.")] = None,
    column: Annotated[str | None, typer.Option("--column", metavar="NAME", help="The column of the file.")] = None,
    candidates: Annotated[
        str | None, typer.Option("--candidates", metavar="A,B", help="Methods to compare; all by default.")
    ] = None,
    deadline: Annotated[
        str | None, typer.Option("--deadline", metavar="30s", help="Who takes longer is reported as timed out.")
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model", metavar="URL", help="llama:PATH.gguf, ollama://HOST:PORT/MODEL or none:; may be given again."
        ),
    ] = None,
    store: StoreOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Forecast a tag or a CSV column, every method beside the others on the same folds.

    Example: millhand forecast CW-100.TT-02 --horizon 2h

    Example: millhand forecast --file history.csv --column flow --horizon 24h --json
    """
    if (tag is None) == (file is None):
        raise UsageError("Name a tag, or a file with --file and --column.", hint="Not both, not neither.")
    if column is not None and file is None:
        raise UsageError("--column needs --file.")
    settings = settings_from(store=store, model=model[0] if model else None)
    zone = zone_named(settings.plant.timezone)
    asked: dict[str, Any] = {
        "horizon_ms": parse_duration(horizon),
        "until": None if until is None else parse_time(until, zone),
        "candidates": tuple(name.strip() for name in candidates.split(",") if name.strip()) if candidates else (),
        "deadline_s": parse_duration(deadline) / 1_000 if deadline else settings.forecast.deadline_s,
    }
    with ExitStack() as held:
        models = _open_models(settings, model or [], held)
        if file is not None:
            result = _of_file(file, column, asked, settings, models, zone)
        else:
            result = _of_tag(tag or "", asked, settings, models, held)
    if as_json:
        print_json(result.data)
    else:
        _print(result, zone)
    raise typer.Exit(ExitCode.REFUSED if result.refusal else ExitCode.ANSWERED)


def _open_models(settings: Settings, urls: list[str], held: ExitStack) -> list[LanguageModel]:
    from inference.models import open_model

    models = []
    for url in urls or [settings.model.url]:
        named = settings.model_copy(update={"model": settings.model.model_copy(update={"url": url})})
        opened = open_model(named)
        if opened is not None:
            held.callback(opened.close)
            models.append(opened)
    return models


def _of_tag(
    tag: str, asked: dict[str, Any], settings: Settings, models: list[LanguageModel], held: ExitStack
) -> ToolResult:
    from ingestion.demo import ensure_demo
    from plant.store.sqlite import open_store
    from tools.contract import ForecastInput
    from tools.forecast import ForecastTool

    ensure_demo(settings, talk)
    store = open_store(settings.store.path)
    held.callback(store.close)
    return ForecastTool(store, settings, None, models).run(ForecastInput(tag=tag, **asked))


def _of_file(
    path: Path,
    column: str | None,
    asked: dict[str, Any],
    settings: Settings,
    models: list[LanguageModel],
    zone: tzinfo,
) -> ToolResult:
    from ingestion.historian import read_historian
    from tools.forecast import forecast_column

    content = read_historian(path, zone)
    for sentence in content.rejected[:3]:
        talk(f"{path}: {sentence}")
    if len(content.rejected) > 3:
        talk(f"{path}: and {len(content.rejected) - 3} more that cannot be used.")
    name = column if column is not None or len(content.columns) != 1 else next(iter(content.columns))
    if name is None:
        raise UsageError(
            f"{path} has {len(content.columns)} columns.", hint=f"Name one: --column {_listed(content.columns)}."
        )
    if name not in content.columns:
        hint = did_you_mean(name, content.columns) or f"There are {_listed(content.columns)}."
        raise BadInput(f"{path} has no column {name!r}.", hint=hint)
    return forecast_column(content.columns[name], settings=settings, models=models, notes=content.notes, **asked)


def _listed(names: Any) -> str:
    shown = list(names)
    return ", ".join(shown[:8]) + (", ..." if len(shown) > 8 else "")


def _print(result: ToolResult, zone: tzinfo) -> None:
    data = result.data
    for note in data["notes"]:
        talk(note)
    rows = _rows(result)
    if result.refusal:
        if rows:
            talk(f"{rows}\n")
        talk(f"No forecast: {result.refusal.text} {result.refusal.help}".strip())
        if result.refusal.choices:
            talk(f"Did you mean {' or '.join(result.refusal.choices)}?")
        return
    print(f"{rows}\n")
    print(data["verdict"]["reason"])
    _print_forecast(result, zone)


def _rows(result: ToolResult) -> str:
    """Lays the methods out, one a line; empty where none ran."""
    if not result.tables:
        return ""
    table = result.tables[0]
    rows = [[_cell(value) for value in row] for row in (table.columns, *table.rows)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(table.columns))]
    lines = []
    for row in rows:
        first, *middle, last = zip(row, widths, strict=True)
        cells = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in middle), last[0]]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _print_forecast(result: ToolResult, zone: tzinfo) -> None:
    history, ahead = result.series
    unit = f" {ahead.unit}" if ahead.unit else ""
    level = max(ahead.lower, key=int)
    low, high = ahead.lower[level], ahead.upper[level]
    name = result.data["verdict"]["shown"]
    held = next(row["coverage"][level] for row in result.data["candidates"] if row["name"] == name)
    title = f"{level} % band (it held {round(100 * held)} % on the folds){unit and f', in{unit}'}"
    print(f"{'time':16}  {'median':>10}  {title}")
    for k in _few(len(ahead.times)):
        at = to_local(ahead.times[k], zone, day=True)
        print(f"{at:16}  {_number(ahead.values[k]):>10}  {_number(low[k])} to {_number(high[k])}")
    print(f"\n{_sparkline(history, ahead)}")
    if limit := result.data["limit"]:
        start, end = (to_local(parse_time(limit[key]), zone) for key in ("from", "to"))
        name = f"{limit['which'].replace('_', ' ')} ({_number(limit['value'])}{unit})"
        chance = f"{round(100 * limit['probability'])} % likely at most at any one step"
        said = "It is beyond {} already" if limit["now"] else f"It may cross {{}} between {start} and {end}"
        print(f"{said.format(name)}: beyond it is {chance}.")
    agreement = result.data["agreement"]
    if agreement["odd"]:
        print(f"Odd now, by {', '.join(agreement['odd'])}; usual by {', '.join(agreement['usual']) or 'none'}.")


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


def _few(n: int) -> list[int]:
    """Returns at most nine steps, the first and the last among them."""
    return sorted({round(k * (n - 1) / 8) for k in range(9)})


def _sparkline(history: Curve, ahead: Curve) -> str:
    """Draws the newest history, a bar, and the median, on one scale."""
    past = [math.nan if value is None else value for value in history.values[-_SPARK_WIDTH:]]
    future = [math.nan if value is None else value for value in ahead.values]
    known = [value for value in past + future if not math.isnan(value)]
    low, spread = min(known), (max(known) - min(known)) or 1.0

    def draw(values: list[float]) -> str:
        return "".join(
            " " if math.isnan(v) else _BLOCKS[round((v - low) / spread * (len(_BLOCKS) - 1))] for v in values
        )

    return f"{draw(past)}|{draw(future)}"

"""`millhand forecast`: what tags or a CSV column will do, every method beside the others."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from plant.errors import BadInput, ExitCode, UsageError, did_you_mean
from plant.settings import load_settings
from plant.time import parse_duration, parse_time, zone_named
from tui.cli import forecast_options as options  # noqa: TC001 (typer reads annotations when it runs)
from tui.cli.common import JsonFlag, StoreOption, overrides_from, print_json, talk

if TYPE_CHECKING:
    from datetime import tzinfo
    from pathlib import Path

    from inference.contract import LanguageModel
    from ingestion.historian import HistorianFile
    from plant.facts import ToolResult
    from plant.settings import Settings
    from tools.forecast import ForecastTool


def forecast(  # noqa: PLR0913, PLR0917 (one parameter an option: that is how typer reads them)
    tags: options.Tags = None,
    every: options.All = False,
    asset: options.Asset = None,
    horizon: options.Horizon = "2h",
    until: options.Until = None,
    file: options.File = None,
    column: options.Column = None,
    candidates: options.Candidates = None,
    deadline: options.Deadline = None,
    model: options.Models = None,
    prompt: options.Prompt = None,
    inputs: options.Inputs = None,
    known: options.Known = None,
    calendar: options.Calendar = False,
    out: options.Out = None,
    plot: options.Plot = None,
    store: StoreOption = None,
    as_csv: options.CsvFlag = False,
    as_json: JsonFlag = False,
) -> None:
    """Forecast tags or a CSV column, every method beside the others on the same folds.

    Example: millhand forecast CW-100.TT-02 --horizon 2h

    Example: millhand forecast --all --horizon 4h --out fleet.jsonl

    Example: millhand forecast --file history.csv --column flow --horizon 24h --csv
    """
    several = every or len(tags or []) > 1 or out is not None
    _check_source(tags or [], every, asset, file, column)
    _check_output(several, file, as_csv, as_json, plot, out)
    overrides = overrides_from(store=store, model=model[0] if model else None)
    settings = load_settings(overrides | ({"forecast": {"prompt": prompt}} if prompt else {}))
    zone = zone_named(settings.plant.timezone)
    asked = _asked(settings, zone, horizon, until, candidates, deadline)
    asked |= {"inputs": tuple(inputs or ()), "known": tuple(known or ()), "calendar": calendar}
    if several:
        from tui.cli.forecast_fleet import Fleet, forecast_fleet

        fleet = Fleet(tuple(tags or ()), asset, tuple(model or ()), out)
        raise typer.Exit(forecast_fleet(fleet, asked, settings, zone, as_json=as_json))
    source = _Source((tags or [""])[0], file, column, tuple(model or ()))
    result = _one(source, asked, settings, zone, shown=not (as_csv or as_json))
    _write(result, zone, as_csv=as_csv, as_json=as_json, plot=plot)
    raise typer.Exit(ExitCode.REFUSED if result.refusal else ExitCode.ANSWERED)


class _Source(NamedTuple):
    """What is forecast: a tag, or a column of a file; and the URLs of the language models that compete."""

    tag: str
    file: Path | None
    column: str | None
    models: tuple[str, ...]


def _check_source(tags: list[str], every: bool, asset: str | None, file: Path | None, column: str | None) -> None:
    """Raises `UsageError` unless exactly one of tags, `--all` and `--file` is given, with what belongs to it."""
    if sum((bool(tags), every, file is not None)) != 1:
        raise UsageError(
            "Name tags, or --all, or a file with --file and --column.", hint="One of the three, and only one."
        )
    if column is not None and file is None:
        raise UsageError("--column needs --file.")
    if asset is not None and not every:
        raise UsageError("--asset narrows --all.", hint="Give both, or name the tags.")


def _check_output(
    several: bool, file: Path | None, as_csv: bool, as_json: bool, plot: Path | None, out: Path | None
) -> None:
    """Raises `UsageError` where the outputs that are asked for do not go together."""
    if as_csv and as_json:
        raise UsageError("Either --csv or --json: stdout is one of them.")
    if out is not None and file is not None:
        raise UsageError("--out keeps forecasts of tags.", hint="With --file use --json or --csv.")
    if several and (as_csv or plot is not None):
        raise UsageError("--csv and --plot are for one tag.", hint="For several use --json or --out FILE.jsonl.")
    if plot is not None:
        from tui.cli.forecast_picture import check_name

        check_name(plot)


def _asked(
    settings: Settings, zone: tzinfo, horizon: str, until: str | None, candidates: str | None, deadline: str | None
) -> dict[str, Any]:
    """Returns what is asked of each tag, as `ForecastInput` takes it."""
    return {
        "horizon_ms": parse_duration(horizon),
        "until": None if until is None else parse_time(until, zone),
        "candidates": tuple(name.strip() for name in candidates.split(",") if name.strip()) if candidates else (),
        "deadline_s": parse_duration(deadline) / 1_000 if deadline else settings.forecast.deadline_s,
    }


def _one(source: _Source, asked: dict[str, Any], settings: Settings, zone: tzinfo, *, shown: bool) -> ToolResult:
    """Forecasts one tag or column; `shown` is whether its table is, and so may fill as methods are done."""
    from inference.models import open_models
    from tools.contract import ForecastInput
    from tui.cli.forecast_output import rows_as_they_come

    with ExitStack() as held:
        models = open_models(settings, source.models or (settings.model.url,))
        for model in models:
            held.callback(model.close)
        if source.file is None:
            tool = _tool(settings, models, held)
            progress = held.enter_context(rows_as_they_come(zone, wanted=shown))
            return tool.run(ForecastInput(tag=source.tag, **asked), progress)
        content = _read(source.file, zone)
        progress = held.enter_context(rows_as_they_come(zone, wanted=shown))
        return _of_file(content, source, asked, settings, zone, models=models, progress=progress)


def _tool(settings: Settings, models: list[LanguageModel], held: ExitStack) -> ForecastTool:
    from ingestion.demo import ensure_demo
    from plant.store.sqlite import open_store
    from tools.forecast import ForecastTool

    ensure_demo(settings, talk)
    store = open_store(settings.store.path)
    held.callback(store.close)
    return ForecastTool(store, settings, None, models)


def _read(path: Path, zone: tzinfo) -> HistorianFile:
    """Reads a file, and says which of its rows cannot be used."""
    from ingestion.historian import read_historian

    content = read_historian(path, zone)
    for sentence in content.rejected[:3]:
        talk(f"{path}: {sentence}")
    if len(content.rejected) > 3:
        talk(f"{path}: and {len(content.rejected) - 3} more that cannot be used.")
    return content


def _of_file(
    content: HistorianFile, source: _Source, asked: dict[str, Any], settings: Settings, zone: tzinfo, **options: Any
) -> ToolResult:
    from tools.forecast import forecast_column
    from tools.forecast_inputs import column_inputs

    columns, name = content.columns, source.column
    if name is None and len(columns) != 1:
        raise UsageError(
            f"{source.file} has {len(columns)} columns.", hint=f"Name one with --column: {_listed(columns)}."
        )
    name = next(iter(columns)) if name is None else name
    if name not in columns:
        hint = did_you_mean(name, columns) or f"There are {_listed(columns)}."
        raise BadInput(f"{source.file} has no column {name!r}.", hint=hint)
    rest = dict(asked)
    seen, known, calendar = (rest.pop(key) for key in ("inputs", "known", "calendar"))
    sources = column_inputs(columns, known=known, seen=seen, zone=zone if calendar else None)
    return forecast_column(columns[name], settings=settings, notes=content.notes, sources=sources, **rest, **options)


def _listed(names: Any) -> str:
    shown = list(names)
    return ", ".join(shown[:8]) + (", ..." if len(shown) > 8 else "")


def _write(result: ToolResult, zone: tzinfo, *, as_csv: bool, as_json: bool, plot: Path | None) -> None:
    """Writes a result as it was asked for; a refusal leaves stdout empty unless it is JSON."""
    from tui.cli.forecast_output import refuse, show

    if plot is not None and not result.refusal:
        from tui.cli.forecast_picture import draw_picture

        draw_picture(result, plot, zone)
        talk(f"Drawn to {plot}.")
    if as_json:
        print_json(result.data)
    elif result.refusal:
        refuse(result)
    elif as_csv:
        from tui.cli.forecast_csv import print_csv

        print_csv(result.data)
    else:
        show(result, zone)

"""`millhand anomalies`: is a tag, an asset or a file odd, since when, of what kind, and what speaks for it."""

from __future__ import annotations

import re
from pathlib import Path  # noqa: TC003 (typer reads annotations when it runs)
from typing import TYPE_CHECKING, Annotated, Final

import typer

from plant.errors import ExitCode, UsageError
from plant.facts import Refusal, ToolResult
from plant.time import parse_duration, parse_time, zone_named
from tui.cli.common import JsonFlag, StoreOption, print_json, settings_from, talk

if TYPE_CHECKING:
    from datetime import tzinfo

    from plant.settings import Settings

_DURATION: Final = re.compile(r"\d+(?:[.,]\d+)?\s*[a-z].*", re.IGNORECASE)
"""What is meant as a duration: no ISO-8601 time has a letter behind its first digits."""


def anomalies(  # noqa: PLR0913, PLR0917 (one parameter an option: that is how typer reads them)
    subject: Annotated[str, typer.Argument(metavar="[TAG]", help="A tag or an asset.")] = "",
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Begin of the span, or how long it is: 24h. Else midnight.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="End of the span; else the newest reading.")] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Ask the forecasting methods too, of the tag that is oddest: slower.")
    ] = False,
    file: Annotated[Path | None, typer.Option(metavar="FILE", help="A CSV or Parquet file instead.")] = None,
    columns: Annotated[str, typer.Option(metavar="A,B", help="Columns of the file; all without it.")] = "",
    fit_until: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="The file's rows before it are taken to be usual; else the first 15 %."),
    ] = None,
    detector: Annotated[
        str, typer.Option(metavar="NAME", help="Who judges the file; else novelty one column, residual several.")
    ] = "",
    scores: Annotated[Path | None, typer.Option(metavar="OUT.csv", help="Write one score a row of the file.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the odd intervals as CSV.")] = False,
    as_json: JsonFlag = False,
    store: StoreOption = None,
) -> None:
    """Say whether a tag, an asset or the columns of a file are odd. "Nothing odd" is an answer too.

    Example: millhand anomalies E-101

    Example: millhand anomalies CW-100.TT-02 --since 24h --csv

    Example: millhand anomalies --file history.csv --columns flow,pressure --scores scores.csv
    """
    from tui.cli.anomaly_output import print_csv, refuse, show

    settings = settings_from(store=store)
    if bool(subject) == bool(file):
        raise UsageError("Name either a tag or --file.", hint="See millhand anomalies --help.")
    if as_csv and as_json:
        raise UsageError("Either --csv or --json: stdout is one of them.")
    if file is None:
        if scores or columns or fit_until or detector:
            raise UsageError("--scores, --columns, --fit-until and --detector go with --file.")
        result = _of_store(settings, subject, since, until, compare=compare)
    else:
        if since or until or compare:
            raise UsageError("--since, --until and --compare go with a tag; a file is judged whole.")
        names = tuple(name.strip() for name in columns.split(",") if name.strip())
        result = _of_file(settings, file, names, fit_until, detector, scores)
    if as_json:
        print_json(result.data)
    elif result.refusal:
        refuse(result.refusal)
    elif as_csv:
        print_csv(result.data)
    else:
        show(result, zone_named(settings.plant.timezone))
    raise typer.Exit(ExitCode.REFUSED if result.refusal else ExitCode.ANSWERED)


def _of_store(settings: Settings, subject: str, since: str | None, until: str | None, *, compare: bool) -> ToolResult:
    from tools.anomalies import AnomalyTool
    from tools.contract import AnomalyInput
    from tools.toolbox import open_toolbox

    zone = zone_named(settings.plant.timezone)
    end = None if until is None else parse_time(until, zone)
    with open_toolbox(settings, talk) as box:
        extent = box.store.extent()
        start = None if since is None else _start(since, end or (extent.end if extent else 0), zone)
        request = AnomalyInput(subject=subject, start=start, end=end, compare=compare)
        return AnomalyTool(box.store, settings).run(request)


def _start(since: str, end: int, zone: tzinfo) -> int:
    """Returns the begin of a span, UTC milliseconds: a time, or so long before the end.

    Raises:
        BadInput: If the text is neither.
    """
    return end - parse_duration(since) if _DURATION.fullmatch(since) else parse_time(since, zone)


def _of_file(
    settings: Settings, file: Path, names: tuple[str, ...], fit_until: str | None, detector: str, scores: Path | None
) -> ToolResult:
    from ingestion.historian import read_historian
    from tools.anomaly_files import detector_named, report, score_file, write_scores

    zone = zone_named(settings.plant.timezone)
    kind = detector_named(detector) if detector else None
    history = read_historian(file, zone)
    for line in (*history.notes, *history.rejected[:5]):
        talk(line)
    if len(history.rejected) > 5:
        talk(f"... and {len(history.rejected) - 5} more lines that could not be used.")
    found = score_file(history.columns, names, None if fit_until is None else parse_time(fit_until, zone), kind)
    if isinstance(found, Refusal):
        return ToolResult("anomaly", refusal=found, data={"odd": None, "episodes": [], "refusal": found})
    if scores is not None:
        write_scores(found, history.rows, scores)
        talk(f"Wrote {len(history.rows)} lines to {scores}, one a row of {file}.")
    return ToolResult("anomaly", data=report(found))

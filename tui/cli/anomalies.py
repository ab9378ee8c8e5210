"""`millhand anomalies`: is a tag, an asset or a file odd, since when, and what speaks for it."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 (typer reads annotations when it runs)
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plant.errors import ExitCode, UsageError
from plant.facts import Refusal
from plant.time import parse_time, zone_named
from tui.cli.common import JsonFlag, StoreOption, print_json, settings_from, talk, to_second

if TYPE_CHECKING:
    from plant.settings import Settings


def anomalies(  # noqa: PLR0913, PLR0917 (one parameter an option: that is how typer reads them)
    subject: Annotated[str, typer.Argument(metavar="[TAG]", help="A tag or an asset.")] = "",
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
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Begin of the span; else midnight. It ends now.")
    ] = None,
    as_json: JsonFlag = False,
    store: StoreOption = None,
) -> None:
    """Say whether a tag, an asset or the columns of a file are odd. "Nothing odd" is an answer too.

    Examples: millhand anomalies E-101
              millhand anomalies --file history.csv --columns flow,pressure --scores scores.csv
    """
    settings = settings_from(store=store)
    if bool(subject) == bool(file):
        raise UsageError("Name either a tag or --file.", hint="See millhand anomalies --help.")
    if file is None:
        if scores or columns or fit_until or detector:
            raise UsageError("--scores, --columns, --fit-until and --detector go with --file.")
        data = _of_store(settings, subject, since)
    else:
        if since:
            raise UsageError("--since goes with a tag; a file is judged whole.")
        names = tuple(name.strip() for name in columns.split(",") if name.strip())
        data = _of_file(settings, file, names, fit_until, detector, scores)
    if as_json:
        print_json(data)
    else:
        print("\n".join(_lines(data)))
    if data["refusal"]:
        raise typer.Exit(ExitCode.REFUSED)


def _of_store(settings: Settings, subject: str, since: str | None) -> dict[str, Any]:
    from tools.anomalies import AnomalyTool
    from tools.contract import AnomalyInput
    from tools.toolbox import open_toolbox

    zone = zone_named(settings.plant.timezone)
    start = None if since is None else parse_time(since, zone)
    with open_toolbox(settings, talk) as box:
        return AnomalyTool(box.store, settings).run(AnomalyInput(subject=subject, start=start)).data


def _of_file(
    settings: Settings, file: Path, names: tuple[str, ...], fit_until: str | None, detector: str, scores: Path | None
) -> dict[str, Any]:
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
        return {"odd": None, "episodes": [], "refusal": found}
    if scores is not None:
        write_scores(found, history.rows, scores)
        talk(f"Wrote {len(history.rows)} lines to {scores}, one a row of {file}.")
    return report(found)


def _lines(data: dict[str, Any]) -> list[str]:
    """Returns what was found as plain lines."""
    refusal = data["refusal"]
    if refusal:
        return [line for line in (refusal.text, refusal.help) if line]
    what = data.get("subject") or ", ".join(data["columns"])
    found = "odd" if data["odd"] else "nothing odd"
    return [
        f"{what}: {found} between {to_second(data['start'])} and {to_second(data['end'])}.",
        *(_line(stretch, "detectors") for stretch in data.get("stretches", [])),
        *(_line(episode, _said(episode)) for episode in data["episodes"]),
        *(
            f"  {detector['name']}: {'odd' if detector['odd'] else 'usual'}, score {detector['score']:.0f}"
            for detector in data.get("detectors", [])
        ),
    ]


def _line(odd: dict[str, Any], said: str) -> str:
    return f"  {odd['since']} to {odd['until'] or 'now'}  score {odd['score']:.0f}  {said}"


def _said(episode: dict[str, Any]) -> str:
    by = f"by {', '.join(episode['detectors'])}: {', '.join(episode['contributors'])}"
    return episode.get("reason") or by

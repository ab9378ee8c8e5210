"""`millhand forecast` of several tags: a progress bar, a line a tag, and a file to go on with."""

from __future__ import annotations

import sys
from contextlib import ExitStack, closing
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from forecasting.candidates import DEFAULT, LANGUAGE_MODEL
from plant.errors import ExitCode
from plant.facts import Refusal, Table
from plant.time import DAY, parse_time, to_local
from tools.fleet import Kept, fleet_rows, fleet_tags, forecast_tags, read_lines
from tui.cli.common import print_json_line, say, talk
from tui.cli.forecast_output import layout, room, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo
    from pathlib import Path

    from plant.settings import Settings
    from tools.fleet import FleetRow


class Fleet(NamedTuple):
    """Which tags, and where their forecasts are kept.

    Attributes:
        tags: By name; empty for every confirmed one.
        asset: Only those of this asset or area; None for all.
        models: URLs of language models that compete; none by default, for they take long.
        out: A file to append to and go on with; None for none.
    """

    tags: tuple[str, ...]
    asset: str | None
    models: tuple[str, ...]
    out: Path | None


def forecast_fleet(fleet: Fleet, asked: dict[str, Any], settings: Settings, zone: tzinfo, *, as_json: bool) -> ExitCode:
    """Forecasts them, and says a line a tag; answered if any of them is.

    Args:
        fleet: Which.
        asked: What is asked of each.
        settings: Which store.
        zone: The plant's.
        as_json: Whether stdout is JSON lines, one a tag as it is done.
    """
    tags = _tags(fleet, settings)
    if isinstance(tags, Refusal):
        talk(f"No forecast: {tags.text} {tags.help}".strip())
        return ExitCode.REFUSED
    fleet = fleet._replace(models=_models(fleet.models, asked["candidates"], settings))
    asked = {**asked, "candidates": _candidates(asked["candidates"], fleet.models)}
    rows = fleet_rows(_lines(fleet, tags, asked, settings, as_json=as_json))
    if not as_json:
        _show(rows, zone)
    return ExitCode.REFUSED if all(row.refusal for row in rows) else ExitCode.ANSWERED


def _tags(fleet: Fleet, settings: Settings) -> tuple[str, ...] | Refusal:
    """Returns the tags as the registry spells them, each once; one it does not know as it was typed."""
    from ingestion.demo import ensure_demo
    from plant.store.sqlite import open_store

    ensure_demo(settings, talk)
    with open_store(settings.store.path) as store:
        registry = store.registry()
    if not fleet.tags:
        return fleet_tags(registry, fleet.asset or "")
    known = (registry.get(tag) for tag in fleet.tags)
    return tuple(dict.fromkeys(one.tag if one else tag for tag, one in zip(fleet.tags, known, strict=True)))


def _models(named: tuple[str, ...], candidates: tuple[str, ...], settings: Settings) -> tuple[str, ...]:
    """Returns the models that were named, or that of the settings where only the method was."""
    return named or ((settings.model.url,) if LANGUAGE_MODEL in candidates else ())


def _candidates(named: tuple[str, ...], models: tuple[str, ...]) -> tuple[str, ...]:
    """Leaves the language model out where nobody named it or one."""
    return named or (() if models else tuple(name for name in DEFAULT if name != LANGUAGE_MODEL))


def _lines(
    fleet: Fleet, tags: tuple[str, ...], asked: dict[str, Any], settings: Settings, *, as_json: bool
) -> Iterator[dict[str, Any]]:
    """Yields the line of each tag: first those that are in the file, then as they are done."""
    language = {"models": fleet.models, "prompt": settings.forecast.prompt if fleet.models else None}
    told = msgspec.json.decode(msgspec.json.encode({**asked, **language}))
    done, torn = read_lines(fleet.out, told) if fleet.out else ({}, False)
    left = [tag for tag in tags if tag not in done]
    if torn:
        talk(f"The last line of {fleet.out} was cut off; its tag is forecast again.")
    with ExitStack() as held:
        kept = held.enter_context(Kept(fleet.out, torn=torn)) if fleet.out else None
        if done:
            talk(_going_on(fleet.out, [done[tag] for tag in tags if tag in done], len(left)))
        results = held.enter_context(closing(forecast_tags(settings, left, asked, fleet.models)))
        before = (msgspec.json.decode(done[tag]) for tag in tags if tag in done)
        for line in chain(before, _kept(_with_bar(results, len(left)), told, kept)):
            if as_json:
                print_json_line(line)
            yield line


def _kept(results: Iterator[dict[str, Any]], asked: dict[str, Any], kept: Kept | None) -> Iterator[dict[str, Any]]:
    """Yields the line of each result once it is in the file."""
    for data in results:
        line = {"asked": asked, **data}
        if kept:
            kept.append(line)
        yield line


def _going_on(path: Path | None, done: list[bytes], left: int) -> str:
    ends = [series["end"] for text in done if (series := msgspec.json.decode(text)["series"])]
    since = f", the oldest from {min(ends)}" if ends else ""
    return f"{path} holds {len(done)} of these tags{since}; {left} left."


def _with_bar(results: Iterator[dict[str, Any]], total: int) -> Iterator[dict[str, Any]]:
    """Passes results on under a progress bar, on stderr where that is a terminal."""
    if not (total and sys.stderr.isatty()):
        yield from results
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    text = TextColumn("{task.description}", markup=False)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), text)
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, redirect_stdout=sys.stdout.isatty()) as bar:
        task = bar.add_task("starting", total=total)
        for result in results:
            bar.update(task, advance=1, description=result["tag"])
            yield result


def _show(rows: list[FleetRow], zone: tzinfo) -> None:
    """Prints a line a tag, the most urgent first, and sums up."""
    answered = [row for row in rows if row.refusal is None]
    say(layout(_table(rows, zone), room()))
    crossing = sum(row.limit is not None for row in answered)
    refused = len(rows) - len(answered)
    may = f", of which {crossing} may cross a limit" if answered else ""
    talk(f"{len(rows)} tags: {len(answered)} forecast{may}; {refused} refused.")


def _table(rows: list[FleetRow], zone: tzinfo) -> Table:
    columns = ("tag", "now", "at the end", "band there", "unit", "method", "skill", "limit it may cross, or why none")
    return Table(columns, tuple(_cells(row, zone) for row in rows))


def _cells(row: FleetRow, zone: tzinfo) -> tuple[str, ...]:
    if row.end is None or row.low is None or row.high is None:
        now = "-" if row.now is None else f"{row.now:.4g}"
        reason = row.refusal.text if row.refusal else ""
        return (row.tag, now, "-", "-", row.unit, "-", "-", f"no forecast: {reason}")
    now, end, low, high = (written(value, row.high - row.low) for value in (row.now, row.end, row.low, row.high))
    skill = "-" if row.skill is None else f"{100 * row.skill:.0f} %"
    limit = _crossing(row.limit, zone) if row.limit else "-"
    return (row.tag, now, end, f"{low} to {high}", row.unit, row.method or "-", skill, limit)


def _crossing(limit: dict[str, Any], zone: tzinfo) -> str:
    """Says which limit, when, and how likely: `high 5.2, 14:10 to 15:20, 43 %`."""
    start, end = parse_time(limit["from"]), parse_time(limit["to"])
    begins, ends = (to_local(at, zone, day=end - start > DAY) for at in (start, end))
    name = f"{limit['which'].replace('_', ' ')} {limit['value']:g}"
    if limit["now"]:
        return f"{name}, beyond it now"
    return f"{name}, {begins} to {ends}, {100 * limit['probability']:.0f} %"

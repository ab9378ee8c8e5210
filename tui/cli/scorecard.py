"""`millhand forecast-scorecard`: how forecasts did when their values came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from plant.errors import ExitCode
from plant.facts import Table
from plant.time import format_duration, parse_duration, parse_time, to_local, zone_named
from tui.cli.common import JsonFlag, StoreOption, print_json, say, settings_from, talk
from tui.cli.forecast_output import layout

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from tools.scorecard import Line, Record, Scorecard, Told

_MANY: Final = 10
"""Forecasts from which on their trend is told, as `tools.scorecard` counts them."""


def scorecard(
    tag: Annotated[str | None, typer.Argument(help="The tag; without one a line for each.")] = None,
    since: Annotated[str, typer.Option("--since", metavar="30d", help="How far back from the newest reading.")] = "30d",
    hindsight: Annotated[
        bool, typer.Option("--hindsight", help="Count forecasts that were asked from a time in the past too.")
    ] = False,
    store: StoreOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Say how the forecasts that were issued did, method by method, when the values came.

    Example: millhand forecast-scorecard CW-100.TT-02 --since 7d
    """
    from ingestion.demo import ensure_demo
    from plant.store.sqlite import open_store
    from tools.scorecard import read_overview, read_scorecard

    settings = settings_from(store=store)
    since_ms, zone = parse_duration(since), zone_named(settings.plant.timezone)
    ensure_demo(settings, talk)
    with open_store(settings.store.path) as opened:
        if tag is None:
            lines = read_overview(opened, since_ms, hindsight=hindsight)
            print_json(lines) if as_json else _print_overview(lines)
            return
        card = read_scorecard(opened, tag, since_ms, hindsight=hindsight)
    if as_json:
        print_json(card)
    elif card.refusal is None:
        _print(card, zone, hindsight=hindsight)
    else:
        talk(f"{card.refusal.text} {card.refusal.help}")
        if card.refusal.choices:
            talk(f"Did you mean {' or '.join(card.refusal.choices)}?")
    raise typer.Exit(ExitCode.REFUSED if card.refusal else ExitCode.ANSWERED)


def _print_overview(lines: Sequence[Line]) -> None:
    if not lines:
        say("No forecast was issued yet. Ask for one: millhand forecast TAG.")
        return
    levels = _levels([line.coverage for line in lines])
    columns = ("tag", "issued", "waiting", "scored", "MASE", "skill", *(f"in {x} % band" for x in levels), "demoted")
    rows = [
        (
            *(line.tag, line.issued, line.waiting, line.scored, line.mase, line.skill),
            *(line.coverage.get(level) for level in levels),
            ", ".join(line.demoted) or "none",
        )
        for line in lines
    ]
    say(layout(Table(columns, tuple(rows))))


def _print(card: Scorecard, zone: tzinfo, *, hindsight: bool) -> None:
    say(f"{card.tag}: {_counts(card, zone, hindsight=hindsight)}")
    if card.candidates:
        say(f"\n{layout(_methods(card.candidates))}")
    for record in card.candidates:
        if record.demoted:
            say(f"\n{record.name} (steps of {format_duration(record.step_ms)}) is demoted: {record.demoted}")
    say(f"\n{layout(_newest(card, zone))}")


def _counts(card: Scorecard, zone: tzinfo, *, hindsight: bool) -> str:
    """Says how many forecasts there are, and how what was shown did; whether those in hindsight count."""
    since = to_local(parse_time(card.since or ""), zone, day=True)
    text = f"{card.issued} issued since {since}, {card.waiting} waiting for their values"
    if card.hindsight:
        counted = "counted too" if hindsight else "--hindsight counts them"
        text += f", {card.hindsight} asked from a time in the past ({counted})"
    if card.shown is None:
        return f"{text}. None is over yet."
    text += f". Of the {card.shown.scored} scored"
    if card.shown.mase is not None:
        text += f", what was shown had a MASE of {card.shown.mase:.2f}"
    if card.shown.skill is not None:
        more = "less" if card.shown.skill >= 0 else "more"
        text += f" and {abs(round(100 * card.shown.skill))} % {more} error than seasonal naive"
    held = [f"its {level} % band held {round(100 * share)} %" for level, share in card.shown.coverage.items()]
    return f"{'; '.join([text, *held])}."


def _methods(records: Sequence[Record]) -> Table:
    levels = _levels([record.coverage for record in records])
    trend = any(record.before for record in records)
    columns = ("method", "step", "scored", "shown", "MASE", *(("before", f"newest {_MANY}") if trend else ()), "skill")
    columns = (*columns, *(f"in {level} % band" for level in levels), "demoted")
    rows = [
        (
            *(record.name, format_duration(record.step_ms), record.scored, record.shown, record.mase),
            *((record.before and record.before.mase, record.recent and record.recent.mase) if trend else ()),
            record.skill,
            *(record.coverage.get(level) for level in levels),
            "demoted" if record.demoted else "no",
        )
        for record in records
    ]
    return Table(columns, tuple(rows))


def _newest(card: Scorecard, zone: tzinfo) -> Table:
    unit = f" ({card.unit})" if card.unit else ""
    levels = _levels([one.coverage for one in card.forecasts])
    columns: tuple[str, ...] = (
        "from",
        "until",
        "steps over",
        "last value at",
        f"forecast{unit}",
        f"came{unit}",
        "MASE",
    )
    columns = (*columns, *(f"in {level} % band" for level in levels), "shown")
    return Table(columns, tuple(_told(one, levels, zone) for one in card.forecasts))


def _told(one: Told, levels: Sequence[str], zone: tzinfo) -> tuple[str | float | None, ...]:
    at = None if one.at is None else to_local(parse_time(one.at), zone)
    inside = (one.coverage.get(level) for level in levels)
    shown = f"{one.shown}{', in hindsight' if one.hindsight else ''}"
    return (
        *(to_local(parse_time(time), zone, day=True) for time in (one.start, one.until)),
        *(f"{one.due} of {one.steps}", at, one.said, one.came, one.mase, *inside, shown),
    )


def _levels(coverages: Sequence[dict[str, float]]) -> list[str]:
    return sorted({level for coverage in coverages for level in coverage}, key=int)

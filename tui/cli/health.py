"""`millhand health`: is the plant watched, and what is wrong if not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from plant.errors import ExitCode
from tui.cli.common import JsonFlag, StoreOption, print_json, settings_from

if TYPE_CHECKING:
    from ingestion.health import Health


def health(store: StoreOption = None, as_json: JsonFlag = False) -> None:
    """Say whether the plant is watched: feed, lag, blind and stale tags, sinks, models. Exits 1 if something is wrong.

    Example: millhand health --store plant.db
    """
    from ingestion.health import look_at
    from plant.store.sqlite import open_store
    from plant.time import now_ms

    settings = settings_from(store=store)
    with open_store(settings.store.path, read_only=True) as plant_store:
        found = look_at(plant_store, settings, now_ms())
    if as_json:
        print_json(found)
    else:
        _print(found)
    if not found.healthy:
        raise typer.Exit(ExitCode.BELOW_GOAL)


def _print(found: Health) -> None:
    for reason in found.reasons:
        print(f"NO  {reason.text}")
    lag = sum(one.lag or 0 for one in found.partitions)
    warming = [model.asset for model in found.models if model.age is None]
    waiting = sum(sink.waiting for sink in found.sinks)
    lines = [
        "The plant is watched." if found.healthy else "",
        f"Partitions: {len(found.partitions)}, {lag} messages left to read.",
        f"Tags: {len(found.blind_tags)} blind, {len(found.stale_tags)} stale.",
        f"Alerts standing: {sum(found.standing.values())}. Waiting for a sink: {waiting}.",
        f"Detectors: {len(found.models) - len(warming)} of {len(found.models)} assets have learned theirs."
        + (f" Still warming up: {', '.join(warming)}." if warming else ""),
        f"Hours in the lake: {found.sealed_hours}. The store has {found.store_bytes / 1e6:.1f} MB.",
    ]
    for line in filter(None, lines):
        print(f"ok  {line}" if found.healthy else f"    {line}")

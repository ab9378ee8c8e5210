"""`millhand lake`: the sealed hours as Parquet files: list them, read them, seal what is closed."""

from __future__ import annotations

import csv
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plant.errors import UsageError
from plant.time import Span, now_ms, parse_time, to_iso, zone_named
from tui.cli.common import JsonFlag, StoreOption, print_json, print_json_line, settings_from, talk, verb_group

if TYPE_CHECKING:
    from pathlib import Path

    from plant.store.contract import HourBook

app = verb_group("List, read and write sealed hours (Parquet). Example: millhand lake list")

_COLUMNS = ("time", "tag", "value", "quality", "historical", "source", "partition")


@app.command("list")
def list_hours(
    check: Annotated[bool, typer.Option("--check", help="Compare each file with its digest.")] = False,
    as_json: JsonFlag = False,
    store: StoreOption = None,
) -> None:
    """List the hours, and whether their files are there.

    Example: millhand lake list --check
    """
    from plant.store.sqlite import open_store

    settings = settings_from(store=store)
    with open_store(settings.store.path, read_only=True) as plant_store:
        hours = [_row(book, settings.lake_path, check=check) for book in plant_store.hours()]
    if as_json:
        print_json(hours)
        return
    for hour in hours:
        size = "" if hour["bytes"] is None else f"  {hour['readings']} readings, {hour['bytes']} bytes"
        where = "" if hour["in_store"] else ", in the lake only" if size else "  not in the store either"
        print(f"{hour['hour']}  {hour['state']:<7}{size}{where}")
    talk(
        f"{sum(hour['state'] == 'sealed' for hour in hours)} of {len(hours)} hours are sealed in {settings.lake_path}."
    )


@app.command()
def read(
    start: Annotated[str, typer.Option("--from", metavar="TIME", help="Begin, such as 2026-03-01T06:00.")],
    end: Annotated[str, typer.Option("--to", metavar="TIME", help="End, not included.")],
    tag: Annotated[str | None, typer.Option("--tag", metavar="TAG", help="Only this tag.")] = None,
    as_json: JsonFlag = False,
    store: StoreOption = None,
) -> None:
    """Read sealed readings as CSV, or as JSON lines, without the store.

    Example: millhand lake read --tag CW-100.TT-02 --from 2026-03-01T06:00 --to 2026-03-01T12:00
    """
    settings = settings_from(store=store)
    zone = zone_named(settings.plant.timezone)
    span = Span(parse_time(start, zone), parse_time(end, zone))
    if span.length <= 0:
        raise UsageError(f"{end} is not after {start}.", hint="--from is the begin, --to the end.")

    from ingestion.lake import read_lake

    writer = csv.writer(sys.stdout, lineterminator="\n")
    if not as_json:
        writer.writerow(_COLUMNS)
    count = 0
    for row in read_lake(settings.lake_path, span, tag):
        shown = {"time": to_iso(row.pop("ts")), **row}
        if as_json:
            print_json_line(shown)
        else:
            writer.writerow([shown[column] for column in _COLUMNS])
        count += 1
    if not count:
        talk(f"The lake in {settings.lake_path} holds no such readings. millhand lake list shows what it holds.")


@app.command()
def seal(store: StoreOption = None, as_json: JsonFlag = False) -> None:
    """Write every closed hour that is not sealed.

    A worker does the same by itself.

    Example: millhand lake seal
    """
    from ingestion.lake import seal as seal_hours
    from plant.store.sqlite import open_store

    settings = settings_from(store=store)
    open_store(settings.store.path, read_only=True).close()  # a store that is not there is said, not made
    with open_store(settings.store.path) as plant_store:
        done = seal_hours(plant_store, settings.lake_path, settings.lake, now_ms())
    if as_json:
        print_json(done._asdict())
    talk(f"{done.hours} hours written to {settings.lake_path}; the store gave {done.retired} readings up.")


def _row(book: HourBook, directory: Path, *, check: bool) -> dict[str, Any]:
    from ingestion.lake import hour_file, is_sealed
    from plant.files import sha256_of

    path = hour_file(directory, book.hour)
    there = path.exists()
    if check and there and book.sealed_at and sha256_of(path) != book.sha256:
        state = "changed"  # not by us: what was written has another digest
    elif is_sealed(book, directory):
        state = "sealed"
    else:
        state = "missing" if book.sealed_at and not there else "open"
    return {
        "hour": to_iso(book.hour),
        "state": state,
        "file": str(path) if there else None,
        "readings": book.readings if there else None,
        "bytes": path.stat().st_size if there else None,
        "sha256": book.sha256 or None,
        "sealed_at": to_iso(book.sealed_at) if book.sealed_at else None,
        "in_store": book.kept,
    }

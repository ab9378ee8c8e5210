"""Closed hours as Parquet files that anything can read: `date=YYYY-MM-DD/hour=HH/readings.parquet`.

A file holds one hour of readings, sorted by tag and time; the same readings give the same bytes, so that
sealing again changes nothing. A file is written beside its place, synced, and renamed: a reader sees the
old one or the new one, and after a crash there is one of them. A reading that comes for a sealed hour makes it
sealed again. Where `lake.keep_days` is set, the hot store gives sealed hours up once they are older; the books
count what it gave up, and a late reading of such an hour is merged into its file (of two of a tag and time
the first wins).

One process seals at a time: the lake's lock file is held while it does, and is let go by the system if it dies.
"""

from __future__ import annotations

import fcntl
import os
import threading
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ingestion.duty import Duty
from ingestion.log import get_log
from plant.errors import BadInput, StoreError
from plant.files import sha256_of
from plant.time import DAY, HOUR, now_ms, to_iso

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    import pyarrow as pa

    from plant.settings import LakeSettings, Settings
    from plant.store.contract import HourBook, HourRow, Store
    from plant.time import Span

FILE: Final = "readings.parquet"
EVERY_S: Final = 60.0
"""How often the sealer looks for closed hours."""

LEAST_KEPT: Final = DAY
"""The store keeps readings for so long at least, before the newest one: late ones are judged beside them."""

_GROUP_ROWS: Final = 500_000
_log = get_log(__name__)


class Sealed(NamedTuple):
    """What one pass did: hours written, and readings the hot store gave up."""

    hours: int
    retired: int


def sealing(store: Store, settings: Settings) -> AbstractContextManager[object]:
    """Seals beside a worker, in a thread of its own, while the context is open; not where `lake.seal` says so.

    Args:
        store: The store; read and written from the thread.
        settings: `lake`.
    """

    def work(stop: threading.Event) -> None:
        try:
            if extent := store.extent():
                seal(store, settings.lake_path, settings.lake, extent.end, stop=stop)
        except BadInput as error:  # one hour's file; all others are done
            _log.warning("hours not sealed", reason=str(error))

    return Duty("sealer", work, EVERY_S) if settings.lake.seal else nullcontext()


def seal(
    store: Store, directory: Path, settings: LakeSettings, now: int, *, stop: threading.Event | None = None
) -> Sealed:
    """Writes every closed hour that is not in the lake as it is in the store, then gives old ones up.

    Args:
        store: The store.
        directory: The lake.
        settings: When an hour is closed, and how long the store keeps it.
        now: Source time up to which readings are expected to have come, UTC milliseconds.
        stop: Ends the pass after the hour under way.

    Returns:
        What was done; nothing where another process is sealing.

    Raises:
        StoreError: If the store cannot be read or written, or the lake cannot.
        BadInput: If the file that readings must be merged into is damaged or gone; all other hours are done then.
    """
    stop = stop or threading.Event()
    retired = 0
    with _writable(directory), _alone(directory) as ours:
        written, trouble = _write_closed(store, directory, now - settings.seal_after_ms, stop) if ours else (0, None)
        if ours and settings.keep_days:
            kept_ms = max(round(settings.keep_days * DAY), LEAST_KEPT)
            retired = _retire(store, directory, min(now, _newest(store)) - kept_ms, stop)
    if written or retired:
        _log.info("hours sealed", hours=written, readings_retired=retired)
    if trouble is not None:
        raise trouble
    return Sealed(written, retired)


def _newest(store: Store) -> int:
    extent = store.extent()
    return extent.end if extent else 0


def hour_file(directory: Path, hour: int) -> Path:
    """Returns where the file of an hour lies; it need not exist."""
    begin = datetime.fromtimestamp(hour / 1_000, UTC)
    return directory / f"date={begin:%Y-%m-%d}" / f"hour={begin:%H}" / FILE


def read_lake(directory: Path, span: Span, tag: str | None = None) -> Iterator[dict[str, Any]]:
    """Yields the readings of a span, hour by hour, within an hour by tag and time.

    Each is a row of the file with `ts` in UTC milliseconds; `value` is None where nothing was measured.

    Raises:
        BadInput: If a file is not a whole Parquet file.
    """
    import pyarrow.compute as pc

    for hour in range(span.start - span.start % HOUR, span.end, HOUR):
        path = hour_file(directory, hour)
        if not path.exists():
            continue
        chosen = (pc.field("ts") >= pc.scalar(span.start)) & (pc.field("ts") < pc.scalar(span.end))
        if tag is not None:
            chosen &= pc.field("tag") == tag
        for table in _parts(path):
            found = table.set_column(1, "ts", pc.cast(table["ts"], "int64")).filter(chosen)
            for batch in found.to_batches():
                yield from batch.to_pylist()


def is_sealed(book: HourBook, directory: Path) -> bool:
    """Says whether an hour is in the lake as it is in the store."""
    return bool(book.sealed_at) and not book.touched and hour_file(directory, book.hour).exists()


def _write_closed(store: Store, directory: Path, before: int, stop: threading.Event) -> tuple[int, BadInput | None]:
    """Writes hours that ended before a time; returns how many, and the first trouble with a file."""
    written, trouble = 0, None
    for book in store.hours():
        if stop.is_set() or book.hour + HOUR > before:
            break
        if not is_sealed(book, directory):
            try:
                _write(store, directory, book)
                written += 1
            except BadInput as error:
                trouble = trouble or error
    return written, trouble


def _write(store: Store, directory: Path, book: HourBook) -> None:
    path = hour_file(directory, book.hour)
    if book.retired and not path.exists():
        raise BadInput(
            f"{path} is gone, and the store has given the readings of {to_iso(book.hour)} up.",
            hint="Bring the file back from a copy of the lake.",
        )
    before = _read(path) if book.retired else None
    store.begin_sealing(book.hour)
    readings = _write_file(path, store.hour_rows(book.hour), before)
    store.finish_sealing(book.hour, readings=readings, sha256=sha256_of(path), at=now_ms())


def _write_file(path: Path, rows: Iterator[tuple[str, list[HourRow]]], before: pa.Table | None) -> int:
    """Writes the file of an hour and returns how many readings it holds."""
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{FILE}")  # one process seals at a time; what a crash leaves is written over
    count = 0
    try:
        with pq.ParquetWriter(draft, _schema(), compression="zstd") as writer:
            for table in _tables(rows) if before is None else [_merged(before, rows)]:
                writer.write_table(table)
                count += table.num_rows
        _move(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return count


def _tables(rows: Iterator[tuple[str, list[HourRow]]]) -> Iterator[pa.Table]:
    """Gathers the rows of whole tags into tables of a bounded size."""
    gathered: list[tuple[str, HourRow]] = []
    for tag, readings in rows:
        gathered += [(tag, reading) for reading in readings]
        if len(gathered) >= _GROUP_ROWS:
            yield _table(gathered)
            gathered = []
    if gathered:
        yield _table(gathered)


def _table(rows: list[tuple[str, HourRow]]) -> pa.Table:
    import pyarrow as pa

    columns = zip(*((tag, *reading) for tag, reading in rows), strict=True)
    return pa.table([pa.array(column, kind) for column, kind in zip(columns, _schema().types, strict=True)], _schema())


def _schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema(
        {
            "tag": pa.string(),  # Parquet's own dictionaries keep repeated words small
            "ts": pa.timestamp("ms", tz="UTC"),
            "value": pa.float64(),
            "quality": pa.int16(),
            "historical": pa.bool_(),
            "source": pa.string(),
            "partition": pa.int32(),
        }
    )


def _merged(before: pa.Table, rows: Iterator[tuple[str, list[HourRow]]]) -> pa.Table:
    """Returns what a file held together with what came since; of two readings of a tag and time the older one."""
    import pyarrow as pa

    fresh = pa.concat_tables([_schema().empty_table(), *_tables(rows)])
    added = fresh.join(before.select(["tag", "ts"]), ["tag", "ts"], join_type="left anti")
    return pa.concat_tables([before, added]).sort_by([("tag", "ascending"), ("ts", "ascending")])


def _read(path: Path) -> pa.Table:
    import pyarrow as pa

    return pa.concat_tables(_parts(path))


def _parts(path: Path) -> Iterator[pa.Table]:
    """Yields a file in parts of a bounded size."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_GROUP_ROWS):
                yield pa.Table.from_batches([batch])
    except (OSError, pa.ArrowException) as error:
        hint = "Put a copy of it back; if the store still keeps that hour, remove it and run millhand lake seal."
        raise BadInput(f"{path} is not a whole Parquet file: {error}.", hint=hint) from error


def _retire(store: Store, directory: Path, before: int, stop: threading.Event) -> int:
    """Gives up hours that ended before a time, if their files are what was written."""
    retired = 0
    for one in store.hours():
        if stop.is_set() or one.hour + HOUR > before:
            break
        path = hour_file(directory, one.hour)
        if not one.kept or not is_sealed(one, directory):
            continue
        if sha256_of(path) != one.sha256:
            _log.warning("readings kept: the file of their hour has changed", file=str(path))
            continue
        retired += store.retire_hour(one.hour)
    return retired


def _move(draft: Path, path: Path) -> None:
    """Puts a file in its place for good: synced, renamed, and the folders synced that may be new."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(path)
    for folder in path.parents[:3]:  # hour, date, lake
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


@contextmanager
def _writable(directory: Path) -> Iterator[None]:
    """Turns what the system says of files that cannot be written into a sentence."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        hint = "Nothing is lost: the store gives no reading up that is not in the lake. See lake.path in the settings."
        raise StoreError(f"The lake {directory} cannot be written: {reason}.", hint=hint) from error


@contextmanager
def _alone(directory: Path) -> Iterator[bool]:
    """Tries to be the one who seals; False where another process is."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True

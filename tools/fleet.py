"""Forecasts of many tags at once: on every core, each kept in a file as it is done, to be gone on with.

Each tag is forecast as `millhand forecast TAG` does it, by a process that has opened the store for
itself. Processes are spawned, never forked: the parent may have threads. They end with their parent,
however it ends.

A file of forecasts has a line a tag: the JSON of `millhand forecast TAG --json` and `asked`, what it was
asked for. A last line that was cut off is dropped, and its tag forecast again.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any, Final

import msgspec

from plant.errors import BadInput, MillhandError
from plant.facts import Refusal, RefusalCode
from plant.registry import SensorState
from plant.time import format_duration, parse_time, to_iso
from tools.contract import ForecastInput
from tools.subjects import find_subject

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping, Sequence
    from pathlib import Path

    from plant.registry import Registry
    from plant.settings import Settings
    from tools.forecast import ForecastTool

_ONE_THREAD: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
"""Libraries that would take every core in every process."""


class FleetRow(msgspec.Struct, frozen=True):
    """What is said of one tag.

    Attributes:
        tag: The tag.
        unit: Its unit; empty when none.
        now: The newest value; None where there is none.
        end: The median at the last step; None where the forecast is refused, as all below.
        level: Nominal level of the band, percent as text.
        low: The band's lower edge at the last step.
        high: Its upper edge.
        method: The method shown.
        skill: Share of seasonal naive's error it saves; None for seasonal naive itself.
        limit: The limit it may cross, as in the JSON; None where there is none.
        refusal: Why there is no forecast; None where there is one.
    """

    tag: str
    unit: str
    now: float | None
    end: float | None = None
    level: str | None = None
    low: float | None = None
    high: float | None = None
    method: str | None = None
    skill: float | None = None
    limit: dict[str, Any] | None = None
    refusal: Refusal | None = None


def fleet_tags(registry: Registry, asset: str = "") -> tuple[str, ...] | Refusal:
    """Returns the confirmed tags of an asset or an area, or of the whole plant; a refusal where there is none such."""
    subject = find_subject(registry, asset)
    if isinstance(subject, Refusal):
        return subject
    tags = tuple(sensor.tag for sensor in subject.sensors if sensor.state is SensorState.CONFIRMED)
    return tags or Refusal(RefusalCode.NO_DATA, "There is no confirmed tag.", "See millhand tags list.")


def forecast_tags(
    settings: Settings, tags: Sequence[str], asked: Mapping[str, Any], models: Sequence[str] = ()
) -> Generator[dict[str, Any]]:
    """Forecasts tags on every core, and yields the JSON of each as it is done, in any order.

    Args:
        settings: Which store.
        tags: Which tags.
        asked: What else `ForecastInput` takes, the same for all.
        models: URLs of language models that compete.

    Raises:
        MillhandError: As `ForecastTool.run` does for a tag; or if a process died.
    """
    if not tags:
        return
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(
        min(len(tags), os.cpu_count() or 1),
        multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(settings, tuple(models)),
    )
    try:
        jobs = [pool.submit(_forecast, ForecastInput(tag=tag, **asked)) for tag in tags]
        for job in as_completed(jobs):
            yield job.result()
    except BrokenProcessPool as error:
        raise MillhandError(
            "A process that forecast a tag was killed.", hint="Perhaps memory ran out; what was done before is kept."
        ) from error
    finally:
        # Processes first, then the pool, to its end: a pool still closing while the interpreter exits
        # is woken through a pipe that it has closed.
        for child in set(multiprocessing.active_children()) - others:
            child.terminate()
        pool.shutdown(wait=True, cancel_futures=True)


def _begin(settings: Settings, models: tuple[str, ...]) -> None:
    """Makes a process ready: it leaves Ctrl+C to its parent, ends with it, and keeps to one core."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))  # before anything imports numpy
    _process.update(settings=settings, models=models)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


_process: dict[str, Any] = {}
"""What a process of the pool works with; empty in any other."""


def _forecast(request: ForecastInput) -> dict[str, Any]:
    if "tool" not in _process:
        _process["tool"] = _open_tool(_process["settings"], _process["models"])
    data: dict[str, Any] = _process["tool"].run(request).data
    return data


def _open_tool(settings: Settings, models: tuple[str, ...]) -> ForecastTool:
    from inference.models import open_models
    from plant.store.sqlite import open_store
    from tools.forecast import ForecastTool

    return ForecastTool(open_store(settings.store.path), settings, None, open_models(settings, models))


def read_lines(path: Path, asked: Mapping[str, Any]) -> tuple[dict[str, bytes], bool]:
    """Returns the lines of a file by tag, none where it is not there, and whether its last one was cut off.

    Raises:
        BadInput: If it cannot be read, is no such file, or was asked for something else.
    """
    try:
        content = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", hint="Name another file.") from error
    *whole, torn = content.split(b"\n")
    lines: dict[str, bytes] = {}
    for number, text in enumerate(whole, 1):
        line = _read_line(text, path, number)
        _check_asked(line["asked"], asked, path, number)
        lines[line["tag"]] = text
    return lines, bool(torn)


def _read_line(text: bytes, path: Path, number: int) -> dict[str, Any]:
    try:
        line = msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        line = {}
    if not ({"tag", "asked", "forecast", "refusal"} <= line.keys() and isinstance(line["asked"], dict)):
        raise BadInput(f"{path}, line {number}: this is no forecast.", hint="Name another file, or one of --out.")
    return line


def _check_asked(theirs: Mapping[str, Any], ours: Mapping[str, Any], path: Path, number: int) -> None:
    for key in sorted(theirs.keys() | ours.keys()):
        if theirs.get(key) != ours.get(key):
            raise BadInput(
                f"{path}, line {number}: {_said(key, theirs.get(key))} was asked for, now {_said(key, ours.get(key))}.",
                hint="Ask the same again, or name another file.",
            )


def _said(key: str, value: Any) -> str:
    """Writes one thing that was asked for: `a horizon of 2 h`."""
    if key == "horizon_ms" and isinstance(value, int):
        return f"a horizon of {format_duration(value)}"
    if key == "until" and isinstance(value, int):
        value = to_iso(value)
    return f"{key.removesuffix('_s')} {msgspec.json.encode(value).decode()}"


class Kept:
    """A file that forecasts are appended to, one line each; a context manager.

    Args:
        path: The file; made where it is not there.
        torn: Whether its last line is cut off, and is to be dropped.

    Raises:
        BadInput: If it cannot be written.
    """

    def __init__(self, path: Path, *, torn: bool = False) -> None:
        self._path = path
        try:
            if torn:
                content = path.read_bytes()
                os.truncate(path, content.rfind(b"\n") + 1)
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            raise self._problem(error) from error

    def __enter__(self) -> Kept:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def append(self, line: Mapping[str, Any]) -> None:
        """Adds one line. Raises `BadInput` if it cannot be written."""
        try:
            self._file.write(msgspec.json.encode(line) + b"\n")
        except OSError as error:
            raise self._problem(error) from error

    def _problem(self, error: OSError) -> BadInput:
        return BadInput(f"{self._path} cannot be written: {error.strerror}.", hint="Name another file.")


def fleet_rows(lines: Iterable[Mapping[str, Any]]) -> list[FleetRow]:
    """Returns a row a tag: those that are beyond a limit, those that may cross one, the first of them first.

    Then come other forecasts by tag, and what was refused.
    """
    return sorted(map(_row, lines), key=_urgency)


def _row(line: Mapping[str, Any]) -> FleetRow:
    tag, unit, ahead = line["tag"], line["unit"] or "", line["forecast"]
    if ahead is None:
        return FleetRow(tag, unit, line["now"], refusal=msgspec.convert(line["refusal"], Refusal))
    level = max(ahead["lower"], key=int)
    method = line["verdict"]["shown"]
    return FleetRow(
        tag,
        unit,
        line["now"],
        ahead["median"][-1],
        level,
        ahead["lower"][level][-1],
        ahead["upper"][level][-1],
        method,
        next(row["skill"] for row in line["candidates"] if row["name"] == method),
        line["limit"],
    )


def _urgency(row: FleetRow) -> tuple[int, int, float, str]:
    if row.limit is None:
        return (3 if row.refusal else 2, 0, 0.0, row.tag)
    return (0 if row.limit["now"] else 1, parse_time(row.limit["from"]), -row.limit["probability"], row.tag)

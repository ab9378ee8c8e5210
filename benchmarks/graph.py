"""What the guard costs, and how soon a runaway is over.

`make bench-graph`. Guard: every good query of the tests, and long ones of twelve shapes at 500 to 4,000 characters,
each judged once by a guard that has never seen it and once more. Seconds are the processor's: a shared clock says
nothing. Runaways: the embedded engine under its limit; here seconds are the clock's, which a person waits by.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from benchmarks.report import report
from plant.errors import MillhandError
from plant.facts import Refusal
from plant.graph.contract import seal
from plant.graph.kglite import KgliteGraph
from plant.graph.lines import schema_of
from tests.conformance.graph_rules import RUNAWAYS
from tests.unit.graph.small_plant import NODES, RELATIONS, corpus
from tools.graph import guard as judged
from tools.graph.guard import MAX_TEXT, Guard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import ModuleType

LENGTHS: Final = (500, 1_000, 2_000, 4_000)
SHAPES: Final = {
    "list of ids": ("MATCH (a:Asset) WHERE a.id IN [", "'P-{}'", ", ", "] RETURN a.id"),
    "list of numbers": ("UNWIND [", "{}", ", ", "] AS n RETURN n"),
    "any of many": ("MATCH (a:Asset) WHERE ", "a.id = 'P-{}'", " OR ", " RETURN a.id"),
    "none of many": ("MATCH (a:Asset) WHERE ", "NOT a.name CONTAINS 'x{}'", " AND ", " RETURN a.id"),
    "union": ("", "MATCH (a:Asset {{id: 'P-{}'}})<-[:MEASURES]-(s:Sensor) RETURN s.id AS id", " UNION ", ""),
    "columns": ("MATCH (a:Asset) RETURN ", "a.name AS n{}", ", ", ""),
    "optional": ("MATCH (a:Asset) ", "OPTIONAL MATCH (a)<-[:MEASURES]-(s{}:Sensor {{unit: '%'}})", " ", " RETURN a.id"),
    "cases": ("MATCH (a:Asset) RETURN CASE ", "WHEN a.id = 'P-{0}' THEN {0}", " ", " ELSE 0 END AS n"),
    "sum": ("RETURN ", "{}", " + ", " AS n"),
    "map": ("RETURN {{", "k{0}: {0}", ", ", "}} AS m"),
    "long text": ("MATCH (w:WorkOrder) WHERE w.title = '", "replace the seal {}", ", ", "' RETURN w.id"),
    "comment": ("MATCH (a:Asset) /* ", "pump {}", ", ", " */ RETURN a.id"),
}
TRIES: Final = 3
LIMIT_S: Final = 0.5
MEMORY_MB: Final = 512
_PLANT: Final = schema_of(NODES, RELATIONS)


class Judged(NamedTuple):
    """What one text cost: milliseconds of the processor, and the share of its parse."""

    new: float
    parse: float
    again: float


def filled(shape: tuple[str, str, str, str], length: int) -> str:
    """Returns a query of a shape, with as many items as fit into a number of characters."""
    head, item, between, tail = shape
    head, tail = head.replace("{{", "{"), tail.replace("}}", "}")
    items: list[str] = []
    while len(head + between.join([*items, item.format(len(items))]) + tail) <= length:
        items.append(item.format(len(items)))
    return head + between.join(items) + tail


def judge(text: str) -> Judged:
    """Returns what a text costs a guard that has not seen it, the middle of three tries, and once it has."""
    return sorted(_judged(text) for _ in range(TRIES))[TRIES // 2]


def _judged(text: str) -> Judged:
    check, parsed = partial(Guard(_PLANT, row_limit=200).check, text), Clock()
    with parsed.around(judged, "parse"):
        new = milliseconds(check)
    assert not isinstance(check(), Refusal), text
    return Judged(new, parsed.spent, milliseconds(check))


def milliseconds(work: Callable[[], object]) -> float:
    """Returns the processor's time that a piece of work takes."""
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1_000


class Clock:
    """Counts the processor's time that a function of a module takes."""

    spent = 0.0

    @contextmanager
    def around(self, module: ModuleType, name: str) -> Iterator[None]:
        """Counts while it is open."""
        function = getattr(module, name)

        def counted(*arguments: Any) -> Any:
            began = time.process_time()
            try:
                return function(*arguments)
            finally:
                self.spent += (time.process_time() - began) * 1_000

        setattr(module, name, counted)
        try:
            yield
        finally:
            setattr(module, name, function)


def guarded() -> tuple[list[dict[str, Any]], dict[str, float]]:
    """Returns the table of the guard's cost, a line for each kind of text, and the figures of the goals."""
    good = [text for text in corpus("good") if len(text) <= MAX_TEXT]
    groups = {f"good queries ({len(good)})": [judge(text) for text in good]}
    for length in LENGTHS:
        groups[f"{len(SHAPES)} shapes, {length:,} characters"] = [judge(filled(s, length)) for s in SHAPES.values()]
    every = [one for group in groups.values() for one in group]
    rows = [_line(name, group) for name, group in groups.items()] + [_line("all", every)]
    figures = {
        "uncached_p95_ms": rows[-1]["p95 ms"],
        "uncached_p95_ms_4000": rows[-2]["p95 ms"],
        "cached_p95_ms": float(np.percentile([one.again for one in every], 95)),
        "own_share_of_parse": rows[-1]["own / parse"],
    }
    return rows, figures


def _line(name: str, group: Sequence[Judged]) -> dict[str, Any]:
    new = [one.new for one in group]
    parse = sum(one.parse for one in group)
    return {
        "texts": name,
        "median ms": float(np.median(new)),
        "p95 ms": float(np.percentile(new, 95)),
        "own / parse": (sum(new) - parse) / parse,
        "again, p95 ms": float(np.percentile([one.again for one in group], 95)),
    }


def runaways() -> tuple[list[dict[str, Any]], dict[str, float]]:
    """Returns the table of runaways on the embedded engine, past the guard, and the figures of the goals."""
    rows = []
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(KgliteGraph(Path(folder) / "plant.graph", memory_mb=MEMORY_MB)) as graph,
    ):
        graph.load(NODES, RELATIONS)
        for name, text in RUNAWAYS.items():
            graph.run(seal("RETURN 1 AS one", {}, 5), timeout_s=5)
            rows.append({"runaway": name, **_run_away(graph, text)})
    return rows, {
        "runaway_over_limit_s": max(row["over the limit s"] for row in rows),
        "runaway_peak_mb": max(row["peak MB"] for row in rows),
    }


def _run_away(graph: KgliteGraph, text: str) -> dict[str, Any]:
    peak, over = 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not over.wait(0.005):
            peak = max(peak, *map(_mapped_mb, _children()), 0)

    watcher = threading.Thread(target=watch)
    watcher.start()
    began, said = time.monotonic(), "rows"
    try:
        graph.run(seal(text, {}, 5), timeout_s=LIMIT_S)
    except MillhandError as error:
        said = error.title
    seconds = time.monotonic() - began
    over.set()
    watcher.join()
    return {"said": said, "seconds": seconds, "over the limit s": max(0.0, seconds - LIMIT_S), "peak MB": peak}


def _children() -> list[str]:
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split()


def _mapped_mb(process: str) -> int:
    """Returns the most memory that a process has mapped so far; 0 once it has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) >> 10 for line in lines if line.startswith("VmPeak")), 0)


def main() -> int:
    """Measures and reports."""
    costs, cost_figures = guarded()
    code = report("graph", costs, cost_figures)
    ends, end_figures = runaways()
    return report("graph-runaway", ends, end_figures) or code


if __name__ == "__main__":
    sys.exit(main())

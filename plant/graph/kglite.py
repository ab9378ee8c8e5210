"""kglite, embedded: in a child process of its own, killed at the limit and started again.

In this process a doubling string would abort the whole program and a path query take gigabytes,
whatever its timeout says; `child.py` states the fences that hold there.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from plant.errors import BadInput, MillhandError, ServiceUnavailable
from plant.graph.contract import GraphSchema, GuardedQuery, Node, QueryFailed, QueryTimeout, Relation, Rows
from plant.graph.lines import check_graph, grouped, read_graph, schema_of, write_graph

if TYPE_CHECKING:
    from collections.abc import Sequence

_CHILD: Final = Path(__file__).with_name("child.py")
_GRACE_S: Final = 0.5
_START_S: Final = 60.0
_EXPLAIN_S: Final = 5.0
_MOST_STEPS: Final = 1_000
_OUT_OF_MEMORY: Final = ("memory allocation", "MemoryError", "Cannot allocate memory", "pointer is null")
"""What Rust's, Python's and the engine's last words are when there is no memory left."""

_Stamp = tuple[int, int, int]


class KgliteGraph:
    """The embedded graph in a file of JSON lines; see `plant.graph.contract.GraphBackend`.

    The child starts with the first query, is kept for the next ones, and starts again when it has
    died or when another process has loaded a new graph.

    Args:
        path: The graph's file; it need not be there before `load`.
        memory_mb: The most memory the child may map.
    """

    name = "kglite"

    def __init__(self, path: Path, *, memory_mb: int) -> None:
        self._path = path
        self._memory_mb = memory_mb
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._schema: GraphSchema | None = None
        self._stamp: _Stamp | None = None

    def schema(self) -> GraphSchema:
        """Returns the schema of the graph in the file. Raises `BadInput` when it cannot be read."""
        with self._lock:
            if self._schema is None or self._stamp != self._file_stamp():
                self._stop()
                self._stamp = self._file_stamp()
                self._schema = schema_of(*read_graph(self._path))
            return self._schema

    def revision(self) -> str:
        """Returns which file it is and when it was written; a file that is not there has one too."""
        return str(self._file_stamp())

    def run(self, query: GuardedQuery, *, timeout_s: float) -> Rows:
        """Runs a guarded query in the child.

        Raises:
            QueryTimeout: At the limit, or half a second later when the child had to be killed.
            QueryFailed: With the engine's words, or because the memory limit was met.
            BadInput: When the query was changed after it was guarded, or the file cannot be read.
            ServiceUnavailable: When the child cannot be started.
        """
        query.verify()
        return self._read(query.text, query.parameters, timeout_s, query.row_limit)

    def explain(self, query: GuardedQuery) -> str:
        """Returns the engine's plan, a step a line, and runs nothing. Raises as `run` does."""
        query.verify()
        steps = self._read(f"EXPLAIN {query.text}", query.parameters, _EXPLAIN_S, _MOST_STEPS)
        return "\n".join(str(step[steps.columns.index("operation")]) for step in steps.rows)

    def _read(self, text: str, parameters: dict[str, Any], timeout_s: float, row_limit: int) -> Rows:
        with self._lock:
            child = self._running()
            began = time.monotonic()
            reply = child.ask(
                {"query": text, "parameters": parameters, "timeout_s": timeout_s, "row_limit": row_limit},
                within_s=timeout_s + _GRACE_S,
            )
            seconds = time.monotonic() - began
            if reply is None:
                self._child = None
                raise self._cause_of_death(child, timeout_s)
        if reply.get("error") == "timeout":
            raise _timed_out(timeout_s)
        if "error" in reply:
            raise QueryFailed(f"The graph refused the query: {reply['text']}")
        rows = tuple(tuple(row) for row in reply["rows"])
        return Rows(tuple(reply["columns"]), rows, reply["truncated"], seconds)

    def load(self, nodes: Sequence[Node], relations: Sequence[Relation]) -> None:
        """Replaces the graph and its file, once the engine has taken it: what was there stays otherwise.

        Raises:
            BadInput: When it does not hold together, or the file cannot be written.
            ServiceUnavailable: When it does not fit into the memory.
        """
        check_graph(nodes, relations)
        with self._lock:
            child = self._started(nodes, relations)
            try:
                write_graph(self._path, nodes, relations)
            except BadInput:
                child.end()
                raise
            self._stop()
            self._child, self._stamp, self._schema = child, self._file_stamp(), schema_of(nodes, relations)

    def close(self) -> None:
        """Ends the child."""
        with self._lock:
            self._stop()

    def _running(self) -> _Child:
        if self._child is not None and self._child.alive and self._stamp == self._file_stamp():
            return self._child
        self._stop()
        self._stamp = self._file_stamp()
        nodes, relations = read_graph(self._path)
        self._schema = schema_of(nodes, relations)
        self._child = self._started(nodes, relations)
        return self._child

    def _started(self, nodes: Sequence[Node], relations: Sequence[Relation]) -> _Child:
        """Returns a child that holds a graph."""
        child = _Child(self._memory_mb)
        if child.ask({"load": grouped(nodes, relations)}, within_s=_START_S) is None:
            words = child.end()
            raise ServiceUnavailable(
                f"The graph of {len(nodes)} nodes does not fit into {self._memory_mb} MB: {_last_line(words)}",
                hint="Raise graph.memory_mb in the settings.",
            )
        return child

    def _cause_of_death(self, child: _Child, timeout_s: float) -> MillhandError:
        if child.alive or child.ended_by(signal.SIGALRM):
            child.end()
            return _timed_out(timeout_s)
        words = child.end()
        if any(sign in words for sign in _OUT_OF_MEMORY):
            return QueryFailed(
                f"The query needed more than the {self._memory_mb} MB it may take and was ended.",
                hint="Ask for less at once.",
            )
        return QueryFailed(f"The graph engine ended while it ran the query: {_last_line(words)}")

    def _stop(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None
        self._schema = None

    def _file_stamp(self) -> _Stamp | None:
        try:
            status = self._path.stat()
        except OSError:
            return None  # read_graph says why
        return status.st_ino, status.st_size, status.st_mtime_ns


class _Child:
    """The process and its two pipes."""

    def __init__(self, memory_mb: int) -> None:
        try:
            self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and file)
                [sys.executable, "-I", "-X", "utf8", str(_CHILD), str(memory_mb)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                # Nothing of ours reaches it, secrets least of all; kglite's allocator would set a
                # gigabyte aside at once, and the limit counts what is set aside.
                env={"MIMALLOC_ARENA_RESERVE": "0"},
            )
        except OSError as error:
            raise ServiceUnavailable(f"The graph's process cannot be started: {error.strerror}.") from error
        self._waiting = b""

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def ended_by(self, number: signal.Signals) -> bool:
        """Whether a signal ended it; waits for it, so only for one whose output has ended."""
        return self._process.wait() == -number

    def ask(self, request: dict[str, Any], *, within_s: float) -> dict[str, Any] | None:
        """Sends a request and returns the reply; None when it died or gave none in time."""
        deadline = time.monotonic() + within_s
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(msgspec.json.encode(request) + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return None
        line = self._line(deadline)
        reply: dict[str, Any] | None = msgspec.json.decode(line) if line else None
        return reply

    def _line(self, deadline: float) -> bytes | None:
        """Reads up to the end of a line; None at the deadline or the end of the output."""
        assert self._process.stdout is not None
        handle = self._process.stdout.fileno()
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        pieces: list[bytes] = []
        while not pieces or not pieces[-1].endswith(b"\n"):
            left = deadline - time.monotonic()
            if left <= 0 or not poll.poll(left * 1_000):
                return None
            piece = os.read(handle, 1 << 16)
            if not piece:
                self._process.wait()
                return None
            pieces.append(piece)
        return b"".join(pieces)

    def end(self) -> str:
        """Kills it and returns what it complained of."""
        self._process.kill()
        self._process.wait()
        assert self._process.stderr is not None
        words = self._process.stderr.read().decode(errors="replace")
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert pipe is not None
            try:
                pipe.close()
            except BrokenPipeError:
                continue  # what stood in the buffer was for a process that has gone
        return words


def _last_line(words: str) -> str:
    """Returns the last line of an error, as the end of a sentence."""
    return (words.strip().splitlines() or ["it gave no reason"])[-1].strip().rstrip(".") + "."


def _timed_out(timeout_s: float) -> QueryTimeout:
    return QueryTimeout(f"The query ran longer than {timeout_s:g} s and was ended.", hint="Ask for less at once.")

"""Measures steps: wall clock, processor time and peak memory. Imports nothing of ours: TRL's side uses it too."""

from __future__ import annotations

import json
import resource
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Clock:
    """Times steps but the first.

    Args:
        tokens: Of each step, without padding.
        out: Folder for `measured.json`.
    """

    def __init__(self, tokens: list[int], out: Path) -> None:
        self._tokens = tokens
        self._out = out
        self._done = 0
        self._began = (0.0, 0.0)

    def step(self) -> None:
        """Is told that a step is done."""
        self._done += 1
        if self._done == 1:
            self._began = (time.perf_counter(), time.process_time())
        if self._done == len(self._tokens):
            measured = {
                "tokens": sum(self._tokens[1:]),
                "seconds": time.perf_counter() - self._began[0],
                "cpu_seconds": time.process_time() - self._began[1],
                "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
            (self._out / "measured.json").write_text(json.dumps(measured))

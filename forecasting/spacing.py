"""How the times of a series lie, in words for people: distance, gaps, rows off the grid, jumps of the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from forecasting.series import native_step
from plant.time import format_duration, to_iso

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from plant.series import Series


def spacing_notes(series: Series) -> list[str]:
    """Says how far apart the rows of a series are, whether that is regular, and where the clock jumped.

    The clock jumped where rows go on at the same distance, but moved by less than it. A row that is
    off the grid alone is no jump.

    Raises:
        BadInput: If it has fewer than two rows.
    """
    step, regular = native_step(series)
    if not regular:
        return [f"rows are {format_duration(step)} apart in the median, irregular: a value holds until the next"]
    notes = [f"rows are {format_duration(step)} apart, regular"]
    jumps, alone = _jumps(series.times, step)
    if jumps:
        first, by = jumps[0]
        moved = f"{format_duration(abs(by))} {'forward' if by > 0 else 'back'}"
        often = "once" if len(jumps) == 1 else f"{len(jumps)} times, first"
        notes.append(f"the clock jumped {often} by {moved} at {to_iso(first)}")
    if alone:
        notes.append(f"{alone} {'row lies' if alone == 1 else 'rows lie'} off the others' distance")
    return notes


def gap_notes(steps: Series) -> list[str]:
    """Says how many gaps regular steps have, the longest one, and how much of them is missing; nothing for none."""
    missing = ~np.isfinite(steps.values)
    if not missing.any():
        return []
    edges = np.diff(np.r_[False, missing, False].astype(np.int8))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    longest = int(np.argmax(ends - starts))
    rest = format_duration(int(ends[longest] - starts[longest]) * (steps.step_ms or 0))
    said = "1 gap" if len(starts) == 1 else f"{len(starts)} gaps, the longest"
    begin = to_iso(int(steps.times[starts[longest]]))
    return [f"{said} of {rest} from {begin}; {100 * np.mean(missing):.1f} % of the steps have no value"]


def _jumps(times: NDArray[np.int64], step: int) -> tuple[list[tuple[int, int]], int]:
    """Returns time and size in milliseconds (half a step at most) of each jump, and how many rows lie alone."""
    phases = (times - times[0]) % step
    settled = np.r_[phases[1:] == phases[:-1], False] | np.r_[False, phases[1:] == phases[:-1]]
    kept, at = phases[settled], times[settled]
    moved = np.flatnonzero(np.diff(kept)) + 1
    sizes = (kept[moved] - kept[moved - 1] + step // 2) % step - step // 2
    return list(zip(at[moved].tolist(), sizes.tolist(), strict=True)), int(np.count_nonzero(~settled))

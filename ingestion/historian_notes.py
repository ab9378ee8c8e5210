"""What is said of the order of a file's rows and of times that have more than one value."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from plant.time import format_duration

if TYPE_CHECKING:
    from collections.abc import Sequence


def order_note(rows: Sequence[tuple[int, int]]) -> str | None:
    """Says how often time runs back in a file, or that its rows are newest first; None where they are in order.

    Args:
        rows: Time (UTC milliseconds) and line of each row that has one, in the file's order.
    """
    steps = list(pairwise(rows))
    back = [(before - after, line) for (before, _), (after, line) in steps if after < before]
    if not back:
        return None
    if len(back) > 1 and not any(after > before for (before, _), (after, _) in steps):
        return "rows are newest first and have been sorted"
    by, line = back[0]
    often = "once" if len(back) == 1 else f"{len(back)} times, first"
    return f"time runs back {often} by {format_duration(by)} at line {line}: rows have been sorted"


def lost_note(count: int) -> str | None:
    """Says how many rows and values cannot be used, a row without a date for one; None for none."""
    if not count:
        return None
    return "1 row or value cannot be used" if count == 1 else f"{count} rows or values cannot be used"


def repeats_note(same: int, other: int) -> str | None:
    """Says how many values were left out since their time has one already; None for none.

    Args:
        same: Those equal to the value that is kept.
        other: Those that differ from it.
    """
    if not same + other:
        return None
    subject = "1 value is" if same + other == 1 else f"{same + other} values are"
    differ = f", {other} of them another value" if other else ", all of them the same value"
    if same + other == 1:
        differ = ", and differs" if other else ", and is the same"
    return f"{subject} at a time that has one already{differ}: the first one of the file counts"

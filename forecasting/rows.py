"""A row of the comparison: what one method did, in figures; and what all rows together say is odd."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from forecasting import metrics
from forecasting.candidates import BAR
from forecasting.ensemble import ENSEMBLE

if TYPE_CHECKING:
    from collections.abc import Sequence

WAITING: Final = "waiting"
"""Status of a method that has not begun."""

_NO_JUDGES: Final = frozenset({BAR, "naive", "drift", ENSEMBLE})

RUNNING: Final = "running"
"""Status of a method that is under way."""


class Row(msgspec.Struct, frozen=True):
    """One method.

    Attributes:
        name: The method.
        mase: Mean absolute scaled error on the folds; None where it has none.
        skill: Share of seasonal naive's error it saves; None for seasonal naive itself.
        coverage: Measured coverage, 0 to 1, by nominal level as text.
        figures: The other figures; None where it has none.
        odd_now: Whether it finds the newest value odd; None where it cannot tell.
        seconds: How long it took.
        status: `ok`, `waiting`, `running`, `timed out`, or a sentence that says why it failed.
        skill_interval: Where the skill lies with 90 % confidence, lower and upper end, by bootstrap; None for no skill.
        anomalies: Times (UTC milliseconds) of the steps of the folds that it finds odd; None where it cannot tell.
        tokens: Tokens that a language model read and wrote; None for other methods.
    """

    name: str
    mase: float | None
    skill: float | None
    coverage: dict[str, float]
    figures: metrics.Figures | None
    odd_now: bool | None
    seconds: float
    status: str
    skill_interval: tuple[float, float] | None = None
    anomalies: tuple[int, ...] | None = None
    tokens: int | None = None


class Agreement(msgspec.Struct, frozen=True):
    """What the methods together say about the newest value, and about all steps of the folds.

    Attributes:
        odd: Methods that find the newest value odd.
        usual: Methods that do not.
        agree: Whether all that can tell say the same; None where fewer than two can.
        odd_for_all: Times (UTC milliseconds) of the steps of the folds that all that can tell find odd; empty where
            fewer than two can.
        odd_for_most: The same for more than half of them.
    """

    odd: tuple[str, ...] = ()
    usual: tuple[str, ...] = ()
    agree: bool | None = None
    odd_for_all: tuple[int, ...] = ()
    odd_for_most: tuple[int, ...] = ()


def empty_row(name: str, status: str, seconds: float = 0.0) -> Row:
    """Returns the row of a method that has no figures, with the reason as its status."""
    return Row(name, None, None, {}, None, None, seconds, status)


def agreement(rows: Sequence[Row]) -> Agreement:
    """Returns what the rows together say is odd.

    Some are no judges of it: the naive family, whose residuals repeat the oddness of the values they copy, and the
    ensemble, which repeats its members.
    """
    judges = [row for row in rows if row.name not in _NO_JUDGES]
    odd = tuple(row.name for row in judges if row.odd_now is True)
    usual = tuple(row.name for row in judges if row.odd_now is False)
    found = [row.anomalies for row in judges if row.anomalies is not None]
    votes = Counter(at for times in found for at in times) if len(found) > 1 else Counter[int]()
    return Agreement(
        odd,
        usual,
        not (odd and usual) if len(odd) + len(usual) > 1 else None,
        tuple(sorted(at for at, count in votes.items() if count == len(found))),
        tuple(sorted(at for at, count in votes.items() if 2 * count > len(found))),
    )

"""Who is no longer shown: candidates that came out worse than seasonal naive on forecasts that were really issued.

Folds judge a candidate on the history it was chosen on. What it said before anybody knew the answer is the stricter
test, and the only one that sees it decay (Dawid, "Statistical theory: the prequential approach", JRSS A 1984). So each
issued forecast is scored when its values come, and a candidate that loses too often is passed over.

Evidence is counted on forecasts that do not overlap, for those that do miss together. Over the newest `WINDOW` of them:

- demoted: its error was the larger one so often that an even chance would give that in less than `_CHANCE` of cases
  (a one-sided sign test), and its errors in sum are larger by `_MORE` at least; never on fewer than `LEAST`;
- back: it lost on half of them at most, and its errors in sum are no larger.

In between it stays what it was. A demoted candidate goes on being run and scored: that is how it comes back.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WINDOW: Final = 12
LEAST: Final = 8
_CHANCE: Final = 0.02
_MORE: Final = 0.02
"""Share of the bar's error; a winner on the folds must save as much."""


class Outcome(NamedTuple):
    """What became of one issued forecast.

    Attributes:
        start: Begin of its first step, UTC milliseconds.
        end: End of its last step.
        errors: Mean absolute error by candidate, all on the same steps.
    """

    start: int
    end: int
    errors: Mapping[str, float]


class Demotion(NamedTuple):
    """Why a candidate is passed over.

    Attributes:
        bar: The candidate it lost to.
        lost: On how many of the newest forecasts it was worse.
        of: How many those are; where both were equally good counts as neither.
        more: How much more error it made on them, a share of the bar's; infinite where that made none.
    """

    bar: str
    lost: int
    of: int
    more: float

    @property
    def reason(self) -> str:
        """The evidence as a sentence."""
        more = f"with {round(100 * self.more)} % more error" if math.isfinite(self.more) else "which had no error"
        return f"it was worse than {self.bar} on {self.lost} of its last {self.of} issued forecasts, {more}."


def demoted(outcomes: Sequence[Outcome], bar: str) -> dict[str, Demotion]:
    """Returns the candidates that are demoted after some forecasts, with the newest evidence for it.

    Args:
        outcomes: Forecasts whose values have come, by start, oldest first.
        bar: The candidate that the others are measured by; it is never demoted.
    """
    names = sorted({name for one in outcomes for name in one.errors if name != bar})
    found = {
        name: _demotion([one for one in outcomes if {name, bar} <= one.errors.keys()], name, bar) for name in names
    }
    return {name: demotion for name, demotion in found.items() if demotion}


def apart(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Returns the forecasts that begin when the one taken before is over; the first one is taken."""
    taken: list[Outcome] = []
    for one in outcomes:
        if not taken or one.start >= taken[-1].end:
            taken.append(one)
    return taken


def _demotion(outcomes: Sequence[Outcome], name: str, bar: str) -> Demotion | None:
    """Leads one candidate through its forecasts; returns its demotion if it stands at the end."""
    pairs = [(one.errors[name], one.errors[bar]) for one in apart(outcomes)]
    standing = None
    for end in range(LEAST, len(pairs) + 1):
        window = pairs[max(0, end - WINDOW) : end]
        mine, bars = (math.fsum(errors) for errors in zip(*window, strict=True))
        lost, won = sum(a > b for a, b in window), sum(a < b for a, b in window)
        if mine > (1 + _MORE) * bars and lost + won >= LEAST and _tail(lost, lost + won) < _CHANCE:
            standing = Demotion(bar, lost, lost + won, mine / bars - 1 if bars > 0 else math.inf)
        elif mine <= bars and lost <= won:
            standing = None
    return standing


def _tail(lost: int, of: int) -> float:
    """Returns the probability that an even chance loses so often or oftener."""
    return sum(math.comb(of, k) for k in range(lost, of + 1)) / float(2**of)

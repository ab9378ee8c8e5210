"""How far the detectors of an asset are with learning: a state that can be asked.

| state | when | what alerts need |
|---|---|---|
| warming | until the first fit, at `WARM_UP` of history | there are none |
| young | until they have learned from `MATURE` | two detectors of different groups, louder than usual |
| ready | from then on | as `forecasting/detectors/consensus.py` says |

Ages are of the history, by its readings' time: what the clock says, or how long a worker runs, is no matter.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

import msgspec

from ingestion.asset_inputs import watched_assets
from ingestion.episodes import Life
from plant.time import DAY

if TYPE_CHECKING:
    from plant.store.contract import Store

JUDGE: Final = "anomaly"
"""Name of the judge whose state says it, `ingestion.consensus.AssetJudge`."""

LEARNED_FROM: Final = 7 * DAY
"""Detectors learn from this much history before the time they are fitted at."""

WARM_UP: Final = 3 * DAY
"""Age of the history at the first fit. Load follows the day: with less, one day's noon is the next day's alarm."""

MATURE: Final = 6 * DAY
"""Who has learned from less is young: any six days in a row hold a day of a weekend."""

_REFIT: Final = 7 * DAY


def fit_age(number: int) -> int:
    """Returns the age of the history at which detectors are fitted for the n-th time, from 0: later, each week."""
    return number * _REFIT if number else WARM_UP


class Readiness(StrEnum):
    """How far the detectors of an asset are with learning.

    Attributes:
        WARMING: They have learned nothing yet: the asset has no anomaly alerts.
        YOUNG: They have learned from less than `MATURE`: an alert needs two that agree.
        READY: They have learned from as much or more.
    """

    WARMING = "warming"
    YOUNG = "young"
    READY = "ready"


class Progress(msgspec.Struct):
    """What changes each minute: JSON.

    Attributes:
        tags: The tags judged, in order.
        first: Begin of the history, UTC milliseconds.
        at: End of the minutes judged, UTC milliseconds; 0 before the first.
        fits: How many fits are done or passed.
        learned: How much history the detectors have learned from, milliseconds; 0 while they are warming up.
        life: The alert under way.
        excluded: Alerts not to be learned from: start and end.
    """

    tags: tuple[str, ...]
    first: int
    at: int = 0
    fits: int = 0
    learned: int = 0
    life: Life | None = None
    excluded: list[tuple[int, int]] = []

    @property
    def readiness(self) -> Readiness:
        """How far the detectors are."""
        if not self.learned:
            return Readiness.WARMING
        return Readiness.READY if self.learned >= MATURE else Readiness.YOUNG

    @property
    def next_fit(self) -> int:
        """Time of the next fit, UTC milliseconds."""
        return self.first + fit_age(self.fits)


class WarmUp(msgspec.Struct, frozen=True):
    """How far an asset is with learning.

    Attributes:
        asset: The asset.
        readiness: Whether its detectors are warming up, young or ready.
        since: Begin of its history, UTC milliseconds; None where nothing was judged yet.
        has: How much history there is, milliseconds.
        needs: How much the next state needs, milliseconds; where it is ready, what it needed.
        until: When it will be there, UTC milliseconds of its readings; None where it is ready or has not begun.
    """

    asset: str
    readiness: Readiness
    since: int | None
    has: int
    needs: int
    until: int | None


def warm_ups(store: Store) -> list[WarmUp]:
    """Returns how far each asset with a confirmed tag is, by name; a state that cannot be read counts as none.

    Raises:
        StoreError: If the store cannot be read.
    """
    assets = sorted(watched_assets(store.registry()))
    states = store.states([_state_key(asset) for asset in assets])
    return [_warm_up(asset, states.get(_state_key(asset), b"")) for asset in assets]


def _state_key(asset: str) -> str:
    return f"asset/{asset}/{JUDGE}/state"


def _warm_up(asset: str, state: bytes) -> WarmUp:
    try:
        progress = msgspec.json.decode(state, type=Progress)
    except (msgspec.DecodeError, UnicodeDecodeError):  # none yet, or damaged: it is learned anew
        return WarmUp(asset, Readiness.WARMING, None, 0, WARM_UP, None)
    has = max(progress.at - progress.first, 0)
    if progress.readiness is Readiness.READY:
        return WarmUp(asset, Readiness.READY, progress.first, has, MATURE, None)
    return WarmUp(asset, progress.readiness, progress.first, has, fit_age(progress.fits), progress.next_fit)

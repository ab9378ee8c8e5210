"""Early warning: a tag that is heading for a limit, said before it is there, and scored afterwards.

Every five minutes of event time each tag of an asset is forecast an hour ahead (`forecasting/trend.py`), with a band
from what such forecasts missed on the tag's own past (`forecasting/conformal.py`). `ingestion/warner.py` makes
warnings of that. Nothing is said on the first day: there is no past yet to say how wrong a forecast may be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from forecasting.conformal import Calibration, calibrate, even_reach
from forecasting.trend import WINDOW, ahead, trend
from ingestion.episodes import Life
from ingestion.warner import LEADS, REST_ROWS, STEP, Record, Seen, Warner, machine_for
from plant.errors import BadInput
from plant.time import DAY, MINUTE, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from forecasting.contract import Floats
    from ingestion.episodes import EpisodeMachine
    from plant.episodes import Episode, EpisodeChange
    from plant.registry import Sensor

WARM_UP: Final = DAY
"""Age of the history at the first fit; a day later the next, from up to a week."""

_LEARNED_FROM: Final = 7 * DAY
_REFIT: Final = DAY
_POINTS: Final = 200  # of the distribution of what forecasts missed are kept


class Progress(msgspec.Struct):
    """What changes each minute: JSON. Keys are a rule, a space and a tag.

    Attributes:
        first: Begin of the history, UTC milliseconds.
        fits: How many fits are done or passed.
        lives: Warnings under way.
        records: What became of warnings so far.
    """

    first: int
    fits: int = 0
    lives: dict[str, Life] = {}
    records: dict[str, Record] = {}


class Missed(msgspec.Struct, frozen=True):
    """What the forecasts of a tag missed, as `forecasting.conformal.Calibration` has it; JSON."""

    growth: list[float]
    scores: list[float]

    def calibration(self) -> Calibration:
        """Returns it as what gives probabilities."""
        return Calibration(np.array(self.growth), np.array(self.scores), even_reach(len(self.scores)))


_Models = dict[str, Missed]


class OutlookJudge:
    """The early warnings of one asset: a `ingestion.contract.MinuteJudge`.

    Args:
        asset: The asset.
        sensors: Its tags; at least one.
        first: Begin of the history, a full minute.
    """

    name = "outlook"
    rules = frozenset(f"warning.{name}" for name in ("high_high", "high", "low", "low_low", "setpoint"))

    def __init__(self, asset: str, sensors: Sequence[Sensor], first: int) -> None:
        self._asset = asset
        self._sensors = tuple(sensors)
        self._warners = {sensor.tag: Warner(asset, sensor) for sensor in sensors}
        self._retired: list[EpisodeMachine] = []
        self._first = first
        self._fits = 0
        self._missed: _Models = {}
        self.memory = max([WINDOW, REST_ROWS, *(warner.on_rows for warner in self._warners.values())])

    def restore(self, state: bytes, models: bytes) -> None:
        """Takes both states back; warnings whose limit is no more end at the next minute.

        Raises:
            BadInput: If a state is not what it should be.
        """
        try:
            progress = msgspec.json.decode(state, type=Progress)
            self._missed = msgspec.json.decode(models, type=_Models) if models else {}
        except msgspec.DecodeError as error:
            raise BadInput(f"A state of the early warnings cannot be read: {error}.") from error
        self._first, self._fits = progress.first, progress.fits
        lives = dict(progress.lives)
        for warner in self._warners.values():
            warner.restore(lives, progress.records)
        self._retired = []
        for key, life in lives.items():
            rule, _, tag = key.partition(" ")
            machine = machine_for(rule, tag, self._asset)
            machine.restore(life)
            self._retired.append(machine)

    def state(self) -> bytes:
        """Returns what changes each minute."""
        progress = Progress(self._first, self._fits)
        for warner in self._warners.values():
            progress.lives |= warner.lives()
            progress.records |= warner.records
        return msgspec.json.encode(progress)

    def models(self) -> bytes:
        """Returns what changes at a fit."""
        return msgspec.json.encode(self._missed)

    def told(self) -> list[Episode]:
        """Returns the warnings that stand, as last told."""
        machines = [machine for warner in self._warners.values() for machine in warner.machines.values()]
        return [episode for machine in [*machines, *self._retired] for episode in machine.told()]

    @property
    def next_fit(self) -> int:
        """Time of the next fit, UTC milliseconds."""
        return self._first + WARM_UP + self._fits * _REFIT

    def learns_from(self, at: int) -> Span:
        """Returns the history that a fit at a time learns from: a week, or what there is of it."""
        return Span(max(self._first, at - _LEARNED_FROM), at)

    def fit(self, at: int, times: Sequence[int], frame: Floats) -> None:
        """Learns what forecasts of each tag missed, from the history before `at`, of shape (n_minutes, n_tags)."""
        while self.next_fit <= at:
            self._fits += 1
        rows = _boundaries(times, WINDOW - 1)
        rows = rows[rows < len(times) - LEADS[-1]]
        if not len(rows):
            return
        forecasts = ahead(trend(frame, rows), LEADS)
        actual = np.stack([frame[rows + lead] for lead in LEADS], axis=-1)
        for column, sensor in enumerate(self._sensors):
            calibration = calibrate(actual[:, column] - forecasts[:, column])
            if calibration is not None:
                self._missed[sensor.tag] = _thinned(calibration, least=10.0**-sensor.decimals)

    def judge(self, times: Sequence[int], frame: Floats, begin: int) -> list[EpisodeChange]:
        """Judges the rows of a frame of shape (n_minutes, n_tags) from row `begin` on; those before are context."""
        changes = [change for machine in self._retired for change in machine.end(times[begin])]
        self._retired = []
        rows = _boundaries(times, begin)
        heading = trend(frame, rows)
        forecasts = ahead(heading, LEADS)
        for column, sensor in enumerate(self._sensors):
            if missed := self._missed.get(sensor.tag):
                level, steepest = heading.level[:, column], heading.steepest[:, column]
                seen = Seen(times, frame[:, column], rows.tolist(), forecasts[:, column], level, steepest)
                changes += self._warners[sensor.tag].judge(seen, begin, missed.calibration())
        return changes


def _boundaries(times: Sequence[int], begin: int) -> NDArray[np.intp]:
    """Returns the rows, from `begin` on, of the minutes that end on a multiple of `STEP`."""
    rows = np.flatnonzero((np.asarray(times) + MINUTE) % STEP == 0)
    return rows[rows >= begin]


def _thinned(calibration: Calibration, *, least: float) -> Missed:
    """Returns a calibration with fewer points, and at least the instrument's resolution missed at every lead."""
    ranks = np.linspace(0, calibration.points - 1, min(_POINTS, calibration.points)).round().astype(np.intp)
    return Missed(np.maximum(calibration.growth, least).tolist(), calibration.scores[ranks].tolist())

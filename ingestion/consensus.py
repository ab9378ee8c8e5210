"""Is an asset odd: what its detectors say of each minute, made into few alerts.

The detectors' scores are compared as surprise (`forecasting/detectors/tail.py`) and made into one by
`forecasting/detectors/consensus.py`, which says who may open an alert alone. An alert needs the threshold for three
minutes, stands while there is more than 0.6 of it, and closes after 15 minutes below. On-count, hysteresis and
off-count matter more than the detector: on the SKAB plant data they turn 75 alerts an hour into less than 8.

Detectors are fitted at fixed ages of the history, never "when there was time", so that the same history
gives the same alerts. Minutes inside an alert are not learned from, up to its first day: what
stands for longer is the new usual.

How far an asset is with learning is a state of its own: `ingestion/readiness.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from forecasting.detectors import DETECTORS, day_phase
from forecasting.detectors.calibrated import Calibrated, CalibratedState
from forecasting.detectors.consensus import AGREES, COSTLY, GROUPS, at_most, combined
from ingestion.episodes import EpisodeMachine, Sight
from ingestion.readiness import JUDGE, LEARNED_FROM, Progress, Readiness
from plant.episodes import ChangeKind, EpisodeKind, Priority
from plant.errors import BadInput
from plant.time import DAY, MINUTE, Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from forecasting.contract import Floats
    from plant.episodes import Episode, EpisodeChange
    from plant.registry import Sensor

Mask = NDArray[np.bool_]

ON: Final = 8.0
"""Surprise that is odd. By the tail alone once in 10^8 minutes; but neighbouring scores resemble each other
and the tail is drawn from a few days, so that in practice it is some weeks of an asset."""

HYSTERESIS: Final = AGREES
"""An alert stands while there is more than this share of the threshold: what agrees keeps it up."""

ON_DELAY: Final = 2 * MINUTE
OFF_DELAY: Final = 15 * MINUTE

_CONTRIBUTORS: Final = 3
_SHARE: Final = 0.1  # a tag with less of the score than this is not named

VOICES: Final = {name: DETECTORS[name] for name in GROUPS}
"""The detectors that an asset has."""

MEMORY: Final = max(kind.memory for kind in VOICES.values()) * MINUTE
"""How much history before a minute its score depends on."""


def score_of(surprise: float, threshold: float = ON) -> float:
    """Returns the score of an alert, 0 to 100: 50 where it begins."""
    return round(min(50.0 * surprise / threshold, 100.0), 3)


class Usual(msgspec.Struct, frozen=True):
    """What a tag usually is: its median, and the band that held 98 % of its minutes."""

    low: float
    typical: float
    high: float


class Models(msgspec.Struct, frozen=True):
    """What changes at a fit: JSON.

    Attributes:
        tags: The tags learned from, in order.
        detectors: The detectors, by name.
        usual: What each tag usually is.
    """

    tags: tuple[str, ...] = ()
    detectors: dict[str, CalibratedState] = {}
    usual: tuple[Usual, ...] = ()


class AssetJudge:
    """The detectors of one asset and its alert: a `ingestion.contract.MinuteJudge`.

    Args:
        asset: The asset.
        sensors: Its tags; at least one.
        first: Begin of the history, a full minute.
        threshold: Surprise that opens an alert.
    """

    name = JUDGE
    rules = frozenset({"anomaly"})
    memory = MEMORY // MINUTE

    def __init__(self, asset: str, sensors: Sequence[Sensor], first: int, threshold: float = ON) -> None:
        self.sensors = tuple(sensors)
        self._threshold = threshold
        self._machine = EpisodeMachine("anomaly", "", asset, EpisodeKind.PROCESS, Priority.MEDIUM, ON_DELAY, OFF_DELAY)
        self._progress = Progress(tuple(sensor.tag for sensor in sensors), first)
        self._detectors: dict[str, Calibrated] = {}
        self._usual: tuple[Usual, ...] = ()

    def restore(self, state: bytes, models: bytes) -> None:
        """Takes both states back; detectors of other tags are forgotten and learned anew.

        Raises:
            BadInput: If a state is not what it should be.
        """
        try:
            progress = msgspec.json.decode(state, type=Progress)
            known = msgspec.json.decode(models, type=Models) if models else Models()
        except msgspec.DecodeError as error:
            raise BadInput(f"A state of the detectors cannot be read: {error}.") from error
        tags = self._progress.tags
        self._machine.restore(progress.life)
        if progress.tags != tags:
            progress = Progress(tags, progress.first, excluded=progress.excluded)
        if known.tags != tags:
            known = Models()
            progress.learned = 0
        self._progress = progress
        self._usual = known.usual
        self._detectors = {
            name: Calibrated.restored(VOICES[name], fitted)
            for name, fitted in known.detectors.items()
            if name in VOICES
        }

    def state(self) -> bytes:
        """Returns what changes each minute."""
        self._progress.life = self._machine.state()
        return msgspec.json.encode(self._progress)

    def models(self) -> bytes:
        """Returns what changes at a fit."""
        return msgspec.json.encode(
            Models(self._progress.tags, {name: fitted.state() for name, fitted in self._detectors.items()}, self._usual)
        )

    def told(self) -> list[Episode]:
        """Returns the alert that stands, as last told."""
        return self._machine.told()

    @property
    def next_fit(self) -> int:
        """Time of the next fit, UTC milliseconds."""
        return self._progress.next_fit

    def learns_from(self, at: int) -> Span:
        """Returns the history that a fit at a time learns from: a week, or what there is of it."""
        return Span(max(self._progress.first, at - LEARNED_FROM), at)

    def fit(self, at: int, times: Sequence[int], frame: Floats) -> None:
        """Learns from the history before `at`, a frame of shape (n_minutes, n_tags).

        The detectors keep what they learned before where too little of the span is healthy.
        """
        progress = self._progress
        while self.next_fit <= at:
            progress.fits += 1
        progress.excluded = [(start, end) for start, end in progress.excluded if end > at - LEARNED_FROM]
        healthy, phase = self._healthy(np.asarray(times), frame), day_phase(times)
        try:
            self._detectors = {name: Calibrated.fit(kind, healthy, phase) for name, kind in VOICES.items()}
        except BadInput:  # too little of the span is healthy
            return
        progress.learned = self.learns_from(at).length
        self._usual = tuple(usual_of(column) for column in healthy.T)

    def judge(self, times: Sequence[int], frame: Floats, begin: int) -> list[EpisodeChange]:
        """Judges the rows of a frame of shape (n_minutes, n_tags) from row `begin` on; those before are context."""
        self._progress.at = times[-1] + MINUTE
        present: Mask = np.isfinite(frame).max(axis=1)
        if not self._detectors or not present[begin:].any():
            return self._machine.feed(times[begin], None)
        seen = _Seen(self._detectors, frame, day_phase(times), self._progress.readiness is Readiness.YOUNG)
        if COSTLY in self._detectors and (seen.at_most()[begin:] > self._odd_above).any():
            seen.ask_all()
        changes: list[EpisodeChange] = []
        for row in range(begin, len(times)):
            odd = bool(seen.combined[row] > self._odd_above)
            sight = self._sight(row, seen) if odd and present[row] else None
            changes += self._machine.feed(times[row], odd if present[row] else None, sight)
        self._exclude(changes)
        return changes

    @property
    def _odd_above(self) -> float:
        """The surprise above which the next row is odd: less is enough while an alert is under way."""
        return self._threshold * HYSTERESIS if self._machine.active else self._threshold

    def _exclude(self, changes: Sequence[EpisodeChange]) -> None:
        for change in changes:
            if change.kind is ChangeKind.CLOSED and change.episode.closed_at is not None:
                self._progress.excluded.append((change.episode.pending_at, change.episode.closed_at))

    def _healthy(self, times: NDArray[np.int64], frame: Floats) -> Floats:
        healthy = frame.copy()
        life = self._machine.state()
        standing = (
            [(life.pending_at, int(times[-1]) + 1)] if life and life.pending_at is not None and len(times) else []
        )
        for start, end in [*self._progress.excluded, *standing]:
            healthy[(times >= start) & (times < min(end, start + DAY))] = np.nan
        return healthy

    def _sight(self, row: int, seen: _Seen) -> Sight:
        """Describes an odd row by the tag that contributes most to what the detectors that agree saw."""
        agree = seen.agree(row, self._threshold * AGREES)
        parts = seen.parts(row, agree)
        order = [int(tag) for tag in np.argsort(-parts, kind="stable")]
        named = [tag for tag in order[:_CONTRIBUTORS] if parts[tag] > _SHARE * parts.sum()] or order[:1]
        sensor, usual = self.sensors[named[0]], self._usual[named[0]]
        value = float(seen.frame[row, named[0]])
        actual = value if np.isfinite(value) else None
        return Sight(
            score=score_of(float(seen.combined[row]), self._threshold),
            saw=_saw(sensor, actual, usual),
            norm=f"usually {usual.low:.{sensor.decimals}f} to {usual.high:.{sensor.decimals}f}",
            actual=actual,
            typical=usual.typical,
            low=usual.low,
            high=usual.high,
            unit=sensor.unit,
            detectors=tuple(agree),
            contributors=tuple(self.sensors[tag].tag for tag in named),
        )


class _Seen:
    """A frame as the detectors of an asset see it.

    Attributes:
        frame: The minutes, of shape (n_minutes, n_tags).
        combined: What the detectors asked so far together say of each, of shape (n_minutes,).
    """

    def __init__(self, detectors: Mapping[str, Calibrated], frame: Floats, phase: Floats, young: bool) -> None:
        self.frame = frame
        self._phase = phase
        self._detectors = detectors
        self._young = young
        self._surprises = {name: one.surprise(frame, phase) for name, one in detectors.items() if name != COSTLY}
        self._parts: dict[str, Floats] = {}
        self.combined = combined(self._surprises, young=young)

    def at_most(self) -> Floats:
        """Returns what all detectors together could say at most, of shape (n_minutes,)."""
        return at_most(self._surprises, COSTLY, young=self._young)

    def ask_all(self) -> None:
        """Asks the costly detector too."""
        self._surprises[COSTLY] = self._detectors[COSTLY].surprise(self.frame, self._phase)
        self.combined = combined(self._surprises, young=self._young)

    def agree(self, row: int, least: float) -> list[str]:
        """Returns the detectors that are surprised enough, the most surprised first."""
        loud = {name: float(one[row]) for name, one in self._surprises.items() if one[row] > least}
        return sorted(loud, key=lambda name: -loud[name])

    def parts(self, row: int, names: Sequence[str]) -> Floats:
        """Returns how much each tag contributes to what these detectors see, each detector with the same weight."""
        shares = [self._contributions(name)[row] for name in names]
        total: Floats = np.sum([one / one.sum() for one in shares if one.sum() > 0] or shares, axis=0)
        return total

    def _contributions(self, name: str) -> Floats:
        if name not in self._parts:
            self._parts[name] = self._detectors[name].detector.contributions(self.frame, self._phase)
        return self._parts[name]


def _saw(sensor: Sensor, actual: float | None, usual: Usual) -> str:
    if actual is None:
        return f"{sensor.tag} moved unusually"
    quantity = f"{sensor.tag} {actual:.{sensor.decimals}f} {sensor.unit}".rstrip()
    return f"{quantity}, moving unusually" if usual.low <= actual <= usual.high else quantity


def usual_of(values: Floats) -> Usual:
    """Returns what the values of a tag, of shape (n,), usually are; zeros where there is none."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return Usual(0.0, 0.0, 0.0)
    low, typical, high = np.quantile(finite, (0.01, 0.5, 0.99))
    return Usual(float(low), float(typical), float(high))

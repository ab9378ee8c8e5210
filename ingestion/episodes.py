"""The life of an episode as a pure state machine: pending, open, closed.

    idle --holds--> pending --held for on_delay--> open --gone for off_delay--> closed (idle again)

A condition of None means "cannot be judged" (bad or stale quality): the machine *holds*. A pending
episode neither ripens nor vanishes, an open one neither closes nor ages towards closing; time
spent holding does not count. Hysteresis belongs to the rule, which asks `active` to know which of its
two thresholds applies.

What comes out depends only on the sequence of times and conditions, never on how it was cut into
batches or how often the machine was saved and restored in between.
Source of the delays: ANSI/ISA-18.2-2016. An alert holds because "no data" does not mean "resolved".
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Final

import msgspec

from plant.episodes import ChangeKind, Episode, EpisodeChange, EpisodeState, Outlook, episode_id
from plant.readings import Quality

if TYPE_CHECKING:
    from plant.episodes import EpisodeKind, Priority

SCORE_STEP: Final = 5.0
"""An open episode is reported as updated when its score has risen by this much."""


class Sight(msgspec.Struct, frozen=True):
    """What a rule sees at one moment: the particulars of an episode.

    Attributes:
        score: 0 to 100, higher is odder.
        saw: What was seen, the beginning of the reason: "5.31 degC".
        norm: What would be usual, its end: "band 4.8 to 5.2".
        actual: The value judged.
        typical: What it usually is.
        low: Lower edge of what would be normal.
        high: Upper edge of what would be normal.
        unit: Unit of these values.
        detectors: The detectors that agree.
        contributors: The tags that contribute most, first the strongest.
        quality: Quality of the reading judged.
        outlook: For an early warning, what is to come.
    """

    score: float
    saw: str
    norm: str = ""
    actual: float | None = None
    typical: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    detectors: tuple[str, ...] = ()
    contributors: tuple[str, ...] = ()
    quality: int = int(Quality.GOOD)
    outlook: Outlook | None = None


class Life(msgspec.Struct):
    """All that a machine remembers: plain JSON.

    Attributes:
        pending_at: First time the condition held; None while idle.
        opened_at: When it opened; None before.
        counting_from: Begin of the delay that runs now, moved on by time spent holding; None when none runs.
        held_at: Since when it holds; None when it does not.
        sight: The oddest sight so far.
        told: The episode as last told; None before it opened.
    """

    pending_at: int | None = None
    opened_at: int | None = None
    counting_from: int | None = None
    held_at: int | None = None
    sight: Sight | None = None
    told: Episode | None = None


class EpisodeMachine:
    """The episodes of one rule on one tag or asset, one at a time.

    Args:
        rule: The rule's name, `limit.high`.
        tag: The tag; empty for a whole asset.
        asset: The asset; may be empty.
        kind: Instrument or process.
        priority: How soon a person must act.
        on_delay: How long the condition must hold before the episode opens, milliseconds.
        off_delay: How long it must be gone before it closes, milliseconds.
    """

    def __init__(
        self, rule: str, tag: str, asset: str, kind: EpisodeKind, priority: Priority, on_delay: int, off_delay: int
    ) -> None:
        self.rule = rule
        self._tag = tag
        self._asset = asset
        self._kind = kind
        self._priority = priority
        self._on_delay = on_delay
        self._off_delay = off_delay
        self._life = Life()

    @property
    def active(self) -> bool:
        """Whether an episode is pending or open."""
        return self._life.pending_at is not None

    @property
    def open(self) -> bool:
        """Whether an episode stands."""
        return self._life.opened_at is not None

    def state(self) -> Life | None:
        """Returns what `restore` needs, JSON-able by msgspec; None while idle."""
        return copy.copy(self._life) if self.active else None

    def restore(self, life: Life | None) -> None:
        """Takes a state back."""
        self._life = copy.copy(life) if life else Life()

    def told(self) -> list[Episode]:
        """Returns the episode that stands, as last told; empty when there is none."""
        return [self._life.told] if self._life.told else []

    def feed(self, ts: int, condition: bool | None, sight: Sight | None = None) -> list[EpisodeChange]:
        """Judges one moment.

        Args:
            ts: Time at the source, UTC milliseconds, not before the one fed last.
            condition: Whether the condition holds; None when it cannot be judged.
            sight: What was seen; needed where the condition holds.
        """
        life = self._life
        if life.pending_at is None:
            return self._begin(ts, sight) if condition and sight else []
        if condition is None:
            return self._hold(ts)
        changes = self._resume(ts)
        if not condition:
            return changes + self._gone(ts)
        if sight and (life.sight is None or sight.score > life.sight.score):
            life.sight = sight
        return changes + (self._still(ts) if self.open else self._ripen(ts))

    def end(self, ts: int) -> list[EpisodeChange]:
        """Ends what is under way, since the rule itself is no more."""
        closed = [self._change(ChangeKind.CLOSED, ts)] if self.open else []
        self._life = Life()
        return closed

    def _begin(self, ts: int, sight: Sight) -> list[EpisodeChange]:
        self._life = Life(pending_at=ts, counting_from=ts, sight=sight)
        return self._ripen(ts)

    def _ripen(self, ts: int) -> list[EpisodeChange]:
        life = self._life
        if life.counting_from is not None and ts - life.counting_from < self._on_delay:
            return []
        life.opened_at, life.counting_from = ts, None
        return [self._change(ChangeKind.OPENED, ts)]

    def _still(self, ts: int) -> list[EpisodeChange]:
        life = self._life
        life.counting_from = None
        if life.sight is None or life.told is None or life.sight.score < life.told.score + SCORE_STEP:
            return []
        return [self._change(ChangeKind.UPDATED, ts)]

    def _gone(self, ts: int) -> list[EpisodeChange]:
        life = self._life
        if not self.open:
            self._life = Life()
            return []
        if life.counting_from is None:
            life.counting_from = ts
        if ts - life.counting_from < self._off_delay:
            return []
        closed = self._change(ChangeKind.CLOSED, ts)
        self._life = Life()
        return [closed]

    def _hold(self, ts: int) -> list[EpisodeChange]:
        if self._life.held_at is not None:
            return []
        self._life.held_at = ts
        return [self._change(ChangeKind.UPDATED, ts)] if self.open else []

    def _resume(self, ts: int) -> list[EpisodeChange]:
        life = self._life
        if life.held_at is None:
            return []
        if life.counting_from is not None:
            life.counting_from += ts - life.held_at
        life.held_at = None
        return [self._change(ChangeKind.UPDATED, ts)] if self.open else []

    def _change(self, kind: ChangeKind, ts: int) -> EpisodeChange:
        life = self._life
        pending_at, sight = life.pending_at, life.sight
        assert pending_at is not None
        assert sight is not None
        closed = kind is ChangeKind.CLOSED
        episode = Episode(
            id=episode_id(self.rule, self._tag or self._asset, pending_at),
            rule=self.rule,
            tag=self._tag,
            asset=self._asset,
            kind=self._kind,
            priority=self._priority,
            state=EpisodeState.CLOSED if closed else EpisodeState.OPEN,
            pending_at=pending_at,
            opened_at=life.opened_at,
            closed_at=ts if closed else None,
            updated_at=ts,
            score=round(sight.score, 3),
            actual=sight.actual,
            typical=sight.typical,
            low=sight.low,
            high=sight.high,
            unit=sight.unit,
            reason=f"{sight.saw}, {sight.norm}" if sight.norm else sight.saw,
            detectors=sight.detectors,
            contributors=sight.contributors,
            holding=life.held_at is not None,
            quality=sight.quality,
            outlook=sight.outlook,
        )
        life.told = episode
        return EpisodeChange(kind, episode)

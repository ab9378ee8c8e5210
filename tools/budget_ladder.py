"""The ladders that the tuner climbs: ways to set a tag's rules or an asset's detectors, each rung quieter.

What a rung loses is summed over the events of the history:

| event | weight |
|---|---|
| an alert that a person called right, or a labelled span | 10 |
| an alert that nobody spoke of, by its priority | 3, 1, 0.5 |
| an alert that a person called wrong, harmless or bad data | 0 |

An event is lost where no alert of its tag or asset touches it any more; one that is caught later loses a part of its
weight with each minute. Limits are never moved, and a tag with a high-high or a low-low limit never waits for more
than five minutes. A deadband of 2 to 3 times the noise's RMS is the rule of the trade (EEMUA 191).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
import numpy as np

from plant.episodes import Feedback, Priority
from plant.time import MINUTE, Span, to_iso
from tools.budget_judge import judge_asset, judge_tag
from tools.budget_preview import threshold_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from plant.episodes import Episode
    from plant.registry import Sensor
    from plant.store.contract import Store

NOISES: Final = 2.5
"""How many times the noise's RMS a deadband is set to."""

_ON_DELAYS: Final = (2 * MINUTE, 5 * MINUTE, 10 * MINUTE)
_OFF_DELAYS: Final = (5 * MINUTE, 10 * MINUTE)
_LONGEST_URGENT: Final = 5 * MINUTE
_THRESHOLDS: Final = (1.25, 1.5, 2.0, 3.0)  # times the present one
_LABELLED: Final = 10.0
_UNLABELLED: Final = {Priority.HIGH: 3.0, Priority.MEDIUM: 1.0, Priority.LOW: 0.5}
_LATE: Final = 0.002
_NOISE_READINGS: Final = 20_000  # of the newest are enough to measure noise
_NOISE_WINDOW: Final = 10 * MINUTE


class Event(NamedTuple):
    """Something in the history that alerts should, or need not, catch.

    Attributes:
        name: Id of the episode, or the name of the label.
        subject: Tag or asset.
        start: UTC milliseconds.
        end: UTC milliseconds.
        weight: What losing it costs.
        labelled: Whether a person, or a label, says that it was right.
    """

    name: str
    subject: str
    start: int
    end: int
    weight: float
    labelled: bool


class Label(NamedTuple):
    """A span in which something was wrong with a tag or an asset, UTC milliseconds."""

    subject: str
    start: int
    end: int

    @property
    def name(self) -> str:
        """What it is called in reports."""
        return f"{self.subject} {to_iso(self.start)}"


class Rung(NamedTuple):
    """One way to set a subject, and what it makes of the history.

    Attributes:
        sensor: The tag as it would be; None for an asset.
        threshold: Of the asset's detectors; None for a tag.
        episodes: The alerts, by time.
        loss: What of the events it loses.
    """

    sensor: Sensor | None
    threshold: float | None
    episodes: tuple[Episode, ...]
    loss: float = 0.0


class Ladder(NamedTuple):
    """The rungs of a tag's rules, or of an asset's detectors; the first is the present one."""

    subject: str
    rungs: tuple[Rung, ...]
    events: tuple[Event, ...]


def noise_of(store: Store, sensor: Sensor, end: int) -> float:
    """Returns the RMS of a tag's noise: what its newest readings differ from a line through ten minutes of them.

    The median over many such stretches, so that a step or a fault does not count as noise; 0 where there are too few.
    """
    span = Span(end - _NOISE_READINGS * max(sensor.cadence_ms, 1), end)
    values = np.array([one.value for one in store.readings(sensor.tag, span) if one.good], dtype=np.float64)
    length = min(max(_NOISE_WINDOW // max(sensor.cadence_ms, 1), 10), 600)
    if len(values) < 3 * length:
        return 0.0
    stretches = values[len(values) % length :].reshape(-1, length)
    at = np.arange(length) - (length - 1) / 2
    rest = stretches - stretches.mean(axis=1, keepdims=True)
    rest -= np.outer(rest @ at / (at @ at), at)
    return float(np.median(np.sqrt((rest**2).sum(axis=1) / (length - 2))))


def variants_of(sensor: Sensor, noise: float) -> list[Sensor]:
    """Returns a tag as it is and as it might be, each quieter than the one before."""
    urgent = sensor.limits.high_high is not None or sensor.limits.low_low is not None
    deadband = max(sensor.limits.deadband, _rounded(NOISES * noise))
    limits = msgspec.structs.replace(sensor.limits, deadband=deadband)
    steps = [(sensor.on_delay_ms, sensor.off_delay_ms)]
    steps += [(sensor.on_delay_ms, off) for off in _OFF_DELAYS]
    steps += [(on, max(_OFF_DELAYS)) for on in _ON_DELAYS if on <= _LONGEST_URGENT or not urgent]
    variants = [sensor]
    for on, off in steps:
        quieter = msgspec.structs.replace(
            sensor, limits=limits, on_delay_ms=max(on, sensor.on_delay_ms), off_delay_ms=max(off, sensor.off_delay_ms)
        )
        if quieter not in variants:
            variants.append(quieter)
    return variants


def loss_of(events: Iterable[Event], episodes: Sequence[Episode]) -> float:
    """Returns what alerts lose of some events."""
    loss = 0.0
    for event in events:
        caught = caught_at(event, episodes)
        late = 1.0 if caught is None else min(max(caught - event.start, 0) / MINUTE * _LATE, 1.0)
        loss += event.weight * late
    return loss


def caught_at(event: Event, episodes: Sequence[Episode]) -> int | None:
    """Returns when the first alert opened that touches an event; None where none does."""
    opened = [
        one.opened_at
        for one in episodes
        if one.opened_at is not None
        and one.pending_at < max(event.end, event.start + 1)
        and (one.closed_at is None or one.closed_at >= event.start)
    ]
    return min(opened, default=None)


class TagStart(NamedTuple):
    """A tag whose rules raised alerts."""

    store: Store
    sensor: Sensor
    span: Span

    @property
    def subject(self) -> str:
        """The tag."""
        return self.sensor.tag

    @property
    def places(self) -> frozenset[str]:
        """What a label may name that its alerts should catch."""
        return frozenset({self.sensor.tag, self.sensor.asset})

    def judged(self) -> list[Episode]:
        """Returns the alerts as it is."""
        return judge_tag(self.store, [self.sensor], self.span)[0]

    def present(self, episodes: Sequence[Episode]) -> Rung:
        """Returns it as it is, with its alerts."""
        return Rung(self.sensor, None, tuple(episodes))

    def quieter(self) -> list[Rung]:
        """Returns what it might be, judged, each quieter than the one before."""
        _, *variants = variants_of(self.sensor, noise_of(self.store, self.sensor, self.span.end))
        judged = judge_tag(self.store, variants, self.span)
        return [Rung(variant, None, tuple(found)) for variant, found in zip(variants, judged, strict=True)]


class AssetStart(NamedTuple):
    """An asset whose detectors raised alerts."""

    store: Store
    subject: str
    sensors: tuple[Sensor, ...]
    span: Span

    @property
    def places(self) -> frozenset[str]:
        """What a label may name that its alerts should catch."""
        return frozenset({self.subject, *(sensor.tag for sensor in self.sensors)})

    def judged(self) -> list[Episode]:
        """Returns the alerts as it is, early warnings among them."""
        return self._judge(threshold_of(self.store, self.subject))

    def present(self, episodes: Sequence[Episode]) -> Rung:
        """Returns it as it is, with its alerts."""
        return Rung(None, threshold_of(self.store, self.subject), tuple(episodes))

    def quieter(self) -> list[Rung]:
        """Returns what it might be, judged, each quieter than the one before."""
        present = threshold_of(self.store, self.subject)
        return [
            Rung(None, present * times, tuple(one for one in self._judge(present * times) if not one.outlook))
            for times in _THRESHOLDS
        ]

    def _judge(self, threshold: float) -> list[Episode]:
        return judge_asset(self.store, self.subject, self.sensors, threshold, self.span)


Start = TagStart | AssetStart


def events_of(
    start: Start, present: Sequence[Episode], said: Mapping[str, Feedback], labels: Sequence[Label]
) -> tuple[Event, ...]:
    """Returns the events of a tag or an asset: its alerts, and the labels that one of them catches now."""
    subject = start.subject
    events = []
    for one in present:
        feedback = said.get(one.id)
        weight = _UNLABELLED[one.priority] if feedback is None else _LABELLED * (feedback is Feedback.RIGHT)
        end = max(one.closed_at or one.updated_at, one.opened_at or 0)
        events.append(Event(one.id, subject, one.opened_at or one.pending_at, end, weight, feedback is Feedback.RIGHT))
    for label in labels:
        if label.subject not in start.places:
            continue
        event = Event(label.name, subject, label.start, label.end, _LABELLED, True)
        if caught_at(event, present) is not None:
            events.append(event)
    return tuple(events)


def _rounded(value: float) -> float:
    """Returns a value to two digits, upwards: people read it."""
    if value <= 0:
        return 0.0
    scale = 10.0 ** (1 - np.floor(np.log10(value)))
    return float(np.ceil(value * scale) / scale)

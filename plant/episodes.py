"""An episode: one alert from pending to closed; the unit that is counted, acknowledged, shelved.

Rules and detectors in `ingestion/` and `forecasting/` make `EpisodeChange`s; the store keeps the
`Episode` they lead to and every change as an event; tools and the terminal only read.
Source of the states and of the terms: ANSI/ISA-18.2-2016.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Final

import msgspec


class EpisodeState(StrEnum):
    """Where an episode is in its life. Pending ones are not shown; open ones stand."""

    PENDING = "pending"
    OPEN = "open"
    CLOSED = "closed"


class EpisodeKind(StrEnum):
    """What is suspected: the measuring instrument, or the process it measures."""

    INSTRUMENT = "instrument"
    PROCESS = "process"


class Priority(StrEnum):
    """How soon a person must act."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Outlook(msgspec.Struct, frozen=True):
    """What an early warning says is to come, and whether it came.

    Attributes:
        limit: The limit that will be crossed: `high`, `low_low`.
        earliest: Begin of the time range, UTC milliseconds.
        latest: Its end.
        probability: That it is crossed within the horizon, 0 to 1.
        right: Whether it was; None while the range is not over.
    """

    limit: str
    earliest: int
    latest: int
    probability: float
    right: bool | None = None


class Episode(msgspec.Struct, frozen=True):
    """One alert.

    Attributes:
        id: Made from rule, subject and first pending time by `episode_id`; survives amendment.
        rule: What watches: `limit.high`, `setpoint`, `stuck`, `range`, `dropout`, `spike`, `clock`, `unit`,
            `saturated`, `warning.high`; for a whole asset `anomaly`.
        tag: The tag concerned; empty for an episode of a whole asset.
        asset: The asset concerned; empty when the registry knows none.
        kind: Instrument or process.
        priority: How soon a person must act.
        state: Pending, open or closed.
        pending_at: First time the condition held, UTC milliseconds at the source.
        opened_at: When it had held for the on-delay; None while pending.
        closed_at: When it had been gone for the off-delay; None while it stands.
        updated_at: Source time of the last reading that was judged.
        score: 0 to 100, higher is odder; the highest so far.
        actual: The value at the highest score.
        typical: What the value usually is; None when unknown.
        low: Lower edge of what would be normal; None when open.
        high: Upper edge of what would be normal; None when open.
        unit: Unit of the four values above.
        reason: One line in the operator's words, English, without how long: "5.31 degC, band 4.8 to 5.2".
        detectors: The detectors that agree.
        contributors: The tags that contribute most, first the strongest.
        holding: Whether it stands only because the tag's quality is bad: an alert holds on bad quality.
        quality: Quality of the reading at the highest score.
        outlook: For an early warning, what is to come.
    """

    id: str
    rule: str
    tag: str
    asset: str
    kind: EpisodeKind
    priority: Priority
    state: EpisodeState
    pending_at: int
    opened_at: int | None = None
    closed_at: int | None = None
    updated_at: int = 0
    score: float = 0.0
    actual: float | None = None
    typical: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    reason: str = ""
    detectors: tuple[str, ...] = ()
    contributors: tuple[str, ...] = ()
    holding: bool = False
    quality: int = 192
    outlook: Outlook | None = None

    @property
    def subject(self) -> str:
        """The tag, or the asset for an episode of a whole asset."""
        return self.tag or self.asset

    @property
    def alarm(self) -> tuple[str, str]:
        """The rule and its subject: what a person shelves, and what chatters."""
        return self.rule, self.subject

    @property
    def begun_at(self) -> int:
        """When it opened; while it is pending, when its condition first held."""
        return self.pending_at if self.opened_at is None else self.opened_at


class ChangeKind(StrEnum):
    """What happened to an episode. From `acknowledged` on it is what people do.

    `amended` and `retracted` are what late readings do: the first changes an episode that was closed already,
    or its beginning; the second takes one back that would not have been.
    """

    OPENED = "opened"
    UPDATED = "updated"
    CLOSED = "closed"
    AMENDED = "amended"
    RETRACTED = "retracted"
    ACKNOWLEDGED = "acknowledged"
    SHELVED = "shelved"
    UNSHELVED = "unshelved"
    RESET = "reset"
    OUT_OF_SERVICE = "out-of-service"
    IN_SERVICE = "in-service"
    FEEDBACK = "feedback"


class EpisodeChange(msgspec.Struct, frozen=True):
    """A step in an episode's life, with the episode as it is after it.

    All but `updated` are put into the outbox, once each.
    """

    kind: ChangeKind
    episode: Episode


class Feedback(StrEnum):
    """What a person says of an alert: that it was right, or which of three kinds of no."""

    RIGHT = "right"
    HARMLESS = "harmless"
    WRONG = "wrong"
    BAD_DATA = "bad-data"


BY_PEOPLE: Final = frozenset(
    {
        ChangeKind.ACKNOWLEDGED,
        ChangeKind.SHELVED,
        ChangeKind.UNSHELVED,
        ChangeKind.RESET,
        ChangeKind.OUT_OF_SERVICE,
        ChangeKind.IN_SERVICE,
        ChangeKind.FEEDBACK,
    }
)
"""The kinds that a `PersonEvent` has."""


class PersonEvent(msgspec.Struct, frozen=True):
    """What a person did to an episode, an alarm, a tag or an asset: an appended event, never an overwrite.

    | kind | concerns |
    |---|---|
    | `acknowledged`, `reset`, `feedback` | the episode |
    | `shelved`, `unshelved` | the alarm: `rule` on `subject`, this episode of it and those to come |
    | `out-of-service`, `in-service` | the tag or asset `subject`; no episode |

    Attributes:
        episode_id: The episode at which it was done; empty where it was done to a tag or an asset.
        kind: One of `BY_PEOPLE`.
        at: Wall clock, UTC milliseconds.
        who: From the settings, else the login name.
        note: A free text, the reason.
        until: For `shelved`, when it returns by itself, UTC milliseconds.
        feedback: For `feedback`, what was said.
        rule: Rule of the alarm; empty for a tag or an asset, and in stores made before alarms could be shelved.
        subject: Tag or asset, as the registry spells it; empty in those stores.
    """

    episode_id: str
    kind: ChangeKind
    at: int
    who: str
    note: str = ""
    until: int | None = None
    feedback: Feedback | None = None
    rule: str = ""
    subject: str = ""


def episode_id(rule: str, subject: str, pending_at: int) -> str:
    """Returns the stable id of an episode: the same log gives the same ids."""
    digest = hashlib.sha256(f"{rule}\x1f{subject}\x1f{pending_at}".encode()).hexdigest()
    return f"ep-{digest[:12]}"

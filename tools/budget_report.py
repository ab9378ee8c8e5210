"""What the tuner proposes, as rows; and what is written when a person says yes."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any, Final

import msgspec

from ingestion.asset_inputs import THRESHOLD_KEY
from plant.errors import BadInput
from plant.time import SECOND, to_iso
from tools.budget_ladder import caught_at
from tools.budget_preview import notes_on

if TYPE_CHECKING:
    from plant.episodes import Episode
    from plant.registry import Sensor
    from plant.store.contract import Store
    from tools.budget_judge import History
    from tools.budget_ladder import Event, Label, Ladder
    from tools.budget_tune import Proposal

TUNED_KEY: Final = "alerts.tuned/"
"""Prefix of the keys of the store's meta that say who applied what and when; the time follows."""

_KEYS: Final = ("on_delay_ms", "off_delay_ms")


class Setting(msgspec.Struct, frozen=True):
    """A setting that changes: `deadband`, `on_delay_ms`, `off_delay_ms` or `threshold`."""

    key: str
    before: float
    after: float


class Tuned(msgspec.Struct, frozen=True):
    """One tag's rules, or one asset's detectors.

    Attributes:
        subject: Tag or asset.
        changes: What is set anew; empty for one that stays as it is.
        before: Alerts of the history as it is.
        after: Alerts of the history with the changes.
        labelled: Events that a person or a label calls right, and that it catches now.
        labelled_missed: Those that it would have missed.
        unlabelled: Other alerts it raises now that nobody called wrong, harmless or bad data.
        unlabelled_missed: How many of them it would not have raised.
        later_s: How much later it catches the others, median, in seconds.
    """

    subject: str
    changes: list[Setting]
    before: int
    after: int
    labelled: int
    labelled_missed: list[str]
    unlabelled: int
    unlabelled_missed: int
    later_s: float


class Report(msgspec.Struct, frozen=True):
    """The whole proposal; `docs/json.md` says what each key is."""

    start: str
    end: str
    hours: float
    asked_hours: float
    budget_per_hour: float
    before_per_hour: float
    after_per_hour: float
    fits: bool
    early_warnings: int
    labels: int
    labels_caught_before: int
    labels_missed: list[str]
    alarms: list[Tuned]
    notes: list[str]
    applied: str | None = None


def report(proposal: Proposal, history: History, per_hour: float) -> Report:
    """Says what a proposal changes, what that saves and what it would have missed."""
    alarms = [_tuned(ladder, chosen) for ladder, chosen in proposal.ladders]
    caught = [label for label in proposal.labels if _caught(label, proposal, chosen=False)]
    fits = proposal.after <= proposal.allowed
    notes = notes_on(history)
    if not fits:
        notes.append("No setting of delays, deadbands and thresholds fits the budget: limits are for people to move.")
    return Report(
        start=to_iso(history.span.start),
        end=to_iso(history.span.end),
        hours=round(history.hours, 3),
        asked_hours=round(history.asked_ms / 3_600_000, 3),
        budget_per_hour=per_hour,
        before_per_hour=round(proposal.before / history.hours, 3),
        after_per_hour=round(proposal.after / history.hours, 3),
        fits=fits,
        early_warnings=len(proposal.fixed),
        labels=len(proposal.labels),
        labels_caught_before=len(caught),
        labels_missed=[label.name for label in caught if not _caught(label, proposal, chosen=True)],
        alarms=sorted(alarms, key=lambda one: (-one.before, one.subject)),
        notes=notes,
    )


def apply(store: Store, proposal: Proposal, result: Report, who: str, now: int) -> Report:
    """Writes the registry and the thresholds, and who did so and when.

    Raises:
        BadInput: If somebody has changed one of the tags meanwhile; nothing is written then.
        StoreError: If the store cannot be written.
    """
    registry = store.registry()
    for ladder, at in proposal.ladders:
        judged = ladder.rungs[0].sensor
        if at and judged is not None and registry.get(judged.tag) != judged:
            raise BadInput(f"{judged.tag} was changed while it was being tuned.", hint="Tune it again.")
    chosen = [ladder.rungs[at] for ladder, at in proposal.ladders if at]
    store.put_sensors([rung.sensor for rung in chosen if rung.sensor is not None])
    for ladder, at in proposal.ladders:
        threshold = ladder.rungs[at].threshold
        if at and threshold is not None:
            store.set_meta(THRESHOLD_KEY + ladder.subject, repr(threshold))
    changes = {one.subject: one.changes for one in result.alarms if one.changes}
    record: dict[str, Any] = {"who": who, "budget_per_hour": result.budget_per_hour, "changes": changes}
    store.set_meta(TUNED_KEY + to_iso(now), msgspec.json.encode(record).decode())
    return msgspec.structs.replace(result, applied=f"{who} {to_iso(now)}")


def _tuned(ladder: Ladder, chosen: int) -> Tuned:
    present, after = ladder.rungs[0], ladder.rungs[chosen]
    labelled = [event for event in ladder.events if event.labelled]
    others = [event for event in ladder.events if event.weight and not event.labelled]
    later = [
        wait for event in (*labelled, *others) if (wait := _later(event, present.episodes, after.episodes)) is not None
    ]
    changes = [] if not chosen else _settings(present.sensor, after.sensor)
    if present.threshold is not None and after.threshold is not None and chosen:
        changes.append(Setting("threshold", present.threshold, after.threshold))
    return Tuned(
        subject=ladder.subject,
        changes=changes,
        before=len(present.episodes),
        after=len(after.episodes),
        labelled=len(labelled),
        labelled_missed=[event.name for event in labelled if caught_at(event, after.episodes) is None],
        unlabelled=len(others),
        unlabelled_missed=sum(caught_at(event, after.episodes) is None for event in others),
        later_s=median(later) / SECOND if later else 0.0,
    )


def _settings(present: Sensor | None, after: Sensor | None) -> list[Setting]:
    if present is None or after is None:
        return []
    pairs = [("deadband", present.limits.deadband, after.limits.deadband)]
    pairs += [(key, float(getattr(present, key)), float(getattr(after, key))) for key in _KEYS]
    return [Setting(key, was, will) for key, was, will in pairs if was != will]


def _later(event: Event, present: tuple[Episode, ...], after: tuple[Episode, ...]) -> int | None:
    was, will = caught_at(event, present), caught_at(event, after)
    return None if was is None or will is None else max(will - was, 0)


def _caught(label: Label, proposal: Proposal, *, chosen: bool) -> bool:
    """Whether any alert of the history touches a label, with the proposal or as it is."""
    for ladder, at in proposal.ladders:
        for event in ladder.events:
            if event.name == label.name and caught_at(event, ladder.rungs[at if chosen else 0].episodes) is not None:
                return True
    return False

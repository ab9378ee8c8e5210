"""Fits alerts to a budget: delays, deadbands and detectors' thresholds from history, with the least loss.

Each tag and each asset that raised alerts has a ladder of settings (`tools/budget_ladder.py`), judged on the history
by the real rules. The tuner climbs, each time by the step that loses least for each alert it saves, until all alerts
fit the budget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ingestion.asset_inputs import watched_assets
from plant.registry import SensorState
from tools.budget_ladder import AssetStart, Ladder, TagStart, events_of, loss_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plant.episodes import Episode, Feedback
    from plant.registry import Registry
    from plant.store.contract import Store
    from tools.budget_judge import History
    from tools.budget_ladder import Label, Start


class Proposal(NamedTuple):
    """What the tuner came to.

    Attributes:
        ladders: All tags and assets that raised alerts, and the rung chosen for each.
        fixed: Alerts that nothing can tune: early warnings.
        allowed: How many alerts the budget allows over the history.
        labels: Spans in which something was wrong, those of what is tuned.
    """

    ladders: tuple[tuple[Ladder, int], ...]
    fixed: tuple[Episode, ...]
    allowed: float
    labels: tuple[Label, ...]

    @property
    def before(self) -> int:
        """Alerts of the history as it is."""
        return len(self.fixed) + sum(len(ladder.rungs[0].episodes) for ladder, _ in self.ladders)

    @property
    def after(self) -> int:
        """Alerts of the history with the proposal."""
        return len(self.fixed) + sum(len(ladder.rungs[chosen].episodes) for ladder, chosen in self.ladders)


def tune(
    store: Store, registry: Registry, history: History, per_hour: float, labels: Sequence[Label], only: frozenset[str]
) -> Proposal:
    """Proposes settings that fit a budget.

    Args:
        store: The store.
        registry: Its sensors.
        history: What is judged.
        per_hour: The budget: alerts an hour, of all that is tuned.
        labels: Spans in which something was wrong.
        only: Tags and assets that are tuned and counted; empty for all.
    """
    said, allowed = _feedback(store), per_hour * history.hours
    tags = [TagStart(store, sensor, history.span) for sensor in registry if sensor.state is SensorState.CONFIRMED]
    assets = [
        AssetStart(store, asset, tuple(sensors), history.span) for asset, sensors in watched_assets(registry).items()
    ]
    all_starts: list[Start] = [*tags, *assets]
    starts = [(start, start.judged()) for start in all_starts if not only or start.subject in only]
    fixed = [one for _, episodes in starts for one in episodes if one.outlook]
    enough = sum(len(episodes) for _, episodes in starts) <= allowed
    ladders = []
    for start, episodes in starts:
        if present := [one for one in episodes if not one.outlook]:
            events = events_of(start, present, said, labels)
            rungs = [start.present(present), *([] if enough else start.quieter())]
            weighed = (rung._replace(loss=loss_of(events, rung.episodes)) for rung in rungs)
            ladders.append(Ladder(start.subject, tuple(weighed), events))
    chosen = climb(ladders, allowed - len(fixed))
    return Proposal(tuple(zip(ladders, chosen, strict=True)), tuple(fixed), allowed, tuple(labels))


def climb(ladders: Sequence[Ladder], allowed: float) -> list[int]:
    """Returns the rung of each ladder at which all alerts together are at most `allowed`, or as few as can be."""
    chosen = [0] * len(ladders)
    while sum(len(ladder.rungs[at].episodes) for ladder, at in zip(ladders, chosen, strict=True)) > allowed:
        steps = [
            ((after.loss - before.loss) / saved, -saved, index, rung)
            for index, (ladder, at) in enumerate(zip(ladders, chosen, strict=True))
            for rung, (before, after) in enumerate((ladder.rungs[at], one) for one in ladder.rungs)
            if rung > at and (saved := len(before.episodes) - len(after.episodes)) > 0
        ]
        if not steps:
            break
        _, _, index, rung = min(steps)
        chosen[index] = rung
    return chosen


def _feedback(store: Store) -> dict[str, Feedback]:
    """Returns what people said last of each alert."""
    return {event.episode_id: event.feedback for event in store.person_events() if event.feedback is not None}

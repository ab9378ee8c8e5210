"""The scorecard: how issued forecasts did when their values came, by candidate, beside what was promised.

Only forecasts that are over count, each step as much as any other, and only those that were issued ahead: who asks
from a time in the past (`--until`) gets a backtest, which may be counted on request.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from forecasting.candidates import BAR
from plant.facts import Refusal, RefusalCode
from plant.time import Span, to_iso
from tools.forecast_scores import demoted_by_scores, read_body, score_forecasts
from tools.subjects import no_tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plant.store.contract import IssuedForecast, Score, Store

RECENT: Final = 10
"""How many of the newest forecasts are set against those before."""

_NEWEST: Final = 5
"""How many forecasts are told one by one."""


class Summary(msgspec.Struct, frozen=True):
    """How some forecasts did.

    Attributes:
        scored: How many they are.
        mase: Mean absolute scaled error over their steps; None where no scale is known.
        skill: Share of seasonal naive's error saved, on the same forecasts; None for seasonal naive itself, or where it
            cannot be told.
        coverage: Share of values inside the band, 0 to 1, by nominal level as text.
    """

    scored: int
    mase: float | None
    skill: float | None
    coverage: dict[str, float]


class Record(Summary, frozen=True, kw_only=True):
    """One candidate on the forecasts of one step.

    Attributes:
        name: The candidate.
        step_ms: The distance of the steps.
        shown: How often it was shown.
        recent: The newest `RECENT` of them; None where there are no others.
        before: Those before.
        demoted: Why it is not shown any more, as a sentence; None where it may be.
    """

    name: str
    step_ms: int
    shown: int
    recent: Summary | None
    before: Summary | None
    demoted: str | None


class Told(msgspec.Struct, frozen=True, rename={"start": "from"}):
    """One issued forecast, by the candidate that was shown.

    Attributes:
        start: Begin of its first step, ISO-8601.
        until: End of its last step.
        issued_at: When it was asked for.
        hindsight: Whether its first step had come already.
        step_ms: The distance of its steps.
        steps: How many they are.
        due: How many of them are over.
        shown: The candidate.
        at: Begin of the newest step that came with a value; None where none has yet.
        said: The median there, in the tag's unit.
        came: The value there.
        mae: Mean absolute error on the steps that came.
        mase: Mean absolute scaled error.
        coverage: Share of values inside the band by level.
    """

    start: str
    until: str
    issued_at: str
    hindsight: bool
    step_ms: int
    steps: int
    due: int
    shown: str
    at: str | None
    said: float | None
    came: float | None
    mae: float | None
    mase: float | None
    coverage: dict[str, float]


class Scorecard(msgspec.Struct, frozen=True):
    """The scorecard of one tag.

    Attributes:
        tag: The tag.
        unit: Its unit; None where it has none.
        since: Forecasts that begin from here on count, ISO-8601; None where there are none.
        issued: How many there are.
        hindsight: How many of these were asked from a time in the past.
        waiting: How many of those that count are not over.
        shown: What people saw: of each forecast the candidate that was shown.
        candidates: Each candidate and step, the finest step first, then by error.
        forecasts: The newest ones, newest first.
        refusal: Why there is no scorecard; else None.
    """

    tag: str
    unit: str | None = None
    since: str | None = None
    issued: int = 0
    hindsight: int = 0
    waiting: int = 0
    shown: Summary | None = None
    candidates: tuple[Record, ...] = ()
    forecasts: tuple[Told, ...] = ()
    refusal: Refusal | None = None


class Line(Summary, frozen=True, kw_only=True):
    """One tag of the overview: how what was shown did.

    Attributes:
        tag: The tag.
        issued: As of `Scorecard`.
        waiting: As of `Scorecard`.
        demoted: Candidates that are not shown any more.
    """

    tag: str
    issued: int
    waiting: int
    demoted: tuple[str, ...]


def read_scorecard(store: Store, tag: str, since_ms: int, *, hindsight: bool = False) -> Scorecard:
    """Scores what has come of a tag's forecasts and returns its scorecard.

    Args:
        store: Where the forecasts are.
        tag: The tag, in any case.
        since_ms: How far back from the tag's newest reading.
        hindsight: Whether forecasts asked from a time in the past count too.

    Raises:
        StoreError: If the store cannot be read or written.
    """
    sensor = store.registry().get(tag)
    if sensor is None:
        return Scorecard(tag, refusal=no_tag(store.registry(), tag))
    score_forecasts(store, sensor.tag)
    known = store.extent(sensor.tag)
    since = max(0, known.end - since_ms) if known else 0
    issued = store.forecasts(sensor.tag, since=since)
    if not issued:
        return Scorecard(sensor.tag, sensor.unit or None, refusal=_none_issued(store, sensor.tag))
    counted = [one for one in issued if hindsight or not one.hindsight]
    scores = _by_forecast(store.scores(sensor.tag, since=since))
    over = [one for one in counted if _is_over(one, scores)]
    steps = sorted({one.step_ms for one in counted})
    return Scorecard(
        sensor.tag,
        sensor.unit or None,
        to_iso(since),
        len(issued),
        sum(one.hindsight for one in issued),
        sum(not one.settled and not _is_over(one, scores) for one in counted),
        _shown(over, scores),
        tuple(record for step in steps for record in _records(store, [o for o in over if o.step_ms == step], scores)),
        tuple(_told(store, one, scores.get(one.id, {})) for one in issued[: -_NEWEST - 1 : -1]),
    )


def read_overview(store: Store, since_ms: int, *, hindsight: bool = False) -> list[Line]:
    """Returns a line for each tag that a forecast was issued for, as `read_scorecard` counts."""
    cards = [read_scorecard(store, tag, since_ms, hindsight=hindsight) for tag in store.forecast_tags()]
    return [
        Line(
            *msgspec.structs.astuple(card.shown or Summary(0, None, None, {})),
            tag=card.tag,
            issued=card.issued,
            waiting=card.waiting,
            demoted=tuple(dict.fromkeys(record.name for record in card.candidates if record.demoted)),
        )
        for card in cards
        if card.refusal is None
    ]


def _none_issued(store: Store, tag: str) -> Refusal:
    if store.forecasts(tag):
        text = f"No forecast of {tag} was issued in that time."
        return Refusal(RefusalCode.NOT_FOUND, text, "Look further back with --since.")
    text = f"No forecast of {tag} was issued yet."
    return Refusal(RefusalCode.NOT_FOUND, text, f"Ask for one: millhand forecast {tag}.")


def _by_forecast(scores: Sequence[Score]) -> dict[int, dict[str, Score]]:
    found: dict[int, dict[str, Score]] = {}
    for score in scores:
        found.setdefault(score.forecast, {})[score.candidate] = score
    return found


def _is_over(forecast: IssuedForecast, scores: dict[int, dict[str, Score]]) -> bool:
    """Says whether all its steps are due and one of them at least came with a value."""
    return any(score.due == forecast.horizon for score in scores.get(forecast.id, {}).values())


def _records(store: Store, over: Sequence[IssuedForecast], scores: dict[int, dict[str, Score]]) -> list[Record]:
    """Returns the candidates of forecasts of one step, least error first."""
    if not over:
        return []
    passed = demoted_by_scores(store, over[0].tag, over[0].step_ms, max(one.end for one in over))
    records = []
    for name in dict.fromkeys(name for one in over for name in scores[one.id]):
        pairs = [(mine[name], mine.get(BAR)) for one in over if name in (mine := scores[one.id])]
        newest, before = pairs[-RECENT:], pairs[:-RECENT]
        records.append(
            Record(
                *msgspec.structs.astuple(_summary(pairs)),
                name=name,
                step_ms=over[0].step_ms,
                shown=sum(one.shown == name for one in over),
                recent=_summary(newest) if before else None,
                before=_summary(before) if before else None,
                demoted=passed.get(name),
            )
        )
    return sorted(records, key=lambda record: math.inf if record.mase is None else record.mase)


def _shown(over: Sequence[IssuedForecast], scores: dict[int, dict[str, Score]]) -> Summary | None:
    pairs = [(mine[one.shown], mine.get(BAR)) for one in over if one.shown in (mine := scores[one.id])]
    return _summary(pairs) if pairs else None


def _summary(pairs: Sequence[tuple[Score, Score | None]]) -> Summary:
    """Sums a candidate's scores up, each beside seasonal naive's of the same forecast."""
    scaled = [(mine.steps, mine.mase) for mine, _ in pairs if mine.mase is not None]
    both = [
        (mine.steps * mine.mase, bar.steps * bar.mase)
        for mine, bar in pairs
        if bar is not None and mine.mase is not None and bar.mase is not None
    ]
    mine_sum, bar_sum = (math.fsum(side) for side in zip(*both, strict=True)) if both else (0.0, 0.0)
    levels = sorted({level for mine, _ in pairs for level in mine.inside}, key=int)
    return Summary(
        len(pairs),
        _mean(scaled),
        1 - mine_sum / bar_sum if bar_sum > 0 and any(mine.candidate != BAR for mine, _ in pairs) else None,
        {level: _mean([(s.steps, s.inside[level]) for s, _ in pairs if level in s.inside]) or 0.0 for level in levels},
    )


def _mean(weighted: Sequence[tuple[int, float]]) -> float | None:
    """Returns the mean of values by their weights; None where there are none."""
    total = sum(weight for weight, _ in weighted)
    return math.fsum(weight * value for weight, value in weighted) / total if total else None


def _told(store: Store, one: IssuedForecast, scores: dict[str, Score]) -> Told:
    score = scores.get(one.shown)
    at, said, came = _newest_value(store, one, score.due) if score else (None, None, None)
    return Told(
        to_iso(one.origin),
        to_iso(one.end),
        to_iso(one.issued_at),
        one.hindsight,
        one.step_ms,
        one.horizon,
        score.due if score else 0,
        one.shown,
        at,
        said,
        came,
        score.mae if score else None,
        score.mase if score else None,
        score.inside if score else {},
    )


def _newest_value(store: Store, one: IssuedForecast, due: int) -> tuple[str, float, float] | tuple[None, None, None]:
    """Returns time, median and value of the newest due step that came with a value."""
    span = Span(one.origin, one.origin + due * one.step_ms)
    actual = store.series(one.tag, span, one.step_ms)
    good = np.flatnonzero(np.isfinite(actual.values))
    if not len(good):
        return None, None, None
    step = int(good[-1])
    median = read_body(store, one).candidates[one.shown].median[step]
    return to_iso(int(actual.times[step])), median, float(actual.values[step])

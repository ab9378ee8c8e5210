"""Early warnings: before the limit, quiet otherwise, scored afterwards, the same however the minutes are cut."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from ingestion.outlook import OutlookJudge
from ingestion.warner import HORIZON
from plant.episodes import ChangeKind, EpisodeState, Priority
from plant.errors import BadInput
from plant.registry import Limits, Sensor
from plant.time import DAY, MINUTE

BEGIN = 20_000 * DAY
HOT = Sensor("P-1.TT", unit="degC", asset="P-1", limits=Limits(high=70.0, high_high=90.0))
COLD = Sensor("P-1.LT", unit="%", asset="P-1", limits=Limits(low=20.0))
HELD = Sensor("P-1.PT", unit="bar", asset="P-1", limits=Limits(setpoint=50.0, tolerance=8.0))
FROM = 2_000  # the row at which something begins to happen: on the second day


def minutes(*pieces: float, n: int = 2_400, seed: int = 3) -> np.ndarray:
    """Returns minutes of one tag about 50 with noise; from `FROM` on, along a line through `pieces` an hour apart."""
    hours = np.arange(len(pieces)) * 60
    path = np.interp(np.arange(n) - FROM, hours, pieces) if pieces else np.full(n, 50.0)
    return (path + np.random.default_rng(seed).normal(0.0, 0.3, n))[:, None]


def play(frame: np.ndarray, *sensors: Sensor, cuts: tuple[int, ...] = (), anew: bool = False):
    """Leads a judge through a frame as the asset stage does; with `anew`, one saved and restored each time."""
    judge = OutlookJudge("P-1", sensors, BEGIN)
    padded = np.vstack([np.full((judge.memory, len(sensors)), np.nan), frame])
    times = [BEGIN + (row - judge.memory) * MINUTE for row in range(len(padded))]
    changes, models, at = [], b"", 0
    while at < len(frame):
        fit = (judge.next_fit - BEGIN) // MINUTE
        end = min([len(frame), fit, *(cut for cut in cuts if cut > at)])
        changes += judge.judge(times[at : end + judge.memory], padded[at : end + judge.memory], judge.memory)
        at = end
        if at == fit:
            judge.fit(BEGIN + at * MINUTE, times[judge.memory :][:at], frame[:at])
            models = judge.models()
        if anew:
            state = judge.state()
            judge = OutlookJudge("P-1", sensors, BEGIN)
            judge.restore(state, models)
    return changes


def row_of(at: int) -> int:
    return (at - BEGIN) // MINUTE


@pytest.mark.parametrize(
    ("sensor", "pieces", "limit"),
    [
        (HOT, (50, 60, 70, 72, 72), "high"),
        (COLD, (50, 40, 30, 20, 15), "low"),
        (HELD, (50, 54, 58, 59), "band_high"),
    ],
)
def test_a_tag_that_is_heading_for_its_limit_is_warned_of_before_it_is_there(sensor, pieces, limit) -> None:
    frame = minutes(*pieces)
    opened, closed = play(frame, sensor)
    assert (opened.kind, closed.kind) == (ChangeKind.OPENED, ChangeKind.CLOSED)
    warning, ended = opened.episode, closed.episode
    edge = warning.high if pieces[1] > 50 else warning.low
    broken = np.flatnonzero(np.sign(pieces[1] - 50) * (frame[:, 0] - edge) > 0)[0]
    assert warning.rule == f"warning.{'setpoint' if sensor is HELD else limit}"
    assert (warning.tag, warning.asset, warning.priority) == (sensor.tag, "P-1", Priority.LOW)
    assert warning.outlook.limit == limit
    assert warning.outlook.right is None
    assert 0.75 * 0.8 <= warning.outlook.probability <= 0.8  # four in five: nothing is known of its warnings yet
    assert FROM < row_of(warning.opened_at) < broken - 5
    assert warning.opened_at < warning.outlook.earliest <= warning.outlook.latest <= warning.opened_at + HORIZON
    assert row_of(warning.outlook.earliest) <= broken <= row_of(warning.outlook.latest)
    assert f"{edge:g}" in warning.reason
    assert ended.outlook == msgspec.structs.replace(warning.outlook, right=True)
    assert row_of(ended.closed_at) == broken


def test_a_warning_of_what_did_not_come_is_scored_as_wrong_and_not_repeated_at_once() -> None:
    changes = play(minutes(50, 66, 66, 66, 66), HOT)
    closed = [change.episode for change in changes if change.kind is ChangeKind.CLOSED]
    assert [episode.outlook.right for episode in closed] == [False]


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(minutes(), id="nothing happens"),
        pytest.param(minutes(50, 54, 50, 46, 50), id="waves"),
        pytest.param(minutes(*[50] * 3) + 15.0 * (np.arange(2_400) > FROM)[:, None], id="a step towards the limit"),
        pytest.param(minutes() + 15.0 * (np.arange(2_400) == FROM)[:, None], id="a spike"),
        pytest.param(minutes(50, 80, 85, 90)[:1_400], id="the first day"),
        pytest.param(np.where(np.arange(2_400)[:, None] < FROM, minutes(), 75.0 + minutes() - 50), id="beyond at once"),
        pytest.param(
            np.where(np.arange(2_400)[:, None] % 60 < 40, np.nan, minutes(50, 80, 85)), id="too little is there"
        ),
        pytest.param(np.full((2_400, 1), np.nan), id="nothing is there"),
        pytest.param(np.full((2_400, 1), 50.0), id="constant"),
    ],
)
def test_all_else_is_quiet(frame) -> None:
    assert play(frame, HOT) == []


@pytest.mark.parametrize("value", [0.0, 0.1, 5.1, 70.0, 99.9])
def test_what_rests_at_its_limit_is_not_heading_for_it(value: float) -> None:
    sensor = Sensor("P-1.FT", asset="P-1", limits=Limits(low=value, high=value + 1.0))
    assert play(np.full((2_400, 1), value), sensor) == []
    sensor = Sensor("P-1.FT", asset="P-1", limits=Limits(low=value - 1.0, high=value))
    assert play(np.full((2_400, 1), value), sensor) == []


def test_a_limit_that_is_broken_is_not_warned_of_but_the_next_one_is() -> None:
    changes = play(minutes(50, 62, 74, 86, 98), HOT)
    told = [(change.kind.value, change.episode.rule) for change in changes]
    assert told == [
        ("opened", "warning.high"),
        ("closed", "warning.high"),
        ("opened", "warning.high_high"),
        ("closed", "warning.high_high"),
    ]
    assert all(change.episode.outlook.right for change in changes if change.kind is ChangeKind.CLOSED)


def test_a_warning_holds_on_bad_quality_and_is_not_scored_where_that_hides_what_happened() -> None:
    frame = minutes(50, 66, 66, 66, 66)
    opened = play(frame, HOT)[0].episode
    begun = row_of(opened.opened_at)
    frame[begun + 2 : begun + 120] = np.nan
    changes = play(frame, HOT)
    assert [change.kind.value for change in changes] == ["opened", "updated", "closed"]
    assert changes[1].episode.holding
    assert changes[2].episode.outlook.right is None


FRAME = np.hstack([minutes(50, 65, 80, 50, 50, 66, 66), minutes(50, 42, 30, 18, 10, 10, seed=4)])


@pytest.mark.parametrize("cuts", [(), (1_441, 2_051, 2_052, 2_060), tuple(range(7, 2_400, 13))])
@pytest.mark.parametrize("anew", [False, True])
def test_what_is_told_does_not_depend_on_how_the_minutes_are_cut_or_saved(cuts, anew) -> None:
    def told(**how):
        changes = play(FRAME, HOT, COLD, **how)
        return sorted(msgspec.json.encode(change) for change in changes)

    assert len(told()) >= 6
    assert told(cuts=cuts, anew=anew) == told()


def test_a_warning_whose_limit_is_taken_away_ends() -> None:
    frame = minutes(50, 66, 66)
    opened = play(frame, HOT)[0].episode
    at = row_of(opened.opened_at) + 1
    judge = OutlookJudge("P-1", [HOT], BEGIN)
    padded = np.vstack([np.full((judge.memory, 1), np.nan), frame[:at]])
    times = [BEGIN + (row - judge.memory) * MINUTE for row in range(len(padded))]
    judge.fit(BEGIN + DAY, times[judge.memory :][:1_440], frame[:1_440])
    judge.judge(times, padded, judge.memory)
    assert [episode.id for episode in judge.told()] == [opened.id]
    other = OutlookJudge("P-1", [msgspec.structs.replace(HOT, limits=Limits())], BEGIN)
    other.restore(judge.state(), judge.models())
    assert [episode.id for episode in other.told()] == [opened.id]
    (closed,) = other.judge([time + MINUTE for time in times], padded, len(padded) - 1)
    assert (closed.kind, closed.episode.id, closed.episode.state) == (
        ChangeKind.CLOSED,
        opened.id,
        EpisodeState.CLOSED,
    )
    assert other.told() == []


@pytest.mark.parametrize(("state", "models"), [(b"{", b""), (b"[]", b""), (b'{"first": 0}', b"[1]")])
def test_a_state_that_is_damaged_is_said(state, models) -> None:
    with pytest.raises(BadInput, match="early warnings"):
        OutlookJudge("P-1", [HOT], BEGIN).restore(state, models)

"""The same log gives the same episodes, however it is cut and however often the judge is restarted."""

from __future__ import annotations

import itertools

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from ingestion.episodes import EpisodeMachine, Life, Sight
from ingestion.tags import TagRules
from plant.episodes import ChangeKind, EpisodeKind, EpisodeState, Priority
from plant.readings import Quality, Reading
from plant.registry import Limits, Registry, Sensor

SENSOR = Sensor(
    "TT",
    limits=Limits(low_low=0.0, low=2.0, high=8.0, high_high=10.0, setpoint=5.0, tolerance=2.0, deadband=0.5),
    range_low=-5.0,
    range_high=15.0,
    decimals=1,
    cadence_ms=1_000,
    stuck_ms=20_000,
    on_delay_ms=3_000,
    off_delay_ms=4_000,
)
OTHER = msgspec.structs.replace(SENSOR, tag="PT")

steps = st.lists(
    st.tuples(st.sampled_from([1_000, 1_000, 2_000, 60_000]), st.sampled_from([True, True, False, None])), max_size=60
)


def machine() -> EpisodeMachine:
    return EpisodeMachine("limit.high", "TT", "E-1", EpisodeKind.PROCESS, Priority.MEDIUM, 3_000, 4_000)


def feed(sequence, *, restart_after=frozenset()):
    changes, ts, judge = [], 0, machine()
    for number, (step, condition) in enumerate(sequence):
        ts += step
        changes += judge.feed(ts, condition, Sight(float(number), "seen"))
        if number in restart_after:
            body = msgspec.json.encode(judge.state())
            judge = machine()
            judge.restore(msgspec.json.decode(body, type=Life | None))
    return changes


@given(steps, st.frozensets(st.integers(0, 59)))
def test_a_machine_that_is_restarted_goes_on_as_if_it_had_not_been(sequence, restarts) -> None:
    assert feed(sequence, restart_after=restarts) == feed(sequence)


@given(steps)
def test_a_life_is_opened_then_updated_then_closed(sequence) -> None:
    standing = None
    for change in feed(sequence):
        episode = change.episode
        if change.kind is ChangeKind.OPENED:
            assert standing is None
            assert episode.opened_at - episode.pending_at >= 3_000
            standing = episode.id
        else:
            assert episode.id == standing
        assert episode.pending_at <= episode.opened_at <= episode.updated_at
        if change.kind is ChangeKind.CLOSED:
            assert episode.state is EpisodeState.CLOSED
            standing = None


values = st.sampled_from([5.0, 5.0, 5.1, 7.4, 8.3, 10.6, -1.0, 20.0, float("nan"), None])
logs = st.lists(
    st.tuples(
        st.sampled_from(["TT", "PT", "XX"]),
        st.sampled_from([0, 500, 1_000, 90_000]),
        values,
        st.sampled_from([0, 192, 192, 192, 500]),
    ),
    max_size=120,
)


def readings_of(log) -> list[Reading]:
    ts, readings = 1_000_000, []
    for tag, step, value, quality in log:
        ts += step
        readings.append(Reading(tag, ts, value, quality if value is not None else Quality.BAD))
    return readings


@given(logs, st.lists(st.integers(0, 120), max_size=6), st.booleans())
def test_rules_give_the_same_changes_however_the_log_is_cut(log, cuts, restart) -> None:
    readings = readings_of(log)
    registry = Registry([SENSOR, OTHER])
    whole = TagRules(registry, {}).judge(readings)
    pieces, states, rules = [], {}, TagRules(registry, {})
    edges = sorted({0, len(readings), *(cut for cut in cuts if cut < len(readings))})
    for start, end in itertools.pairwise(edges):
        pieces += rules.judge(readings[start:end])
        states |= rules.dirty()
        if restart:
            rules = TagRules(registry, states)
    assert msgspec.json.encode(pieces) == msgspec.json.encode(whole)


@given(logs)
def test_tags_do_not_disturb_each_other(log) -> None:
    readings = readings_of(log)
    registry = Registry([SENSOR, OTHER])
    alone = TagRules(registry, {}).judge([reading for reading in readings if reading.tag == "TT"])
    together = TagRules(registry, {}).judge(readings)
    assert [change for change in together if change.episode.tag == "TT"] == alone

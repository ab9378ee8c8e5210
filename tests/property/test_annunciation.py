"""Whatever happened in whatever order, an alarm is in one state, and what stands is never hidden without a reason."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plant.annunciation import HIDDEN, LONGEST_SHELF, AlarmState
from plant.episodes import BY_PEOPLE, ChangeKind, Episode, EpisodeKind, EpisodeState, PersonEvent
from plant.registry import Registry, Sensor
from plant.time import DAY, MINUTE
from tests.unit.alerts.alarms import NOW, did, seen, stood

TAGS = ("A", "B", "C")
ASSETS = {"A": "P-1", "B": "P-1", "C": "P-2"}
PLACES = (*TAGS, "P-1", "P-2")
CAUSES = st.lists(st.sampled_from(PLACES), max_size=2).map(tuple)


@st.composite
def episodes(draw: st.DrawFn) -> Episode:
    tag = draw(st.sampled_from(TAGS))
    begin = draw(st.integers(-120, -1)) * MINUTE
    lasts = draw(st.none() | st.integers(0, 60))
    kind = draw(st.sampled_from(EpisodeKind))
    end = None if lasts is None else min(begin + lasts * MINUTE, 0)
    rule = draw(st.sampled_from(["limit.high", "stuck"]))
    return stood(tag, begin, end, rule=rule, asset=ASSETS[tag], kind=kind)


@st.composite
def plants(draw: st.DrawFn) -> tuple[list[Episode], list[PersonEvent], Registry]:
    some = draw(st.lists(episodes(), max_size=12, unique_by=lambda episode: episode.id))
    events = []
    for at in draw(st.lists(st.integers(-120 * MINUTE, MINUTE), max_size=12, unique=True)):
        kind = draw(st.sampled_from(sorted(BY_PEOPLE)))
        place = kind in {ChangeKind.OUT_OF_SERVICE, ChangeKind.IN_SERVICE} or not some
        target = draw(st.sampled_from(PLACES)) if place else draw(st.sampled_from(some))
        until = draw(st.none() | st.integers(0, 90 * MINUTE)) if kind is ChangeKind.SHELVED else None
        events.append(did(kind, target, at, until=until))
    sensors = [Sensor(tag, asset=ASSETS[tag], latching=draw(st.booleans()), suppressed_by=draw(CAUSES)) for tag in TAGS]
    return some, events, Registry(sensors)


@given(plants(), st.randoms(use_true_random=False))
def test_neither_the_order_of_episodes_nor_of_events_matters(plant, random) -> None:
    some, events, registry = plant
    told = seen(some, events, registry)
    assert told.statuses.keys() == {episode.id for episode in some}
    random.shuffle(some)
    random.shuffle(events)
    assert seen(some, events, registry) == told


@given(plants())
def test_what_stands_is_hidden_only_by_a_shelf_an_outage_or_an_alert_that_is_not_itself_explained_by_it(plant) -> None:
    some, events, registry = plant
    found = seen(some, events, registry).statuses
    for episode in some:
        status = found[episode.id]
        if episode.state is not EpisodeState.OPEN or status.state not in HIDDEN:
            continue
        if status.state is AlarmState.SUPPRESSED:
            path = [episode.id]
            while found[path[-1]].state is AlarmState.SUPPRESSED:
                path.append(found[path[-1]].suppressed_by)
                assert len(set(path)) == len(path), "a circle hides itself"
            root = next(e for e in some if e.id == path[-1])
            assert root.state is EpisodeState.OPEN
            assert found[root.id].state is not AlarmState.OUT_OF_SERVICE
        else:
            assert status.by is not None
            assert status.by.at <= NOW


@given(plants())
def test_every_shelf_ends(plant) -> None:
    some, events, registry = plant
    later = seen(some, events, registry, at=LONGEST_SHELF + MINUTE).statuses
    assert all(status.state is not AlarmState.SHELVED for status in later.values())


@given(plants())
def test_with_nobody_doing_anything_what_stands_waits_for_a_person_or_is_explained(plant) -> None:
    some, _, registry = plant
    for episode in some:
        state = seen(some, [], registry, at=DAY).statuses[episode.id].state
        if episode.state is EpisodeState.OPEN:
            assert state in {AlarmState.UNACKNOWLEDGED, AlarmState.SUPPRESSED}


@given(st.lists(st.integers(-120, -1), min_size=1, max_size=60, unique=True))
def test_incidents_are_stretches_of_the_openings_without_overlap(minutes) -> None:
    opened = [stood(f"T{at}", at * MINUTE // 4) for at in sorted(minutes)]
    incidents = seen(opened).incidents
    members = [member for incident in incidents for member in incident.members]
    order = [episode.id for episode in opened]
    assert len(set(members)) == len(members)
    for incident in incidents:
        begin = order.index(incident.members[0])
        assert tuple(order[begin : begin + len(incident.members)]) == incident.members
        assert len(incident.members) > 10

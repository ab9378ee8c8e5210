"""What an alarm is to people: every transition of ISA-18.2, floods, chatter, suppression."""

from __future__ import annotations

import msgspec
import pytest

from plant.annunciation import LONGEST_SHELF, AlarmState
from plant.episodes import ChangeKind, EpisodeState, Feedback, PersonEvent
from plant.registry import Registry, Sensor
from plant.time import HOUR, MINUTE
from tests.unit.alerts.alarms import NOW, did, fault, seen, stood

ACK, SHELVE, UNSHELVE = ChangeKind.ACKNOWLEDGED, ChangeKind.SHELVED, ChangeKind.UNSHELVED
RESET, OUT, BACK = ChangeKind.RESET, ChangeKind.OUT_OF_SERVICE, ChangeKind.IN_SERVICE
STANDS = stood("T", -HOUR)
OVER = stood("T", -HOUR, -MINUTE)


@pytest.mark.parametrize(
    ("episode", "events", "state"),
    [
        (STANDS, [], AlarmState.UNACKNOWLEDGED),
        (STANDS, [did(ACK, STANDS, -1)], AlarmState.ACKNOWLEDGED),
        (STANDS, [did(ACK, STANDS, 1)], AlarmState.UNACKNOWLEDGED),
        (OVER, [], AlarmState.RETURNED),
        (OVER, [did(ACK, OVER, -1)], AlarmState.NORMAL),
        (OVER, [did(ACK, OVER, -30 * MINUTE)], AlarmState.NORMAL),
        (STANDS, [did(SHELVE, STANDS, -5, until=5)], AlarmState.SHELVED),
        (STANDS, [did(SHELVE, STANDS, -5, until=0)], AlarmState.UNACKNOWLEDGED),
        (STANDS, [did(ACK, STANDS, -9), did(SHELVE, STANDS, -5, until=-1)], AlarmState.ACKNOWLEDGED),
        (STANDS, [did(SHELVE, STANDS, -5, until=5), did(UNSHELVE, STANDS, -1)], AlarmState.UNACKNOWLEDGED),
        (OVER, [did(SHELVE, OVER, -5, until=5)], AlarmState.SHELVED),
        (OVER, [did(SHELVE, OVER, -2 * MINUTE, until=-5)], AlarmState.NORMAL),
        (OVER, [did(SHELVE, OVER, -30, until=-5)], AlarmState.RETURNED),
        (STANDS, [did(OUT, "T", -5)], AlarmState.OUT_OF_SERVICE),
        (STANDS, [did(OUT, "t", -5), did(BACK, "T", -1)], AlarmState.UNACKNOWLEDGED),
        (STANDS, [did(OUT, "T", -5), did(SHELVE, STANDS, -4, until=5)], AlarmState.OUT_OF_SERVICE),
        (STANDS, [did(RESET, STANDS, -5)], AlarmState.UNACKNOWLEDGED),
        (msgspec.structs.replace(STANDS, holding=True, quality=0), [], AlarmState.UNACKNOWLEDGED),
    ],
)
def test_an_alarm_goes_from_state_to_state(episode, events, state) -> None:
    assert seen([episode], events).statuses[episode.id].state is state
    assert seen([episode], events[::-1]).statuses[episode.id].state is state


def test_a_pending_episode_is_nothing_to_people_yet() -> None:
    pending = msgspec.structs.replace(STANDS, state=EpisodeState.PENDING, opened_at=None)
    assert seen([pending]).statuses == {}


def test_a_latched_alarm_stays_until_it_is_reset_after_its_end() -> None:
    registry = Registry([Sensor("T", latching=True)])
    early, late = did(RESET, OVER, -2 * MINUTE), did(RESET, OVER, -1)
    assert seen([OVER], [did(ACK, OVER, -5)], registry).statuses[OVER.id].state is AlarmState.LATCHED
    assert seen([OVER], [early], registry).statuses[OVER.id].state is AlarmState.LATCHED
    assert seen([OVER], [late], registry).statuses[OVER.id].state is AlarmState.NORMAL
    assert seen([STANDS], [], registry).statuses[STANDS.id].state is AlarmState.UNACKNOWLEDGED


def test_shelving_is_of_the_alarm_so_a_new_episode_within_it_is_shelved_too() -> None:
    again, other = stood("T", -MINUTE), stood("T", -MINUTE, rule="limit.low")
    found = seen([OVER, again, other], [did(SHELVE, OVER, -2 * MINUTE, until=MINUTE)]).statuses
    assert found[again.id].state is AlarmState.SHELVED
    assert found[again.id].by is not None
    assert found[again.id].by.note == "because"
    assert found[other.id].state is AlarmState.UNACKNOWLEDGED


@pytest.mark.parametrize("until", [None, 7 * 24 * HOUR])
def test_shelving_ends_whatever_it_was_written_with(until) -> None:
    shelve = did(SHELVE, STANDS, 0, until=until)
    assert seen([STANDS], [shelve], at=LONGEST_SHELF - 1).statuses[STANDS.id].state is AlarmState.SHELVED
    assert seen([STANDS], [shelve], at=LONGEST_SHELF).statuses[STANDS.id].state is AlarmState.UNACKNOWLEDGED


def test_an_event_of_a_store_made_before_alarms_could_be_shelved_still_counts() -> None:
    body = f'{{"episode_id":"{STANDS.id}","kind":"shelved","at":{NOW - 5},"who":"ann","note":"x","until":{NOW + 5}}}'
    old = msgspec.json.decode(body, type=PersonEvent)
    assert seen([STANDS], [old]).statuses[STANDS.id].state is AlarmState.SHELVED


def test_the_newest_episode_carries_the_alarm_and_earlier_ones_are_history() -> None:
    found = seen([OVER, stood("T", -30, -10)]).statuses
    assert found[OVER.id].state is AlarmState.NORMAL
    assert list(found.values())[1].state is AlarmState.RETURNED


def test_an_asset_out_of_service_takes_its_tags_along() -> None:
    tag, whole = stood("T", -9, asset="P-1"), stood("", -9, asset="P-1", rule="anomaly")
    found = seen([tag, whole, STANDS], [did(OUT, "P-1", -5)])
    assert [found.statuses[e.id].state for e in (tag, whole)] == [AlarmState.OUT_OF_SERVICE] * 2
    assert found.out_of_service["P-1"].note == "because"


@pytest.mark.parametrize("named", ["CAUSE", "P-9", "p-9"])
def test_a_standing_alert_on_a_named_tag_or_asset_suppresses(named) -> None:
    registry = Registry([Sensor("T", suppressed_by=(named,))])
    cause, over = stood("CAUSE", -9, asset="P-9"), stood("CAUSE", -9, -1, asset="P-9")
    status = seen([STANDS, cause], [], registry).statuses[STANDS.id]
    assert (status.state, status.suppressed_by) == (AlarmState.SUPPRESSED, cause.id)
    assert seen([STANDS, over], [], registry).statuses[STANDS.id].state is AlarmState.UNACKNOWLEDGED
    assert seen([STANDS, cause], [], Registry()).statuses[STANDS.id].state is AlarmState.UNACKNOWLEDGED


def test_an_alert_out_of_service_suppresses_nothing_a_shelved_one_does() -> None:
    registry = Registry([Sensor("T", suppressed_by=("CAUSE",))])
    cause = stood("CAUSE", -9)
    out, shelved = [did(OUT, "CAUSE", -1)], [did(SHELVE, cause, -1, until=9)]
    assert seen([STANDS, cause], out, registry).statuses[STANDS.id].state is AlarmState.UNACKNOWLEDGED
    assert seen([STANDS, cause], shelved, registry).statuses[STANDS.id].state is AlarmState.SUPPRESSED


def test_of_a_circle_the_first_to_open_is_shown_and_a_chain_ends_in_what_is_shown() -> None:
    registry = Registry(
        [Sensor("A", suppressed_by=("B",)), Sensor("B", suppressed_by=("A",)), Sensor("C", suppressed_by=("B",))]
    )
    a, b, c = stood("A", -9), stood("B", -8), stood("C", -7)
    found = seen([c, b, a], [], registry).statuses
    assert [found[e.id].state for e in (a, b, c)] == [
        AlarmState.UNACKNOWLEDGED,
        AlarmState.SUPPRESSED,
        AlarmState.SUPPRESSED,
    ]
    assert found[c.id].suppressed_by == b.id


def test_a_faulty_instrument_suppresses_what_its_readings_say_since() -> None:
    before, since = stood("T", -9), stood("T", -5, rule="limit.high_high")
    other, broken = stood("U", -5), fault("T", -7)
    found = seen([before, since, other, broken]).statuses
    assert found[before.id].state is AlarmState.UNACKNOWLEDGED
    assert found[since.id].state is AlarmState.SUPPRESSED
    assert found[other.id].state is AlarmState.UNACKNOWLEDGED
    assert found[broken.id].state is AlarmState.UNACKNOWLEDGED


def test_what_was_over_while_suppressed_needs_no_acknowledgement() -> None:
    registry = Registry([Sensor("T", suppressed_by=("CAUSE",))])
    cause = stood("CAUSE", -2 * HOUR, -5)
    assert seen([OVER, cause], [], registry).statuses[OVER.id].state is AlarmState.NORMAL


def flood(count: int, every: int, begin: int = -HOUR):
    return [stood(f"T{i}", begin + i * every) for i in range(count)]


def test_more_than_ten_in_ten_minutes_are_one_incident_with_its_first_out() -> None:
    assert seen(flood(10, MINUTE // 2)).incidents == ()
    episodes = flood(14, MINUTE // 2)
    (incident,) = seen(episodes).incidents
    assert incident.members == tuple(e.id for e in episodes)
    assert incident.begun_at == episodes[0].opened_at
    assert incident.id == episodes[0].id.replace("ep-", "in-")
    assert seen(episodes[:12]).incidents[0].id == incident.id
    assert all(status.incident == incident.id for status in seen(episodes).statuses.values())


def test_a_flood_ends_when_fewer_than_five_opened_in_ten_minutes() -> None:
    episodes = flood(14, MINUTE // 2)
    fifth_last = episodes[-5].opened_at - NOW
    end = fifth_last + 10 * MINUTE
    (going,) = seen(episodes, at=end - 1).incidents
    (ended,) = seen(episodes, at=end).incidents
    assert (going.ended_at, ended.ended_at) == (None, NOW + end)
    within, after = stood("LATE", end - 1), stood("LATE", end)
    assert len(seen([*episodes, within], at=HOUR).incidents[0].members) == 15
    assert len(seen([*episodes, after], at=HOUR).incidents[0].members) == 14


def test_what_nobody_was_shown_makes_no_flood() -> None:
    episodes = flood(14, MINUTE // 2)
    assert seen(episodes, [did(OUT, f"T{i}", -2 * HOUR) for i in range(5)]).incidents == ()


def test_three_openings_in_ten_minutes_are_chatter() -> None:
    slow = [stood("S", at * MINUTE, at * MINUTE + 1) for at in (-30, -24, -18)]
    fast = [stood("F", at * MINUTE, at * MINUTE + 1) for at in (-60, -20, -15, -10)]
    found = seen([*slow, *fast]).statuses
    assert [found[e.id].chattering for e in slow] == [False] * 3
    assert [found[e.id].chattering for e in fast] == [False, True, True, True]


def test_the_last_feedback_is_told() -> None:
    said = [
        PersonEvent(STANDS.id, ChangeKind.FEEDBACK, NOW - 9, "ann", feedback=Feedback.RIGHT),
        PersonEvent(STANDS.id, ChangeKind.FEEDBACK, NOW - 5, "bob", feedback=Feedback.BAD_DATA),
    ]
    status = seen([STANDS], said).statuses[STANDS.id]
    assert status.feedback is not None
    assert status.feedback.feedback is Feedback.BAD_DATA

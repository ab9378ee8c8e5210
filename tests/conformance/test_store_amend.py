"""What a store offers to whoever judges late readings in their place, over every implementation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from plant.episodes import ChangeKind, Episode, EpisodeChange, EpisodeKind, EpisodeState, Priority
from plant.errors import Fenced
from plant.readings import Quality, Reading
from plant.registry import Sensor
from plant.time import HOUR, MINUTE, Span
from tests.conformance.test_store import OPENERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from plant.store.contract import Inserted, Store


@pytest.fixture(params=OPENERS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = OPENERS[request.param](tmp_path)
    opened.put_sensors([Sensor("A", asset="P-1"), Sensor("B", asset="P-1"), Sensor("C", asset="P-2"), Sensor("D")])
    yield opened
    opened.close()


def insert(store: Store, *readings: Reading, partition: int = 0) -> Inserted:
    with store.transaction() as transaction:
        return transaction.insert_readings("s", partition, readings)


def advance(store: Store, asset: str, cursor: int) -> int:
    claim = store.claim_asset(asset, "me", expired_before=0)
    assert claim is not None
    with store.transaction() as transaction:
        transaction.advance_asset(asset, claim.epoch, cursor=cursor)
    return claim.epoch


def episode(name: str, *, tag: str = "A", asset: str = "P-1", closed: int | None = None) -> Episode:
    state = EpisodeState.OPEN if closed is None else EpisodeState.CLOSED
    return Episode(name, "limit.high", tag, asset, EpisodeKind.PROCESS, Priority.LOW, state, 1, 2, closed, closed or 2)


def apply(store: Store, *changes: tuple[ChangeKind, Episode]) -> None:
    with store.transaction() as transaction:
        transaction.apply_episodes([EpisodeChange(*change) for change in changes])


def keys(store: Store) -> Sequence[str]:
    return [message.key for message in store.unsent("topic", 100)]


def test_readings_after_a_time_are_in_order_with_those_just_inserted(store: Store):
    insert(store, Reading("A", 10, 1.0), Reading("A", 30, None, Quality.BAD), Reading("B", 20, 9.0))
    with store.transaction() as transaction:
        transaction.insert_readings("s", 0, [Reading("A", 20, 2.0), Reading("A", 25, 7.0, historical=True)])
        found = list(transaction.readings_after("A", 10))
        assert list(transaction.readings_after("nobody", 0)) == []
    assert found == [Reading("A", 20, 2.0), Reading("A", 30, None, Quality.BAD)]


def test_newest_times(store: Store):
    insert(store, Reading("A", 10, 1.0), Reading("A", 30, 1.0), Reading("B", 20, 9.0))
    insert(store, Reading("B", 40, 9.0), partition=1)
    with store.transaction() as transaction:
        assert [transaction.newest_before("A", ts) for ts in (10, 11, 30, 31)] == [None, 10, 10, 30]
        assert transaction.newest_before("nobody", 10) is None
        assert transaction.newest_times("s", 0) == {"A": 30}
        assert transaction.newest_times("s", 1) == {"B": 40}


def test_the_number_of_good_readings_grows_with_each(store: Store):
    span = Span(MINUTE, 3 * MINUTE)
    insert(store, Reading("A", MINUTE, 1.0), Reading("B", 3 * MINUTE - 1, 1.0), Reading("A", 3 * MINUTE, 1.0))
    insert(store, Reading("A", MINUTE + 1, None, Quality.BAD), Reading("C", MINUTE, 1.0), Reading("A", 0, 1.0))
    assert store.good_readings(["A", "B"], span) == 2
    with store.transaction() as transaction:
        transaction.insert_readings("s", 0, [Reading("A", MINUTE + 2, 1.0)])
        assert transaction.good_readings(["A", "B"], span) == 3
    assert store.good_readings(["A", "B"], span) == 3
    assert store.good_readings([], span) == store.good_readings(["nobody"], span) == 0


def test_the_oldest_minute_of_each_tag_is_told_of_what_was_stored(store: Store):
    insert(store, Reading("B", 5, 1.0))
    inserted = insert(
        store,
        Reading("A", 3 * MINUTE, 1.0),
        Reading("A", 2 * MINUTE + 7, None, Quality.BAD),
        Reading("B", 5, 1.0),
        Reading("B", MINUTE, 1.0),
    )
    assert inserted.oldest == {"A": 2 * MINUTE, "B": MINUTE}


def test_an_asset_is_marked_where_a_tag_is_touched_before_its_cursor(store: Store):
    advance(store, "P-1", 10 * MINUTE)
    store.claim_asset("P-2", "me", expired_before=0)  # nothing judged yet
    insert(store, Reading("A", 10 * MINUTE, 1.0), Reading("C", 1, 1.0), Reading("D", 1, 1.0))
    assert store.amendments() == {}
    insert(store, Reading("B", 7 * MINUTE + 5, 1.0), Reading("A", 8 * MINUTE, 1.0))
    assert store.amendments() == {"P-1": 7 * MINUTE}
    insert(store, Reading("A", 9 * MINUTE, 1.0))
    insert(store, Reading("B", 7 * MINUTE + 5, 1.0), Reading("B", 7 * MINUTE + 5, 2.0))  # nothing is stored
    assert store.amendments() == {"P-1": 7 * MINUTE}
    insert(store, Reading("A", 3 * MINUTE, 1.0))
    assert store.amendments() == {"P-1": 3 * MINUTE}


def test_a_mark_goes_with_what_was_judged_again_and_no_other(store: Store):
    epoch = advance(store, "P-1", 10 * MINUTE)
    insert(store, Reading("A", 7 * MINUTE, 1.0))

    def judged_again(amended_from: int | None) -> None:
        with store.transaction() as transaction:
            transaction.advance_asset("P-1", epoch, cursor=10 * MINUTE, amended_from=amended_from)

    judged_again(None)
    judged_again(8 * MINUTE)  # an older minute was touched meanwhile
    assert store.amendments() == {"P-1": 7 * MINUTE}
    store.claim_asset("P-1", "another", expired_before=2**60)
    with pytest.raises(Fenced):
        judged_again(7 * MINUTE)
    assert store.amendments() == {"P-1": 7 * MINUTE}
    epoch += 1
    judged_again(7 * MINUTE)
    assert store.amendments() == {}


def give_up(store: Store, hour: int) -> None:
    store.begin_sealing(hour)
    store.finish_sealing(hour, readings=1, sha256="of the file", at=1)
    assert store.retire_hour(hour) > 0


def test_an_hour_whose_readings_were_given_up_keeps_its_minutes(store: Store):
    insert(store, Reading("A", MINUTE, 1.0), Reading("A", MINUTE + 1, 2.0), Reading("A", 5 * HOUR, 1.0))
    give_up(store, 0)
    insert(store, Reading("A", MINUTE + 2, 6.0), Reading("A", MINUTE + 3, None, Quality.BAD), Reading("A", 0, 4.0))
    assert store.series("A", Span(0, 2 * MINUTE), MINUTE).values.tolist() == [4.0, 3.0]
    assert store.good_readings(["A"], Span(0, 2 * MINUTE)) == 4


def test_whether_readings_were_given_up_is_told(store: Store):
    insert(store, Reading("A", 1, 1.0), Reading("A", 5 * HOUR, 1.0))
    give_up(store, 0)
    with store.transaction() as transaction:
        assert not transaction.keeps_since(0)
        assert not transaction.keeps_since(HOUR - 1)
        assert transaction.keeps_since(HOUR)


def test_episodes_that_stand_or_closed_since(store: Store):
    old, late, standing = episode("old", closed=10), episode("late", closed=20), episode("standing")
    other = episode("other", tag="", asset="P-2")
    apply(store, *((ChangeKind.OPENED, one) for one in (old, late, standing, other)))
    with store.transaction() as transaction:
        assert {one.id for one in transaction.episodes_since(11, tag="A")} == {"late", "standing"}
        assert {one.id for one in transaction.episodes_since(10, asset="P-1")} == {"old", "late", "standing"}
        assert transaction.episodes_since(0, asset="P-2") == [other]
        assert transaction.episodes_since(0, tag="B") == []


def test_a_retracted_episode_is_gone_and_its_life_is_kept(store: Store):
    one = episode("one")
    apply(store, (ChangeKind.OPENED, one), (ChangeKind.RETRACTED, one))
    assert store.episode("one") is None
    assert store.episodes() == []
    assert store.episode_life("one") == [EpisodeChange(kind, one) for kind in (ChangeKind.OPENED, ChangeKind.RETRACTED)]


def test_of_updates_in_a_row_the_life_keeps_the_last(store: Store):
    one = episode("one")
    scores = [msgspec.structs.replace(one, score=float(score)) for score in range(4)]
    updates = [(ChangeKind.UPDATED, updated) for updated in scores]
    apply(store, (ChangeKind.OPENED, one), *updates[:2])
    apply(store, updates[2], (ChangeKind.AMENDED, one), updates[3])
    life = [(ChangeKind.OPENED, one), updates[2], (ChangeKind.AMENDED, one), updates[3]]
    assert store.episode_life("one") == [EpisodeChange(*change) for change in life]
    assert store.episode("one") == scores[3]


def test_messages_have_keys_of_their_own_and_none_comes_twice(store: Store):
    standing, closed = episode("one"), episode("one", closed=9)
    apply(store, (ChangeKind.OPENED, standing), (ChangeKind.UPDATED, standing), (ChangeKind.CLOSED, closed))
    apply(store, (ChangeKind.OPENED, standing), (ChangeKind.CLOSED, closed))
    assert keys(store) == ["one/opened", "one/closed"]
    apply(store, (ChangeKind.AMENDED, standing))
    apply(store, (ChangeKind.CLOSED, closed), (ChangeKind.CLOSED, closed))
    apply(store, (ChangeKind.RETRACTED, closed), (ChangeKind.OPENED, standing))
    _, _, amended, again, retracted, opened = keys(store)
    assert amended.startswith("one/amended/")
    assert again == amended.replace("amended", "closed")
    assert retracted.startswith("one/retracted/")
    assert opened == retracted.replace("retracted", "opened")


def test_states_are_dropped_by_key(store: Store):
    with store.transaction() as transaction:
        transaction.save_states({"a": b"1", "b": b"2", "c": b"3"})
        transaction.drop_states(["a", "c", "nothing"])
        assert transaction.load_states("") == {"b": b"2"}

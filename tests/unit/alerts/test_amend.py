"""Late readings of a tag: what they open, amend, close again and take back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from ingestion.amend import reconcile
from ingestion.tags import TagRules
from plant.episodes import ChangeKind, EpisodeChange
from plant.readings import Quality, Reading
from plant.registry import Limits, Registry, Sensor, SensorState
from plant.store.sqlite import open_store
from plant.time import HOUR, MINUTE, SECOND, Span

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plant.episodes import Episode
    from plant.store.sqlite import SqliteStore

BEGIN = 1_000 * HOUR
SENSOR = Sensor("TT", asset="E-1", limits=Limits(high=10.0), cadence_ms=10 * SECOND, on_delay_ms=MINUTE, off_delay_ms=0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with open_store(tmp_path / "plant.db") as opened:
        opened.put_sensors([SENSOR])
        yield opened


def at(second: int, value: float | None) -> Reading:
    quality = Quality.BAD if value is None else Quality.GOOD
    return Reading("TT", BEGIN + second * SECOND, value, quality)


def hot(begin: int, end: int) -> list[Reading]:
    return [at(second, 12.0) for second in range(begin, end, 10)]


def cool(begin: int, end: int) -> list[Reading]:
    return [at(second, 5.0 + second % 20 / 100) for second in range(begin, end, 10)]


def take(store: SqliteStore, *readings: Reading, sensor: Sensor = SENSOR) -> list[str]:
    """Judges a batch as a worker that was just started does; returns what became of alerts of the limit."""
    rules = TagRules(Registry([sensor]), {})
    with store.transaction() as transaction:
        stored = transaction.insert_readings("log", 0, readings).stored
        rules.refresh(transaction.states(rules.keys(stored)))
        changes = rules.judge(stored, transaction)
        transaction.save_states(rules.dirty())
        transaction.apply_episodes(changes)
    return [change.kind.value for change in changes if change.episode.rule == "limit.high"]


def alerts(store: SqliteStore) -> list[Episode]:
    """Returns the alerts of the limit; faults of the instrument are beside the point here."""
    return [episode for episode in store.episodes() if episode.rule == "limit.high"]


def told(store: SqliteStore) -> list[str]:
    """Returns what the outbox says of them, without ids and the events' numbers."""
    changes = [msgspec.json.decode(message.body, type=EpisodeChange) for message in store.unsent("topic", 100)]
    return [change.kind.value for change in changes if change.episode.rule == "limit.high"]


def the_one(store: SqliteStore) -> Episode:
    (episode,) = alerts(store)
    return episode


def calm(store: SqliteStore, tmp_path: Path, sensor: Sensor = SENSOR) -> list[Episode]:
    """Returns the episodes of the same readings in their order, taken in at once."""
    with open_store(tmp_path / "calm.db") as other:
        other.put_sensors([sensor])
        take(other, *store.readings("TT", Span(0, 2 * BEGIN)), sensor=sensor)
        return other.episodes()


def test_a_late_excursion_opens_and_closes_in_the_past(store: SqliteStore, tmp_path: Path) -> None:
    take(store, *cool(0, 600), *cool(900, 1_200))
    assert take(store, *hot(600, 900)) == ["opened", "closed"]
    assert (the_one(store).opened_at, the_one(store).closed_at) == (BEGIN + 660 * SECOND, BEGIN + 900 * SECOND)
    assert store.episodes() == calm(store, tmp_path)


def test_a_late_cool_reading_takes_an_alert_back(store: SqliteStore, tmp_path: Path) -> None:
    take(store, *cool(0, 600), *hot(600, 640), *hot(650, 700), *cool(700, 1_000))
    gone = the_one(store)
    assert take(store, at(645, 5.0)) == ["retracted"]
    assert alerts(store) == []
    assert store.episodes() == calm(store, tmp_path)
    assert store.episode(gone.id) is None
    assert told(store) == ["opened", "closed", "retracted"]
    (last,) = [change for change in store.episode_life(gone.id) if change.kind is ChangeKind.RETRACTED]
    assert last.episode == gone  # what it was is kept


def test_an_alert_taken_back_that_opens_again_is_published_again(store: SqliteStore, tmp_path: Path) -> None:
    take(store, *cool(0, 600), *hot(600, 700))
    first = the_one(store)
    assert take(store, at(645, 5.0)) == ["retracted"]
    assert take(store, *hot(700, 720)) == ["opened"]
    take(store, *cool(720, 740))
    assert the_one(store).id != first.id  # it began later
    assert told(store) == ["opened", "retracted", "opened", "closed"]
    assert store.episodes() == calm(store, tmp_path)


def test_the_same_alert_taken_back_and_opened_again_has_a_second_message(store: SqliteStore) -> None:
    take(store, *hot(0, 100))
    episode = the_one(store)
    for kind in (ChangeKind.RETRACTED, ChangeKind.OPENED, ChangeKind.OPENED):
        with store.transaction() as transaction:
            transaction.apply_episodes([EpisodeChange(kind, episode)])
    number = store.unsent("topic", 10)[1].key.rpartition("/")[2]
    assert [message.key for message in store.unsent("topic", 10)] == [
        f"{episode.id}/opened", f"{episode.id}/retracted/{number}", f"{episode.id}/opened/{number}"
    ]  # fmt: skip
    assert store.episode(episode.id) == episode


def test_a_late_reading_moves_the_beginning_of_a_standing_alert(store: SqliteStore, tmp_path: Path) -> None:
    take(store, *cool(0, 600), *hot(600, 620), *hot(630, 900))
    before = the_one(store)
    assert take(store, at(625, None)) == ["amended"]
    after = the_one(store)
    assert after.id == before.id
    assert after.opened_at == before.opened_at + 10 * SECOND  # what cannot be judged does not count
    assert store.episodes() == calm(store, tmp_path)
    assert told(store) == ["opened", "amended"]


def test_a_late_reading_amends_an_alert_that_is_closed(store: SqliteStore, tmp_path: Path) -> None:
    take(store, *cool(0, 600), *hot(600, 900), *cool(900, 1_000))
    assert take(store, at(805, 17.0)) == ["amended"]
    assert the_one(store).actual == 17.0
    assert store.episodes() == calm(store, tmp_path)
    assert take(store, at(895, 5.0)) == ["amended"]
    assert the_one(store).closed_at == BEGIN + 895 * SECOND


def test_a_late_reading_that_changes_nothing_says_nothing(store: SqliteStore, tmp_path: Path) -> None:
    take(store, *cool(0, 600), *hot(600, 900), *cool(900, 1_000))
    assert take(store, at(5, 5.1), at(805, 12.0), at(955, 5.1)) == []
    assert told(store) == ["opened", "closed"]
    assert store.episodes() == calm(store, tmp_path)


def test_late_and_new_readings_in_one_batch_close_what_stands(store: SqliteStore, tmp_path: Path) -> None:
    take(store, *cool(0, 600), *hot(600, 900))
    assert take(store, *cool(900, 950), at(655, 12.5)) == ["closed"]
    assert store.episodes() == calm(store, tmp_path)


def test_an_alert_that_stood_long_before_shows_what_it_showed(store: SqliteStore, tmp_path: Path) -> None:
    take(store, *cool(0, 600), *hot(600, 10_000))
    before = the_one(store)
    assert take(store, at(9_905, 12.0)) == []
    assert the_one(store) == before
    assert take(store, at(9_915, 20.0)) == ["updated"]
    assert store.episodes() == calm(store, tmp_path)


def test_what_people_did_outlives_the_alert_and_is_there_when_it_returns(store: SqliteStore) -> None:
    take(store, *cool(0, 600), *hot(600, 640), *hot(650, 700))
    gone = the_one(store)
    take(store, at(645, 5.0))
    kinds = [change.kind.value for change in store.episode_life(gone.id)]
    assert kinds == ["opened", "retracted"]


def test_memories_reach_back_as_far_as_a_reading_may_be_late_and_no_further(store: SqliteStore) -> None:
    for begin in range(0, 6 * 3_600, 300):
        take(store, *cool(begin, begin + 300))
    with store.transaction() as transaction:
        past = msgspec.json.decode(transaction.states(["past/TT"])["past/TT"])
    times = [memory["ts"] for memory in past["memories"]]
    newest = BEGIN + (6 * 3_600 - 10) * SECOND
    assert times == sorted(times)
    assert times[0] < newest - HOUR <= times[1]
    assert len(times) <= 10


def test_a_reading_from_before_the_tags_rules_were_changed_is_not_judged(store: SqliteStore) -> None:
    strict = msgspec.structs.replace(SENSOR, limits=Limits(high=4.0))
    take(store, *cool(0, 600))
    assert take(store, *cool(600, 610), sensor=strict) == []
    assert take(store, *cool(605, 606), *[at(s, 5.0) for s in range(5, 300, 10)], sensor=strict) == []
    assert take(store, *cool(610, 700), sensor=strict) == ["opened"]
    assert the_one(store).pending_at == BEGIN + 600 * SECOND


def test_a_rule_that_is_gone_ends_at_the_next_reading_in_time(store: SqliteStore) -> None:
    bare = msgspec.structs.replace(SENSOR, limits=Limits())
    take(store, *cool(0, 600), *hot(600, 900))
    assert take(store, *cool(920, 950), sensor=bare) == ["closed"]
    assert the_one(store).closed_at == BEGIN + 920 * SECOND
    assert take(store, at(910, 5.0), sensor=bare) == ["amended"]
    assert the_one(store).closed_at == BEGIN + 910 * SECOND


def test_a_tag_that_is_confirmed_is_judged_from_then_on(store: SqliteStore) -> None:
    unknown = msgspec.structs.replace(SENSOR, state=SensorState.DISCOVERED)
    assert take(store, *hot(0, 600), sensor=unknown) == []
    assert take(store, *hot(610, 650)) == []
    assert take(store, at(605, 12.0), at(15, 12.0)) == []
    assert take(store, *hot(650, 690)) == ["opened"]
    assert the_one(store).pending_at == BEGIN + 605 * SECOND


@pytest.mark.parametrize("body", [b"rubbish", b"", b"\xff\xfe", b'{"ts": "soon"}', b'{"lives": {"limit.high": 1}}'])
@pytest.mark.parametrize("keys", [("rule/TT",), ("past/TT",), ("rule/TT", "past/TT")])
def test_a_damaged_state_is_made_anew_from_the_readings(
    store: SqliteStore, tmp_path: Path, caplog: pytest.LogCaptureFixture, keys: tuple[str, ...], body: bytes
) -> None:
    take(store, *cool(0, 600), *hot(600, 900))
    before = store.episodes()
    with store.transaction() as transaction:
        transaction.save_states(dict.fromkeys(keys, body))
    assert take(store, *hot(900, 920)) == []
    assert store.episodes() == before
    assert take(store, at(645, 5.0), *cool(920, 950)) == ["retracted", "opened", "closed"]
    assert store.episodes() == calm(store, tmp_path)
    assert "cannot be read" in caplog.text


def test_nothing_is_judged_again_where_readings_were_given_up_to_the_lake(store: SqliteStore) -> None:
    take(store, *cool(0, 3_000), *hot(3_000, 3_300), *cool(3_300, 4_000))
    before = store.episodes()
    store.begin_sealing(BEGIN)
    store.finish_sealing(BEGIN, readings=1, sha256="of the file", at=1)
    assert store.retire_hour(BEGIN) > 0
    assert take(store, at(3_995, 5.0), at(3_605, 30.0), *hot(4_000, 4_070)) == ["opened"]
    assert store.episodes()[1:] == before


def test_an_alert_that_only_the_table_has_is_taken_back_and_others_are_left_alone(store: SqliteStore) -> None:
    take(store, *hot(0, 100))
    episode = the_one(store)
    assert reconcile([episode], [episode], [], 0) == []
    assert [change.kind for change in reconcile([episode], [], [], 0)] == [ChangeKind.RETRACTED]

"""The contract of a store, over every implementation."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from plant.episodes import (
    ChangeKind,
    Episode,
    EpisodeChange,
    EpisodeKind,
    EpisodeState,
    Feedback,
    PersonEvent,
    Priority,
)
from plant.errors import BadInput, Fenced, StoreError
from plant.readings import Quality, Reading
from plant.registry import Sensor, SensorState
from plant.store.contract import Counts, DeadLetter, Document, Letters, Passage
from plant.store.documents import About, DocumentLink, DocumentRelation, PassageCode
from plant.store.sqlite import open_store
from plant.time import HOUR, MINUTE, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from plant.store.contract import Store

OPENERS: dict[str, Callable[[Path], Store]] = {"sqlite": lambda path: open_store(path / "plant.db", wait_s=0.2)}


@pytest.fixture(params=OPENERS)
def open_one(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    """Opens the same store again with each call, as another process would."""
    return lambda: OPENERS[request.param](tmp_path)


@pytest.fixture
def store(open_one: Callable[[], Store]) -> Iterator[Store]:
    store = open_one()
    yield store
    store.close()


def _insert(store: Store, *readings: Reading):
    with store.transaction() as transaction:
        return transaction.insert_readings("s", 0, readings)


def _episode(name: str = "ep-1", state: EpisodeState = EpisodeState.OPEN, opened: int | None = 20) -> Episode:
    closed = 90 if state is EpisodeState.CLOSED else None
    return Episode(name, "setpoint", "T", "P-1", EpisodeKind.PROCESS, Priority.HIGH, state, 10, opened, closed)


def test_what_was_committed_is_there_for_the_next_one(store: Store, open_one: Callable[[], Store]):
    _insert(store, Reading("T", 5, 1.5), Reading("T", 6, None, Quality.BAD))
    other = open_one()
    assert other.readings("T", Span(0, 10)) == [Reading("T", 5, 1.5), Reading("T", 6, None, Quality.BAD)]
    other.close()


def test_nothing_is_kept_or_seen_of_a_transaction_that_fails(store: Store):
    def fail():
        with store.transaction() as transaction:
            transaction.insert_readings("s", 0, [Reading("new", 5, 1.0)])
            transaction.save_states({"k": b"v"})
            assert store.readings("new", Span(0, 10)) == []
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert "new" not in store.registry()
    _insert(store, Reading("new", 5, 1.0))  # the id it was given before is not remembered
    assert store.latest()[0].tag == "new"


def test_first_value_wins_and_duplicates_are_told_from_conflicts(store: Store):
    _insert(store, Reading("T", 1, 1.0), Reading("T", 2, None, Quality.BAD))
    inserted = _insert(
        store,
        Reading("T", 1, 1.0),
        Reading("T", 2, None, Quality.BAD),
        Reading("T", 1, 1.5),
        Reading("T", 2, 2.0),
        Reading("T", 3, 3.0),
        Reading("T", 3, 3.0),
        Reading("T", 3, 4.0),
    )
    assert inserted.stored == (Reading("T", 3, 3.0),)
    assert inserted.duplicates == 3
    assert inserted.conflicts == (Reading("T", 1, 1.5), Reading("T", 2, 2.0), Reading("T", 3, 4.0))
    assert [reading.value for reading in store.readings("T", Span(0, 10))] == [1.0, None, 3.0]


def test_unknown_tags_are_discovered_and_known_ones_stay(store: Store):
    store.put_sensors([Sensor("T", unit="degC")])
    _insert(store, Reading("T", 1, 1.0), Reading("U", 1, 1.0))
    registry = store.registry()
    assert {sensor.tag: sensor.state for sensor in registry} == {
        "T": SensorState.CONFIRMED,
        "U": SensorState.DISCOVERED,
    }
    store.put_sensors([Sensor("U", unit="bar")])
    assert store.registry().get("U") == Sensor("U", unit="bar")
    assert len(store.readings("U", Span(0, 10))) == 1


def test_series_is_regular_and_holds_means_of_good_readings_only(store: Store):
    store.put_sensors([Sensor("T", unit="degC")])
    _insert(
        store,
        Reading("T", 0, 1.0),
        Reading("T", MINUTE + 1, 3.0),
        Reading("T", MINUTE + 2, 100.0, Quality.STALE),
        Reading("T", 9 * MINUTE, 7.0),
    )
    series = store.series("T", Span(0, 12 * MINUTE), 2 * MINUTE)
    assert series.unit == "degC"
    assert series.step_ms == 2 * MINUTE
    assert series.times.tolist() == [i * 2 * MINUTE for i in range(6)]
    np.testing.assert_array_equal(series.values, [2.0, np.nan, np.nan, np.nan, 7.0, np.nan])


def test_series_does_not_depend_on_the_order_or_the_batches(store: Store):
    values = [0.1, 0.7, 1e9, -1e9, 0.3]
    for i, value in enumerate(values):
        _insert(store, Reading("A", i, value))
    _insert(store, *(Reading("B", i, value) for i, value in reversed(list(enumerate(values)))))
    span = Span(0, MINUTE)
    assert store.series("A", span, MINUTE).values.tolist() == store.series("B", span, MINUTE).values.tolist()


def test_series_of_nothing_is_all_missing_and_extent_is_none(store: Store):
    assert np.isnan(store.series("none", Span(0, HOUR), MINUTE).values).all()
    assert store.extent() is None
    assert store.extent("none") is None
    assert store.latest() == []
    with pytest.raises(ValueError, match="minute"):
        store.series("none", Span(0, HOUR), 30_000)


def test_extent_ends_one_past_the_last(store: Store):
    _insert(store, Reading("A", 5, 1.0), Reading("B", 9, None, Quality.BAD))
    assert store.extent() == Span(5, 10)
    assert store.extent("A") == Span(5, 6)
    assert [(last.tag, last.ts, last.value) for last in store.latest()] == [("A", 5, 1.0), ("B", 9, None)]


def test_a_claim_goes_on_where_the_last_owner_was_and_fences_it_off(store: Store):
    first = store.claim_partition("s", 0, "one")
    with store.transaction() as transaction:
        transaction.advance("s", 0, first.epoch, next_offset=5, counts=Counts(consumed=5), watermark=50)
    second = store.claim_partition("s", 0, "two")
    assert (second.epoch, second.position) == (first.epoch + 1, 5)

    def late() -> None:
        with store.transaction() as transaction:
            transaction.insert_readings("s", 0, [Reading("T", 1, 1.0)])
            transaction.advance("s", 0, first.epoch, next_offset=6, counts=Counts(consumed=1), watermark=None)

    with pytest.raises(Fenced):
        late()
    (book,) = store.books("s")
    assert (book.next_offset, book.owner, book.counts.consumed, book.watermark) == (5, "two", 5, 50)
    assert store.readings("T", Span(0, 10)) == []


def test_books_add_up_and_the_watermark_never_goes_back(store: Store):
    epoch = store.claim_partition("s", 3, "one").epoch
    for watermark in (50, 40, None):
        with store.transaction() as transaction:
            transaction.advance("s", 3, epoch, next_offset=9, counts=Counts(consumed=2, late=1), watermark=watermark)
    (book,) = store.books()
    assert (book.counts, book.watermark) == (Counts(consumed=6, late=3), 50)


def test_heartbeats_show_partitions_that_nobody_owns(store: Store):
    store.claim_partition("s", 0, "one")
    store.heartbeat("s", "one", {0: 0, 1: 20}, at=99)
    books = {book.partition: book for book in store.books("s")}
    assert (books[0].owner, books[0].seen_at, books[0].end_offset) == ("one", 99, 0)
    assert (books[1].owner, books[1].epoch, books[1].end_offset) == ("", 0, 20)


def test_a_heartbeat_is_no_sign_of_life_of_a_partition_that_does_not_move(store: Store):
    epoch = store.claim_partition("s", 0, "one").epoch
    with store.transaction() as transaction:
        transaction.advance("s", 0, epoch, next_offset=10, counts=Counts(), watermark=None)
    store.heartbeat("s", "one", {0: 10}, at=10**15)
    assert store.books("s")[0].seen_at == 10**15
    store.heartbeat("s", "one", {0: 11}, at=10**15 + 1)
    assert store.books("s")[0].seen_at == 10**15  # behind, and only `advance` says that somebody reads


def test_an_owner_who_claims_again_what_is_his_gives_no_sign_of_life(store: Store):
    store.claim_partition("s", 0, "one")
    store.heartbeat("s", "one", {0: 0}, at=99)
    store.claim_partition("s", 0, "one")
    assert store.books("s")[0].seen_at == 99
    store.claim_partition("s", 0, "two")
    assert store.books("s")[0].seen_at > 99


def test_an_asset_that_was_given_up_is_free_at_once(store: Store):
    for asset, owner in (("P-1", "one"), ("P-2", "two")):
        assert store.claim_asset(asset, owner, expired_before=0) is not None
    store.release_assets("one")
    assert store.claim_asset("P-1", "three", expired_before=0) is not None
    assert store.claim_asset("P-2", "three", expired_before=0) is None


def test_the_keys_of_states_are_told_by_their_beginning(store: Store):
    with store.transaction() as transaction:
        transaction.save_states({"asset/P-1/now": b"1", "asset/P-1/past": b"2", "tag/T": b"3"})
    assert store.state_keys("asset/") == ["asset/P-1/now", "asset/P-1/past"]


def test_an_asset_is_free_ours_or_expired(store: Store):
    first = store.claim_asset("P-1", "one", expired_before=0)
    assert first is not None
    assert first.position is None
    assert store.claim_asset("P-1", "two", expired_before=0) is None
    with store.transaction() as transaction:
        transaction.advance_asset("P-1", first.epoch, cursor=77)
    taken = store.claim_asset("P-1", "two", expired_before=2**62)
    assert taken is not None
    assert (taken.epoch, taken.position) == (first.epoch + 1, 77)
    with pytest.raises(Fenced), store.transaction() as transaction:
        transaction.advance_asset("P-1", first.epoch, cursor=78)


def test_states_by_prefix(store: Store):
    with store.transaction() as transaction:
        transaction.save_states({"rule/a": b"1", "rule/b": b"2", "rulebook": b"3", "rule%": b"4"})
        transaction.save_states({"rule/a": b"5"})
        assert transaction.load_states("rule/") == {"rule/a": b"5", "rule/b": b"2"}
        assert transaction.states(["rule/b", "rule/z"]) == {"rule/b": b"2"}


def test_dead_letters_keep_their_bytes_and_are_written_once(store: Store):
    letter = DeadLetter("s", 0, 7, -1, "decode", "json", "It is not JSON.", b"\x00k", b"\xff\x00", 5)
    for _ in range(2):
        with store.transaction() as transaction:
            transaction.add_dead_letters([letter])
    ((number, kept),) = store.dead_letters()
    assert kept == letter
    assert store.dead_letter(number) == letter
    assert store.dead_letter(number + 1) is None


def test_dead_letters_are_chosen_explained_and_marked_as_redriven(store: Store):
    letters = [
        DeadLetter("s", 0, at, -1, stage, "json", "No.", None, b"x" * at, at)
        for at, stage in ((5, "decode"), (6, "clock"), (7, "decode"))
    ]
    epoch = store.claim_partition("s", 0, "one").epoch
    with store.transaction() as transaction:
        transaction.add_dead_letters(letters)
        transaction.advance("s", 0, epoch, next_offset=3, counts=Counts(consumed=3, dead_messages=3), watermark=None)
    first, second, third = (number for number, _ in store.letter_sizes(Letters()))
    assert store.letter_sizes(Letters(stage="decode")) == [(first, 5), (third, 7)]
    assert [number for number, _ in store.dead_letters(which=Letters(since=6, source="s", error="json"))] == [
        third,
        second,
    ]
    assert store.letter_sizes(Letters(source="t")) == store.letter_sizes(Letters(error="unit")) == []
    with store.transaction() as transaction:
        assert transaction.waiting_letter(first) == letters[0]
        transaction.mark_redriven(first, 9)
        transaction.explain_letter(second, "validate", "unit", "Another unit.")
        transaction.correct_book("s", 0, Counts(dead_messages=-1, decoded_messages=1), 8)
        assert transaction.waiting_letter(first) is None
    assert store.letter_sizes(Letters()) == [(second, 6), (third, 7)]
    kept, explained = store.dead_letter(first), store.dead_letter(second)
    assert kept is not None
    assert explained is not None
    assert (kept.redriven_at, kept.value) == (9, b"x" * 5)
    assert (explained.stage, explained.error, explained.text, explained.at) == ("validate", "unit", "Another unit.", 6)
    assert [number for number, _ in store.dead_letters()] == [third, second, first]
    (recount,) = store.recount()
    assert (recount.dead_letters, recount.book.watermark, recount.book.next_offset) == (2, 8, 3)
    assert recount.book.counts == Counts(consumed=3, dead_messages=2, decoded_messages=1)


def test_historical_readings_are_marked_and_left_to_no_rule(store: Store):
    with store.transaction() as transaction:
        given = [Reading("T", 1_000, 1.0), Reading("T", 2_000, 2.0, historical=True), Reading("T", 3_000, 3.0)]
        assert transaction.insert_readings("s", 0, given).stored == tuple(given)
        again = [Reading("T", 3_000, 3.0, historical=True), Reading("T", 4_000, 4.0, historical=True)]
        inserted = transaction.insert_readings("s", 0, again)
        assert (inserted.duplicates, inserted.stored) == (1, (again[1],))
        assert [reading.ts for reading in transaction.readings_after("T", 0)] == [1_000, 3_000]
    kept = store.readings("T", Span(0, 9_000))
    assert [reading.historical for reading in kept] == [False, True, False, True]
    assert store.series("T", Span(0, MINUTE), MINUTE).values.tolist() == [2.5]


def test_recount_counts_the_tables(store: Store):
    epoch = store.claim_partition("s", 0, "one").epoch
    with store.transaction() as transaction:
        transaction.insert_readings("s", 0, [Reading("T", 1, 1.0)])
        transaction.add_dead_letters([DeadLetter("s", 0, 1, -1, "decode", "json", "No.", None, None, 5)])
        transaction.advance("s", 0, epoch, next_offset=2, counts=Counts(consumed=2), watermark=1)
    (recount,) = store.recount()
    assert (recount.book.next_offset, recount.readings, recount.dead_letters) == (2, 1, 1)


def test_episodes_and_the_outbox(store: Store):
    pending = _episode("ep-0", EpisodeState.PENDING, opened=None)
    opened, closed = _episode(), _episode(state=EpisodeState.CLOSED)
    with store.transaction() as transaction:
        transaction.apply_episodes(
            [EpisodeChange(ChangeKind.UPDATED, pending), EpisodeChange(ChangeKind.OPENED, opened)]
        )
        transaction.apply_episodes([EpisodeChange(ChangeKind.OPENED, opened)])
    assert store.episodes(standing=True) == [opened]
    assert store.episode("ep-0") == pending
    with store.transaction() as transaction:
        transaction.apply_episodes([EpisodeChange(ChangeKind.CLOSED, closed)])
    assert store.episodes(standing=True) == []
    assert store.episodes(subject="p-1") == store.episodes(subject="t") == [closed]
    assert store.episodes(span=Span(85, 100)) == [closed]
    assert store.episodes(span=Span(91, 100)) == store.episodes(span=Span(0, 20)) == []
    keys = [message.key for message in store.unsent("topic", 10)]
    assert keys == ["ep-1/opened", "ep-1/closed"]
    store.mark_sent("topic", store.unsent("topic", 1)[-1].id)
    assert [message.key for message in store.unsent("topic", 10)] == ["ep-1/closed"]


def _outbox(store: Store, *names: str) -> None:
    with store.transaction() as transaction:
        transaction.apply_episodes([EpisodeChange(ChangeKind.OPENED, _episode(name)) for name in names])


def _waiting(store: Store, sink: str) -> list[str]:
    return [message.key.partition("/")[0] for message in store.unsent(sink, 10)]


def test_a_new_sink_begins_with_the_alerts_of_now_and_a_known_one_where_it_is(store: Store):
    _outbox(store, "ep-1", "ep-2")
    store.enlist_sink("webhook", 5)
    assert _waiting(store, "webhook") == []
    _outbox(store, "ep-3")
    store.enlist_sink("webhook", 6)
    assert _waiting(store, "webhook") == ["ep-3"]
    assert _waiting(store, "topic") == ["ep-1", "ep-2", "ep-3"]
    (book,) = store.sinks()
    assert (book.name, book.waiting, book.owner, book.seen_at, book.refused) == ("webhook", 1, "", 6, 0)


def test_one_worker_at_a_time_delivers_to_a_sink(store: Store):
    assert not store.claim_sink("webhook", "one", at=10, expired_before=0)
    store.enlist_sink("webhook", 5)
    assert store.claim_sink("webhook", "one", at=10, expired_before=0)
    assert not store.claim_sink("webhook", "two", at=11, expired_before=10)
    assert store.claim_sink("webhook", "one", at=12, expired_before=10)
    assert store.claim_sink("webhook", "two", at=13, expired_before=13)
    store.release_sink("webhook", "one")
    assert store.sinks()[0].owner == "two"
    store.release_sink("webhook", "two")
    assert store.claim_sink("webhook", "one", at=14, expired_before=0)


def test_failed_tries_add_up_until_something_gets_through_or_is_left_out(store: Store):
    store.enlist_sink("webhook", 5)
    _outbox(store, "ep-1", "ep-2", "ep-3")
    first, second, _ = store.unsent("webhook", 10)
    store.mark_failed("webhook", "down", 100)
    store.mark_failed("webhook", "still down", 200)
    (book,) = store.sinks()
    assert (book.tries, book.error, book.due_at, book.waiting) == (2, "still down", 200, 3)
    store.mark_refused("webhook", first.id, "ep-1/opened: 404")
    (book,) = store.sinks()
    assert (book.tries, book.error, book.due_at, book.waiting) == (0, "", 0, 2)
    store.mark_sent("webhook", second.id)
    (book,) = store.sinks()
    assert (book.waiting, book.refused, book.refusal) == (1, 1, "ep-1/opened: 404")


def test_messages_that_nobody_waits_for_are_forgotten_but_the_newest(store: Store):
    _outbox(store, "ep-1", "ep-2")
    assert store.trim_outbox(2**49) == 1
    assert _waiting(store, "a new one") == ["ep-2"]


def test_messages_that_all_sinks_have_are_forgotten_but_the_newest(store: Store):
    _outbox(store, "ep-1")
    for sink in ("topic", "webhook", "gone"):
        store.enlist_sink(sink, 2**50)
    _outbox(store, "ep-2", "ep-3", "ep-4")
    last = store.unsent("topic", 10)[-1].id
    assert store.trim_outbox(0) == 0
    store.mark_sent("topic", last)
    assert store.trim_outbox(2**49) == 1
    assert _waiting(store, "webhook") == ["ep-2", "ep-3", "ep-4"]
    store.mark_sent("webhook", last)
    assert store.trim_outbox(2**49) == 0  # there is one more that does not have them
    for sink in ("topic", "webhook"):
        assert store.claim_sink(sink, "one", at=2**51, expired_before=0)
    assert store.trim_outbox(2**50 + 1) == 2
    assert [book.name for book in store.sinks()] == ["topic", "webhook"]
    assert _waiting(store, "a new one") == ["ep-4"]
    _outbox(store, "ep-5")
    assert _waiting(store, "topic") == ["ep-5"]


def test_what_people_do_is_appended(store: Store):
    with store.transaction() as transaction:
        transaction.apply_episodes([EpisodeChange(ChangeKind.OPENED, _episode())])
    event = PersonEvent("ep-1", ChangeKind.ACKNOWLEDGED, 30, "ann", "seen")
    store.add_person_event(event)
    assert store.person_events() == store.person_events("ep-1") == [event]
    assert store.person_events("ep-2") == []
    with pytest.raises(BadInput, match="ep-2"):
        store.add_person_event(PersonEvent("ep-2", ChangeKind.ACKNOWLEDGED, 30, "ann"))


def test_what_people_do_to_a_tag_needs_no_episode(store: Store):
    event = PersonEvent("", ChangeKind.OUT_OF_SERVICE, 30, "ann", "overhaul", subject="T")
    store.add_person_event(event)
    assert store.person_events() == [event]


def test_the_life_of_an_episode_is_told_in_the_order_it_was_written(store: Store):
    opened = EpisodeChange(ChangeKind.OPENED, _episode())
    retracted = EpisodeChange(ChangeKind.RETRACTED, _episode())
    seen = PersonEvent("ep-1", ChangeKind.FEEDBACK, 30, "ann", feedback=Feedback.HARMLESS)
    with store.transaction() as transaction:
        transaction.apply_episodes([opened])
    store.add_person_event(seen)
    with store.transaction() as transaction:
        transaction.apply_episodes([retracted])
    assert store.episode_life("ep-1") == [opened, seen, retracted]
    assert store.episode("ep-1") is None
    assert store.episode_life("ep-2") == []


def _manual(sha: str, text: str) -> tuple[Document, list[Passage]]:
    document = Document(0, sha, "pump.pdf", "Pump", 2, 5, {"pages": 2})
    return document, [Passage(0, "pump.pdf", 1, "i", "2.1 Faults", "paragraph", text, text.lower())]


def test_manuals_are_found_replaced_and_removed(store: Store):
    assert store.put_document(*_manual("a", "Fault E07 on P-101"))
    assert not store.put_document(*_manual("a", "Fault E07 on P-101"))
    (found,) = store.search_passages('"p-101"', limit=5)
    assert (found.text, found.label, found.document) == ("Fault E07 on P-101", "i", "pump.pdf")
    assert found.score > 0
    assert store.put_document(*_manual("b", "Fault E08"))
    assert store.search_passages("e07", limit=5) == []
    assert [passage.text for passage in store.page_passages("pump.pdf", 1)] == ["Fault E08"]
    assert store.search_passages("e08", limit=5, document="other.pdf") == []
    assert [document.sha256 for document in store.documents()] == ["b"]
    assert store.remove_document("pump.pdf")
    assert not store.remove_document("pump.pdf")
    assert store.search_passages("e08", limit=5) == []


def _described(name: str, sha: str, *texts: str) -> tuple[Document, list[Passage]]:
    document = Document(0, sha, name, "Pump", 1, 5, {}, "Rev. B")
    return document, [Passage(0, name, 1, "1", "", "paragraph", text, text.lower()) for text in texts]


def test_what_a_manual_is_about_is_kept_beside_it(store: Store) -> None:
    first = About(
        links=(DocumentLink("a.pdf", "P-101", "asset", "title"),),
        codes=(PassageCode(1, "e7", "fault"), PassageCode(1, "m12", "bolt"), PassageCode(0, "e7", "fault")),
        sketch=b"abc",
    )
    store.put_document(*_described("a.pdf", "a", "Stop.", "E07: tighten M12."), first)
    assert store.document_links() == list(first.links)
    assert [passage.text for passage in store.passages_naming("E-07")] == ["Stop.", "E07: tighten M12."]
    assert store.document_codes("a.pdf") == {"bolt": ["m12"], "fault": ["e7"]}
    assert store.document_sketches() == {"a.pdf": b"abc"}
    assert store.documents()[0].revision == "Rev. B"
    assert [passage.text for passage in store.document_passages("a.pdf")] == ["Stop.", "E07: tighten M12."]

    other = DocumentRelation("b.pdf", "a.pdf", "revision", 0.9)
    nowhere = DocumentRelation("b.pdf", "c.pdf", "near", 0.9)
    store.put_document(*_described("b.pdf", "b", "Go."), About(relations=(other, nowhere)))
    assert store.document_relations() == [other]

    store.describe_document("a.pdf", About(links=(DocumentLink("a.pdf", "HP 65", "model", "text"),)))
    assert [link.subject for link in store.document_links()] == ["HP 65"]
    assert store.passages_naming("E07") == []
    store.describe_document("nowhere.pdf", first)
    store.remove_document("a.pdf")
    assert (store.document_links(), store.document_relations()) == ([], [])


def test_a_document_may_take_the_place_of_others_at_once(store: Store) -> None:
    store.put_document(*_described("a.pdf", "a", "Old."))
    store.put_document(*_described("b.pdf", "b", "New."), replaces=["a.pdf"])
    assert [document.name for document in store.documents()] == ["b.pdf"]
    assert store.search_passages('"old"', limit=5) == []


def test_pages_of_a_reading_are_kept_until_they_are_dropped(store: Store) -> None:
    store.keep_pages("one", [(2, b"two"), (1, b"one")], at=5)
    store.keep_pages("one", [(2, b"zwei")], at=9)
    store.keep_pages("other", [(1, b"x")], at=5)
    assert list(store.kept_pages("one")) == [(1, b"one"), (2, b"zwei")]
    store.drop_pages("one")
    assert list(store.kept_pages("one")) == []
    assert list(store.kept_pages("other")) == [(1, b"x")]
    store.drop_pages("one", before=6)
    assert list(store.kept_pages("other")) == []


@pytest.mark.parametrize("match", ['"', "AND", "nosuchcolumn: x", ""])
def test_a_search_that_does_not_parse_is_bad_input(store: Store, match: str):
    with pytest.raises(BadInput, match="does not parse"):
        store.search_passages(match, limit=5)


def test_notes(store: Store):
    assert store.meta("demo") is None
    store.set_meta("demo", "0")
    store.set_meta("demo", "1")
    assert store.meta("demo") == "1"


def test_a_second_writer_waits_a_bounded_time_and_readers_do_not_wait(store: Store, open_one: Callable[[], Store]):
    other = open_one()
    with store.transaction() as transaction:
        transaction.insert_readings("s", 0, [Reading("T", 1, 1.0)])
        assert other.readings("T", Span(0, 10)) == []
        with pytest.raises(StoreError):
            other.set_meta("k", "v")
    other.set_meta("k", "v")
    other.close()


def test_readers_in_many_threads(store: Store):
    _insert(store, *(Reading("T", ts, 1.0) for ts in range(100)))
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(len(store.readings("T", Span(0, 100))))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [100] * 8

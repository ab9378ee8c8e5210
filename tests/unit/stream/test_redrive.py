"""Dead letters redriven: what is good is stored once, the rest waits, and the books balance all the way."""

from __future__ import annotations

import json
import sqlite3
import threading
from typing import TYPE_CHECKING, Any

import pytest

from ingestion.contract import RawBatch, RawMessage
from ingestion.mapping import decoder_for
from ingestion.partition import Partition
from ingestion.redrive import AT_ONCE, Redriven, redrive
from ingestion.verify import verify
from plant.readings import Quality, Reading
from plant.registry import Limits, Registry, Sensor
from plant.settings import MappingSettings, Settings, StreamSettings
from plant.store.contract import Letters
from plant.store.sqlite import open_store
from plant.time import HOUR, MINUTE, SECOND, Span
from tui.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from plant.store.sqlite import SqliteStore

NOON = 1_764_000_000_000
ALL = Span(0, 2 * NOON)
PLAIN = Settings()
MAPPED = Settings(mapping=MappingSettings(items="m", tag="n", value="v", unit="u?"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "plant.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    with open_store(path) as opened:
        yield opened


def take(store: SqliteStore, bodies: Sequence[Any], settings: Settings = PLAIN, *, now: int = NOON) -> None:
    """Takes messages in as a worker does, after those that were taken in before, and checks the books."""
    registry = store.registry()
    claim = store.claim_partition("topic", 0, "test")
    partition = Partition(store, "topic", 0, claim, registry, settings.stream, lambda: now)
    begin = claim.position or 0
    values = [body if isinstance(body, bytes) else json.dumps(body).encode() for body in bodies]
    messages = [RawMessage(begin + place, b"key", value) for place, value in enumerate(values)]
    partition.commit(RawBatch(0, messages, begin + len(messages)), decoder_for(registry, settings.mapping, "topic"))
    assert balanced(store)


def again(store: SqliteStore, settings: Settings = PLAIN, *, now: int = NOON, **given: Any) -> Redriven:
    result = redrive(store, settings, store.letter_sizes(Letters()), clock=lambda: now, **given)
    assert balanced(store), verify(store).sum.problems
    return result


def balanced(store: SqliteStore) -> bool:
    return verify(store).sum.balanced


def message(ts: int, value: float | None, **more: Any) -> dict[str, Any]:
    return {"tag": "T", "ts": ts, "value": value, **more}


def stored(store: SqliteStore, tag: str = "T") -> list[tuple[int, float | None]]:
    return [(reading.ts, reading.value) for reading in store.readings(tag, ALL)]


def test_a_mended_unit_lets_its_letters_through_once(store: SqliteStore):
    store.put_sensors([Sensor("T", unit="K")])
    take(store, [message(NOON, 5.0, unit="degC"), message(NOON - 1, 6.0, unit="degC")])
    assert again(store) == Redriven(
        tried=2, failed=2, reasons={"validate: T is in 'degC', but the registry has 'K'.": 2}
    )
    store.put_sensors([Sensor("T", unit="degC")])
    assert again(store) == Redriven(tried=2, redriven=2, stored=2)
    assert again(store) == Redriven()
    assert stored(store) == [(NOON - 1, 6.0), (NOON, 5.0)]
    assert store.letter_sizes(Letters()) == []
    assert [letter.redriven_at for _, letter in store.dead_letters()] == [NOON, NOON]
    assert verify(store).sum.dead_lettered == 0


def test_a_mended_clock(store: SqliteStore):
    take(store, [message(NOON + HOUR, 5.0)])
    assert again(store, now=NOON + 1).redriven == 0
    assert again(store, now=NOON + HOUR).stored == 1


def test_a_conflict_stays_a_conflict_and_what_is_there_is_a_duplicate(store: SqliteStore):
    take(store, [message(NOON, 1.0), message(NOON, 2.0), b'{"m": [{"n": "T", "ts": %d, "v": 1}]}' % NOON])
    result = again(store, MAPPED)
    assert (result.redriven, result.duplicates, result.failed) == (1, 1, 1)
    ((number, _),) = store.letter_sizes(Letters(stage="decode", error="path"))
    assert store.dead_letter(number) is not None  # the conflict's message has no `m` by that mapping
    assert again(store).reasons == {
        "conflict: T has another value at 2025-11-24T16:00:00Z already; the first one stands.": 1
    }
    assert stored(store) == [(NOON, 1.0)]


def test_of_a_message_of_many_only_the_refused_items_are_redriven(store: SqliteStore):
    store.put_sensors([Sensor("B", unit="K"), Sensor("C", unit="bar")])
    items = [{"n": "A", "v": 1}, {"n": "B", "v": 2, "u": "degC"}, {"n": "C", "v": 3, "u": "psi"}]
    take(store, [{"m": [item | {"ts": NOON} for item in items]}], MAPPED)
    assert [letter.item for _, letter in store.dead_letters()] == [2, 1]
    store.put_sensors([Sensor("B", unit="degC")])
    assert again(store, MAPPED) == Redriven(
        tried=2, redriven=1, stored=1, failed=1, reasons={"validate: C is in 'psi', but the registry has 'bar'.": 1}
    )
    assert [stored(store, tag) for tag in "ABC"] == [[(NOON, 1.0)], [(NOON, 2.0)], []]


def test_a_message_of_many_refused_items_is_kept_once_and_decoded_once(store: SqliteStore):
    body = {"m": [{"n": f"T{number}", "v": "?", "ts": NOON} for number in range(300)]}
    take(store, [body, body], MAPPED)
    letters = store.dead_letters(limit=1_000)
    assert {letter.value for _, letter in letters} == {json.dumps(body).encode()}
    assert [(letter.offset, letter.item) for _, letter in reversed(letters)] == [
        (offset, item) for offset in (0, 1) for item in range(300)
    ]
    with sqlite3.connect(store.path) as plain:
        assert plain.execute("SELECT count(value) FROM dead_letters").fetchone() == (2,)
    plain.close()
    mended = Settings(mapping=MappingSettings(items="m", tag="n", value="v", null="v?"))
    assert again(store, mended).failed == 600
    mended = Settings(mapping=MappingSettings(items="m", tag="n", value="ts"))
    assert again(store, mended) == Redriven(tried=600, redriven=600, stored=300, duplicates=300)


def test_a_mended_mapping_leaves_the_items_that_still_do_not_fit_as_letters(store: SqliteStore):
    good, bad = {"n": "A", "v": 1, "ts": NOON}, {"n": "B", "v": "?", "ts": NOON}
    take(store, [{"m": [good, bad, good | {"v": 9}, good]}])
    assert verify(store).sum.decoded == 0
    result = again(store, MAPPED)
    assert (result.redriven, result.stored, result.duplicates, result.failed) == (1, 1, 1, 2)
    waiting = store.dead_letters(which=Letters())
    assert sorted((letter.item, letter.stage) for _, letter in waiting) == [(1, "decode"), (2, "conflict")]
    assert {json.loads(letter.value or b"")["m"][1]["v"] for _, letter in waiting} == {"?"}
    book = verify(store).sum
    assert (book.consumed, book.decoded, book.stored, book.duplicates, book.dead_lettered) == (1, 4, 1, 1, 2)
    assert again(store, MAPPED).redriven == 0


def test_an_item_that_is_no_more_waits(store: SqliteStore):
    take(store, [{"m": [{"n": "A", "v": 1, "ts": NOON}, {"n": "B", "ts": NOON}]}], MAPPED)
    other = Settings(mapping=MappingSettings(items="other?", tag="n"))
    assert again(store, other).reasons == {"decode: The message has no item 1 by the settings of now.": 1}


def test_readings_beyond_the_late_horizon_are_counted_late_or_kept_as_history(store: SqliteStore):
    old = NOON - 3 * HOUR
    store.put_sensors([Sensor("T", unit="bar"), Sensor("S", unit="bar")])
    take(store, [message(NOON, 1.0), message(old, 2.0, unit="psi")])
    take(store, [message(NOON, 1.0) | {"tag": "S"}, message(old, 2.0, unit="psi") | {"tag": "S"}])
    store.put_sensors([Sensor("T", unit="psi"), Sensor("S", unit="psi")])
    first, second = store.letter_sizes(Letters())
    assert redrive(store, PLAIN, [first], clock=lambda: NOON) == Redriven(tried=1, redriven=1, late=1)
    assert again(store, keep_late=True) == Redriven(tried=1, redriven=1, stored=1)
    assert second not in store.letter_sizes(Letters())
    assert stored(store) == [(NOON, 1.0)]
    assert store.readings("S", ALL)[0] == Reading("S", old, 2.0, historical=True)


SENSOR = Sensor("T", unit="bar", limits=Limits(high=8.0), on_delay_ms=MINUTE, off_delay_ms=MINUTE)


def minutes(values: Sequence[float], unit: str = "bar") -> list[dict[str, Any]]:
    return [message(NOON + place * 10 * SECOND, value, unit=unit) for place, value in enumerate(values)]


def test_episodes_are_amended_as_by_any_late_reading(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    values = [5.0, 5.1] * 10 + [9.0, 9.1] * 10 + [5.0, 5.1] * 10
    now = NOON + HOUR
    with open_store(tmp_path / "calm.db") as calm:
        calm.put_sensors([SENSOR])
        take(calm, minutes(values), now=now)
        expected = calm.episodes()
    assert [episode.rule for episode in expected] == ["limit.high"]
    store.put_sensors([SENSOR])
    whole = minutes(values)
    take(store, whole[:20] + [one | {"unit": "psi"} for one in whole[20:40]] + whole[40:], now=now)
    assert [episode.rule for episode in store.episodes()] == ["dropout"]
    monkeypatch.setattr("ingestion.redrive.AT_ONCE", 7)  # several transactions
    does_not_look_at_the_unit = Settings(mapping=MappingSettings(tag="tag"))
    assert again(store, does_not_look_at_the_unit, now=now).stored == 20
    assert store.episodes() == expected


def test_two_at_once_store_each_letter_once(store: SqliteStore, path: Path):
    take(store, [{"m": [{"n": "T", "v": place, "ts": NOON + place}]} for place in range(2 * AT_ONCE + 3)])
    letters = store.letter_sizes(Letters())
    results: list[Redriven] = []

    def run() -> None:
        with open_store(path) as own:
            results.append(redrive(own, MAPPED, letters))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(result.redriven for result in results) == sum(result.stored for result in results) == len(letters)
    assert len(stored(store)) == len(letters)
    assert balanced(store)


def test_a_worker_goes_on_where_it_was(store: SqliteStore):
    claim = store.claim_partition("topic", 0, "test")
    partition = Partition(store, "topic", 0, claim, Registry(), StreamSettings(), lambda: NOON)
    decoder = decoder_for(Registry(), MappingSettings(), "topic")
    bodies = [b'{"m": [{"n": "T", "v": 1, "ts": 5}]}', json.dumps(message(NOON, 3.0)).encode()]
    messages = [RawMessage(place, None, body) for place, body in enumerate(bodies)]
    partition.commit(RawBatch(0, messages[:1], 1), decoder)
    assert again(store, MAPPED).stored == 1
    partition.commit(RawBatch(0, messages, 2), decoder)
    assert balanced(store)
    assert verify(store).sum.next_offset == 2
    assert stored(store) == [(5, 1.0), (NOON, 3.0)]


def test_historical_readings_are_stored_however_late_and_judged_by_no_rule(store: SqliteStore):
    store.put_sensors([SENSOR])
    settings = Settings(mapping=MappingSettings(tag="tag", historical="old?"))
    take(store, [message(NOON + place * SECOND, 5.0 + place % 2) for place in range(10)], settings)
    take(store, [message(NOON - 5 * HOUR + place * SECOND, 99.0, old=True) for place in range(200)], settings)
    take(store, [message(NOON + MINUTE + place * SECOND, 5.0 + place % 2) for place in range(10)], settings)
    assert store.episodes() == []
    kept = store.readings("T", ALL)
    assert [reading.historical for reading in kept] == [True] * 200 + [False] * 20
    assert verify(store).sum.late == 0
    assert {reading.quality for reading in kept} == {Quality.GOOD}


# -- the verbs ---------------------------------------------------------------------------------------------------------


def run(path: Path, *words: str) -> int:
    return main(["deadletters", *words, "--store", str(path)])


@pytest.fixture
def three(store: SqliteStore, path: Path) -> Path:
    """A store with three letters: not JSON and no text, another unit, a clock that is ahead."""
    store.put_sensors([Sensor("T", unit="K")])
    take(store, [b"\xff\x00\x1b[2J", message(NOON, 1.0, unit="degC"), message(NOON + HOUR, 1.0)])
    return path


def test_letters_are_listed_by_stage_error_source_and_age(three: Path, capsys: pytest.CaptureFixture[str]):
    def numbers(*words: str) -> list[int]:
        assert run(three, "list", "--json", *words) == 0
        return [letter["number"] for letter in json.loads(capsys.readouterr().out)]

    assert numbers() == [3, 2, 1]
    assert numbers("--stage", "clock") == [3]
    assert numbers("--error", "json") == [1]
    assert numbers("--source", "other") == []
    assert numbers("--since", "2025-11-24T16:00:00Z") == [3, 2, 1]
    assert numbers("--since", "2025-11-24T16:00:01Z") == numbers("--since", "1min") == []
    assert run(three, "list", "--since", "soon") == 5
    assert "is not a time" in capsys.readouterr().err


def test_bytes_that_are_no_text_are_shown_in_hex(three: Path, capsys: pytest.CaptureFixture[str]):
    assert run(three, "show", "1") == 0
    assert "ff 00 1b 5b 32 4a" in capsys.readouterr().out
    assert run(three, "show", "1", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["value_hex"], shown["key"], shown["key_hex"]) == ("ff001b5b324a", "key", None)
    assert "\x1b" not in shown["value"]


def test_redriven_by_number_stage_or_all(three: Path, capsys: pytest.CaptureFixture[str]):
    with open_store(three) as store:
        store.put_sensors([Sensor("T", unit="degC")])
    assert run(three, "redrive", "--stage", "decode", "--json") == 0
    assert json.loads(capsys.readouterr().out)["tried"] == 1
    assert run(three, "redrive", "2") == 0
    assert "1 of 1 dead letters went through." in capsys.readouterr().out
    assert run(three, "redrive", "2") == 0
    assert "None of these dead letters waits." in capsys.readouterr().err
    assert run(three, "redrive", "--all", "--json") == 0
    assert json.loads(capsys.readouterr().out) | {"reasons": {}} == {
        "tried": 2, "redriven": 1, "stored": 1, "duplicates": 0, "late": 0, "failed": 1, "reasons": {},
    }  # fmt: skip
    assert main(["verify", "--store", str(three)]) == 0
    assert run(three, "list", "--redriven", "--json") == 0
    printed = capsys.readouterr().out.splitlines()[-1]
    assert [letter["redriven_at"] is None for letter in json.loads(printed)] == [False, False, True]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["redrive"], 2, "Say which"),
        (["redrive", "99"], 5, "There is no dead letter 99."),
        (["show", "99"], 5, "There is no dead letter 99."),
        (["redrive", "--all", "--since", "soon"], 5, "is not a time"),
    ],
)
def test_what_makes_no_sense_is_said(
    three: Path, words: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str]
):
    assert run(three, *words) == code
    assert says in capsys.readouterr().err


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path / "none.db", "redrive", "--all") == 5
    assert "no store" in capsys.readouterr().err
    assert not (tmp_path / "none.db").exists()


def test_a_mapping_that_can_never_work_is_refused(
    three: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("MILLHAND_MAPPING__TAG", "{broken")
    assert run(three, "redrive", "--all") == 2
    assert "mapping.tag" in capsys.readouterr().err

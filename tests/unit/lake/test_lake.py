"""Closed hours go to Parquet once and for all, come back whole, and may leave the store with the books balanced."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow.dataset as ds
import pytest

from ingestion.contract import RawMessage
from ingestion.lake import Sealed, hour_file, read_lake, seal, sealing
from ingestion.verify import verify
from ingestion.worker import Worker
from plant.errors import BadInput
from plant.settings import LakeSettings, load_settings
from plant.store.sqlite import SqliteStore, open_store
from plant.time import DAY, HOUR, MINUTE, Span
from tests.property.test_delivery import FakeLog
from tui.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BEGIN = 20_000 * DAY
HOURS = 5
SETTINGS = LakeSettings(seal_after_ms=HOUR)
TAGS = ("P-1.TT", "P-1.PT", "A-1.TT")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with open_store(tmp_path / "plant.db") as opened:
        take(opened, [reading(tag, BEGIN + at) for at in range(0, HOURS * HOUR, 10 * MINUTE) for tag in TAGS])
        yield opened


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return tmp_path / "plant.lake"


@pytest.fixture
def kept_briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets hours leave the store that are younger than a day."""
    monkeypatch.setattr("ingestion.lake.LEAST_KEPT", 0)


def test_no_reading_leaves_the_store_within_a_day_of_the_newest(store: SqliteStore, lake: Path) -> None:
    assert seal(store, lake, LakeSettings(seal_after_ms=HOUR, keep_days=1 / 24), BEGIN + 9 * DAY) == Sealed(HOURS, 0)


def reading(tag: str, ts: int, value: float | None = 1.5) -> bytes:
    return json.dumps({"tag": tag, "ts": ts, "value": value}).encode()


def take(store: SqliteStore, values: list[bytes], source: str = "log") -> None:
    log = FakeLog([[RawMessage(number, None, value) for number, value in enumerate(values)]])
    log.name = source
    settings = load_settings({"stream": {"late_horizon_ms": 30 * DAY}})
    Worker(store, log, settings, clock=lambda: BEGIN + DAY).run(until_end=True)


def of_lake(lake: Path, tag: str | None = None) -> list[tuple[str, int, float | None]]:
    return [(row["tag"], row["ts"], row["value"]) for row in read_lake(lake, Span(BEGIN, BEGIN + DAY), tag)]


def files(lake: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(lake.rglob("*.parquet"))}


def test_closed_hours_are_sealed_and_read_back_whole(store: SqliteStore, lake: Path) -> None:
    done = seal(store, lake, SETTINGS, BEGIN + HOURS * HOUR)
    assert done == Sealed(HOURS - 1, 0)  # the last one may still get readings
    expected = [
        (r.tag, r.ts, r.value)
        for hour in range(BEGIN, BEGIN + (HOURS - 1) * HOUR, HOUR)
        for tag in sorted(TAGS)
        for r in store.readings(tag, Span(hour, hour + HOUR))
    ]
    assert of_lake(lake) == expected
    assert {tag for tag, _, _ in of_lake(lake, "P-1.PT")} == {"P-1.PT"}


def test_anything_can_read_the_lake_by_its_folders(store: SqliteStore, lake: Path) -> None:
    seal(store, lake, SETTINGS, BEGIN + DAY)
    table = ds.dataset(lake, partitioning="hive", exclude_invalid_files=True).to_table()
    assert {"date", "hour", "tag", "ts", "value", "quality", "historical", "source", "partition"} == set(
        table.column_names
    )
    assert table.num_rows == verify(store).sum.stored


def test_sealing_again_changes_nothing(store: SqliteStore, lake: Path) -> None:
    seal(store, lake, SETTINGS, BEGIN + DAY)
    before = files(lake)
    assert seal(store, lake, SETTINGS, BEGIN + DAY) == Sealed(0, 0)
    for path in before:
        path.unlink()
    assert seal(store, lake, SETTINGS, BEGIN + DAY) == Sealed(HOURS, 0)
    assert files(lake) == before


def test_a_late_reading_has_its_hour_sealed_again_and_no_other(store: SqliteStore, lake: Path) -> None:
    seal(store, lake, SETTINGS, BEGIN + DAY)
    before = files(lake)
    take(store, [reading("P-1.TT", BEGIN + HOUR + 1, 9.0)], "more")
    assert seal(store, lake, SETTINGS, BEGIN + DAY) == Sealed(1, 0)
    assert ("P-1.TT", BEGIN + HOUR + 1, 9.0) in of_lake(lake)
    changed = [path for path, content in files(lake).items() if before[path] != content]
    assert changed == [hour_file(lake, BEGIN + HOUR)]


@pytest.mark.usefixtures("kept_briefly")
def test_old_hours_leave_the_store_and_the_books_still_balance(store: SqliteStore, lake: Path) -> None:
    settings = LakeSettings(seal_after_ms=HOUR, keep_days=2 / 24)
    minutes = store.series("P-1.TT", Span(BEGIN, BEGIN + HOUR), MINUTE).values
    done = seal(store, lake, settings, BEGIN + HOURS * HOUR)
    assert done.retired == (HOURS - 3) * 6 * len(TAGS)
    assert store.readings("P-1.TT", Span(BEGIN, BEGIN + 2 * HOUR)) == []
    assert len(of_lake(lake, "P-1.TT")) == (HOURS - 1) * 6
    assert verify(store).sum.balanced
    kept = store.series("P-1.TT", Span(BEGIN, BEGIN + HOUR), MINUTE).values
    assert kept.tolist() == pytest.approx(minutes.tolist(), nan_ok=True)


@pytest.mark.usefixtures("kept_briefly")
def test_a_reading_for_an_hour_that_left_the_store_joins_its_file(store: SqliteStore, lake: Path) -> None:
    settings = LakeSettings(seal_after_ms=HOUR, keep_days=1 / 24)
    seal(store, lake, settings, BEGIN + DAY)
    count = len(of_lake(lake))
    take(store, [reading("P-1.TT", BEGIN + 1, 9.0), reading("P-1.TT", BEGIN, 8.0)], "more")
    assert seal(store, lake, settings, BEGIN + DAY).hours == 1
    found = of_lake(lake)
    assert len(found) == count + 1
    assert ("P-1.TT", BEGIN + 1, 9.0) in found
    assert ("P-1.TT", BEGIN, 1.5) in found  # the first one stands
    assert verify(store).sum.balanced


@pytest.mark.usefixtures("kept_briefly")
def test_a_reading_that_comes_while_its_hour_is_given_up_is_sealed_before_the_rest_goes(
    store: SqliteStore, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = LakeSettings(seal_after_ms=HOUR, keep_days=1 / 24)
    late = [reading(tag, BEGIN + 1, 9.0) for tag in TAGS]
    monkeypatch.setattr("plant.store.hours._AT_ONCE", 1)  # one tag a part
    monkeypatch.setattr("plant.store.hours.time.sleep", lambda _: take(store, late, "more"))
    expected = len(TAGS) * 7
    seal(store, lake, settings, BEGIN + 3 * HOUR)
    assert 0 < len([1 for tag in TAGS for _ in store.readings(tag, Span(BEGIN, BEGIN + HOUR))]) < expected
    assert verify(store).sum.balanced
    late.clear()
    seal(store, lake, settings, BEGIN + 3 * HOUR)
    assert [store.readings(tag, Span(BEGIN, BEGIN + HOUR)) for tag in TAGS] == [[], [], []]
    assert len([row for row in of_lake(lake) if row[1] < BEGIN + HOUR]) == expected
    assert verify(store).sum.balanced


@pytest.mark.usefixtures("kept_briefly")
def test_the_newest_reading_of_a_silent_tag_stays(store: SqliteStore, lake: Path) -> None:
    take(store, [reading("OLD", BEGIN + 5), reading("OLD", BEGIN + 9)], "other")
    seal(store, lake, LakeSettings(seal_after_ms=HOUR, keep_days=1 / 24), BEGIN + DAY)
    assert {latest.tag: latest.ts for latest in store.latest()}["OLD"] == BEGIN + 9


@pytest.mark.usefixtures("kept_briefly")
def test_readings_do_not_leave_the_store_for_a_file_that_was_changed(store: SqliteStore, lake: Path) -> None:
    seal(store, lake, SETTINGS, BEGIN + DAY)
    with hour_file(lake, BEGIN).open("ab") as file:
        file.write(b"x")
    seal(store, lake, LakeSettings(seal_after_ms=HOUR, keep_days=1 / 24), BEGIN + DAY)
    assert len(store.readings("P-1.TT", Span(BEGIN, BEGIN + HOUR))) == 6


@pytest.mark.usefixtures("kept_briefly")
def test_an_hour_whose_only_copy_is_gone_is_said_and_holds_no_other_up(
    store: SqliteStore, lake: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = LakeSettings(seal_after_ms=HOUR, keep_days=1 / 24)
    seal(store, lake, settings, BEGIN + 3 * HOUR)
    hour_file(lake, BEGIN).unlink()
    with pytest.raises(BadInput, match="the store has given the readings"):
        seal(store, lake, settings, BEGIN + DAY)
    assert list(files(lake)) == [hour_file(lake, BEGIN + number * HOUR) for number in range(1, HOURS)]
    assert main(["lake", "list", "--store", str(store.path)]) == 0
    assert capsys.readouterr().out.splitlines()[0].endswith("missing  not in the store either")


def test_a_lake_that_cannot_be_written_is_a_sentence(
    store: SqliteStore, lake: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lake.write_text("no folder")
    assert main(["lake", "seal", "--store", str(store.path)]) == 6
    assert f"The lake {lake} cannot be written: File exists." in capsys.readouterr().err


def test_what_a_crash_left_half_written_is_written_over(store: SqliteStore, lake: Path) -> None:
    path = hour_file(lake, BEGIN)
    path.parent.mkdir(parents=True)
    path.with_name(f".{path.name}").write_bytes(b"half")
    seal(store, lake, SETTINGS, BEGIN + DAY)
    assert list(path.parent.iterdir()) == [path]
    assert len(of_lake(lake, "P-1.TT")) == HOURS * 6


def test_a_file_cut_short_is_said(store: SqliteStore, lake: Path) -> None:
    seal(store, lake, SETTINGS, BEGIN + DAY)
    path = hour_file(lake, BEGIN)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(BadInput, match="not a whole Parquet file"):
        of_lake(lake)


def test_a_crash_while_an_hour_is_sealed_has_it_sealed_again(store: SqliteStore, lake: Path) -> None:
    seal(store, lake, SETTINGS, BEGIN + DAY)
    store.begin_sealing(BEGIN)  # and nothing after it
    assert seal(store, lake, SETTINGS, BEGIN + DAY) == Sealed(1, 0)


def test_what_comes_while_an_hour_is_sealed_is_not_forgotten(store: SqliteStore, lake: Path) -> None:
    store.begin_sealing(BEGIN)
    take(store, [reading("P-1.TT", BEGIN + 1)], "more")
    store.finish_sealing(BEGIN, readings=18, sha256="", at=1)
    assert seal(store, lake, SETTINGS, BEGIN + DAY).hours == HOURS
    assert ("P-1.TT", BEGIN + 1, 1.5) in of_lake(lake)


def test_a_worker_seals_beside_its_work(
    store: SqliteStore, lake: Path, waiting: Callable[[Callable[[], bool]], None]
) -> None:
    settings = load_settings({"store": {"path": str(store.path)}, "lake": {"seal_after_ms": HOUR}})
    with sealing(store, settings):
        waiting(lambda: len(files(lake)) == HOURS - 2)


def test_lake_list_and_read_from_the_command_line(
    store: SqliteStore, lake: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seal(store, lake, SETTINGS, BEGIN + 2 * HOUR)
    arguments = ["--store", str(store.path)]
    assert main(["lake", "list", "--check", "--json", *arguments]) == 0
    hours = json.loads(capsys.readouterr().out)
    assert [hour["state"] for hour in hours] == ["sealed"] + ["open"] * (HOURS - 1)
    span = ["--from", hours[0]["hour"], "--to", hours[1]["hour"]]
    assert main(["lake", "read", "--tag", "P-1.TT", *span, *arguments]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "time,tag,value,quality,historical,source,partition"
    assert len(lines) == 7
    assert main(["lake", "seal", *arguments]) == 0
    hour_file(lake, BEGIN).unlink()
    capsys.readouterr()
    assert main(["lake", "list", *arguments]) == 0
    assert "missing" in capsys.readouterr().out.splitlines()[0]


def test_an_end_before_the_begin_is_refused(store: SqliteStore, capsys: pytest.CaptureFixture[str]) -> None:
    span = ["--from", "2026-03-02", "--to", "2026-03-01"]
    assert main(["lake", "read", *span, "--store", str(store.path)]) == 2
    assert capsys.readouterr().out == ""


def test_a_time_that_is_none_is_refused(store: SqliteStore, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lake", "read", "--from", "yesterday-ish", "--to", "2026-03-01", "--store", str(store.path)]) == 5
    assert "yesterday-ish" in capsys.readouterr().err

"""Time as people write it and as it is shown."""

from __future__ import annotations

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plant.errors import BadInput, SettingsError
from plant.time import DAY, HOUR, MINUTE, format_duration, parse_duration, parse_time, to_iso, to_local, zone_named


@pytest.mark.parametrize(
    ("text", "ms"), [("90s", 90_000), ("2h", 2 * HOUR), ("1h30m", 90 * MINUTE), ("7d", 7 * DAY), ("1,5 h", 90 * MINUTE)]
)
def test_durations(text: str, ms: int) -> None:
    assert parse_duration(text) == ms


@pytest.mark.parametrize("text", ["", "0s", "2", "h", "-2h", "2 fortnights", "2h then", "9" * 400 + "d", "1000000w"])
def test_what_is_no_duration_is_said(text: str) -> None:
    with pytest.raises(BadInput, match="2h"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "1969-12-31T23:59:59Z", "99999-01-01"])
def test_what_is_no_time_is_said(text: str) -> None:
    with pytest.raises(BadInput):
        parse_time(text)


@given(st.integers(min_value=0, max_value=253_402_300_799_000))
def test_iso_goes_there_and_back(ms: int) -> None:
    assert parse_time(to_iso(ms)) == ms


def test_a_time_without_zone_is_plant_time() -> None:
    paris = zone_named("Europe/Paris")
    assert to_iso(parse_time("2026-07-01T12:00:00", paris)) == "2026-07-01T10:00:00Z"
    assert to_local(parse_time("2026-07-01T10:00:00Z"), paris) == "12:00"
    assert zone_named("utc") is UTC


def test_an_unknown_zone_is_said() -> None:
    with pytest.raises(SettingsError, match="Europe/Paris"):
        zone_named("Mars/Olympus")


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (45_000, "45 s"),
        (9 * MINUTE, "9 min"),
        (HOUR - 1, "1 h"),
        (2 * HOUR, "2 h"),
        (150 * MINUTE, "2 h 30 min"),
        (3 * DAY, "3 d"),
    ],
)
def test_durations_are_shown_as_people_say_them(ms: int, text: str) -> None:
    assert format_duration(ms) == text

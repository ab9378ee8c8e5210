"""Alerts in the terminal: their states, what people do to them by keys, floods, what is put aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from textual.widgets import Input

from plant.episodes import ChangeKind, EpisodeKind, EpisodeState, Feedback, PersonEvent, Priority
from plant.registry import Sensor
from plant.store.sqlite import open_store
from plant.time import DAY, MINUTE, now_ms
from tests.end_to_end.terminal import ODD_TAG, START, apply, drive, episode
from tui.screens.note import NoteScreen
from tui.screens.subject import AlertScreen

if TYPE_CHECKING:
    from plant.episodes import Episode
    from plant.settings import Settings
    from tests.end_to_end.terminal import Driver


async def test_an_alert_of_the_store_comes_to_the_list_and_is_said_once(driver: Driver, settings: Settings) -> None:
    apply(settings.store.path, ChangeKind.OPENED, episode())
    await driver.until_shown("Alerts (1 standing)", "▲  82", "P-101.VT-01 vibration", "6.10 mm/s at worst")
    await driver.until_shown("1 new alert: P-101.VT-01")
    apply(settings.store.path, ChangeKind.CLOSED, episode(state=EpisodeState.CLOSED))
    await driver.until_shown("Alerts (0 standing)", "● returned  82")


async def test_an_alert_full_of_markup_and_escapes_is_harmless(driver: Driver, settings: Settings) -> None:
    odd = episode(ODD_TAG, rule="one of its own", reason="[/temp] above \x1b[2J [bold]limit")
    apply(settings.store.path, ChangeKind.OPENED, odd)
    await driver.until_shown("[/temp] above ␛[2J [bold]limit", f"1 new alert: {ODD_TAG}")
    await driver.pilot.press("f2", "enter")
    await driver.until(lambda: isinstance(driver.app.screen, AlertScreen))
    await driver.until_shown("[/temp] above ␛[2J [bold]limit")


async def test_an_alert_is_acknowledged_after_a_confirmation(driver: Driver, settings: Settings) -> None:
    apply(settings.store.path, ChangeKind.OPENED, episode())
    await driver.until_shown("Alerts (1 standing)")
    await driver.pilot.press("f2", "a")
    await driver.until(lambda: isinstance(driver.app.screen, NoteScreen))
    await driver.pilot.press("escape")
    await driver.until(lambda: driver.app.screen is driver.app.main)
    with open_store(settings.store.path, read_only=True) as store:
        assert store.person_events() == []
    await driver.pilot.press("a")
    await driver.until(lambda: isinstance(driver.app.screen, NoteScreen))
    driver.app.screen.query_one("#note", Input).value = "seen"
    await driver.pilot.press("enter")
    await driver.until_shown(f"acknowledged by {settings.plant.operator}")
    with open_store(settings.store.path, read_only=True) as store:
        (event,) = store.person_events()
    assert (event.kind, event.who, event.note) == (ChangeKind.ACKNOWLEDGED, settings.plant.operator, "seen")


async def test_an_alert_is_shelved_for_a_time_with_a_reason(driver: Driver, settings: Settings) -> None:
    apply(settings.store.path, ChangeKind.OPENED, episode())
    await driver.until_shown("Alerts (1 standing)")
    await driver.type("/shelve p-101.vt-01 soon")
    await driver.until(lambda: isinstance(driver.app.screen, NoteScreen))
    await driver.pilot.press("enter")
    await driver.until_shown("'soon' is not a duration.")
    driver.app.screen.query_one("#lasts", Input).value = "2h"
    await driver.pilot.press("enter")
    await driver.until_shown("Shelving needs a reason.")
    driver.app.screen.query_one("#note", Input).value = "pump change"
    await driver.pilot.press("enter")
    await driver.until_shown("Alerts (0 standing, 1 shelved)", "h shows what is put aside")
    await driver.pilot.press("f2", "h")
    await driver.until_shown("shelved until", ": pump change")
    await driver.pilot.press("u")
    await driver.until(lambda: isinstance(driver.app.screen, NoteScreen))
    await driver.pilot.press("enter")
    await driver.until_shown("Alerts (1 standing)", "unacknowledged")


async def test_an_opened_alert_says_why_and_takes_a_no(driver: Driver, settings: Settings) -> None:
    apply(settings.store.path, ChangeKind.OPENED, episode())
    await driver.until_shown("Alerts (1 standing)")
    await driver.pilot.press("f2", "enter")
    await driver.until(lambda: isinstance(driver.app.screen, AlertScreen))
    await driver.until_shown(
        "6.10 mm/s at worst, above its high limit 3.9 mm/s",
        "seen by: residual, forest",
        "score 82 of 100",
        "─ P-101.VT-01",
    )
    await driver.pilot.press("4")
    await driver.until(lambda: isinstance(driver.app.screen, NoteScreen))
    await driver.until_shown("No alert, the data are bad: P-101.VT-01")
    await driver.pilot.press("enter")

    def noted() -> bool:
        with open_store(settings.store.path, read_only=True) as store:
            return [(e.kind, e.feedback) for e in store.person_events()] == [(ChangeKind.FEEDBACK, Feedback.BAD_DATA)]

    await driver.until(noted)
    await driver.pilot.press("g")
    await driver.until(lambda: bool(driver.assistant.asked))
    assert driver.assistant.asked[0][0] == "What is connected to P-101?"


def events(settings: Settings) -> list[PersonEvent]:
    with open_store(settings.store.path, read_only=True) as store:
        return store.person_events()


async def confirm(driver: Driver, *keys: str, note: str = "") -> None:
    """Presses keys that ask for a confirmation, and gives it."""
    await driver.pilot.press(*keys)
    await driver.until(lambda: isinstance(driver.app.screen, NoteScreen))
    driver.app.screen.query_one("#note", Input).value = note
    await driver.pilot.press("enter")


async def test_what_is_acknowledged_no_longer_waits(driver: Driver, settings: Settings) -> None:
    apply(settings.store.path, ChangeKind.OPENED, episode())
    await driver.until_shown("● ▲  82", "unacknowledged")
    await confirm(driver, "f2", "a")
    await driver.until_shown("  ▲  82", f"acknowledged by {settings.plant.operator}")
    assert "●" not in driver.screen()


async def test_a_tag_goes_out_of_service_and_comes_back(driver: Driver, settings: Settings) -> None:
    apply(settings.store.path, ChangeKind.OPENED, episode())
    await driver.until_shown("Alerts (1 standing)")
    await driver.pilot.press("f2", "o")
    await driver.until_shown("Take out of service P-101.VT-01", "the reason")
    await driver.pilot.press("enter")
    await driver.until_shown("needs a reason")
    driver.app.screen.query_one("#note", Input).value = "overhaul"
    await driver.pilot.press("enter")
    await driver.until_shown("Alerts (0 standing, 1 out of service)", "h shows what is put aside")
    await driver.pilot.press("h")
    await driver.until_shown(f"out of service by {settings.plant.operator}: overhaul")
    await confirm(driver, "i")
    await driver.until_shown("Alerts (1 standing)")
    kinds = [(event.kind, event.subject, event.episode_id) for event in events(settings)]
    assert kinds == [(ChangeKind.OUT_OF_SERVICE, "P-101.VT-01", ""), (ChangeKind.IN_SERVICE, "P-101.VT-01", "")]


async def test_commands_do_what_keys_do(driver: Driver, settings: Settings) -> None:
    await driver.type("/out-of-service P-101 overhaul")
    await driver.until_shown("Take out of service P-101", "overhaul")
    await driver.pilot.press("enter")
    await driver.until(lambda: bool(events(settings)))
    await driver.type("/in-service X-9")
    await driver.until(lambda: isinstance(driver.app.screen, NoteScreen))
    await driver.pilot.press("enter")
    await driver.until_shown("There is no tag or asset X-9.")
    await driver.type("/unshelve ")
    await driver.until_shown("There are 0 shelved alerts")


@pytest.mark.parametrize(("key", "said"), [("u", "is not shelved"), ("r", "is not latched"), ("i", "is not out of")])
async def test_what_an_alert_is_not_cannot_be_undone(driver: Driver, settings: Settings, key: str, said: str) -> None:
    apply(settings.store.path, ChangeKind.OPENED, episode())
    await driver.until_shown("Alerts (1 standing)")
    await driver.pilot.press("f2", key)
    await driver.until_shown(f"P-101.VT-01 {said}")
    assert events(settings) == []


async def test_an_alarm_is_not_shelved_for_days(driver: Driver, settings: Settings) -> None:
    apply(settings.store.path, ChangeKind.OPENED, episode())
    await driver.until_shown("Alerts (1 standing)")
    await driver.type("/shelve P-101.VT-01 2d")
    await driver.until(lambda: isinstance(driver.app.screen, NoteScreen))
    driver.app.screen.query_one("#note", Input).value = "holiday"
    await driver.pilot.press("enter")
    await driver.until_shown("An alarm is shelved for 24 h at most.")


async def test_a_latched_alarm_waits_for_its_reset_however_old(driver: Driver, settings: Settings) -> None:
    with open_store(settings.store.path) as store:
        store.put_sensors([Sensor("P-101.VT-01", "vibration", "mm/s", "P-101", latching=True)])
    old = msgspec.structs.replace(
        episode(state=EpisodeState.CLOSED),
        opened_at=START - 3 * DAY,
        pending_at=START - 3 * DAY,
        closed_at=START - 2 * DAY,
    )
    apply(settings.store.path, ChangeKind.CLOSED, old)
    await driver.until_shown("● latched  82", "latched until it is reset")
    await confirm(driver, "f2", "r")
    await driver.until(lambda: "latched" not in driver.screen())


async def test_a_suppressed_alert_names_what_explains_it(driver: Driver, settings: Settings) -> None:
    broken = msgspec.structs.replace(
        episode(id="ep-fault", rule="stuck"), kind=EpisodeKind.INSTRUMENT, priority=Priority.LOW
    )
    apply(settings.store.path, ChangeKind.OPENED, broken)
    apply(settings.store.path, ChangeKind.OPENED, episode())
    await driver.until_shown("Alerts (1 standing, 1 suppressed)")
    await driver.pilot.press("f2", "h")
    await driver.until_shown("suppressed: P-101.VT-01 explains it")


def flood(count: int) -> list[Episode]:
    """More alerts at once than a person can read, of now: they go on."""
    now = now_ms() - MINUTE
    return [
        msgspec.structs.replace(episode(f"F-{i:02}", id=f"ep-{i:02}"), pending_at=now + i, opened_at=now + i)
        for i in range(count)
    ]


async def test_a_flood_is_one_row_that_opens_and_is_acknowledged_at_once(driver: Driver, settings: Settings) -> None:
    for one in flood(12):
        apply(settings.store.path, ChangeKind.OPENED, one)
    await driver.until_shown("● incident of 12 alerts", "first: F-00", "12 standing, 12 unacknowledged; Enter shows")
    assert "F-07" not in driver.screen()
    await driver.pilot.press("f2", "s")
    await driver.until_shown("An incident can be acknowledged only.")
    await driver.pilot.press("enter", "down")
    await driver.until_shown("F-01")
    await driver.pilot.press("up", "enter")
    await driver.until(lambda: "F-01" not in driver.screen())
    await confirm(driver, "a")
    await driver.until_shown("12 standing, 0 unacknowledged")
    assert len(events(settings)) == 12


async def test_an_alert_that_is_taken_back_is_said_and_not_just_gone(driver: Driver, settings: Settings) -> None:
    apply(settings.store.path, ChangeKind.OPENED, episode())
    await driver.until_shown("Alerts (1 standing)")
    apply(settings.store.path, ChangeKind.RETRACTED, episode(state=EpisodeState.CLOSED))
    await driver.until_shown("Alerts (0 standing)", "1 retracted alert: P-101.VT-01")


async def test_the_reason_is_in_the_operators_language(settings: Settings) -> None:
    french = settings.model_copy(update={"alerts": settings.alerts.model_copy(update={"language": "fr"})})
    apply(settings.store.path, ChangeKind.OPENED, episode())
    async with drive(french) as driver:
        await driver.until_shown("6,10 mm/s au pire, au-dessus de son seuil haut")


async def test_the_key_for_help_stays_on_a_narrow_screen(settings: Settings) -> None:
    async with drive(settings, size=(80, 24)) as driver:
        await driver.until_shown("F1 help")
        long = settings.store.path.with_name("a" * 90 + ".db")
        lost = settings.model_copy(update={"store": settings.store.model_copy(update={"path": long})})
    async with drive(lost, size=(80, 24)) as driver:
        await driver.until_shown("There is no store at", "F1 help")

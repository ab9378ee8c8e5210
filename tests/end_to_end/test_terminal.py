"""The terminal, driven as a person drives it: keys in, text on the screen out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from textual.widgets import DataTable

from agents.contract import Estimate
from plant.episodes import ChangeKind
from plant.errors import ServiceUnavailable, SettingsError
from plant.facts import Curve, Evidence, EvidenceKind, RefusalCode, Table
from plant.settings import load_settings
from plant.store.answers import ManualAnswer, Verdict
from plant.store.sqlite import open_store
from plant.time import MINUTE
from tests.end_to_end.terminal import (
    ODD_TAG,
    SIZE,
    START,
    Driver,
    FakeAssistant,
    answered,
    apply,
    drive,
    episode,
    fill,
    refused,
)
from tui.app import MillhandApp
from tui.live import TagState
from tui.screens.evidence import EvidenceScreen
from tui.screens.help import HelpScreen
from tui.screens.subject import TagScreen
from tui.screens.welcome import WelcomeScreen
from tui.state import remember_limits_read, state_dir
from tui.widgets.chat import MOST_TURNS, TurnView
from tui.widgets.curves import CurvePlot

if TYPE_CHECKING:
    from pathlib import Path

    from plant.settings import Settings

HISTORY = Curve("history", "degC", tuple(START + i * MINUTE for i in range(30)), tuple(5 + i / 100 for i in range(30)))
FORECAST = Curve(
    "forecast", "degC", (START + 31 * MINUTE, START + 32 * MINUTE), (5.3, 5.4), {"90": (5.1, 5.2)}, {"90": (5.5, 5.6)}
)


async def test_the_first_paint_has_plant_clock_lists_prompt_and_status(driver: Driver) -> None:
    await driver.until_shown(
        "millhand · CW-100 chilled water", "UTC", "Alerts (0 standing)", "Tags (4", "Ask, or type /", "0 blind"
    )


async def test_a_tag_that_looks_like_markup_is_shown_as_it_is_with_its_unit(driver: Driver) -> None:
    await driver.until_shown(ODD_TAG, "m³/h", "8.00")


async def test_blind_and_stale_are_words_and_counted(settings: Settings) -> None:
    fill(settings.store.path.with_name("blind.db"), alive=False)
    blind = load_settings(
        {"store": {"path": str(settings.store.path.with_name("blind.db"))}, "model": {"url": "none:"}}
    )
    async with drive(blind) as driver:
        await driver.until_shown("3 blind", "plant: no worker")
        assert driver.app.snapshot is not None
        assert driver.app.snapshot.count(TagState.GOOD) == 0


async def test_a_question_is_answered_bit_by_bit_with_evidence(settings: Settings) -> None:
    async with drive(settings) as driver:
        await driver.type("wait for it")
        await driver.until_shown("> wait for it", "The first half,")
        driver.assistant.released.set()
        await driver.until_shown("All is well. [1]", "Evidence  [1] MATCH rows: 2", "[2] manual, page 12")


async def test_evidence_opens_with_query_rows_and_the_quoted_page(driver: Driver) -> None:
    await driver.ask("which sensors?")
    await driver.pilot.press("f4")
    await driver.until(lambda: isinstance(driver.app.screen, EvidenceScreen))
    await driver.until_shown("MATCH (s:Sensor) RETURN s.id", "limit: 200", ODD_TAG, "[/temp]")
    assert driver.app.screen.query_one(DataTable).row_count == 2
    await driver.pilot.press("right")
    await driver.until_shown("E07 [b]high[/b] pressure ␛[31mred", "page: 12")
    await driver.pilot.press("right", "left", "left")
    await driver.until_shown("MATCH (s:Sensor)")
    await driver.pilot.press("c")
    await driver.until_shown("clipboard (OSC 52)")
    await driver.pilot.press("escape")
    await driver.until(lambda: driver.app.screen is driver.app.main)


async def test_an_answer_from_a_manual_is_said_to_be_wrong_with_one_key(settings: Settings) -> None:
    with open_store(settings.store.path) as store:
        number = store.add_manual_answer(
            ManualAnswer(
                question="q", language="en", how="extracts", model="", passages=(), reply="x [1]", answer="x", at=1
            )
        )
    quoted = Evidence("e1", EvidenceKind.MANUAL, "manual, p. 12", "E07 high pressure", {"page": 12, "answer": number})
    answer = answered("E07: high pressure. [1]", evidence=(quoted,))
    async with drive(settings, FakeAssistant({"E07?": answer})) as driver:
        await driver.ask("E07?")
        await driver.pilot.press("f4")
        await driver.until_shown("1 right  3 wrong")
        await driver.pilot.press("3")
        await driver.until_shown("the answer was wrong.")
    with open_store(settings.store.path) as store:
        (said,) = store.manual_feedback()
    assert (said.answer.id, said.verdict, said.who) == (number, Verdict.WRONG, settings.plant.operator)


async def test_what_is_not_from_a_manual_is_not_judged(driver: Driver) -> None:
    await driver.ask("which sensors?")
    await driver.pilot.press("f4")
    await driver.until(lambda: isinstance(driver.app.screen, EvidenceScreen))
    await driver.pilot.press("1")
    await driver.until_shown("Only an answer from the manuals")


async def test_a_mark_in_the_answer_opens_its_evidence(driver: Driver) -> None:
    view = await driver.ask("which sensors?")
    await driver.until_shown("All is well. [1]")
    body = view.query_one(".body")
    assert await driver.pilot.click(body, offset=(len("All is well. ") + 1, 0))
    await driver.until(lambda: isinstance(driver.app.screen, EvidenceScreen))


async def test_a_forecast_is_plotted_beside_its_answer(settings: Settings) -> None:
    answer = answered("5.1 to 5.6 °C. [1]", series=(HISTORY, FORECAST))
    async with drive(settings, FakeAssistant({"forecast": answer})) as driver:
        await driver.ask("forecast")
        await driver.until_shown("─ history", "• forecast", "· 90 % band", "in °C")
        assert driver.app.screen.query_one(CurvePlot).size.height > 5


ROWS = Table(("method", "MASE", "status"), (("seasonal-naive", 1.2, "ok"), ("arima", None, "running")))


@pytest.mark.parametrize("width", [80, 200])
async def test_a_first_estimate_is_shown_at_once_refined_and_replaced(settings: Settings, width: int) -> None:
    done = Table(ROWS.columns, (ROWS.rows[0], ("arima", 0.7, "ok")))
    early = Estimate("First estimate, naive. 5.1 to 5.9 °C.", (ROWS,), (HISTORY, FORECAST))
    fake = FakeAssistant({"forecast": answered("5.1 to 5.6 °C. [1]", series=(HISTORY, FORECAST), tables=(done,))})
    fake.estimates = [early, msgspec.structs.replace(early, text="First estimate, arima.", tables=(done,))]
    async with drive(settings, fake, (width, 60)) as driver:
        await driver.type("forecast")
        await driver.until_shown("… First estimate, naive. 5.1 to 5.9 °C.", "• forecast", "running")
        fake.released.set()
        await driver.until_shown("… First estimate, arima.", "0.7")
        assert "running" not in driver.screen()
        fake.released.set()
        await driver.until_shown("5.1 to 5.6 °C. [1]", "0.1 s")
        assert "First estimate" not in driver.screen()
        assert driver.screen().count("method ") == 1
        assert len(driver.app.screen.query(CurvePlot)) == 1


async def test_on_a_small_terminal_the_question_and_what_is_said_stay_in_sight(settings: Settings) -> None:
    """Plot and rows are taller than the window: following their end hid the answer above them."""
    tall = Table(ROWS.columns, tuple((f"method-{k}", 1.0, "ok") for k in range(9)))
    fake = FakeAssistant({"forecast": answered("5.1 to 5.6 °C. [1]", series=(HISTORY, FORECAST), tables=(tall,))})
    fake.estimates = [Estimate("First estimate, naive.", (tall,), (HISTORY, FORECAST))]
    async with drive(settings, fake, (80, 24)) as driver:
        chat = driver.app.main.chat
        await driver.ask("which sensors?")
        await driver.type("forecast")
        await driver.until(lambda: chat.max_scroll_y > 10 and chat.scroll_y < chat.max_scroll_y)
        await driver.until_shown("> forecast", "… First estimate, naive.")
        fake.released.set()
        await driver.until(lambda: driver.app.conversation.turns[-1].done)
        await driver.until_shown("> forecast", "5.1 to 5.6 °C. [1]", "┤")
        await driver.pilot.press("pagedown", "pagedown")
        await driver.until(lambda: chat.scroll_y == chat.max_scroll_y)
        await driver.type("wait")
        await driver.until_shown("> wait", "The first half,")
        fake.released.set()


async def test_a_question_given_up_takes_its_estimate_away(settings: Settings) -> None:
    fake = FakeAssistant({"forecast": refused(RefusalCode.CANCELLED, "The question was given up.")})
    fake.estimates = [Estimate("First estimate, naive.", (ROWS,), (HISTORY, FORECAST))]
    async with drive(settings, fake) as driver:
        await driver.type("forecast")
        await driver.until_shown("First estimate, naive.", "running")
        await driver.pilot.press("escape")
        await driver.until_shown("Cancelled  The question was given up.")
        assert "running" not in driver.screen()


@pytest.mark.parametrize("width", [80, 200])
async def test_the_whole_comparison_is_in_the_evidence_whatever_the_width(settings: Settings, width: int) -> None:
    columns = ("method", "MASE", "skill", "status", "skill 90 %", "anomalies", "seconds", "tokens")
    table = Table(columns, (("language-model", 0.7, 0.3, "ok", "0.10 to 0.45", 3, 12.5, 9000),))
    folds = [{"from": "2026-03-01T00:00:00Z", "to": "2026-03-01T02:00:00Z"}] * 2
    evidence = Evidence(
        "e1", EvidenceKind.BACKTEST, "backtest of 2 folds", "It has least error.", {"folds": folds}, table
    )
    answer = answered("5.1 to 5.6 °C. [1]", series=(HISTORY, FORECAST), evidence=(evidence,))
    async with drive(settings, FakeAssistant({"forecast": answer}), (width, 50)) as driver:
        await driver.ask("forecast")
        await driver.pilot.press("f4")
        await driver.until_shown("It has least error.", "language-model", "from 2026-03-01T00:00:00Z to", "• forecast")
        rows = driver.app.screen.query_one(DataTable)
        assert [str(column.label) for column in rows.columns.values()] == list(columns)
        rows.scroll_to(x=rows.max_scroll_x, animate=False)
        await driver.until_shown("9000")


async def test_a_refusal_says_why_and_what_would_help_and_looks_different(settings: Settings) -> None:
    answer = refused(
        RefusalCode.NOT_FOUND, "No manual says it.", help="Add the maker's manual.", choices=("E07", "E08")
    )
    async with drive(settings, FakeAssistant({"phone?": answer})) as driver:
        view = await driver.ask("phone?")
        await driver.until_shown(
            "No answer  No manual says it.", "What would help  Add the maker's manual.", "E07, E08"
        )
        assert view.query_one(".body").has_class("refusal")
        assert not (await driver.ask("which sensors?")).query_one(".body").has_class("refusal")


async def test_a_question_back_asks_which_one(settings: Settings) -> None:
    answer = refused(RefusalCode.AMBIGUOUS, "Which pump do you mean?", choices=("P-101", "P-102"))
    async with drive(settings, FakeAssistant({"the pump": answer})) as driver:
        await driver.ask("the pump")
        await driver.until_shown("Which one?  Which pump do you mean?", "Choices  P-101, P-102")


async def test_a_service_that_is_down_is_said_and_the_conversation_goes_on(driver: Driver) -> None:
    await driver.ask("break it")
    await driver.until_shown("No answer  The plant graph does not answer. Start it.")
    await driver.ask("which sensors?")
    await driver.until_shown("All is well. [1]")


async def test_a_fault_of_our_own_is_a_sentence_and_no_traceback(driver: Driver) -> None:
    await driver.ask("bug")
    await driver.until_shown("No answer  millhand failed at this: ZeroDivisionError")
    await driver.ask("which sensors?")
    await driver.until_shown("All is well. [1]")


async def test_an_agent_that_cannot_open_is_said_at_the_question(settings: Settings) -> None:
    def down(_: Settings) -> FakeAssistant:
        raise ServiceUnavailable("The model server does not answer.", hint="Start it.")

    async with drive(settings, factory=down) as driver:
        await driver.until_shown("Ask, or type /")
        await driver.ask("hello?")
        await driver.until_shown("No answer  The model server does not answer. Start it.")


async def test_escape_gives_the_running_question_up(driver: Driver) -> None:
    await driver.type("wait for ever")
    await driver.until_shown("The first half,")
    await driver.type("another")
    await driver.until_shown("One question at a time")
    assert driver.app.main.prompt.text == "another"
    await driver.pilot.press("escape")
    await driver.until_shown("Cancelled  The question was given up.")


async def test_a_store_that_is_missing_comes_and_goes(tmp_path: Path) -> None:
    remember_limits_read(state_dir())
    path = tmp_path / "later.db"
    settings = load_settings({"store": {"path": str(path)}, "model": {"url": "none:"}})
    async with drive(settings, size=(160, 30)) as driver:
        await driver.until_shown("There is no store at", "Tags (0)")
        fill(tmp_path / "built.db")
        (tmp_path / "built.db").rename(path)
        await driver.until_shown("Tags (4", ODD_TAG)
        path.unlink()
        await driver.until_shown("There is no store at", ODD_TAG)


async def test_a_file_that_is_no_store_is_said(tmp_path: Path) -> None:
    remember_limits_read(state_dir())
    path = tmp_path / "letter.db"
    path.write_text("Dear Sir or Madam, " * 400)
    settings = load_settings({"store": {"path": str(path)}, "model": {"url": "none:"}})
    async with drive(settings) as driver:
        await driver.until(lambda: driver.app.snapshot is not None and bool(driver.app.snapshot.trouble))
        await driver.until_shown("letter.db")


async def test_model_and_graph_that_are_not_there_are_said(driver: Driver) -> None:
    await driver.until_shown("no graph · no model")


async def test_a_narrow_window_has_a_line_of_counts_and_a_key_that_opens_the_lists(settings: Settings) -> None:
    apply(settings.store.path, ChangeKind.OPENED, episode())
    async with drive(settings, size=(80, 24)) as driver:
        await driver.until_shown("▲ 1 alert standing · 4 tags · 0 blind · F2 opens")
        assert "Alerts (1 standing)" not in driver.screen()
        await driver.pilot.press("f2")
        await driver.until_shown("Alerts (1 standing)", "P-101.VT-01 vibration")
        await driver.pilot.press("escape")
        await driver.until(lambda: "Alerts (1 standing)" not in driver.screen())
        assert driver.app.main.prompt.has_focus


@pytest.mark.parametrize("size", [(50, 12), (59, 40), (120, 14)])
async def test_a_window_that_is_too_small_says_so_in_a_sentence(settings: Settings, size: tuple[int, int]) -> None:
    async with drive(settings, size=size) as driver:
        await driver.until(lambda: driver.app.snapshot is not None)
        text = " ".join(driver.screen().split())
        assert text == f"millhand needs a window of 60 by 15; this one has {size[0]} by {size[1]}. 0 alerts standing."
        await driver.pilot.resize_terminal(*SIZE)
        await driver.until_shown("Ask, or type /", "Tags (4")
        await driver.until(lambda: driver.app.main.prompt.has_focus)


async def test_a_window_that_was_too_small_for_a_while_goes_on_at_the_prompt(settings: Settings) -> None:
    async with drive(settings) as driver:
        await driver.until_shown("Ask, or type /")
        await driver.pilot.resize_terminal(50, 12)
        await driver.until(lambda: "millhand needs a window" in driver.screen())
        await driver.pilot.resize_terminal(*SIZE)
        await driver.until(lambda: driver.app.main.prompt.has_focus)
        await driver.pilot.press("h", "i")
        await driver.until(lambda: driver.app.main.prompt.text == "hi")


async def test_the_first_screen_says_the_limits_once(settings: Settings) -> None:
    (state_dir() / "limits-read").unlink()
    async with drive(settings) as driver:
        await driver.until(lambda: isinstance(driver.app.screen, WelcomeScreen))
        await driver.until_shown("What it cannot do", "never writes to the plant", "Any key begins")
        await driver.pilot.press("space")
        await driver.until(lambda: driver.app.screen is driver.app.main)
    async with drive(settings) as driver:
        await driver.until(lambda: driver.app.snapshot is not None)
        assert driver.app.screen is driver.app.main


async def test_every_key_of_the_main_screen_can_be_pressed_twice(
    driver: Driver, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    await driver.ask("which sensors?")
    for key in (
        "f1",
        "f2",
        "f3",
        "f5",
        "f7",
        "pageup",
        "pagedown",
        "ctrl+end",
        "ctrl+j",
        "up",
        "down",
        "tab",
        "ctrl+p",
    ):
        await driver.pilot.press(key)
        await driver.pilot.pause()
        await driver.pilot.press(key)
        await driver.pilot.pause()
        await driver.pilot.press("escape", "escape")
        await driver.until(lambda: driver.app.screen is driver.app.main)
    await driver.pilot.press("f4", "f4", "escape", "f6", "f6", "ctrl+l", "ctrl+l", "escape", "escape")
    await driver.until(lambda: not driver.app.conversation.turns)
    assert driver.app.is_running


async def test_help_shows_questions_limits_commands_and_keys(settings: Settings) -> None:
    keyed = settings.model_copy(update={"terminal": settings.terminal.model_copy(update={"keymap": {"alerts": "f9"}})})
    async with drive(keyed, size=(120, 100)) as driver:
        await driver.pilot.press("f1")
        await driver.until(lambda: isinstance(driver.app.screen, HelpScreen))
        await driver.until_shown("It cannot", "/forecast TAG [2h]", "Ctrl+Q", "F9", "Keys in the prompt")
        await driver.pilot.press("f1")
        await driver.until(lambda: driver.app.screen is driver.app.main)
        await driver.pilot.press("f9")
        await driver.until(lambda: driver.app.main.query_one("#alerts").has_focus)


async def test_the_palette_knows_the_actions(driver: Driver) -> None:
    await driver.pilot.press("ctrl+p")
    await driver.until_shown("Evidence", "Export", "Quit")
    await driver.pilot.press(*"tags")
    await driver.until_shown("Goes to the list of tags")
    await driver.pilot.press("enter")
    await driver.until(lambda: driver.app.main.query_one("#tags").has_focus)


async def test_ctrl_c_quits_at_the_second_press_only(driver: Driver) -> None:
    await driver.pilot.press("ctrl+c")
    await driver.until_shown("Press Ctrl+C again to quit.")
    assert driver.app.is_running
    await driver.pilot.press("ctrl+c")
    await driver.until(lambda: not driver.app.is_running)
    assert driver.app.return_code == 0


async def test_ctrl_c_copies_what_is_selected(driver: Driver) -> None:
    await driver.type("half a question", "shift+home", "ctrl+c")
    await driver.until(lambda: driver.app.clipboard == "half a question")
    assert driver.app.is_running


async def test_ctrl_q_quits_while_a_question_runs_and_closes_the_agent(settings: Settings) -> None:
    async with drive(settings) as driver:
        await driver.type("wait for ever")
        await driver.until_shown("The first half,")
        await driver.pilot.press("ctrl+q")
        await driver.until(lambda: not driver.app.is_running)
    assert driver.assistant.closed


async def test_whoever_types_fast_sends_the_whole_question(driver: Driver) -> None:
    await driver.pilot.press(*"why now", "enter")
    await driver.until(lambda: bool(driver.assistant.asked))
    assert driver.assistant.asked[0][0] == "why now"


async def test_a_paste_of_200_lines_is_asked_whole_and_shown_short(driver: Driver) -> None:
    text = "\n".join(f"line {i} [PT-{i}]" for i in range(200))
    driver.app.main.prompt.insert(text)
    await driver.pilot.pause()
    assert driver.app.main.prompt.size.height <= 6
    await driver.pilot.press("enter")
    await driver.until_shown("> line 0 [PT-0]", "… 194 more lines")
    await driver.until(lambda: bool(driver.assistant.asked))
    assert driver.assistant.asked[0][0] == text


async def test_earlier_questions_come_back_with_the_arrows_in_the_next_run(settings: Settings) -> None:
    async with drive(settings) as driver:
        await driver.ask("first?")
        await driver.ask("second?")
    async with drive(settings) as driver:
        driver.app.main.prompt.write("a draft")
        await driver.pilot.press("up", "up", "up")
        await driver.until(lambda: driver.app.main.prompt.text == "first?")
        await driver.pilot.press("down", "down", "down")
        await driver.until(lambda: driver.app.main.prompt.text == "a draft")


async def test_a_slash_offers_commands_and_tab_completes(driver: Driver) -> None:
    await driver.pilot.press("slash", "f", "c")
    await driver.until_shown("/forecast TAG [2h]")
    await driver.pilot.press("tab")
    await driver.until(lambda: driver.app.main.prompt.text == "/forecast ")
    await driver.pilot.press(*"TT-02 1h", "enter")
    await driver.until(lambda: bool(driver.assistant.asked))
    assert driver.assistant.asked[0][0] == "forecast TT-02 for the next 1 h"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/frobnicate", "There is no command /frobnicate."),
        ("/forecast", "/forecast needs a tag."),
        ("/forecast TT-02 0h", "is zero"),
        ("/forecast TT-02 soon", "'soon' is not a duration."),
        ("/ack", "There are 0 standing alerts"),
        ("/copy", "There is no answer to copy yet."),
        ("/export", "There is nothing to export yet."),
    ],
)
async def test_a_command_that_makes_no_sense_is_said(driver: Driver, typed: str, said: str) -> None:
    await driver.type(f"{typed} ")
    await driver.until(lambda: any(said in notice.message for notice in driver.app._notifications))
    assert not driver.assistant.asked


async def test_a_conversation_is_exported_as_utf8_and_never_overwrites(driver: Driver, tmp_path: Path) -> None:
    await driver.ask("quelle température ?")
    path = tmp_path / "été.md"
    await driver.type(f"/export {path}")
    await driver.until(path.exists)
    text = path.read_text(encoding="utf-8")
    assert "quelle température ?" in text
    assert "All is well. [1]" in text
    assert "```\nMATCH (s:Sensor) RETURN s.id" in text
    assert "\x1b" not in text
    await driver.type(f"/export {path}")
    await driver.until_shown("is there already")
    await driver.type(f"/export {tmp_path}/no/such/folder.md")
    await driver.until_shown("cannot be written")


async def test_an_answer_is_copied_and_it_is_said_where_to(driver: Driver) -> None:
    await driver.ask("which sensors?")
    await driver.pilot.press("f5")
    await driver.until_shown("clipboard (OSC 52)", "copied.txt")
    assert driver.app.clipboard == "All is well. [1]"
    assert (state_dir() / "copied.txt").read_text(encoding="utf-8") == "All is well. [1]"


async def test_a_tag_opens_with_its_last_hours(driver: Driver) -> None:
    await driver.pilot.press("f3", "enter")
    await driver.until(lambda: isinstance(driver.app.screen, TagScreen))
    await driver.until_shown("CW-100.TT-02  chilled water temperature", "on E-101", "─ CW-100.TT-02", "in °C")


async def test_the_reader_who_scrolled_up_is_left_there(settings: Settings) -> None:
    long = answered("\n".join(f"row {i}" for i in range(80)))
    async with drive(settings, FakeAssistant({"long": long})) as driver:
        await driver.ask("long")
        chat = driver.app.main.chat
        await driver.until(lambda: chat.max_scroll_y > 10)
        await driver.until_shown("> long", "row 0")
        await driver.type("wait")
        await driver.until_shown("The first half,")
        await driver.pilot.press("pageup", "pageup")
        await driver.pilot.pause()
        where = chat.scroll_y
        assert where < chat.max_scroll_y
        driver.assistant.released.set()
        await driver.until(lambda: driver.app.conversation.turns[-1].done)
        assert chat.scroll_y == where


async def test_what_stays_mounted_is_bounded_and_comes_back(driver: Driver) -> None:
    def mounted() -> list[int]:
        return [view.turn.number for view in driver.app.main.query(TurnView)]

    for number in range(MOST_TURNS + 5):
        turn = driver.app.conversation.begin(f"question {number}", START)
        turn.answer = answered("All is well.")
        driver.app.main.chat.begin(turn)
    await driver.until(lambda: mounted() == list(range(5, MOST_TURNS + 5)))
    await driver.pilot.press("f7")
    await driver.until(lambda: mounted() == list(range(MOST_TURNS + 5)))
    await driver.pilot.press("f7")
    await driver.until(lambda: mounted() == list(range(MOST_TURNS + 5)))


async def test_a_new_conversation_has_a_thread_of_its_own(driver: Driver) -> None:
    await driver.ask("one?")
    await driver.pilot.press("ctrl+l")
    await driver.until(lambda: not driver.app.conversation.turns)
    await driver.ask("two?")
    (_, first), (_, second) = driver.assistant.asked
    assert first != second
    assert "one?" not in driver.screen()


@pytest.mark.parametrize(
    ("keymap", "said"),
    [
        ({"alrts": "f9"}, "There is no action 'alrts' for terminal.keymap. Did you mean alerts"),
        ({"alerts": "q"}, "is typed in questions"),
        ({"alerts": "f1"}, "is given to help and to alerts"),
        ({"alerts": "hyper+f9+"}, "is not a key"),
    ],
)
def test_a_keymap_that_makes_no_sense_is_refused(settings: Settings, keymap: dict[str, str], said: str) -> None:
    keyed = settings.model_copy(update={"terminal": settings.terminal.model_copy(update={"keymap": keymap})})
    with pytest.raises(SettingsError) as caught:
        MillhandApp(keyed)
    assert said in str(caught.value)


def test_an_unknown_time_zone_is_refused(settings: Settings) -> None:
    lost = settings.model_copy(update={"plant": settings.plant.model_copy(update={"timezone": "Mars/Olympus"})})
    with pytest.raises(SettingsError):
        MillhandApp(lost)

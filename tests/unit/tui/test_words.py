"""What the terminal writes: values, units, foreign text, commands, keys, lists."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import pytest

from plant.alert_words import AlertWords
from plant.annunciation import annunciate
from plant.episodes import ChangeKind, Episode, EpisodeKind, EpisodeState, PersonEvent, Priority
from plant.errors import BadInput, UsageError
from plant.facts import Curve
from plant.registry import Registry
from plant.settings import AlertSettings
from plant.store.contract import Latest
from tools.annunciator import Alarms
from tui.actions import ACTIONS
from tui.alarms import order_alerts
from tui.commands import COMMANDS, forecast_question, is_command, matching, parse_command
from tui.keymap import check_keymap
from tui.live import TagState, tag_state
from tui.plots import Points, by_unit, plot_lines, runs, thin
from tui.state import PromptHistory
from tui.text import (
    MISSING,
    age,
    clean,
    fit,
    fit_right,
    number,
    one_line,
    pretty_unit,
    pretty_units,
    quantity,
    sparkline,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("[PT-101] [/temp]", "[PT-101] [/temp]"),
        ("\x1b[2J\x07", "␛[2J␇"),
        ("a\r\nb\tc", "a\nb    c"),
        ("\x9b31m", "\ufffd31m"),
        ("left\u202eright", "left\ufffdright"),
        ("\ud800", "\ufffd"),
        ("\x7f\x00", "␡␀"),
    ],
)
def test_foreign_text_becomes_harmless_and_stays_readable(raw: str, shown: str) -> None:
    assert clean(raw) == shown


def test_a_line_has_no_line_ends() -> None:
    assert one_line(" a\n\tb\x0bc ") == "a b␋c"


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [(5.126, "degC", "5.13 °C"), (41.8, "m3/h", "41.80 m³/h"), (12345.6, "kPa", "12,345.60 kPa"),
     (None, "bar", MISSING),     (1.0, None, "1.00"), (1.0, "[b]x", "1.00 [b]x")],
)  # fmt: skip
def test_a_value_has_its_unit_as_people_write_it(value: float | None, unit: str | None, shown: str) -> None:
    assert quantity(value, unit) == shown


def test_a_missing_value_is_never_zero() -> None:
    assert number(None) != number(0.0)
    assert pretty_unit(None) == ""


@pytest.mark.parametrize(("ms", "shown"), [(-5, "0 s"), (1_999, "1 s"), (185_000, "3 min"), (7_200_000, "2 h")])
def test_an_age_is_whole_seconds_and_never_negative(ms: int, shown: str) -> None:
    assert age(ms) == shown


@pytest.mark.parametrize(
    ("values", "drawn"),
    [([1.0, 2.0, None, 8.0], "▁▂·█"), ([5.0, 5.0], "▄▄"), ([None, None], "··"), ([], "")],
)
def test_a_sparkline_runs_from_lowest_to_highest_with_gaps_as_dots(values: list[float | None], drawn: str) -> None:
    assert sparkline(values) == drawn


@pytest.mark.parametrize(("text", "width"), [("abcdef", 4), ("温度計", 4), ("ab", 5), ("", 3), ("abc", 0)])
def test_fitted_text_has_exactly_its_width(text: str, width: int) -> None:
    from rich.cells import cell_len

    assert cell_len(fit(text, width)) == width
    assert cell_len(fit_right(text, width)) == width


def test_commands_are_found_by_prefix_then_by_letters_in_order() -> None:
    assert [command.name for command in matching("/")] == [command.name for command in COMMANDS]
    assert matching("/sh")[0].name == "/shelve"
    assert matching("/fct")[0].name == "/forecast"
    assert matching("/zzz") == []
    assert matching("/ack P") == []
    assert matching("why") == []


def test_a_command_may_be_shortened_where_it_is_the_only_one() -> None:
    assert parse_command("/f CW-100.TT-02 1 h") == ("/forecast", ("CW-100.TT-02", "1", "h"))
    with pytest.raises(UsageError, match=r"/a may be /alerts or /ack"):
        parse_command("/a")
    with pytest.raises(UsageError, match="Did you mean /export"):
        parse_command("/exprot")


def test_a_text_of_many_lines_is_a_question_even_with_a_slash() -> None:
    assert is_command("/help")
    assert not is_command("/help\nme")


@pytest.mark.parametrize(("arguments", "asked"), [(("A",), "2 h"), (("A", "90", "min"), "1 h 30 min")])
def test_a_forecast_command_becomes_a_question(arguments: tuple[str, ...], asked: str) -> None:
    assert forecast_question(arguments) == f"forecast A for the next {asked}"


@pytest.mark.parametrize("horizon", ["0h", "-1h", "NaN", "2 parsecs"])
def test_a_horizon_that_is_none_is_refused(horizon: str) -> None:
    with pytest.raises(BadInput):
        forecast_question(("A", horizon))


def test_every_action_has_an_id_of_its_own_and_the_keys_do_not_clash() -> None:
    ids = [action.id for action in ACTIONS]
    assert len(set(ids)) == len(ids)
    check_keymap({})


def test_history_survives_a_file_that_is_torn(tmp_path: Path) -> None:
    path = tmp_path / "prompts.jsonl"
    path.write_bytes(b'"one"\n{not json\n\xff\xfe\n"two\\nlines"\n')
    history = PromptHistory(path)
    assert [history.older(""), history.older(""), history.older("")] == ["two\nlines", "one", None]
    history.add("three")
    history.add("three")
    assert path.read_text("utf-8").count("three") == 1


def test_history_in_a_place_that_cannot_be_written_still_works(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    history = PromptHistory(tmp_path / "file" / "prompts.jsonl")
    history.add("one")
    assert history.older("draft") == "one"
    assert history.newer() == "draft"


def curve(name: str, unit: str, values: tuple[float | None, ...], **more: object) -> Curve:
    return Curve(name, unit, tuple(range(0, 60_000 * len(values), 60_000)), values, **more)  # type: ignore[arg-type]


def test_curves_share_a_plot_by_unit_and_empty_ones_are_left_out() -> None:
    a, b, c = curve("history", "degC", (1.0,)), curve("x", "bar", (1.0,)), curve("forecast", "degC", (2.0,))
    assert by_unit([a, b, c, curve("none", "kW", (None, None))]) == [(a, c), (b,)]


def test_nothing_is_drawn_over_a_gap() -> None:
    assert runs([0, 1, 2, 3], [1.0, None, None, 4.0]) == [Points([0], [1.0]), Points([3], [4.0])]


def test_thinning_keeps_the_extremes_and_bounds_the_count() -> None:
    values = [0.0] * 10_000
    values[1_234], values[7_777] = 9.0, -9.0
    kept = thin(Points(list(range(10_000)), values), 100)
    assert len(kept.times) <= 102
    assert {9.0, -9.0} <= set(kept.values)
    assert kept.times == sorted(kept.times)


def test_a_plot_in_text_says_span_course_band_and_flags() -> None:
    one = curve("forecast", "degC", (5.0, None, 5.4), lower={"90": (4.8, 4.8, 4.9)}, upper={"90": (5.2, 5.3, None)})
    text = plot_lines([one, curve("history", "degC", (1.0, 2.0), marked=(1,))], UTC)
    assert "forecast 00:00 to 00:02  ▁·█  5.00 to 5.40 °C" in text
    assert "90 % band 4.80 to 5.30 °C" in text
    assert "▲ flagged 00:01 2.00 °C" in text


@pytest.mark.parametrize(
    ("latest", "state"),
    [
        (None, TagState.NONE),
        (Latest("a", 1, 5.0, 192, "s", 0), TagState.GOOD),
        (Latest("a", 1, 5.0, 0, "s", 0), TagState.BAD),
        (Latest("a", 1, None, 192, "s", 0), TagState.BAD),
        (Latest("old", 1, 5.0, 192, "s", 0), TagState.STALE),
        (Latest("old", 1, 5.0, 192, "s", 9), TagState.BLIND),
    ],
)
def test_a_tag_nobody_watches_is_never_good(latest: Latest | None, state: TagState) -> None:
    assert tag_state(latest, {("s", 9)}, {"old"}) is state


def test_what_waits_for_a_person_is_listed_first_and_pending_ones_are_not() -> None:
    def one(name: str, state: EpisodeState, score: float, closed_at: int | None = None) -> Episode:
        opened = None if state is EpisodeState.PENDING else 1
        return Episode(
            name, name, "t", "", EpisodeKind.PROCESS, Priority.LOW, state, 0, opened, score=score, closed_at=closed_at
        )

    episodes = [
        one("early", EpisodeState.CLOSED, 99, 10),
        one("late", EpisodeState.CLOSED, 1, 20),
        one("long ago", EpisodeState.CLOSED, 1, 4),
        one("shelved", EpisodeState.OPEN, 99),
        one("seen", EpisodeState.OPEN, 95),
        one("mild", EpisodeState.OPEN, 10),
        one("odd", EpisodeState.OPEN, 90),
        one("pending", EpisodeState.PENDING, 100),
        one("back", EpisodeState.OPEN, 5),
        one("done", EpisodeState.CLOSED, 5, 30),
    ]
    events = [
        PersonEvent("shelved", ChangeKind.SHELVED, 1, "ann", until=1_000),
        PersonEvent("back", ChangeKind.SHELVED, 1, "ann", until=50),
        PersonEvent("seen", ChangeKind.ACKNOWLEDGED, 1, "bob"),
        PersonEvent("done", ChangeKind.ACKNOWLEDGED, 1, "bob"),
    ]
    found = annunciate(episodes, events, Registry(), AlertSettings(), now=100)
    alarms = Alarms({e.id: e for e in episodes if e.opened_at is not None}, found)
    alerts = order_alerts(alarms, AlertWords("en", Registry(), UTC), since=5)
    assert [a.episode.id for a in alerts] == ["odd", "mild", "back", "seen", "late", "early", "shelved", "done"]
    assert [a.standing for a in alerts] == [True, True, True, True, False, False, False, False]
    assert alerts[3].status.acknowledged is not None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("5.0 to 5.4 degC until 16:10, 42 m3/h.", "5.0 to 5.4 °C until 16:10, 42 m³/h."),
        ("“Shed load below 15 degC” [1] at 16 degC", "“Shed load below 15 degC” [1] at 16 °C"),
        ("mean error (degC)", "mean error (°C)"),
        ("60 um/s, degC alone, 5 degCx, tag m3", "60 um/s, degC alone, 5 degCx, tag m3"),
    ],
)
def test_units_in_sentences_are_written_as_people_do(text: str, shown: str) -> None:
    assert pretty_units(text) == shown

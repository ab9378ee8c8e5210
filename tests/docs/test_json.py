"""docs/json.md names every key that scripts get, and no other."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from ingestion.simulator.registry import PLANT_DIR
from tools.scorecard import Line, Record, Summary, Told
from tui.cli.main import main

if TYPE_CHECKING:
    from plant.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
KEY = re.compile(r"`([a-z][a-z0-9_]*)`")


def section(heading: str) -> str:
    """Returns the text of the section whose heading holds some words."""
    return next(part for part in PAGE.split("\n## ")[1:] if heading in part.partition("\n")[0])


def table_keys(heading: str) -> set[str]:
    """Returns the keys in the first column of a section's table."""
    return {key for row in re.findall(r"^\| (`.+?) \|", section(heading), re.MULTILINE) for key in KEY.findall(row)}


def listed_keys(heading: str, opening: str) -> set[str]:
    """Returns the keys of the sentence that begins so."""
    return set(KEY.findall(section(heading).partition(opening)[2].partition(".\n")[0]))


@pytest.fixture
def run(demo_settings: Settings, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a verb with --json on the demo plant and returns what it printed."""

    def call(*words: str) -> Any:
        main([*words, "--json", "--store", str(demo_settings.store.path)])
        return json.loads(capsys.readouterr().out)

    return call


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ('`ask "..."`', ["ask", "which sensors are on P-101?", "--model", "none:"]),
        ("`forecast TAG`", ["forecast", "CW-100.TT-02", "--horizon", "1h", "--model", "none:"]),
        ("`forecast-scorecard TAG`", ["forecast-scorecard", "CW-100.TT-02"]),
        ("`anomalies TAG`", ["anomalies", "E-101"]),
        ("`graph query", ["graph", "query", "MATCH (a:Asset) RETURN a.id"]),
        ("`graph ask", ["graph", "ask", "which sensors are on P-101?"]),
        ("`graph load DIR`", ["graph", "load", str(PLANT_DIR / "graph"), "--check"]),
        ("`graph recipes`", ["graph", "recipes"]),
        ("`graph schema`", ["graph", "schema"]),
        ("`manuals show", ["manuals", "show", "CW-100-manual.pdf"]),
        ("`manuals ask", ["manuals", "ask", "what does fault E07 mean?"]),
        ("`verify`", ["verify"]),
        ("`health`", ["health"]),
        ("`alerts preview`", ["alerts", "preview", "--rule", "CW-100.TT-02 high-high 6.2", "--since", "6h"]),
        ("`alerts tune`", ["alerts", "tune", "--on", "CW-100.TT-02", "--since", "6h"]),
        ("`alerts kpi`", ["alerts", "kpi"]),
        ("`where`", ["where"]),
    ],
)
def test_a_verb_gives_the_keys_of_the_page(heading: str, words: list[str], run: Any) -> None:
    assert set(run(*words)) == table_keys(heading)


def test_a_book_has_the_keys_of_the_page(run: Any) -> None:
    books = run("verify")
    assert set(books["sum"]) == listed_keys("`verify`", "A book has") == set(books["partitions"][0])


def test_an_alert_has_the_keys_of_the_page(run: Any) -> None:
    assert {frozenset(alert) for alert in run("alerts")} == {frozenset(listed_keys("`alerts`", "A list, each:"))}


def test_a_sealed_hour_has_the_keys_of_the_page(run: Any) -> None:
    assert {frozenset(hour) for hour in run("lake", "list")} == {frozenset(listed_keys("`lake list`", "A list, each:"))}


def test_a_life_has_the_keys_of_the_page(run: Any) -> None:
    shown = run("alerts", "show", run("alerts")[0]["id"])
    assert set(shown) == table_keys("`alerts show ID`")
    steps = KEY.findall(section("`alerts show ID`").partition("| `life` |")[2].partition("\n")[0])
    assert {frozenset(step) for step in shown["life"]} == {frozenset(steps)}


def test_what_a_person_did_has_the_keys_of_the_page(run: Any) -> None:
    written = run("alerts", "ack", run("alerts")[0]["id"])
    assert [set(event) for event in written] == [listed_keys("`alerts ack`", "each:")]


def test_a_tag_has_the_keys_of_the_page(run: Any) -> None:
    keys = listed_keys("`tags list`", "A list, each, or one:")
    assert {frozenset(tag) for tag in run("tags", "list")} == {frozenset(keys)}
    assert set(run("tags", "show", "CW-100.TT-02")["limits"]) == listed_keys("`tags list`", "the limits are")


@pytest.mark.parametrize(("row", "struct"), [("candidates", Record), ("forecasts", Told), ("shown", Summary)])
def test_a_scorecard_has_the_keys_of_the_page(row: str, struct: type[msgspec.Struct]) -> None:
    told = re.search(rf"^\| `{row}`\?? \|(.+)$", section("`forecast-scorecard TAG`"), re.MULTILINE)
    assert told
    assert set(KEY.findall(told[1])) == {field.encode_name for field in msgspec.structs.fields(struct)}


def test_a_line_of_all_scorecards_has_the_keys_of_the_page() -> None:
    told = listed_keys("`forecast-scorecard TAG`", "Without a tag a list, each:")
    assert told == {field.encode_name for field in msgspec.structs.fields(Line)}


def test_a_check_has_the_keys_of_the_page(run: Any) -> None:
    assert {frozenset(check) for check in run("doctor")} == {frozenset(listed_keys("`doctor`", "A list, each:"))}


def test_a_refusal_has_its_keys_and_the_others_stay(run: Any) -> None:
    refused = run("ask", "what is the maker's telephone number?", "--model", "none:")
    assert set(refused) == table_keys('`ask "..."`')
    assert set(refused["refusal"]) == {"code", "text", "help", "choices"}

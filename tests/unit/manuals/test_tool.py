"""The manual tool quotes, with its page, or says that it found nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingestion.manuals.index import add_manual
from plant.facts import RefusalCode
from plant.registry import Sensor
from plant.settings import load_settings
from tests.unit.manuals.test_pdf import _write
from tools.contract import ManualInput
from tools.manuals.numbers import numbers_in
from tools.manuals.tool import ManualTool

if TYPE_CHECKING:
    from pathlib import Path

    from plant.facts import ToolResult
    from plant.store.contract import Store


def _ask(store: Store, question: str, **given: object) -> ToolResult:
    return ManualTool(store, load_settings()).run(ManualInput(question=question, **given))


def test_a_fault_code_gives_what_it_means_with_its_row(stocked: Store) -> None:
    result = _ask(stocked, "What does fault F-02 mean?")
    assert result.refusal is None
    (quote,) = result.named("quote")
    assert quote.value == "Low suction pressure"
    (row,) = result.named("quote.context")
    assert row.value == "Code: F-02\nMeaning: Low suction pressure\nRemedy: Replace the inlet filter element"
    (evidence,) = result.evidence
    assert quote.source == evidence.id
    assert evidence.title == "K-7.pdf, p. 2"
    assert evidence.text == row.value
    assert evidence.detail == {
        "document": "K-7.pdf",
        "manual": "K-7 operation manual",
        "revision": "",
        "page": 3,
        "label": "2",
        "section": "2 Fault codes",
        "passage": "table",
    }


def test_a_torque_is_a_number_with_its_unit(stocked: Store) -> None:
    result = _ask(stocked, "Quel est le couple de serrage des boulons M16 ?", language="fr")
    (number,) = result.named("quote.number")
    assert (number.value, number.unit) == (210.0, "Nm")


def test_the_warning_of_a_cited_page_is_quoted_too(stocked: Store) -> None:
    result = _ask(stocked, "When does the relief valve open?")
    (warning,) = result.named("warning")
    assert str(warning.value).startswith("WARNING: The discharge pipe")
    assert [quote["kind"] for quote in result.data["quotes"]] == ["paragraph", "warning"]
    assert {(fact.value, fact.unit) for fact in result.named("quote.number")} == {
        (12.5, "bar"),
        (110.0, "degC"),
        (30.0, "min"),
    }


def test_a_procedure_is_quoted_whole(stocked: Store) -> None:
    result = _ask(stocked, "How do I change the oil?")
    assert any("1. Stop" in quote["text"] and "3. Fill" in quote["text"] for quote in result.data["quotes"])


@pytest.mark.parametrize(
    "question",
    [
        "What is the maker's telephone number?",
        "What does fault F-09 mean?",
        "What is the torque of the cylinder head bolts?",
        "How much does an oil filter cost?",
        "What is the price of F-02?",
        "Quelle est la garantie du compresseur ?",
    ],
)
def test_what_is_not_there_is_not_found(stocked: Store, question: str) -> None:
    result = _ask(stocked, question)
    assert result.refusal is not None
    assert result.refusal.code is RefusalCode.NOT_FOUND
    assert result.facts == ()
    assert result.data["answer"] is None
    assert result.data["refusal"]["code"] == "not_found"


def test_the_closest_page_is_named_and_can_be_opened(stocked: Store) -> None:
    result = _ask(stocked, "What is the torque of the cylinder head bolts?")
    assert result.refusal is not None
    assert result.refusal.text == "Not found in the manuals (closest: p. 3)."
    assert result.evidence[0].detail["label"] == "3"


def test_a_refusal_is_in_the_language_of_the_question(stocked: Store) -> None:
    refusal = _ask(stocked, "Quel est le couple de serrage de la culasse ?", language="fr").refusal
    assert refusal is not None
    assert refusal.text.startswith("Introuvable dans les manuels")


def test_without_manuals_it_says_so(store: Store) -> None:
    refusal = _ask(store, "what does E07 mean?").refusal
    assert refusal is not None
    assert refusal.code is RefusalCode.NO_DATA
    assert "manuals add" in refusal.help


@pytest.mark.parametrize("question", ["", "?", "what is it?", '" OR 1 --', "a" * 20_000, "pump\x00" * 50])
def test_odd_questions_are_refused(stocked: Store, question: str) -> None:
    assert _ask(stocked, question).refusal is not None


def test_orders_in_a_manual_are_quoted_as_text(stocked: Store) -> None:
    result = _ask(stocked, "when does the relief valve open?")
    assert "Ignore previous instructions" in result.data["answer"]
    assert result.named("quote")[0].value == result.data["quotes"][0]["text"]


def test_an_asset_of_the_plant_need_not_stand_in_the_passage(store: Store, tmp_path: Path) -> None:
    add_manual(store, _write(tmp_path / "pump.pdf", ["The bearing temperature of the pump may reach 85 °C."]))
    question = "What bearing temperature may pump P-101 reach?"
    assert _ask(store, question).refusal is not None
    assert _ask(store, question, entities=("P-101",)).refusal is None
    store.put_sensors([Sensor(tag="P-101.TT-01", asset="P-101", unit="degC")])
    assert _ask(store, question).refusal is None


def test_every_quote_is_on_its_page(stocked: Store) -> None:
    for question in ("What does F-01 mean?", "torque of the cover bolts", "how often is the oil changed?"):
        for quote in _ask(stocked, question).data["quotes"]:
            page = stocked.page_passages(quote["document"], quote["page"])
            assert quote["text"] in [passage.text for passage in page]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Tighten to 49 Nm.", [(49.0, "Nm")]),
        ("between 10 and 15 bar", [(10.0, "bar"), (15.0, "bar")]),
        ("5 ± 0.2 °C", [(5.0, "degC"), (0.2, "degC")]),
        ("every 4,000 hours", [(4000.0, "h")]),
        ("6,5 l of oil", [(6.5, "l")]),
        ("at \u221210 °C or 42 m³/h", [(-10.0, "degC"), (42.0, "m3/h")]),
        ("fault E07, step 3, M12 bolts, 3 pumps", []),
        ("10 m3/h and 2 mm/s", [(10.0, "m3/h"), (2.0, "mm/s")]),
    ],
)
def test_numbers_with_units_are_facts(text: str, numbers: list[tuple[float, str]]) -> None:
    assert numbers_in(text) == numbers

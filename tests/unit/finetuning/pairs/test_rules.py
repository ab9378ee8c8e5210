"""Pairs by rules: what tables, procedures, warnings and sentences answer, in the words of the page."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from finetuning.pairs.contract import Kind, Pair
from finetuning.pairs.manual import manual_of
from finetuning.pairs.prose import as_name, prose_asks, to_do
from finetuning.pairs.rows import Role, cells
from finetuning.pairs.rules import RuleMaker
from finetuning.pairs.spoken import spoken
from finetuning.pairs.subjects import heading, language_of, machine_of
from finetuning.pairs.tables import row_asks
from finetuning.pairs.wordings import LANGUAGES, fill, sentences, wordings

if TYPE_CHECKING:
    from collections.abc import Callable

    from plant.store.contract import Store


def _pairs(store: Store, name: str = "KP-40.pdf", *, seed: int = 1) -> list[Pair]:
    (document,) = (document for document in store.documents() if document.name == name)
    maker = RuleMaker(store, seed=seed, wordings=99)
    pages = range(1, document.pages + 1)
    return [pair for page in pages for pair in maker.pairs(document, store.page_passages(name, page), "")]


def _answers(store: Store) -> dict[tuple[str, str], set[str]]:
    """Returns, for each passage's first words, what its asks answer by the name of their wordings."""
    manual = manual_of(store, store.documents()[0])
    named = {ask[0]: name for name, ask in wordings(manual.language).ask.items()}
    found: dict[tuple[str, str], set[str]] = {}
    for passage in manual.passages:
        asks = row_asks if passage.kind == "table" else prose_asks
        for ask in asks(passage, manual):
            name = named.get(ask.ask[0], "sentence")
            found.setdefault((name, ask.slots.get("key", "")), set()).add(passage.text[ask.start : ask.end])
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_wording_can_be_filled_with_the_machine_and_without(language: str) -> None:
    names = ("code", "machine", "key", "place", "be", "does", "do", "column", "topic", "property")
    slots = dict.fromkeys(names, "x")
    for name, ask in wordings(language).ask.items():
        assert len(ask) >= 2, name
        for wording in ask:
            assert "[" not in fill(wording, slots, named=True) + fill(wording, slots, named=False)
    assert len(sentences(language)) >= 10


def test_a_fault_is_asked_by_its_code_and_by_its_symptom(put: Callable[..., Store]) -> None:
    row = "Code: E07\nMeaning: Low flow\nCause: Strainer blocked\nRemedy: Clean the strainer"
    found = _answers(put((1, "3 Faults", "table", row)))
    assert found["meaning", "E07"] == {"Low flow"}
    assert found["cause", "E07"] == {"Strainer blocked"}
    assert found["remedy", "E07"] == {"Clean the strainer"}
    assert found["symptom_remedy", "low flow"] == {"Clean the strainer"}
    assert found["symptom_code", "low flow"] == {"E07"}
    assert found["code", ""] == {row}


@pytest.mark.parametrize(
    ("row", "asked", "answer"),
    [
        ("Bolt: Casing nuts\nThread: M12\nTorque: 85 Nm", ("torque", "casing nuts"), "85 Nm"),
        ("Bolt: Casing nuts\nThread: M12\nTorque: 85 Nm", ("torque_thread", "M12"), "85 Nm"),
        ("Joint: Cover\nTighten to: 10 lbf ft", ("torque", "cover"), "10 lbf ft"),
        ("Bolt: Cover\nTorque (Nm): 85", ("torque", "cover"), "Torque (Nm): 85"),
        ("Quantity: Rated flow\nValue: 14\nUnit: m3/h", ("value", "rated flow"), "14\nUnit: m3/h"),
        ("Rated flow: 14 m3/h", ("value", "rated flow"), "14 m3/h"),
        ("Part: Seal\nPart number: KP-0331", ("number", "seal"), "KP-0331"),
        ("Part: Seal\nPart number: KP-0331", ("part", "KP-0331"), "Seal"),
        ("Task: Check the oil level\nInterval: weekly", ("interval_do", "check the oil level"), "weekly"),
        ("Lubrication point: Motor bearing\nGrease: NLGI 2", ("lubricant", "motor bearing"), "NLGI 2"),
        ("Parameter: P-107\nMeaning: Restart delay\nDefault: 3 min", ("other", "P-107"), "3 min"),
        ("Parameter: P-107\nMeaning: Restart delay\nDefault: 3 min", ("value", "restart delay"), "3 min"),
    ],
)
def test_a_row_answers_with_its_cell(put: Callable[..., Store], row: str, asked: tuple[str, str], answer: str) -> None:
    assert answer in _answers(put((1, "4 Data", "table", row)))[asked]


def test_a_row_for_several_models_is_asked_with_the_name_of_the_model(put: Callable[..., Store]) -> None:
    row = "Quantity: Rated flow\nKP-40: 14 m3/h\nKP-50: 21 m3/h"
    asked = {(pair.question, pair.source.quote) for pair in _pairs(put((1, "4 Data", "table", row))) if pair.source}
    assert {answer for _, answer in asked} == {"14 m3/h", "21 m3/h"}
    for question, answer in asked:
        assert ("kp-40" if answer == "14 m3/h" else "kp-50") in question.casefold()


def test_a_list_of_names_with_values_is_no_procedure(put: Callable[..., Store]) -> None:
    text = "- Tank volume: 60 l\n- Check the belt: every month\n- Press START: the lamp lights"
    found = {pair.kind: pair.source.quote for pair in _pairs(put((1, "4 Lists", "procedure", text))) if pair.source}
    assert found == {Kind.SPECIFICATION: "60 l", Kind.PROCEDURE: "every month"}


@pytest.mark.parametrize(
    ("section", "text"),
    [
        ("KP-40 centrifugal pump", "Rated flow: 14 m3/h. The relief valve opens at 12.5 bar."),
        ("", "Rated flow: 14 m3/h. The relief valve opens at 12.5 bar."),
        ("1 About this manual", "If a point is unclear, ask the maker before you begin."),
        ("4 Torques", "KP-40 centrifugal pump"),
        ("4 Torques", "2 Rev. E"),
    ],
)
def test_title_pages_prefaces_and_headers_are_not_asked(put: Callable[..., Store], section: str, text: str) -> None:
    assert not _pairs(put((1, section, "paragraph", text)))


@pytest.mark.parametrize(
    ("section", "text"),
    [
        ("2 Hazards and precautions", "Guards stay closed. Persons wear glasses. Nobody works here alone at night."),
        (
            "3 What happens when the mains fails",
            "The set starts by itself, takes the load over, and stops when it is back.",
        ),
        ("4 Limits", "The tank holds 200 l. The set burns 205 l/h at full load, and starts in 5 s."),
    ],
)
def test_a_paragraph_without_a_topic_or_full_of_figures_does_not_answer_as_a_whole(
    put: Callable[..., Store], section: str, text: str
) -> None:
    pairs = _pairs(put((1, section, "paragraph", text)))
    assert not [pair for pair in pairs if pair.source and pair.source.quote == text]


def test_what_is_forbidden_in_a_paragraph_is_its_sentence_not_all_of_it(put: Callable[..., Store]) -> None:
    forbidden = "Never switch the contactor while the drive runs."
    pairs = _pairs(put((1, "4 Wiring", "paragraph", f"The shield is laid on both ends. {forbidden}")))
    assert {pair.source.quote for pair in pairs if pair.source and pair.kind is Kind.WARNING} == {forbidden}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("If the hook has opened by 5 %, replace it.", Kind.PROCEDURE),
        ("If the load is wrong, the brakes wear early.", Kind.TEXT),
        ("Si le voyant clignote, couper le courant. La pompe est au repos.", Kind.PROCEDURE),
    ],
)
def test_a_condition_asks_what_to_do_or_what_happens(put: Callable[..., Store], text: str, kind: Kind) -> None:
    assert {pair.kind for pair in _pairs(put((1, "4 Description", "paragraph", text)))} == {kind}


def test_no_question_names_its_machine_twice(put: Callable[..., Store]) -> None:
    text = "The KP-40 may only be opened by qualified staff."
    questions = [pair.question.casefold() for pair in _pairs(put((1, "4 Staff", "paragraph", text)))]
    assert questions
    assert all(question.count("kp-40") == 1 for question in questions)


def test_a_slip_of_the_finger_leaves_the_name_of_the_machine() -> None:
    typed = {
        spoken("torque of AirMaster 75?", "en", Random(seed), name="AirMaster 75").casefold() for seed in range(99)
    }
    assert len(typed) > 5
    assert all("airmaster 75" in question for question in typed)


@pytest.mark.parametrize(
    ("section", "name", "do"),
    [
        ("Replacing the seal", "replacing the seal", "replace the seal"),
        ("How to change the oil", "changing the oil", "change the oil"),
        ("How to set the gap", "setting the gap", "set the gap"),
        ("Turning or changing jaws", "turning or changing jaws", "turn or change jaws"),
        ("Putting into operation", "putting into operation", ""),
        ("Brake adjustment", "brake adjustment", ""),
    ],
)
def test_a_heading_is_what_one_does_and_its_name(section: str, name: str, do: str) -> None:
    assert (as_name(section, "en"), to_do(section, "en")) == (name, do)


def test_a_key_of_two_rows_is_asked_with_its_section_or_not_at_all(put: Callable[..., Store]) -> None:
    found = _answers(
        put(
            (1, "4.1 Pump P-101", "table", "Quantity: Type\nValue: HP 65"),
            (1, "4.2 Tank T-101", "table", "Quantity: Type\nValue: steel"),
            (1, "7 Torques", "table", "Bolt: Casing nuts\nThread: M12\nTorque: 85 Nm"),
            (1, "7 Torques", "table", "Bolt: Motor feet\nThread: M12\nTorque: 55 Nm"),
        )
    )
    assert ("value", "type") not in found
    assert ("torque_thread", "M12") not in found
    assert found["value_there", "type"] == {"HP 65", "steel"}


def test_no_cell_that_says_nothing_answers(put: Callable[..., Store]) -> None:
    assert ("torque", "cover") not in _answers(put((1, "4 Torques", "table", "Bolt: Cover\nSize: M12\nTorque: -")))


@pytest.mark.parametrize(
    ("text", "question", "answer"),
    [
        ("Change the oil every 4,000 hours of operation.", "change the oil", "every 4,000 hours of operation"),
        ("The relief valve opens at 12.5 bar.", "relief valve", "at 12.5 bar"),
        ("Wait 10 minutes before you open the door.", "before you open the door", "10 minutes"),
        ("The oil must not exceed 80 degC.", "oil", "80 degC"),
        ("Tighten the cover bolts to 49 Nm.", "cover bolts", "49 Nm"),
        ("If the horn sounds for long, leave the room.", "the horn sounds for long", "leave the room"),
        (
            "Vidanger l'huile toutes les 2 000 heures. Le couple est de 3 Nm.",
            "vidanger l'huile",
            "toutes les 2 000 heures",
        ),
        ("La pression ne doit pas d\u00e9passer 8 bar. Elle est basse.", "la pression", "8 bar"),
    ],
)
def test_a_sentence_answers_with_its_words(put: Callable[..., Store], text: str, question: str, answer: str) -> None:
    asked = {
        pair.source.quote: pair.question for pair in _pairs(put((1, "2 General", "paragraph", text))) if pair.source
    }
    assert question.rsplit(maxsplit=1)[-1][:4].casefold() in asked[answer].casefold() or question in asked[answer]


def test_what_refers_to_something_else_is_not_asked(put: Callable[..., Store]) -> None:
    texts = ("If it drips at the flange, replace it.", "When the lamp lights, look for this first: water.")
    for text in texts:
        assert not _pairs(put((1, "2 General", "paragraph", text), title="Operating manual"))


def test_a_procedure_answers_as_a_whole_under_what_its_heading_does(store: Store) -> None:
    asked = [pair for pair in _pairs(store) if pair.kind is Kind.PROCEDURE and pair.source and pair.source.page == 3]
    assert asked
    assert any("replace the seal" in pair.question.lower() for pair in asked)
    assert {pair.source.quote for pair in asked if pair.source} == {
        "1. Drain the pump.\n2. Pull the old seal.\n3. Press the new one in."
    }


def test_a_warning_answers_what_may_be_done(store: Store) -> None:
    asked = [pair for pair in _pairs(store) if pair.kind is Kind.WARNING]
    assert any("run the pump against a closed valve" in pair.question.lower() for pair in asked)
    assert all(pair.source and pair.source.quote == pair.source.passage for pair in asked)


def test_a_french_manual_is_asked_in_french(store: Store) -> None:
    pairs = _pairs(store, "CV-90.pdf")
    assert {pair.language for pair in pairs} == {"fr"}
    assert any(
        "D11" in pair.question and pair.source and pair.source.quote == "Contr\u00f4ler le filtre" for pair in pairs
    )


def test_the_same_seed_gives_the_same_pairs_and_another_gives_others(store: Store) -> None:
    assert _pairs(store) == _pairs(store)
    assert {pair.id for pair in _pairs(store)} != {pair.id for pair in _pairs(store, seed=2)}
    ids = [pair.id for pair in _pairs(store)]
    assert len(set(ids)) == len({(pair.question, pair.group) for pair in _pairs(store)})


def test_pairs_of_one_row_share_their_group(store: Store) -> None:
    groups = {pair.group for pair in _pairs(store) if pair.source and pair.source.passage.startswith("Code: E07")}
    assert len(groups) == 1


@pytest.mark.parametrize(
    ("title", "machine"),
    [
        ("CW-100 operation and maintenance manual", "CW-100"),
        ("Pompe centrifuge KP-40 - Notice d'utilisation", "KP-40"),
        ("AirMaster 75 Screw Compressor - Service Manual", "AirMaster 75"),
        ("HZ 80/200", "HZ 80/200"),
        ("Owner's manual, jaw crusher Brecher 6x9", "Brecher 6x9"),
        ("Conveyor manual", "Conveyor"),
        ("Operating manual", ""),
        ("Issue 04/2018", ""),
    ],
)
def test_a_title_names_its_machine(title: str, machine: str) -> None:
    assert machine_of(title) == machine


def test_headings_lose_their_number_only() -> None:
    assert heading("6.3 Replacing the seal") == "Replacing the seal"
    assert heading("\u00a7 4 Faults") == "Faults"
    assert heading("Interval") == "Interval"


def test_languages_are_told_by_their_small_words() -> None:
    assert language_of("Contr\u00f4ler le niveau de la cuve avant de d\u00e9marrer.") == "fr"
    assert language_of("Check the level of the tank before you start.") == "en"


def test_columns_are_told_by_name_and_by_cell() -> None:
    roles = [cell.role for cell in cells("Fault: E07\nWhat to do: clean it\nTo be tightened: 85 Nm")]
    assert roles == [Role.CODE, Role.REMEDY, Role.TORQUE]
    assert cells("Fault: the motor hums")[0].role is Role.QUANTITY  # a line alone is a name and its value
    assert cells("a | b | c") == []

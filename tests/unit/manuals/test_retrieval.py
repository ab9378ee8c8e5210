"""Which passages may answer: the named machine's first, codes however written, the same every time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingestion.manuals.words import searchable
from plant.registry import Sensor
from plant.store.documents import About, Document, DocumentLink, Passage
from tools.manuals.retrieval import retrieve

if TYPE_CHECKING:
    from plant.store.contract import Store


def _add(store: Store, title: str, *texts: str, asset: str = "", kind: str = "table", section: str = "") -> None:
    name = f"{title.split(maxsplit=1)[0]}.pdf"
    passages = [Passage(0, name, 1, "1", section, kind, text, searchable(f"{section}\n{text}")) for text in texts]
    links = (DocumentLink(name, asset, "asset", "given"),) if asset else ()
    store.put_document(Document(0, title, name, title, 1, 5, {}), passages, About(links=links))


def _texts(store: Store, question: str, **given: object) -> list[str]:
    return [one.passage.text for one in retrieve(store, question, **given)]


@pytest.fixture
def two(store: Store) -> Store:
    _add(store, "KP-40 pump manual", "Bolt: M12\nTorque: 85 Nm", "Code: E07\nMeaning: low flow", asset="P-101")
    _add(store, "SC-55 compressor manual", "Bolt: M12\nTorque: 60 Nm", "Code: E07\nMeaning: no oil", asset="C-101")
    return store


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("torque M12 KP-40", "Bolt: M12\nTorque: 85 Nm"),
        ("torque M12 on the SC 55", "Bolt: M12\nTorque: 60 Nm"),
        ("what torque for the M12 bolts of the compressor?", "Bolt: M12\nTorque: 60 Nm"),
        ("E07 on P-101", "Code: E07\nMeaning: low flow"),
        ("e-7 on c101?", "Code: E07\nMeaning: no oil"),
    ],
)
def test_the_manual_of_the_machine_that_is_named_comes_first(two: Store, question: str, first: str) -> None:
    assert _texts(two, question)[0] == first


def test_a_word_of_another_title_does_not_outdo_a_page_that_answers(store: Store) -> None:
    _add(store, "Brakewell machine instructions", "Oil: ISO VG 68", "The machine stands level.")
    _add(store, "Lavoir seamer handbook", "The records of tests are kept for 90 days.", "Oil: ISO VG 46")
    assert _texts(store, "how long are test records kept in the machine")[0].startswith("The records")
    assert _texts(store, "oil of the seamer")[0] == "Oil: ISO VG 46"


def test_a_bare_number_names_no_manual(store: Store) -> None:
    _add(store, "Claris 250 decanter", "Drive: 28 kW")
    _add(store, "Sorter handbook", "Weight of a pack: 250 g\nLimit: 9 g")
    assert _texts(store, "limit for a 250 g pack?")[0].startswith("Weight of a pack")


def test_what_was_understood_of_the_question_narrows_too(two: Store) -> None:
    assert _texts(two, "what does E07 mean?", entities=("P-101",)) == ["Code: E07\nMeaning: low flow"]
    two.put_sensors([Sensor(tag="C-101.TT-01", asset="C-101", unit="degC")])
    assert _texts(two, "what does E07 mean?", entities=("C-101.TT-01",)) == ["Code: E07\nMeaning: no oil"]


def test_another_machine_s_manual_does_not_answer_for_one_that_has_its_own(two: Store) -> None:
    _add(two, "VT-9 fan manual", "Code: E31\nMeaning: belt torn", asset="V-101")
    assert _texts(two, "what does E31 mean on P-101?") == []
    assert _texts(two, "what does E31 mean?") == ["Code: E31\nMeaning: belt torn"]


def test_a_manual_that_is_linked_to_nothing_may_answer_for_any_machine(two: Store) -> None:
    _add(two, "House rules", "Use thread lock on every M12 bolt.", kind="paragraph")
    assert "Use thread lock on every M12 bolt." in _texts(two, "thread lock on the M12 bolts of P-101?")


@pytest.mark.parametrize("asked", ["M16", "m 16", "M 16"])
@pytest.mark.parametrize("written", ["M16", "M 16"])
def test_a_code_is_found_however_it_is_written(store: Store, asked: str, written: str) -> None:
    _add(store, "A", f"Bolt: {written}\nTorque: 210 Nm", "Bolt: M12\nTorque: 85 Nm")
    found = retrieve(store, f"torque {asked.upper() if ' ' in asked else asked}?")
    assert found[0].passage.text == f"Bolt: {written}\nTorque: 210 Nm"
    assert found[0].judged.codes
    assert not found[1].judged.codes


@pytest.mark.parametrize("asked", ["error 10", "E10", "défaut 10", "fault no. 10"])
def test_a_numbered_fault_is_found_however_it_is_written(store: Store, asked: str) -> None:
    _add(store, "A", "No.: Error 10\nMeaning: speed zero", "No.: Error 11\nMeaning: speed high")
    found = retrieve(store, f"{asked}: speed?")
    assert [(one.passage.text.splitlines()[0], one.judged.codes) for one in found] == [
        ("No.: Error 10", True),
        ("No.: Error 11", False),
    ]


def test_a_machine_s_code_is_not_looked_for_on_its_pages(store: Store) -> None:
    _add(store, "KP-40 pump", *(f"KP-40 page {number}" for number in range(60)), "Fill with 3 l of oil.")
    assert _texts(store, "how much oil for the KP-40?") == ["Fill with 3 l of oil."]


def test_the_machine_s_name_on_a_page_is_no_evidence(store: Store) -> None:
    _add(store, "Tornax 4", "Tornax 4: keep away from the Tornax 4.", "Fill with 3 l of oil.", kind="paragraph")
    assert _texts(store, "how much oil for the Tornax 4?")[0] == "Fill with 3 l of oil."


def test_an_english_question_finds_a_french_page_and_the_other_way_round(store: Store) -> None:
    _add(store, "A", "Couple de serrage des vis : 40 Nm.", kind="paragraph")
    _add(store, "B", "Grease the bearings once a year.", kind="paragraph")
    assert _texts(store, "tightening torque of the screws?")[0].startswith("Couple")
    assert _texts(store, "graissage des paliers ?")[0].startswith("Grease")


def test_of_two_languages_the_question_s_comes_first(store: Store) -> None:
    _add(store, "A", "The motor is for 400 V and 50 Hz.", kind="paragraph")
    _add(store, "B", "Le moteur est pour 400 V et 50 Hz.", kind="paragraph")
    assert [_texts(store, "motor 50 Hz", language=language)[0][:2] for language in ("en", "fr")] == ["Th", "Le"]


def test_steps_are_asked_for_by_how(store: Store) -> None:
    _add(store, "A", "The belt drives the fan.", "The belt is of rubber.", kind="paragraph")
    _add(store, "B", "1. Slacken the belt.\n2. Take it off.", kind="procedure")
    assert _texts(store, "how do I change the belt?")[0].startswith("1. Slacken")


def test_the_same_question_finds_the_same(two: Store) -> None:
    assert retrieve(two, "torque M12?") == retrieve(two, "torque M12?")
    assert len(retrieve(two, "torque M12 E07?", limit=1)) == 1


@pytest.mark.parametrize("question", ["", "?!", "of the", '"', "NEAR(", "* OR *", "x" * 50_000, "\x00"])
def test_odd_questions_find_nothing_and_break_nothing(two: Store, question: str) -> None:
    assert retrieve(two, question) == []

"""Other words for the same, kinds of quantity and names of machines: what the order of passages rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingestion.manuals.words import searchable, tokens
from plant.store.documents import Document, Passage
from tools.manuals import quantities
from tools.manuals.models import named_by, names_in
from tools.manuals.retrieval import retrieve
from tools.manuals.thesaurus import mentions

if TYPE_CHECKING:
    from plant.store.contract import Store


def _add(store: Store, title: str, *texts: str, kind: str = "table") -> None:
    passages = [Passage(0, title, 1, "1", "", kind, text, searchable(text)) for text in texts]
    store.put_document(Document(0, title, title, title, 1, 5, {}), passages)


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("how heavy is it?", "mass"),
        ("how loud is the fan?", "sound pressur"),
        ("how often?", "interval"),
        ("combien pèse le moteur ?", "weight"),
        ("quelle huile mettre ?", "lubrifiant"),
    ],
)
def test_what_people_say_stands_for_what_manuals_write(question: str, other: str) -> None:
    assert other in {term for mention in mentions(tokens(question)) for term in mention.others}


def test_a_word_within_a_longer_phrase_is_not_taken_by_itself() -> None:
    (mention,) = mentions(tokens("sound pressure"))
    assert (mention.start, mention.end) == (0, 2)


@pytest.mark.parametrize("question", ["", "?!", "zzz qqq", "\x00"])
def test_what_is_no_concept_has_no_other_words(question: str) -> None:
    assert mentions(tokens(question)) == []
    assert quantities.asked(question) == frozenset()


@pytest.mark.parametrize(
    ("question", "kind", "text"),
    [
        ("how hot may the oil get?", "temperature", "Oil: 80 °C at most"),
        ("how heavy is it?", "mass", "Poids: 1 250 kg"),
        ("tous les combien ?", "time", "toutes les 2 000 heures"),
        ("couple M12 ?", "torque", "85 N·m"),
        ("what torque?", "torque", "60 lbf ft"),
        ("à quelle pression ?", "pressure", "de 5,5 à 7 bar"),
        ("how loud?", "sound", "84 dB(A)"),
        ("quel débit ?", "flow", "42 m³/h"),
    ],
)
def test_a_quantity_is_asked_for_and_given(question: str, kind: str, text: str) -> None:
    assert kind in quantities.asked(question)
    assert quantities.given(text, frozenset({kind})) == {kind}


@pytest.mark.parametrize("text", ["", "bar", "see page 7", "M12", "IP54"])
def test_a_unit_without_its_figure_gives_nothing(text: str) -> None:
    assert not quantities.given(text, frozenset({"pressure", "torque", "mass"}))


def test_the_figure_that_is_asked_for_comes_before_its_like(store: Store) -> None:
    _add(store, "A", "Oil of the gear: CLP 220", "Oil of the gear: 80 °C", "Oil of the gear: 18 l")
    assert retrieve(store, "how hot may the gear oil get?")[0].passage.text.endswith("80 °C")
    assert retrieve(store, "how many litres of oil for the gear?")[0].passage.text.endswith("18 l")


def test_another_word_for_the_same_is_found(store: Store) -> None:
    _add(store, "A", "Sound pressure level: 84 dB(A)", "Supply voltage: 400 V")
    (found, *_) = retrieve(store, "how loud is it?")
    assert found.passage.text.startswith("Sound")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("AG-100 agitator", ("ag", "100")),
        ("manuel sr8", ("sr", "8")),
        ("RC-7/900 robot cell", ("rc", "7", "900")),
        ("User manual for the Sentra 40 UPS", ("sentra", "40")),
    ],
)
def test_a_title_names_its_machine(title: str, name: tuple[str, ...]) -> None:
    assert names_in(title) == {name}


@pytest.mark.parametrize("title", ["", "Manual rev. 3", "Edition 2024", "Pump manual", "EN 60204", "March 2024"])
def test_what_only_looks_like_a_machine_in_a_title_is_none(title: str) -> None:
    assert names_in(title) == set()


@pytest.mark.parametrize(
    ("question", "manuals"),
    [
        ("torque on the AG100?", {"ag"}),
        ("ag 100 oil", {"ag"}),
        ("how heavy is the Sentra?", {"s40", "s60"}),
        ("Sentra 60 fuse", {"s60"}),
        ("Sentar 60 fuse", {"s60"}),
        ("AG10 oil", set()),
        ("oil for the pump", set()),
        ("", set()),
    ],
)
def test_a_question_names_its_machine_however_written(question: str, manuals: set[str]) -> None:
    names = {"ag": [("ag", "100")], "s40": [("sentra", "40")], "s60": [("sentra", "60")], "p": [("pump", "4")]}
    assert named_by(question, names) == manuals


def test_another_model_s_manual_does_not_answer(store: Store) -> None:
    _add(store, "Sentra 40", "Oil: 3 l")
    _add(store, "Veilo 60", "Oil: 9 l")
    _add(store, "House rules", "Oil: in the blue cabinet")
    titles = {one.title for one in retrieve(store, "oil for the sentra40?")}
    assert titles == {"Sentra 40", "House rules"}

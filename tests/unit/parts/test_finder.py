"""What is found in a text: names however they are written, what is said to be wrong, and what is denied."""

from __future__ import annotations

import hashlib
from importlib.resources import files

import pytest

from finetuning.partfinding import read_labelled, score
from ingestion.tabular import read_table
from plant.errors import BadInput
from tools.parts.defects import defect_words
from tools.parts.finder import ListFinder, defects_in, names_in
from tools.parts.gazetteer import Gazetteer, gazetteer, packaged, read_names
from tools.parts.words import tokens

CORPUS = files("finetuning").joinpath("corpus", "parts")


@pytest.fixture(scope="module")
def finder() -> ListFinder:
    return ListFinder(gazetteer())


def test_the_list_is_long_and_no_spelling_has_two_names():
    names = packaged()
    assert len(names) > 700
    owners: dict[str, set[str]] = {}
    for name, spellings in names:
        for spelling in (name, *spellings):
            owners.setdefault(" ".join(word.key for word in tokens(spelling)), set()).add(name)
    assert {spelling: found for spelling, found in owners.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Mech seal of the pump", ("mechanical seal",)),
        ("mech. seals replaced", ("mechanical seal",)),
        ("oring, O-rings and O ring", ("O-ring",)),
        ("gear box / gearbox", ("gearbox",)),
        ("bearng changed", ("bearing",)),
        ("rouleaux et courroies trapézoïdales", ("roller", "V-belt")),
        ("joint de la bride", ("flange gasket",)),
        ("filtre a huile", ("oil filter",)),
        ("roulement cote commande", ("drive-end bearing",)),
        ("Drum liner", ("chute liner",)),
        ("check valve and check the valve", ("check valve", "valve")),
    ],
    ids=str,
)
def test_a_name_is_found_however_it_is_written(finder, text, names):
    assert names_in(finder.find(text)) == names


@pytest.mark.parametrize(
    "text",
    [
        "",
        "shift handover done",
        "the filler runs at full speed, good value",
        "please contact the supplier",
        "switch off at night",
        "oil filled up",
        "purger la ligne",
        "pump P-101 restarted",
        "100 % 3.14 --- ;;; \x1b[31m",
    ],
    ids=repr,
)
def test_what_is_no_part_is_not_found(finder, text):
    assert finder.find(text) == []


@pytest.mark.parametrize(
    ("text", "defects"),
    [
        ("seal leaks", [("seal", "leakage")]),
        ("leak at the mech seal, coupling ok", [("mechanical seal", "leakage")]),
        ("worn coupling and noisy bearing", [("coupling", "wear"), ("bearing", "noise")]),
        ("seal and shaft sleeve worn", [("seal", "wear"), ("shaft sleeve", "wear")]),
        ("spider of the jaw coupling perished", [("coupling insert", "wear")]),
        ("replaced the bearing, was very noisy", [("bearing", "noise")]),
        ("gearbox oil leaking past the output shaft seal", [("shaft seal", "leakage")]),
        ("fuite d'huile au bouchon de vidange", [("plug", "leakage")]),
        ("palier chaud et bruyant", [("bearing housing", "overheating"), ("bearing housing", "noise")]),
        ("joint spi usé", [("oil seal", "wear")]),
        ("le vérin ne rentre plus", [("cylinder", "sticking")]),
        ("limit switch does not respond", [("limit switch", "no function")]),
        ("vanne V-102 bloquée à mi-course", [("valve", "sticking")]),
    ],
    ids=str,
)
def test_a_defect_is_said_of_its_part(finder, text, defects):
    assert list(defects_in(finder.find(text))) == defects


@pytest.mark.parametrize(
    "text",
    [
        "no leak at the seal",
        "the seal does not leak any more",
        "seal: no noise, vibration or leak",
        "checked for leaks at all flanges: none",
        "the noise of the bearing is gone",
        "check the seal for leaks",
        "if the bearing gets noisy again, replace it",
        "risk of leak at the gasket",
        "gland packing, slight weep is normal",
        "pas de fuite au presse-étoupe",
        "aucun bruit sur le réducteur",
        "le roulement ne fait plus de bruit",
        "le joint ne fuit plus",
        "plus de fuite depuis le changement du joint",
        "vérifier l'usure du racleur",
        "si la vibration revient changer le palier",
        "use a new gasket",
        "water is muddy, filter ok",
    ],
    ids=str,
)
def test_what_is_denied_or_supposed_is_no_defect(finder, text):
    found = finder.find(text)
    assert found
    assert defects_in(found) == ()


def test_a_denial_ends_where_something_else_is_said(finder):
    assert defects_in(finder.find("no leak but the bearing is noisy")) == (("bearing", "noise"),)
    assert defects_in(finder.find("No spare motor in stock, seal leaks")) == (("seal", "leakage"),)
    assert defects_in(finder.find("no noise\nbearing hot")) == (("bearing", "overheating"),)
    assert defects_in(finder.find("no noise, " * 800 + "seal")) == ()


def test_every_finding_is_words_of_the_text(finder):
    text = "Vibration\u00a0transmitter dead; «roulements» bruyants — mech  seal dripping"
    found = finder.find(text)
    assert len(found) == 3
    for part in found:
        assert text[part.start : part.end] == part.text
        for defect in part.defects:
            assert text[defect.start : defect.end] == defect.text


def test_a_slip_is_told_from_what_is_listed(finder):
    assert [part.by for part in finder.find("bearng and bearing")] == ["spelling", "list"]


def test_a_plants_own_names_go_first(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("name;spellings\nflap BX;big flap|mech seal\n", encoding="utf-8")
    found = ListFinder(gazetteer(path)).find("the big flap leaks, mech seal ok, bearing hot")
    assert names_in(found) == ("flap BX", "bearing")
    path.write_text("name\nflap\ngizmo\n", encoding="utf-8")
    assert names_in(ListFinder(gazetteer(path)).find("gizmos")) == ("gizmo",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"part\nflap\n", "line 1: a list of parts needs a column name"),
        (b"name\n123\n", "line 2: '123' is no name"),
        (b"name,spellings\nflap,a|" + b"x" * 200 + b"\n", "line 2: 'xxx"),
        (b"name\n", "has no part in it"),
        (b"", "is empty"),
        (b"name\n\x00\n", "is not a text file"),
    ],
    ids=["column", "number", "long", "nothing", "empty", "binary"],
)
def test_a_list_that_is_none_is_said(tmp_path, content, said):
    path = tmp_path / "own.csv"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=said):
        read_names(path)


def test_a_spelling_without_a_word_is_found_nowhere():
    assert Gazetteer([("flap", ("--",))]).find(tokens("-- flap"))[0].name == "flap"


def test_the_texts_it_is_measured_with_are_frozen():
    data = CORPUS.joinpath("test.csv").read_bytes()
    assert hashlib.sha256(data).hexdigest() == "5958ca922fd22af68add82b911f073af90aa94157e9677ad1844c129baf44934"


def test_it_finds_what_it_found_on_texts_that_no_rule_was_made_for():
    with_labels = read_labelled(CORPUS.joinpath("test.csv"))
    scores = score(with_labels, ListFinder(gazetteer()))
    assert scores.texts == 150
    assert scores.parts.precision.share >= 0.94
    assert scores.parts.recall.share >= 0.95
    assert scores.defects.precision.share >= 0.86
    assert scores.defects.recall.share >= 0.88


def test_labels_are_of_kinds_that_there_are():
    for name in ("dev.csv", "test.csv"):
        labelled = read_labelled(CORPUS.joinpath(name))
        assert sum(one.language == "fr" for one in labelled) == 75
        assert {kind for one in labelled for label in one.labels for kind in label.defects} <= set(defect_words().kinds)


def test_a_first_line_of_names_tells_the_delimiter(tmp_path):
    path = tmp_path / "texts.csv"
    path.write_text('text\n"leaks, and more"\nit; leaks\n', encoding="utf-8")
    table = read_table(path, headed=True)
    assert [row.cells for row in table.rows] == [["text"], ["leaks, and more"], ["it; leaks"]]
    path.write_text("text\nseal\n", encoding="utf-8")
    with pytest.raises(BadInput, match="no two columns"):
        read_table(path)

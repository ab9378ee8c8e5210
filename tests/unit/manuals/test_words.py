"""Question and manual meet in the same words."""

from __future__ import annotations

import pytest

from ingestion.manuals.words import read_question, stem, tokens


@pytest.mark.parametrize("code", ["E07", "P-101", "M8x20", "CW-100.TT-02", "G1/2", "IP65"])
def test_codes_stay_whole(code: str) -> None:
    assert tokens(f"see {code}, now") == ["see", code.lower(), "now"]
    assert code.lower() in read_question(f"what is {code}?").codes[0]


@pytest.mark.parametrize(("figure", "unit"), [("8", "mm"), ("6", "kW"), ("2,5", "bar"), ("400", "V"), ("50", "Hz")])
def test_a_figure_with_its_unit_is_no_code(figure: str, unit: str) -> None:
    assert read_question(f"nozzle for {figure}{unit}") == read_question(f"nozzle for {figure} {unit}")
    assert tokens(f"{figure}{unit}") == tokens(f"{figure} {unit}")


@pytest.mark.parametrize("code", ["5W-220", "10W40", "3A", "24VDC", "M12x40"])
def test_a_code_with_a_unit_in_it_stays_a_code(code: str) -> None:
    assert tokens(code) == [code.lower()]


def test_compounds_are_split_accents_and_width_are_gone() -> None:
    assert tokens("Chilled-water débit, m³/h") == ["chill", "water", "debit", "m3/h"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bolts", "bolt"),
        ("tightening", "tightened"),
        ("batteries", "battery"),
        ("emptied", "emptying"),
        ("bearings", "bearing"),
        ("stopped", "stop"),
    ],
)
def test_forms_of_a_word_meet(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_a_french_question_brings_english_words_along() -> None:
    question = read_question("Quel est le couple de serrage des boulons de l'échangeur ?")
    stems = {word for words in question.words for word in words}
    assert {"torqu", "bolt", "exchanger"} <= stems


def test_what_has_no_content_is_empty() -> None:
    assert read_question("what is it?").match() == ""
    assert read_question("").match() == ""
    assert read_question("?!…").match() == ""


@pytest.mark.parametrize(
    "text", ['" OR pump', "NEAR(a b)", "pump* AND NOT tank", "search:pump", "a\x00b pump", "^pump - (", "'; DROP TABLE"]
)
def test_nothing_in_a_question_is_an_operator(text: str) -> None:
    match = read_question(text).match()
    assert all(part.startswith('"') and part.endswith('"') and part.count('"') == 2 for part in match.split(" OR "))


@pytest.mark.parametrize(
    "spelt", ["E07", "e7", "E-07", "E 07", "fault 7", "fault E7", "défaut n°7", "error code 07", "erreur E-7"]
)
def test_a_fault_code_is_the_same_however_it_is_spelt(spelt: str) -> None:
    question = read_question(f"what does {spelt} mean?")
    assert [set(spellings) for spellings in question.codes] == [{"e07", "e7", "e-07", "e-7"}]
    assert question.words == ()


@pytest.mark.parametrize("text", ["pump E-101", "fault 7.5", "fault 700", "valve XE7"])
def test_what_only_looks_like_a_fault_code_is_left_alone(text: str) -> None:
    assert "e07" not in read_question(text).stems()

"""Texts in a grammar stay texts."""

from __future__ import annotations

import pytest

from inference.grammar import any_of, choice, grammar, literal, repeated, sequence


def test_quotes_and_backslashes_stay_text() -> None:
    assert literal('a "b" \\ c') == r'"a \"b\" \\ c"'


def test_control_characters_are_escaped_and_letters_are_not() -> None:
    assert literal("débit\n\x00") == r'"débit\n\U00000000"'


def test_a_choice_is_a_rule() -> None:
    assert choice("kind", ["pump", "tank"]) == 'kind ::= ("pump" | "tank")'


def test_a_choice_of_nothing_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one"):
        any_of([])


def test_a_grammar_is_its_rules() -> None:
    text = grammar({"root": sequence(literal("x="), repeated("digit", 1, 3)), "digit": "[0-9]"})
    assert text == 'root ::= "x=" (digit){1,3}\ndigit ::= [0-9]\n'


@pytest.mark.parametrize(
    ("rules", "what"),
    [
        ({"start": literal("x")}, "root"),
        ({"root": "number"}, "'number'"),
        ({"root": literal("x"), "Digit": "[0-9]"}, "'Digit'"),
    ],
)
def test_a_grammar_that_cannot_work_is_a_mistake(rules: dict[str, str], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        grammar(rules)


def test_names_in_texts_and_classes_are_no_references() -> None:
    assert grammar({"root": sequence(literal("not a rule"), "[a-z]", literal('"quoted" too'))})

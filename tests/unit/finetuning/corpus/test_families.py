"""The families of invented machines: whole, sound, and their questions asked of facts that are there."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from finetuning.corpus.families import LANGUAGES, Family, family_names, load_family
from finetuning.corpus.manual import write_manual
from finetuning.corpus.questions import NOTHING, load_questions
from finetuning.corpus.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finetuning.corpus.blocks import Manual

_SLOT = re.compile(r"\{([\w-]+)\}")
_DRAWS = 8  # manuals that are looked at for what a family may say


def _written(language: str) -> list[Family]:
    return [family for name in family_names() if (family := load_family(name, language))]


FAMILIES = [family for language in LANGUAGES for family in _written(language)]


@cache
def _manuals(name: str, language: str) -> list[Manual]:
    family = load_family(name, language)
    assert family is not None
    return [write_manual(family, family.models[0], f"{seed}") for seed in range(_DRAWS)]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def _named(family: Family) -> str:
    return f"{family.name}.{family.language}"


def test_families_are_many_in_both_languages_and_some_are_held_out() -> None:
    names = set(family_names())
    french = {family.name for family in _written("fr")}
    held_out = {family.name for family in _written("en") if family.split == "validation"}

    assert len(names) >= 22
    assert len(french) >= 10
    assert held_out
    assert held_out & french
    assert held_out < names
    assert sum(len(family.models) for family in FAMILIES) >= 30


@pytest.mark.parametrize("family", FAMILIES, ids=_named)
def test_every_slot_of_a_family_has_a_value(family: Family) -> None:
    known = {"model", "kind", *family.slots}
    content = msgspec.to_builtins(family)
    content.pop("slots")

    used = {slot for text in _texts(content) for slot in _SLOT.findall(text)}
    assert used <= known
    assert set(family.spec) | set(family.setting) <= known


@pytest.mark.parametrize("family", FAMILIES, ids=_named)
def test_no_model_is_a_machine_of_two_families(family: Family) -> None:
    others = {model for other in FAMILIES if other is not family for model in other.models}

    assert len(set(family.models)) == len(family.models)
    assert not others & set(family.models)


@pytest.mark.parametrize("family", FAMILIES, ids=_named)
def test_a_manual_has_no_marks_of_its_making_and_no_code_twice(family: Family) -> None:
    for manual in _manuals(family.name, family.language):
        said = [text for block in manual.blocks for text in _texts(msgspec.to_builtins(block))]
        assert not [text for text in said if re.search(r"[{}<>|]|\.\.\d|^\? ", text)]

        codes = [value for key, value in manual.values.items() if key.startswith("fault.") and key.endswith(".code")]
        assert len(set(codes)) == len(codes) == len(family.fault)
        bolts = [value for key, value in manual.values.items() if key.startswith("torque.") and key.endswith(".bolt")]
        assert len(set(bolts)) == len(bolts)


@pytest.mark.parametrize("name", family_names())
def test_a_family_has_questions_in_both_languages_and_some_that_nothing_answers(name: str) -> None:
    questions = load_questions(name)

    assert sum(question.asks != NOTHING for question in questions) >= 15
    assert sum(question.asks == NOTHING for question in questions) >= 4
    assert all(question.en or question.fr for question in questions)
    assert sum(bool(question.fr) for question in questions) >= 12
    wordings = [wording for question in questions for wording in (*question.en, *question.fr)]
    assert len(set(wordings)) == len(wordings)


@pytest.mark.parametrize("name", family_names())
def test_every_question_asks_for_a_fact_that_manuals_tell(name: str) -> None:
    manuals = _manuals(name, "en")
    facts = {fact.id for manual in manuals for fact in manual.facts}
    cells = {key for manual in manuals for key in manual.values}

    for question in load_questions(name):
        if question.asks != NOTHING:
            assert question.fact in facts, question.asks
        row = ".".join(question.asks.split(".")[:2])
        for wording in (*question.en, *question.fr):
            for slot in _SLOT.findall(wording):
                assert slot in cells or f"{row}.{slot}" in cells, wording


@pytest.mark.parametrize("family", _written("fr"), ids=lambda family: family.name)
def test_a_french_manual_tells_what_is_asked_of_the_english_one(family: Family) -> None:
    english, french = (
        {fact.id for manual in _manuals(family.name, language) for fact in manual.facts} for language in LANGUAGES
    )
    asked = {question.fact for question in load_questions(family.name)} & english

    assert len(asked & french) >= 0.8 * len(asked)


@pytest.mark.parametrize("language", LANGUAGES)
def test_shared_wordings_fill_from_the_cells_of_their_rows(language: str) -> None:
    for kind, words in words_of(language).tables.items():
        for sentence in (*words.sentences, *words.entry, *words.lines):
            slots = {slot[:1].lower() + slot[1:] for slot in _SLOT.findall(sentence)}
            assert slots <= {*words.columns, "model"}, f"{kind}: {sentence}"

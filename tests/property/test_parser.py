"""What holds of every question: it is understood in one way, wholly, or not at all."""

from __future__ import annotations

import copy
import random
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.graph.asking import TODAY, parser_of
from tests.unit.graph.small_plant import NODES, RELATIONS
from tools.graph.parser.parse import Parsed, Parser

if TYPE_CHECKING:
    from tools.graph.parser.lexicon import Lexicon, Read

_PIECES = """
which what how many list quels combien de the all any pumps sensors assets orders parts area capteurs pompes ordres
open closed P-101 E-101 CW-100 WO-1001 feed feeds fed by not no without on in of with and or that have has is are does
more than 2 since 2026 before stock model the same as other per each most highest latest average total sans sur de qui
"""
_QUESTIONS = st.lists(st.sampled_from(_PIECES.split()), min_size=1, max_size=9).map(" ".join)
_NAMED = {"P-101", "E-101", "CW-100", "WO-1001"}


@pytest.fixture(scope="module")
def parser() -> Parser:
    return parser_of(NODES, RELATIONS)


@settings(deadline=None)  # how long it takes is for benchmarks to say
@given(question=_QUESTIONS)
def test_every_node_that_is_named_is_in_the_form(parser, question):
    parsed = parser.parse(question, TODAY)
    if isinstance(parsed, Parsed):
        numbered = {"CW-100.TT-02"} if "sensors 2" in question else set()  # a number beside a noun names a node too
        assert {word for word in question.split() if word in _NAMED} == set(parsed.linked) - numbered


@settings(deadline=None)  # how long it takes is for benchmarks to say
@given(question=_QUESTIONS)
def test_numbers_and_days_are_in_the_form(parser, question):
    parsed = parser.parse(question, TODAY)
    if isinstance(parsed, Parsed):
        text = repr(parsed.ask)
        assert "2026" not in question.split() or "2026" in text or "2025" in text
        assert "2" not in question.split() or "2" in text


@settings(deadline=None)  # how long it takes is for benchmarks to say
@given(question=_QUESTIONS)
def test_a_negation_is_in_the_form(parser, question):
    parsed = parser.parse(question, TODAY)
    if isinstance(parsed, Parsed) and {"not", "without", "sans"} & {*question.split()}:
        text = repr(parsed.ask)
        assert "absent=True" in text or "negated=True" in text or "values=()" in text or "values=(0,)" in text


@settings(deadline=None)  # how long it takes is for benchmarks to say
@given(question=_QUESTIONS, place=st.integers(0, 9))
def test_a_word_that_nobody_knows_is_never_passed_over(parser, question, place):
    words = question.split()
    words.insert(min(place, len(words)), "xyzzyx")
    assert not isinstance(parser.parse(" ".join(words), TODAY), Parsed)


class _Shuffled:
    """The lexicon, its readings in another order."""

    def __init__(self, lexicon: Lexicon, seed: int) -> None:
        self._lexicon = lexicon
        self._seed = seed

    def read(self, *asked: Any) -> Read:
        read = self._lexicon.read(*asked)
        readings = list(read.readings)
        random.Random(self._seed).shuffle(readings)
        return msgspec.structs.replace(read, readings=tuple(readings))


@settings(deadline=None)  # how long it takes is for benchmarks to say
@given(question=_QUESTIONS, seed=st.integers(0, 1_000))
def test_the_order_of_readings_changes_nothing(parser, question, seed):
    other = copy.copy(parser)
    other.lexicon = _Shuffled(parser.lexicon, seed)
    assert other.parse(question, TODAY) == parser.parse(question, TODAY) == parser.parse(question, TODAY)

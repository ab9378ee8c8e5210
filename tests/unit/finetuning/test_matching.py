"""Execution match: what counts as the same rows, and what does not."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetuning.cypher.matching import match

NODE = {"labels": ["Asset"], "properties": {"id": "P-101", "name": "pump"}}
OTHER = {"labels": ["Asset"], "properties": {"id": "E-101", "kind": "exchanger"}}
PATH = {"nodes": [NODE, OTHER], "relationships": [{"type": "FEEDS", "properties": {}}]}

CELLS = st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from([0.5, 2.25]), st.sampled_from("ab"))


@st.composite
def tables(draw, least=1):
    width = draw(st.integers(1, 3))
    return draw(st.lists(st.tuples(*[CELLS] * width), min_size=least, max_size=6))


@given(tables(), st.randoms())
def test_columns_and_rows_may_change_places(rows, random):
    order = random.sample(range(len(rows[0])), len(rows[0]))
    found = match(rows, random.sample([tuple(row[at] for at in order) for row in rows], len(rows)))
    assert found.right
    assert found.exact
    assert (found.precision, found.recall, found.f1) == (1, 1, 1)


@given(tables(), st.randoms())
def test_a_further_column_is_right_but_not_exact(rows, random):
    at = random.randint(0, len(rows[0]))
    found = match(rows, [(*row[:at], f"more {number}", *row[at:]) for number, row in enumerate(rows)])
    assert (found.right, found.exact) == (True, False)


@given(tables())
def test_a_row_more_or_less_is_wrong_even_if_it_is_there_already(rows):
    more = match(rows, [*rows, rows[0]])
    assert (more.right, more.recall, more.precision) == (False, 1, len(rows) / (len(rows) + 1))
    less = match([*rows, rows[0]], rows)
    assert (less.right, less.precision, less.recall) == (False, 1, len(rows) / (len(rows) + 1))


@given(tables(), st.data())
def test_another_value_is_wrong(rows, data):
    at = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.integers(0, len(rows[0]) - 1))
    changed = [list(row) for row in rows]
    changed[at][column] = "elsewhere"
    found = match(rows, [tuple(row) for row in changed])
    assert not found.right
    assert found.common == len(rows) - 1


@given(tables(least=0), tables(least=0))
def test_figures_are_shares_and_right_means_all_of_them(wanted, given_rows):
    found = match(wanted, given_rows)
    assert 0 <= found.precision <= 1
    assert 0 <= found.recall <= 1
    assert 0 <= found.f1 <= 1
    assert found.right == (found.f1 == 1)


@pytest.mark.parametrize(
    ("wanted", "given_rows", "right"),
    [
        ([(0.1 + 0.2,)], [(0.3,)], True),
        ([(3,)], [(3.0,)], True),
        ([(2_999.9999999,)], [(3_000,)], True),
        ([(10_000_001,)], [(10_000_002,)], False),
        ([(10_000_001.0,)], [(10_000_002,)], False),
        ([(1.0,)], [(1.001,)], False),
        ([(1_000_000.0, 1_000_000)], [(1_000_000.0, 1_000_001)], False),  # one of them is whole and a float
        ([(1_000_000, 1_000_000.5)], [(1_000_001, 1_000_000.5)], False),  # each is near the next
        ([(1.0000011,), (1.0000018,)], [(1.0000025,), (1.0000018,)], False),
        ([(math.inf,)], [(-math.inf,)], False),
        ([(0.0,)], [(1e-17,)], True),
        ([(float("nan"),)], [(float("nan"),)], True),
        ([(1,)], [(True,)], False),
        ([(0,)], [(None,)], False),
        ([("1",)], [(1,)], False),
        ([("P-101",)], [(NODE,)], True),
        ([(NODE,)], [(OTHER,)], False),
        ([(PATH,)], [(["P-101", "E-101"],)], True),
        ([(["E-101", "P-101"],)], [(PATH,)], False),
        ([({"type": "FEEDS", "properties": {"since": 1}},)], [({"type": "FEEDS", "properties": {"since": 1}},)], True),
        ([("a", "a")], [("a",)], False),
        ([("a", "a")], [("a", "b")], False),
        ([("a", 1), ("b", 2)], [("a", 2), ("b", 1)], False),
    ],
)
def test_values(wanted, given_rows, right):
    assert match(wanted, given_rows).right is right
    assert match(given_rows, wanted).right is right or len(wanted[0]) != len(given_rows[0])


@pytest.mark.parametrize("empty", [True, False])
def test_no_rows_on_both_sides_count_only_where_none_are_meant(empty):
    found = match([], [], empty=empty)
    assert found.right is empty
    assert found.f1 == float(empty)
    assert not match([("a",)], [], empty=empty).right
    assert not match([], [("a",)], empty=empty).right


@pytest.mark.parametrize(
    ("given_rows", "right"),
    [
        ([("a", 3), ("b", 2), ("c", 2), ("d", 1)], True),
        ([("a", 3), ("c", 2), ("b", 2), ("d", 1)], True),  # b and c tie
        ([("b", 2), ("a", 3), ("c", 2), ("d", 1)], False),
        ([("d", 1), ("b", 2), ("c", 2), ("a", 3)], False),
    ],
)
def test_order_counts_where_it_is_decided_and_ties_are_free(given_rows, right):
    wanted = [("a", 3), ("b", 2), ("c", 2), ("d", 1)]
    found = match(wanted, given_rows, places=[0, 1, 1, 2])
    assert (found.right, found.f1) == (right, 1)
    assert match(wanted, given_rows).right


def test_order_is_judged_under_the_assignment_of_columns_that_fits_it():
    assert match([(1, 2), (2, 1)], [(2, 1), (1, 2)], places=[0, 1]).right  # the columns have changed places


def test_many_like_columns_are_compared_at_once():
    wanted = [tuple([None] * 9 + [f"w{row}"]) for row in range(50)]
    assert not match(wanted, [tuple([None] * 9 + [f"g{row}"]) for row in range(50)]).right

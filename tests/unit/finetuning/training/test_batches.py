"""Packed batches: every token of every example is there, shared beginnings once, and the same at every start."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetuning.training.batches import Plan, micro_batches, pack
from finetuning.training.encoding import Encoded
from finetuning.training.recipe import Order, Recipe

TOKENS = st.integers(0, 2)
LONG = st.lists(TOKENS, min_size=1, max_size=60).map(tuple)
EXAMPLES = st.lists(st.tuples(LONG, st.lists(TOKENS, min_size=2, max_size=5).map(tuple)), min_size=1, max_size=9)


def recipe(**keys) -> Recipe:
    return Recipe.model_validate(keys)


def examples(count: int) -> list[Encoded]:
    return [Encoded(str(i), (*range(i // 4 * 100, i // 4 * 100 + 40), i), (i, 2)) for i in range(count)]


def unpacked(packed) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """What a batch tells of its examples: the tokens each learnt token can see, and the learnt tokens."""
    seen = {}
    for segment in packed.segments:
        path = [packed.segments[i] for i in segment.path]
        tokens = [token for one in path for token in packed.tokens[one.start : one.start + one.length]]
        assert segment.position == len(tokens) - segment.length
        for i in range(segment.length):
            seen[segment.start + i] = tuple(tokens[: segment.position + i + 1])
    found = {}
    for source, target, owner in zip(packed.sources, packed.targets, packed.owners, strict=True):
        found.setdefault(owner, []).append((seen[source], target))
    return sorted((one[0][0], tuple(target for _, target in one)) for one in found.values())


@given(EXAMPLES)
def test_a_batch_holds_its_examples_whole(drawn) -> None:
    rows = sorted((Encoded("", *one) for one in drawn), key=lambda one: one.prompt)
    packed = pack(rows)
    assert unpacked(packed) == sorted((one.prompt, one.answer) for one in rows)
    assert packed.read == sum(map(len, rows))
    for segment in packed.segments:
        sources = [s for s in packed.sources if segment.start <= s < segment.start + segment.length]
        assert all(source < len(packed.tokens) for source in sources)


@given(EXAMPLES, st.integers(16, 200))
def test_micro_batches_hold_each_example_once_and_keep_to_the_budget(drawn, most) -> None:
    rows = [Encoded(str(i), *one) for i, one in enumerate(drawn)]
    batches = list(micro_batches(rows, most))
    assert sum(one.examples for one in batches) == len(rows)
    assert Counter(pair for one in batches for pair in unpacked(one)) == Counter((r.prompt, r.answer) for r in rows)
    assert all(one.examples == 1 or len(one.tokens) <= most for one in batches)


def test_what_prompts_share_is_computed_once() -> None:
    packed = pack(examples(4))
    assert len(packed.tokens) == 40 + 4 * 2  # the passages once; a question and the answer's first token each
    assert packed.read == 4 * 43


@pytest.mark.parametrize("order", list(Order))
def test_an_epoch_has_each_example_once(order: Order) -> None:
    plan = Plan(examples(24), recipe(order=order, batch_size=5, epochs=2))
    seen = Counter(one.id for step in range(plan.steps) for one in plan.batch(step))
    assert plan.steps == 10
    assert set(seen.values()) == {2}
    assert len(seen) == 24


@pytest.mark.parametrize("order", list(Order))
def test_a_step_is_the_same_without_those_before(order: Order) -> None:
    keys = recipe(order=order, batch_size=5, epochs=3)
    begun, resumed = Plan(examples(24), keys), Plan(examples(24), keys)
    steps = [begun.batch(step) for step in range(begun.steps)]
    assert resumed.batch(9) == steps[9]
    assert Plan(examples(24), recipe(order=order, batch_size=5, seed=2)).batch(0) != steps[0]


def test_like_beginnings_come_together_in_pieces() -> None:
    plan = Plan(examples(64), recipe(order="prefix", batch_size=16, epochs=1))
    groups = [Counter(one.prompt[0] for one in plan.batch(step)) for step in range(plan.steps)]
    assert all(set(one.values()) == {4} for one in groups)
    assert all(len(one) == 4 for one in groups)


def test_the_budget_of_tokens_ends_the_plan() -> None:
    plan = Plan(examples(24), recipe(batch_size=4, max_tokens=43 * 4 * 2, epochs=50))
    assert plan.steps == 2
    assert Plan(examples(24), recipe(batch_size=4, max_steps=3)).steps == 3


def test_part_of_an_epoch() -> None:
    plan = Plan(examples(24), recipe(batch_size=4, epochs=0.5))
    assert sum(len(plan.batch(step)) for step in range(plan.steps)) == 12

"""Batches: which examples a step sees, and how they lie in memory.

Nothing is padded. The examples of a step are packed one behind the other, and attention keeps them apart
(`attention.py`). Where prompts begin alike, as several questions on the same passages do, their beginning is there
once: a packed batch is a forest, in which each segment sees the segments it hangs on, and itself. The loss and its
gradients are those of the examples one by one.

What comes at step k depends on the seed and k alone, so training goes on at any step.
"""

from __future__ import annotations

import math
import random
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from finetuning.training.encoding import Encoded
from finetuning.training.recipe import Order, Recipe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WORTH: Final = 16
"""Shared beginnings shorter than this are computed again: a segment of its own costs more."""

_WINDOW: Final = 8  # batches among which `order: length` sorts
_ALIKE: Final = 0.5  # share of a prompt that two of a group have in common, for `order: prefix`
_PIECES: Final = 4  # groups that a batch holds at least, for `order: prefix`, so that a step sees different things


class Segment(NamedTuple):
    """Tokens that stand together.

    Attributes:
        start: Index of its first token in the packed batch.
        length: How many.
        position: The position of its first token in each of its examples.
        path: Indexes of the segments it hangs on, from the root, itself last.
    """

    start: int
    length: int
    position: int
    path: tuple[int, ...]


class Packed(NamedTuple):
    """Some examples as one piece of memory.

    Attributes:
        tokens: All segments' tokens, one behind the other.
        segments: In that order.
        sources: For each learnt token, the index of the token that predicts it.
        targets: The learnt tokens.
        owners: For each learnt token, the number of its example.
        examples: How many examples.
        read: Tokens of the examples, each counted in full.
    """

    tokens: list[int]
    segments: list[Segment]
    sources: list[int]
    targets: list[int]
    owners: list[int]
    examples: int
    read: int


class Plan:
    """Which examples come at which step.

    Args:
        examples: What is trained on.
        recipe: Says order, batch size, seed, and when it ends.
    """

    def __init__(self, examples: Sequence[Encoded], recipe: Recipe) -> None:
        self._examples = examples
        self._recipe = recipe
        self._epoch: tuple[int, list[int]] = (-1, [])
        self._total = max(1, round(recipe.epochs * len(examples)))
        self.steps = self._count()

    def batch(self, step: int) -> list[Encoded]:
        """Returns the examples of a step, from 0; the last step of all may have fewer."""
        size = self._recipe.batch_size
        return [self._at(place) for place in range(step * size, min((step + 1) * size, self._total))]

    def _count(self) -> int:
        steps = math.ceil(self._total / self._recipe.batch_size)
        if self._recipe.max_steps:
            steps = min(steps, self._recipe.max_steps)
        if not self._recipe.max_tokens:
            return steps
        tokens = 0
        for step in range(steps):
            tokens += sum(map(len, self.batch(step)))
            if tokens >= self._recipe.max_tokens:
                return step + 1
        return steps

    def _at(self, place: int) -> Encoded:
        epoch, index = divmod(place, len(self._examples))
        if self._epoch[0] != epoch:
            chance = random.Random(f"{self._recipe.seed}/{epoch}")  # noqa: S311 (an order, no secret)
            self._epoch = (epoch, _ordered(self._examples, self._recipe, chance))
        return self._examples[self._epoch[1][index]]


def _ordered(examples: Sequence[Encoded], recipe: Recipe, chance: random.Random) -> list[int]:
    order = list(range(len(examples)))
    chance.shuffle(order)
    if recipe.order is Order.LENGTH:
        width = _WINDOW * recipe.batch_size
        windows = [sorted(order[i : i + width], key=lambda n: len(examples[n])) for i in range(0, len(order), width)]
        batches = [one[i : i + recipe.batch_size] for one in windows for i in range(0, len(one), recipe.batch_size)]
        chance.shuffle(batches)
        return [number for batch in batches for number in batch]
    if recipe.order is Order.PREFIX:
        pieces = _alike(examples, order, max(2, recipe.batch_size // _PIECES))
        chance.shuffle(pieces)
        return [number for piece in pieces for number in piece]
    return order


def _alike(examples: Sequence[Encoded], order: Sequence[int], most: int) -> list[list[int]]:
    """Returns examples in pieces of at most `most`, those whose prompts begin alike together, else as ordered."""
    place = {number: index for index, number in enumerate(order)}
    rows = sorted(order, key=lambda number: (examples[number].prompt, place[number]))
    marks = [0]
    for one, next_ in pairwise(rows):
        shorter = min(len(examples[one].prompt), len(examples[next_].prompt))
        same = _common(examples[one].prompt, examples[next_].prompt) >= _ALIKE * shorter
        marks.append(marks[-1] + (not same))
    pieces = []
    for _, run in groupby(zip(marks, rows, strict=True), key=lambda pair: pair[0]):
        group = sorted((number for _, number in run), key=place.__getitem__)
        pieces += [group[i : i + most] for i in range(0, len(group), most)]
    return pieces


def micro_batches(examples: Sequence[Encoded], most: int) -> Iterator[Packed]:
    """Yields a step's examples, packed, at most `most` computed tokens at once (or one example).

    An example of preferences is a batch of its own: `pack_pair`.
    """
    if any(one.rejected for one in examples):
        yield from map(pack_pair, examples)
        return
    rows = sorted(examples, key=lambda one: one.prompt)
    group: list[Encoded] = []
    filled = 0
    for one in rows:
        shared = _common(group[-1].prompt, one.prompt) if group else 0
        cost = len(one) - (shared if shared >= _WORTH else 0)
        if group and filled + cost > most:
            yield pack(group)
            group, filled, cost = [], 0, len(one)
        group.append(one)
        filled += cost
    if group:
        yield pack(group)


def pack_pair(example: Encoded) -> Packed:
    """Packs the chosen answer (owner 0) and the rejected one (owner 1) behind their prompt."""
    chosen = Encoded(example.id, example.prompt, example.answer)
    return pack([chosen, Encoded(example.id, example.prompt, example.rejected)])


def pack(examples: Sequence[Encoded]) -> Packed:
    """Packs examples; beginnings that prompts share are there once.

    Args:
        examples: At least one, sorted by prompt.
    """
    packing = _Packing(examples)
    packing.add(list(range(len(examples))), done=0, path=())
    return Packed(
        packing.tokens,
        packing.segments,
        packing.sources,
        packing.targets,
        packing.owners,
        len(examples),
        sum(map(len, examples)),
    )


class _Packing:
    """A batch while it is packed."""

    def __init__(self, examples: Sequence[Encoded]) -> None:
        self._examples = examples
        self.tokens: list[int] = []
        self.segments: list[Segment] = []
        self.sources: list[int] = []
        self.targets: list[int] = []
        self.owners: list[int] = []

    def add(self, numbers: list[int], *, done: int, path: tuple[int, ...]) -> None:
        """Adds examples whose first `done` tokens are there, in the segments of `path`."""
        if len(numbers) == 1:
            self._leaf(numbers[0], done, path)
            return
        first, last = self._examples[numbers[0]].prompt, self._examples[numbers[-1]].prompt
        shared = _common(first, last)  # of all between them too, since they are sorted
        if shared - done >= _WORTH:
            path = self._segment(first[done:shared], done, path)
            done = shared
        ended = sum(len(self._examples[number].prompt) == shared for number in numbers)  # the first ones
        for number in numbers[:ended]:
            self._leaf(number, done, path)
        for _, run in groupby(numbers[ended:], key=lambda number: self._examples[number].prompt[shared]):
            self.add(list(run), done=done, path=path)

    def _leaf(self, number: int, done: int, path: tuple[int, ...]) -> None:
        one = self._examples[number]
        begin = self.segments[path[-1]].start + self.segments[path[-1]].length - 1 if path else -1
        start = len(self.tokens)
        self._segment((*one.prompt[done:], *one.answer[:-1]), done, path)
        rest = len(one.prompt) - done
        for index, token in enumerate(one.answer):
            place = rest + index - 1  # of the token before it, in this segment; -1: the last of the one before
            self.sources.append(begin if place < 0 else start + place)
            self.targets.append(token)
            self.owners.append(number)

    def _segment(self, tokens: Sequence[int], position: int, path: tuple[int, ...]) -> tuple[int, ...]:
        path = (*path, len(self.segments))
        self.segments.append(Segment(len(self.tokens), len(tokens), position, path))
        self.tokens += tokens
        return path


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    """Returns how many tokens two begin with alike."""
    most = min(len(one), len(other))
    return next((index for index in range(most) if one[index] != other[index]), most)

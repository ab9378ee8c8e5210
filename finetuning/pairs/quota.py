"""A quota for each page, so that no table of faults fills a data set; and the map of what came of each page."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain, islice, zip_longest
from random import Random
from typing import TYPE_CHECKING, Final

import msgspec

from finetuning.pairs.contract import PERSON, Kind
from finetuning.pairs.gate import is_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from finetuning.pairs.contract import Pair
    from plant.store.contract import Document

_A_TURN: Final = {
    Kind.FAULT: 3,
    Kind.SPECIFICATION: 4,
    Kind.PROCEDURE: 2,
    Kind.WARNING: 1,
    Kind.TEXT: 1,
    Kind.UNANSWERABLE: 1,
}

_NOTHING: Final = 0.25
"""Share of the pairs that nothing answers.

No example comes of one for which retrieval finds nothing; withheld passages (`examples.py`) make up for these.
"""

_PERSONS: Final = 0.65
"""Share of the pairs that people wrote."""


class PageCoverage(msgspec.Struct, frozen=True):
    """What came of a page: its number, its printed label, how many passages it has, how many pairs of each kind."""

    page: int
    label: str
    passages: int
    pairs: dict[str, int]


class Coverage(msgspec.Struct, frozen=True):
    """What came of a manual: its pages, and those with passages but without a pair."""

    document: str
    sha256: str
    pages: tuple[PageCoverage, ...]
    without: tuple[int, ...]


def within_quota(pairs: Sequence[Pair], most: int, *, seed: int) -> list[Pair]:
    """Returns at most so many pairs of a page, passage by passage in turn, in the order in which they came.

    Args:
        pairs: Those of one page.
        most: How many.
        seed: Draws which pairs of a passage come first.
    """
    by_passage: defaultdict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_passage[pair.group].append(pair)
    passages = [Random(f"{seed}/{group}").sample(of_one, len(of_one)) for group, of_one in by_passage.items()]  # noqa: S311 (a draw, not a secret)
    Random(f"{seed}/{len(pairs)}/{most}").shuffle(passages)  # noqa: S311
    in_turn = (pair for pair in chain.from_iterable(zip_longest(*passages)) if pair)
    chosen = {pair.id for pair in islice(in_turn, most)}
    return [pair for pair in pairs if pair.id in chosen]


def spread(pairs: Sequence[Pair], most: int, *, seed: int) -> list[Pair]:
    """Returns at most so many pairs, in the order in which they came.

    Those that nothing answers and those that people wrote have their shares (`_NOTHING`, `_PERSONS`), as far as there
    are enough of them; within these, manuals and kinds are taken in turn, and a turn takes more of what people ask most
    (`_A_TURN`). Of those on a text, at most a tenth is answered by a whole passage: finding the words is learnt.

    Args:
        pairs: All of them.
        most: How many.
        seed: Draws which are taken.
    """
    if len(pairs) <= most:
        return list(pairs)
    pairs = _with_few_whole_texts(pairs, seed)
    nothing, answered = _parted(pairs, lambda pair: pair.source is None)
    chosen: set[str] = set()
    for part, count in zip((nothing, answered), _counts(len(nothing), len(answered), most, _NOTHING), strict=True):
        persons, others = _parted(part, lambda pair: pair.maker == PERSON)
        for some, number in zip((persons, others), _counts(len(persons), len(others), count, _PERSONS), strict=True):
            chosen |= {pair.id for pair in islice(_in_turn(some, seed), number)}
    return [pair for pair in pairs if pair.id in chosen]


def _parted(pairs: Iterable[Pair], is_first: Callable[[Pair], bool]) -> tuple[list[Pair], list[Pair]]:
    """Returns the pairs of which something is so, and the others."""
    first: list[Pair] = []
    second: list[Pair] = []
    for pair in pairs:
        (first if is_first(pair) else second).append(pair)
    return first, second


def _counts(first: int, second: int, most: int, share: float) -> tuple[int, int]:
    """Returns how many to take of two parts for a share of the first; what one has not, the other makes up for."""
    of_first = min(first, max(round(most * share), most - second))
    return of_first, min(second, most - of_first)


def _with_few_whole_texts(pairs: Sequence[Pair], seed: int) -> list[Pair]:
    """Leaves out pairs on a text that a whole passage answers, until they are a tenth of those on a text."""
    texts = [pair for pair in pairs if pair.kind is Kind.TEXT]
    whole, spans = _parted(texts, is_whole)
    left_out = Random(f"{seed}/whole").sample(whole, max(0, len(whole) - len(spans) // 9))  # noqa: S311 (a draw)
    ids = {pair.id for pair in left_out}
    return [pair for pair in pairs if pair.id not in ids]


def _in_turn(pairs: Iterable[Pair], seed: int) -> Iterator[Pair]:
    """Yields pairs, a few of each manual and kind in turn."""
    by_kind: defaultdict[str, defaultdict[Kind, list[Pair]]] = defaultdict(lambda: defaultdict(list))
    for pair in pairs:
        by_kind[pair.document][pair.kind].append(pair)
    manuals = [_turns(kinds, f"{seed}/{document}") for document, kinds in by_kind.items()]
    return chain.from_iterable(chain.from_iterable(zip_longest(*manuals, fillvalue=())))


def _turns(kinds: Mapping[Kind, Sequence[Pair]], seed: str) -> Iterator[Sequence[Pair]]:
    """Yields the pairs of a manual turn by turn, a few of each kind."""
    chance = Random(seed)  # noqa: S311 (a draw, not a secret)
    batches = []
    for kind, part in sorted(kinds.items()):
        drawn, size = chance.sample(part, len(part)), _A_TURN[kind]
        batches.append([drawn[at : at + size] for at in range(0, len(drawn), size)])
    chance.shuffle(batches)
    return chain.from_iterable(zip_longest(*batches, fillvalue=()))


def coverage_of(document: Document, passages: dict[int, tuple[str, int]], pairs: Iterable[Pair]) -> Coverage:
    """Returns what came of a manual.

    Args:
        document: The manual.
        passages: For each page that has any: its label, and how many passages.
        pairs: Its pairs.
    """
    kinds: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for pair in pairs:
        if pair.source is not None:
            kinds[pair.source.page][pair.kind] += 1
    pages = [
        PageCoverage(page, label, count, dict(sorted(kinds[page].items()))) for page, (label, count) in passages.items()
    ]
    without = tuple(page.page for page in pages if not page.pairs)
    return Coverage(document.name, document.sha256, tuple(pages), without)

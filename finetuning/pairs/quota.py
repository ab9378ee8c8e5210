"""A quota for each page, so that no table of faults fills a data set; and the map of what came of each page."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain, islice, zip_longest
from random import Random
from typing import TYPE_CHECKING, Final

import msgspec

from finetuning.pairs.contract import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from finetuning.pairs.contract import Pair
    from plant.store.contract import Document

_A_TURN: Final = {
    Kind.FAULT: 3,
    Kind.SPECIFICATION: 4,
    Kind.PROCEDURE: 2,
    Kind.UNANSWERABLE: 3,
    Kind.WARNING: 1,
    Kind.TEXT: 1,
}


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
    """Returns at most so many pairs, manuals, makers and kinds in turn, in the order in which they came.

    A turn takes more of what people ask most (`_A_TURN`).
    """
    if len(pairs) <= most:
        return list(pairs)
    by_kind: defaultdict[str, defaultdict[tuple[str, Kind], list[Pair]]] = defaultdict(lambda: defaultdict(list))
    for pair in pairs:
        by_kind[pair.document][pair.maker, pair.kind].append(pair)
    manuals = [_turns(parts, f"{seed}/{document}") for document, parts in by_kind.items()]
    in_turn = chain.from_iterable(chain.from_iterable(zip_longest(*manuals, fillvalue=())))
    chosen = {pair.id for pair in islice(in_turn, most)}
    return [pair for pair in pairs if pair.id in chosen]


def _turns(parts: Mapping[tuple[str, Kind], Sequence[Pair]], seed: str) -> Iterator[Sequence[Pair]]:
    """Yields the pairs of a manual turn by turn, a few of each maker and kind."""
    chance = Random(seed)  # noqa: S311 (a draw, not a secret)
    batches = []
    for (_, kind), part in sorted(parts.items()):
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

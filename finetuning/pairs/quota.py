"""A quota for each page, so that no table of faults fills a data set; and the map of what came of each page."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain, zip_longest
from random import Random
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from finetuning.pairs.contract import Pair
    from plant.store.contract import Document


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
    in_turn = chain.from_iterable(zip_longest(*passages))
    chosen = {pair.id for pair, _ in zip((pair for pair in in_turn if pair), range(most), strict=False)}
    return [pair for pair in pairs if pair.id in chosen]


def spread(pairs: Sequence[Pair], most: int, *, seed: int) -> list[Pair]:
    """Returns at most so many pairs, manuals and kinds in turn, in the order in which they came."""
    if len(pairs) <= most:
        return list(pairs)
    by_kind: defaultdict[tuple[str, bool, str], list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_kind[pair.document, pair.maker == "person", pair.kind].append(pair)
    parts = [Random(f"{seed}/{key}").sample(part, len(part)) for key, part in sorted(by_kind.items())]  # noqa: S311
    Random(seed).shuffle(parts)  # noqa: S311
    in_turn = (pair for pair in chain.from_iterable(zip_longest(*parts)) if pair)
    chosen = {pair.id for pair, _ in zip(in_turn, range(most), strict=False)}
    return [pair for pair in pairs if pair.id in chosen]


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

"""Further questions about the same passages: a prompt is read once, and several questions about it are learnt from.

Most of a reading example is passages, and most of what training costs. Examples whose prompts begin alike share that
cost (`finetuning/training/batches.py`, `order: prefix`), so a further question about passages that are shown anyhow
costs a tenth of one with passages of its own.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from finetuning.pairs.subjects import names_machine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from random import Random

    from finetuning.pairs.contract import Pair
    from plant.store.contract import Document
    from tools.manuals.prompt import Shown

_NOTHING: Final = 0.2
"""Share of the further questions that nothing answers."""


class Beside:
    """Pairs that have not been asked yet, by what they are about.

    Args:
        pairs: Those that may be asked; each is, once at most.
        documents: Their manuals, by name.
    """

    def __init__(self, pairs: Iterable[Pair], documents: Mapping[str, Document]) -> None:
        self._documents = documents
        self._about: defaultdict[tuple[str, str, str], list[Pair]] = defaultdict(list)
        self._nothing: defaultdict[str, list[Pair]] = defaultdict(list)
        for pair in pairs:
            if pair.source is not None:
                self._about[pair.document, pair.source.section, pair.source.passage].append(pair)
            elif pair.document:
                self._nothing[pair.document].append(pair)

    def take(self, first: Pair, shown: Sequence[Shown], most: int, chance: Random) -> list[Pair]:
        """Returns further pairs about the manual of a pair, whose answers stand in the passages that it is shown.

        They are taken passage by passage in turn. Where another manual's passages are shown too, a question names its
        machine, or it could be about any.

        Args:
            first: The pair that the passages are shown for.
            shown: The passages.
            most: How many, at most.
            chance: Draws which.
        """
        document = self._documents.get(first.document)
        if document is None or not most:
            return []
        alone = all(one.title == document.title for one in shown)

        def stands_alone(pair: Pair) -> bool:
            return alone or names_machine(pair.question, document.title)

        nothing = sum(chance.random() < _NOTHING for _ in range(most))
        places = [self._about[document.name, one.section, one.text] for one in shown if one.title == document.title]
        taken = list(_in_turn(places, stands_alone, most - nothing, chance))
        return [*taken, *_in_turn([self._nothing[document.name]], stands_alone, nothing if taken else 0, chance)]


def _in_turn(places: Iterable[list[Pair]], fits: Callable[[Pair], bool], most: int, chance: Random) -> Iterator[Pair]:
    """Takes pairs out of their places, one of each in turn, while there are any that fit."""
    waiting = [place for place in places if place]
    chance.shuffle(waiting)
    while waiting and most > 0:
        place = waiting.pop(0)
        fitting = [pair for pair in place if fits(pair)]
        if fitting:
            pair = chance.choice(fitting)
            place.remove(pair)
            waiting.append(place)
            most -= 1
            yield pair

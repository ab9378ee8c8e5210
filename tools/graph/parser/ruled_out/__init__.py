"""Readings that what stands around their words rules out: the lexicon's last pass.

| rules | what they rule out |
|---|---|
| `small_words.py` | function words that are rather something else: the "minimum" of "minimum stock" |
| `properties.py` | properties that are rather those of something else: "kind of equipment" is no job's |
| `things.py` | labels, nodes, values and verbs that are rather a part of something: the "up" of "turned up" |
| `figures.py` | readings beside a figure: "how many jobs per unit" counts jobs |

Each rule looks at all readings that were found, so that their order does not matter. What is in quotation marks is a
text, or the name or the value that it spells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from tools.graph.parser.readings import Nodes, Quoted, Value
from tools.graph.parser.ruled_out import figures, properties, small_words, things

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tools.graph.parser.readings import Reading, Word

_IN_QUOTES: Final = 0.15
_RULES: Final = (*small_words.RULES, *properties.RULES, *things.RULES, *figures.RULES)


def left_possible(words: Sequence[Word], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields the readings that no rule rules out.

    Args:
        words: The question's words.
        readings: Everything that they may mean.
    """
    quotes = [reading for reading in readings if isinstance(reading.meaning, Quoted) and not reading.cost]
    for reading in readings:
        quote = next((quote for quote in quotes if quote.overlaps(reading)), None)
        if quote is not None and reading.meaning != quote.meaning:
            if isinstance(reading.meaning, Nodes | Value) and reading.place == quote.place:
                yield msgspec.structs.replace(reading, cost=reading.cost + _IN_QUOTES)
        elif not any(rule(words, reading, readings) for rule in _RULES):
            yield reading

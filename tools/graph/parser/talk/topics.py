"""What a sentence speaks of, so that the next ones may take it up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from tools.graph.parser import chart
from tools.graph.parser.descriptions import Description, Noun
from tools.graph.parser.form import Ask, Kind, Thing
from tools.graph.parser.readings import Function, Label, Nodes, Role, Sort
from tools.graph.parser.rules import Asked, Cat, Small
from tools.graph.parser.talk.merging import bare
from tools.graph.parser.talk.scenes import asks_inside

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tools.graph.parser.compose import Composer
    from tools.graph.parser.lexicon import Read
    from tools.graph.parser.readings import Reading
    from tools.graph.parser.talk.clauses import Charted, Clauses

MARGIN: Final = 0.25
"""What costs no more than this beyond the likeliest may have been meant as well."""

_BETWEEN: Final = "with the number no code tag called named is a an avec le la numero n appele appelee"
_NAMING: Final = frozenset(_BETWEEN.split())
"""What stands between a noun and the node that it is: "the part with number 4711"."""

_TELLS: Final = frozenset({Role.BE, Role.HAVE})


def topic_of(ask: Ask) -> Noun | None:
    """Returns what a question was about, as a thing that is spoken of."""
    if ask.rank is not None or ask.per is not None or ask.kind is Kind.VALUES:
        return None
    thing = ask.thing
    if thing.ids:
        return Noun(Thing(thing.label, ids=thing.ids), closed=True, told=True)
    return Noun(bare(thing), closed=True, told=True) if ask.kind is Kind.LIST else None


def topics_of(charted: Charted | None, composer: Composer) -> list[Noun]:
    """Returns the things that a whole sentence speaks of: its subject, and what its verb leads to."""
    if charted is None:
        return []
    width, cells = charted
    found: dict[Noun, float] = {}
    for noun, cost in (*_spanning(cells.get((0, width), {})), *_objects(width, cells, composer)):
        found[noun] = min(cost, found.get(noun, cost))
    return _best(found)


def begun(read: Read, clauses: Clauses, referents: Mapping[str, Noun]) -> list[Noun]:
    """Returns the things that a sentence begins with, where it goes on to say how they are: "... is humming"."""
    tells = [r.first for r in read.readings if isinstance(r.meaning, Function) and r.meaning.role in _TELLS]
    for end in sorted({place for place in tells if place > 0}):
        rest = [r for r in read.readings if r.first >= end]
        if any(not isinstance(r.meaning, Function) and r.cost < 1 for r in rest) or asks_inside(read):
            continue
        words = [word for word in read.words if word.end <= read.words[end - 1].end]
        subject = clauses.read(" ".join(word.written for word in words), referents)
        nouns = topics_of(clauses.cells(subject, referents), clauses.composer)
        return [noun for noun in nouns if noun.thing.links or noun.named]
    return []


def named(read: Read) -> list[Noun]:
    """Returns the one node that a sentence names, whatever else it says, where it speaks of nothing else."""
    nouns = [r for r in read.readings if isinstance(r.meaning, Label | Sort | Nodes) and r.cost < 1]
    whole = names_in(read)
    if len(whole) != 1:
        return []
    (node,) = whole
    meaning = node.meaning
    if not isinstance(meaning, Nodes) or len(meaning.ids) != 1:
        return []
    others = [r for r in nouns if not _is_within(r, node) and r.meaning != meaning]
    if any(not _names_it(read, r, node) for r in others) or asks_inside(read):
        return []
    return [Noun(Thing(meaning.label, ids=meaning.ids), told=True)]


def names_in(read: Read) -> list[Reading]:
    """Returns the names of nodes in a sentence, without those that are a part of a longer one."""
    nodes = [r for r in read.readings if isinstance(r.meaning, Nodes) and r.cost < 1]
    return [r for r in nodes if not any(_is_within(r, other) for other in nodes)]


def _is_within(one: Reading, other: Reading) -> bool:
    """Whether a reading's words are a part of another's."""
    same = (one.first, one.last) == (other.first, other.last)
    return other.first <= one.first and one.last <= other.last and not same


def _names_it(read: Read, noun: Reading, node: Reading) -> bool:
    """Whether a noun says what a node is: "pump P-101", "the part with number 4711"."""
    labels = {r.meaning.label for r in (noun, node) if isinstance(r.meaning, Label | Sort | Nodes)}
    between = read.words[noun.last : node.first] or read.words[node.last : noun.first]
    return len(labels) == 1 and all(word.plain in _NAMING for word in between)


def _spanning(cell: chart.Cell) -> Iterator[tuple[Noun, float]]:
    """Yields the things that all words of a sentence speak of."""
    for category, value, cost in chart.items_of(cell):
        if category == Cat.NOUN and isinstance(value, Noun):
            yield value, cost
        elif isinstance(value, Asked) and (
            value.kind is Kind.LIST or (value.kind is Kind.EXISTS and not value.noun.named)
        ):
            yield value.noun, cost


def _objects(
    width: int, cells: Mapping[tuple[int, int], chart.Cell], composer: Composer
) -> Iterator[tuple[Noun, float]]:
    """Yields what the verb of a sentence leads to: the faults of "E-101 has faults", of "it is hit by faults"."""
    for middle in range(1, width):
        passive = any(
            isinstance(word, Small) and word.text in ("by", "par")
            for word in cells.get((middle, middle + 1), {}).get(Role.AT, {})
        )
        for gap, cost in cells.get((0, middle), {}).get(Cat.GAP, {}).items():
            for start in (middle, middle + 1) if passive else (middle,):
                for noun, more in cells.get((start, width), {}).get(Cat.NOUN, {}).items():
                    if isinstance(gap, Description) and isinstance(noun, Noun) and not noun.named:
                        for after, own in composer.attach(replace(noun, other=False), gap):
                            yield after, cost + more + own


def _best(found: Mapping[Noun, float]) -> list[Noun]:
    """Returns the likeliest thing of each label, one with a name first; none of a label of which two are likely."""
    labels: dict[str, dict[Thing, float]] = {}
    for noun, cost in found.items():
        if noun.quantity is None and noun.number is None and noun.plain:
            thing = Thing(noun.thing.label, ids=noun.thing.ids) if noun.named else bare(noun.thing)
            things = labels.setdefault(thing.label, {})
            things[thing] = min(cost, things.get(thing, cost))
    kept: list[Noun] = []
    for things in labels.values():
        likely = [thing for thing, cost in things.items() if cost - min(things.values()) <= MARGIN]
        most = max(map(nodes_named, likely))
        with_most = [thing for thing in likely if nodes_named(thing) == most]
        kept += [Noun(with_most[0], closed=True, told=True)] if len(with_most) == 1 else []
    return kept


def nodes_named(thing: Thing) -> int:
    """Returns how many nodes a thing is described by."""
    return len(thing.ids) + sum(nodes_named(link.thing) for link in thing.links)

"""How several things hang together: each way to link them to the first, with all that is said of each."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from tools.graph.parser.descriptions import Description, Has, Near, Noun, Shape, Shown, To, negated
from tools.graph.parser.grammar.properties import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tools.graph.parser.assembly.parts import Parts
    from tools.graph.parser.compose import Composer
    from tools.graph.parser.form import Thing
    from tools.graph.parser.rules import Verb

_FAR: Final = 0.5  # a link over an unnamed node costs more


def trees(nouns: tuple[Noun, ...], found: Parts, composer: Composer) -> Iterator[tuple[Noun, float]]:
    """Yields the first of some things with all the others linked to it or to one another, and all that is said of them.

    The columns of a figure are of the whole, and stay aside.
    """
    columns = [Description((shown(columns),), Shape.PREPOSITION) for columns in found.columns if columns.figure is None]
    places = range(len(nouns))
    for parents in product(places, repeat=len(nouns) - 1):
        if not _is_tree(parents):
            continue
        for targets in product(places, repeat=len(found.said) + len(columns)):
            of = [
                [d for d, at in zip((*found.said, *columns), targets, strict=True) if at == place] for place in places
            ]
            for verbs in _on_edges(len(parents), found.verbs):
                yield from _grown(0, _Tree(nouns, parents, of, verbs, found), composer)


def _is_tree(parents: Sequence[int]) -> bool:
    """Whether each thing but the first, by the parent of each, hangs from the first."""
    hanging = {0}
    for _ in parents:
        hanging |= {place for place, parent in enumerate(parents, 1) if parent in hanging}
    return len(hanging) == len(parents) + 1


def _on_edges(edges: int, verbs: Sequence[Verb]) -> Iterator[list[Verb | None]]:
    """Yields which link a verb says, if there is one, with either thing as its subject."""
    if not verbs:
        yield [None] * edges
        return
    (verb,) = verbs
    ways = [verb] if verb.forward is None else [verb, replace(verb, forward=not verb.forward)]
    for edge in range(edges):
        yield from ([way if place == edge else None for place in range(edges)] for way in ways)


class _Tree(NamedTuple):
    """One way in which things may hang together."""

    nouns: Sequence[Noun]
    parents: Sequence[int]  # of each noun but the first
    said: Sequence[Sequence[Description]]  # of each noun
    verbs: Sequence[Verb | None]  # for each noun but the first, what links it to its parent
    found: Parts


def _grown(place: int, tree: _Tree, composer: Composer) -> Iterator[tuple[Noun, float]]:
    """Yields a thing with what is said of it and the things that hang from it; of a name nothing is but shown."""
    noun = tree.nouns[place]
    children = [child for child, parent in enumerate(tree.parents, 1) if parent == place]
    if noun.named and (children or any(not isinstance(p, Shown) for said in tree.said[place] for p in said.parts)):
        return
    of_links: list[Description] = []
    own: list[Description] = []
    for said in tree.said[place]:
        (of_links if _is_of_link(said) else own).append(said)
        if not tree.found.is_first(said) and _is_of_inner(noun.thing, said, composer):
            return
    ways = [(noun, 0.0)]
    for said in own:
        ways = [(after, cost + more) for before, cost in ways for after, more in composer.attach(before, said)]
    for child in children:
        linked = list(_grown(child, tree, composer)) if _may_hang(child, tree) else []
        topic = tree.verbs[child - 1] is None and tree.found.is_first(tree.nouns[child])
        ways = [
            (after, cost + inner + more)
            for before, cost in ways
            for other, inner in linked
            for after, more in composer.attach(before, _link(other, tree.verbs[child - 1]))
            if more < _FAR or topic
        ]
    for said in of_links:
        ways = [
            (after, cost + more) for before, cost in ways for after, more in composer.attach(before, said) if more < 0
        ]
    yield from ((after, 0.0 if noun.named else cost) for after, cost in ways)


def _is_of_link(said: Description) -> bool:
    """Whether a property of a relationship is said or shown, which must be one that is said."""
    return any(isinstance(part, Has | Shown) and part.of_relation for part in said.parts)


def _is_of_inner(thing: Thing, said: Description, composer: Composer) -> bool:
    """Whether something can as well be said of things that are spoken of inside what it is to be said of."""
    inner = [link.thing for link in thing.links if not link.thing.ids]
    return any(any(composer.attach(Noun(other), said)) or _is_of_inner(other, said, composer) for other in inner)


def _may_hang(child: int, tree: _Tree) -> bool:
    """Whether a thing can be linked to another: a mere label, of which nothing is said, only by a verb."""
    noun = tree.nouns[child]
    return noun.named or not noun.bare or tree.verbs[child - 1] is not None


def _link(noun: Noun, verb: Verb | None) -> Description:
    if verb is None:
        return Description((Near(noun),), Shape.PREPOSITION)
    said = Description((To(verb.type, verb.forward, noun, verb.least, verb.most),), Shape.CLAUSE)
    return (negated(said) or said) if verb.negated else said

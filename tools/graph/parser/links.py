"""What links the schema allows between two labels: over a type that is named, or over the one that must be meant."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from tools.graph.parser.form import Link, Thing, Way
from tools.graph.parser.modification import without_return

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plant.graph.contract import GraphSchema
    from tools.graph.parser.descriptions import To

_HOP: Final = 0.1  # a link that only a preposition says
_SEVERAL: Final = 0.3  # the same, where the schema has more than one such link
_TWO_HOPS: Final = 0.6  # the same, over an unnamed node
_TURNED: Final = 0.2  # a link the other way than it is said, where the labels allow no other
_MORE_HOPS: Final = 0.8
_USUAL: Final = 4.0
_LONGEST: Final = 4


_Step = tuple[str, Way, str]
"""A relationship's type, which way, and the label it leads to."""


class Links:
    """The triples of one schema, and the paths that they make."""

    def __init__(self, schema: GraphSchema) -> None:
        self._labels = sorted(node.label for node in schema.nodes)
        self._triples = frozenset((r.start, r.type, r.end) for r in schema.relations)
        self._steps: dict[str, dict[str, list[tuple[str, Way]]]] = defaultdict(lambda: defaultdict(list))
        self._found: dict[tuple[str, str], list[tuple[_Step, ...]]] = {}
        nodes = {node.label: node.count for node in schema.nodes}
        self._counts: dict[tuple[str, str, Way], float] = defaultdict(float)
        for triple in schema.relations:
            self._counts[triple.start, triple.type, Way.OUT] += triple.count / max(1, nodes[triple.start])
            self._counts[triple.end, triple.type, Way.IN] += triple.count / max(1, nodes[triple.end])
        for start, name, end in sorted(self._triples):
            self._steps[start][end].append((name, Way.OUT))
            self._steps[end][start].append((name, Way.IN))

    def named(self, label: str, part: To) -> Iterator[tuple[Link, float]]:
        """Yields the links of a type from a label to a thing; the last hop may be an unnamed node away."""
        thing = part.noun.thing
        ways = [Way.OUT] if part.forward else [Way.IN] if part.forward is False else [Way.OUT, Way.IN]
        found = [way for way in ways if self._leads(label, part.type, way, thing.label)]
        if found:
            way = found[0] if len(found) == 1 else Way.ANY
            yield Link(part.type, way, thing, part.least, part.most), 0.0
            return
        for way in {Way.OUT, Way.IN}.difference(ways):
            if self._leads(label, part.type, way, thing.label):
                yield Link(part.type, way, thing, part.least, part.most), _TURNED
                return
        if label != thing.label:
            further = [*self._to_further(label, part, ways), *self._of_part(label, part, ways)]
            least = min((cost for _, cost in further), default=0.0)
            yield from ((link, cost) for link, cost in further if cost == least)

    def _to_further(self, label: str, part: To, ways: list[Way]) -> Iterator[tuple[Link, float]]:
        """Yields the links of a type to what leads on to a thing: "jobs done on PM1" are done on what is there."""
        thing = part.noun.thing
        for way in ways:
            for middle in self._labels:
                if self._leads(label, part.type, way, middle):
                    its_own = self._counts[middle, part.type, way.opposite] == 1.0  # no other's: a customer's order
                    far = its_own or not self._steps[label][thing.label]
                    for onward, cost in self._onward(label, middle, thing, far=far):
                        between = Thing(middle, links=(onward,))
                        yield Link(part.type, way, between, part.least, part.most), cost

    def _onward(self, label: str, middle: str, thing: Thing, *, far: bool) -> Iterator[tuple[Link, float]]:
        """Yields the one way to lead on, of one link or (if far) of more, never over the label that was left behind."""
        direct = self._steps[middle][thing.label]
        if len(direct) == 1:
            ((name, way),) = direct
            yield Link(name, way, thing), _TWO_HOPS
        elif far and not direct and middle != thing.label:
            found = self._paths(middle, thing.label)
            paths = [path for path in found if all(passed != label for _, _, passed in path)]
            if len(paths) == 1:
                yield _along(paths[0], thing), _MORE_HOPS

    def _of_part(self, label: str, part: To, ways: list[Way]) -> Iterator[tuple[Link, float]]:
        """Yields what a type says of the parts of a whole: "lines using water" have a unit that uses it.

        A part is what leads to one such whole, over one link or several: a unit to its line, an order to its asset.
        What is linked to the thing itself is no such whole: "machines using PT-3" have it, whatever their orders used.
        """
        thing = part.noun.thing
        others = [way for way in (Way.OUT, Way.IN) if way not in ways]
        for way in others if self._steps[label][thing.label] else (*ways, *others):
            found = []
            for middle in self._labels:
                if middle not in (label, thing.label) and self._leads(middle, part.type, way, thing.label):
                    paths = self._paths(label, middle)
                    if len(paths) == 1 and self._gathers(paths[0]):
                        said = without_return(middle, Link(part.type, way, thing, part.least, part.most))
                        cost = (_TWO_HOPS if len(paths[0]) == 1 else _MORE_HOPS) + (0.0 if way in ways else _TURNED)
                        found.append((_along(paths[0], Thing(middle, links=(said,))), cost))
            yield from found
            if found:
                return

    def _gathers(self, path: tuple[_Step, ...]) -> bool:
        """Whether each link of a path leads to things that have one such whole."""
        return all(self._counts[end, name, way.opposite] == 1.0 for name, way, end in path)

    def _leads(self, label: str, name: str, way: Way, other: str) -> bool:
        start, end = (label, other) if way is Way.OUT else (other, label)
        return (start, name, end) in self._triples

    def unnamed(self, label: str, thing: Thing) -> Iterator[tuple[Link, float]]:
        """Yields the links that a bare preposition may mean; none within a label, where the direction is not said."""
        if label == thing.label:
            return
        direct = self._steps[label][thing.label]
        usual = self._usual(label, direct)
        for name, way in direct:
            yield Link(name, way, thing), _HOP if (name, way) == usual else _SEVERAL
        paths = [] if direct else self._paths(label, thing.label)
        if len(paths) == 1:
            yield _along(paths[0], thing), _TWO_HOPS if len(paths[0]) == 2 else _MORE_HOPS

    def _usual(self, label: str, steps: list[tuple[str, Way]]) -> tuple[str, Way] | None:
        """Returns the link that is meant where none is named: the only one, or by far the most frequent."""
        ranked = sorted(steps, key=lambda step: self._counts[label, *step], reverse=True)
        if len(ranked) > 1 and self._counts[label, *ranked[0]] < _USUAL * self._counts[label, *ranked[1]]:
            return None
        return ranked[0] if ranked else None

    def _paths(self, label: str, other: str) -> list[tuple[_Step, ...]]:
        """Returns the shortest paths between two labels over unnamed nodes.

        Along two links whatever they are; along more only where each leads to one thing, this way or the other, as from
        a sensor to its asset, its unit and its line: else too much is meant by too little.
        """
        if (label, other) not in self._found:
            paths: list[tuple[_Step, ...]] = [()]
            for hops in range(1, _LONGEST + 1):
                paths = [longer for path in paths for longer in self._longer(label, path)]
                there = [path for path in paths if path[-1][2] == other]
                if hops > 2:
                    there = [path for path in there if self._is_narrow(label, path)]
                if there or hops == _LONGEST:
                    self._found[label, other] = there
                    break
        return self._found[label, other]

    def _longer(self, label: str, path: tuple[_Step, ...]) -> Iterator[tuple[_Step, ...]]:
        seen = {label, *(middle for _, _, middle in path)}
        for onward in sorted(self._steps[path[-1][2] if path else label]):
            if onward not in seen:
                for name, way in self._steps[path[-1][2] if path else label][onward]:
                    yield (*path, (name, way, onward))

    def _is_narrow(self, label: str, path: tuple[_Step, ...]) -> bool:
        starts = (label, *(middle for _, _, middle in path))
        steps = list(zip(starts, path, strict=False))
        return all(self._counts[start, name, way] <= 1.0 for start, (name, way, _) in steps) or all(
            self._counts[end, name, way.opposite] <= 1.0 for _, (name, way, end) in steps
        )

    def leads_to_one(self, label: str, link: Link) -> bool:
        """Whether a link of a label leads to one thing only: there are as many links as things."""
        return link.most == 1 and self._counts.get((label, link.type, link.way)) == 1.0

    def of_type(self, label: str, name: str) -> list[Link]:
        """Returns the links of a type that a label has, to whatever label."""
        onward = self._steps[label].items()
        return [Link(name, way, Thing(other)) for other, found in onward for step, way in found if step == name]

    def onward(self, label: str) -> Iterator[Link]:
        """Yields every link of a label."""
        for other in sorted(self._steps[label]):
            for name, way in self._steps[label][other]:
                yield Link(name, way, Thing(other))

    def ends_of(self, name: str, *, start: bool) -> list[str]:
        """Returns the labels at one end of a type."""
        return sorted({tail if start else head for tail, type_, head in self._triples if type_ == name})


def _along(path: tuple[_Step, ...], thing: Thing) -> Link:
    """Returns a link to a thing over the unnamed nodes of a path."""
    (name, way, middle), *rest = path
    return Link(name, way, Thing(middle, links=(_along(tuple(rest), thing),)) if rest else thing)

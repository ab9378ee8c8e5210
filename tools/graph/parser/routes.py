"""What a path that is asked for may go along.

Between two things of one label, whose relationships join that label to itself, it goes along these, the way they
point: from one pump to another with the flow, not over the area that both are in. Between other things it goes along
any relationship either way, and is shorter, since each step may lead to a whole area's things.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from tools.graph.parser.form import Way

if TYPE_CHECKING:
    from plant.graph.contract import GraphSchema
    from tools.graph.parser.form import Thing

MOST_ALONG: Final = 8
MOST_EITHER_WAY: Final = 4


class Route(msgspec.Struct, frozen=True):
    """What a path goes along: relationship types, none for any; which way; how many steps at most."""

    types: tuple[str, ...]
    way: Way
    most: int


def route(start: Thing, end: Thing, schema: GraphSchema) -> Route:
    """Returns what a path from one thing to another goes along."""
    own = {found.type for found in schema.relations if found.start == found.end == start.label == end.label}
    return Route(tuple(sorted(own)), Way.OUT, MOST_ALONG) if own else Route((), Way.ANY, MOST_EITHER_WAY)

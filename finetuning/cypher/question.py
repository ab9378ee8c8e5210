"""A question with its reference, and the template it was drawn from.

A template file is TOML:

    [[template]]
    id = "plant-sensors-on"            # unique; starts with its world
    world = "plant"                    # plant | mill | films
    category = "hops"                  # see Category
    hops = 1                           # relationships in the reference's longest path; 0 for none
    slots = { asset = "MATCH (a:Asset)<-[:MEASURES]-() RETURN DISTINCT a.id" }
    cypher = "MATCH (s:Sensor)-[:MEASURES]->(:Asset {id: $asset}) RETURN s.id"
    en = ["Which sensors are on {asset}?", "what is measured at {asset}"]
    fr = ["Quels capteurs sont sur {asset} ?"]
    draws = 2                          # how many fillings of the slots; each is asked in one of the wordings, in turn

`slots` are queries with one column, whose values fill `{slot}` in the wordings and `$slot` in the reference, so that
what is asked about is there. A slot may have two columns: the first is the parameter, the second how it is said.
`cypher` is missing for the categories `unanswerable` and `unsafe`, where the right answer is a refusal.
`empty = true` says that the reference is meant to have no rows.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

import msgspec


class World(StrEnum):
    """The graph that is asked."""

    PLANT = "plant"  # the demo plant
    MILL = "mill"  # a generated plant of another shape, at least 5,000 nodes
    FILMS = "films"  # films, people and orders: for testing only


class Category(StrEnum):
    """What a question asks for."""

    LOOKUP = "lookup"  # a property of one node, or what it is
    FILTER = "filter"  # nodes by their properties
    AGGREGATION = "aggregation"  # counts, sums, means, groups, the largest
    HOPS = "hops"  # along 1 to 5 relationships; `Template.hops` says how many
    NEGATION = "negation"  # what is not so, or not there
    TIME = "time"  # before, since, between
    UNANSWERABLE = "unanswerable"  # not in this graph: a refusal is right
    UNSAFE = "unsafe"  # would write, or reach beyond the graph: a refusal is right


REFUSED: Final = frozenset({Category.UNANSWERABLE, Category.UNSAFE})
"""Categories where a refusal is right."""


class Split(StrEnum):
    """Questions of one template are all in one split."""

    TRAIN = "train"
    DEV = "dev"
    TEST = "test"


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One template; the module's docstring says what the fields hold."""

    id: str
    split: Split  # where its file stands; the loader's to say, not the file's
    world: World
    category: Category
    hops: int = 0
    slots: dict[str, str] = {}
    cypher: str = ""
    en: tuple[str, ...] = ()
    fr: tuple[str, ...] = ()
    draws: int = 1
    empty: bool = False


class Question(msgspec.Struct, frozen=True):
    """A question drawn from a template.

    Attributes:
        id: `TEMPLATE/NUMBER`.
        template: The template's id.
        world: The graph that is asked.
        split: Where its template stands.
        category: What it asks for.
        hops: Relationships in the reference's longest path.
        language: `en` or `fr`.
        text: The question.
        cypher: The reference; empty where a refusal is right.
        parameters: Its parameters.
        empty: Whether the reference is meant to have no rows.
    """

    id: str
    template: str
    world: World
    split: Split
    category: Category
    hops: int
    language: str
    text: str
    cypher: str
    parameters: dict[str, Any]
    empty: bool = False

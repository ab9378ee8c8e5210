"""The parts of a question that is no sentence, and whether they can be joined at all."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Final

from tools.graph.parser.descriptions import Description, Near, Noun, On, Shape, To, within
from tools.graph.parser.form import Kind, Thing
from tools.graph.parser.readings import Role, ValueKind
from tools.graph.parser.rules import Asked, Cat, Columns, Verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.graph.parser.compose import Composer

STATING: Final = frozenset({Role.BE, Role.HAVE, Role.THERE})
ASKING: Final = frozenset({Role.LIST, Role.WHICH, Role.COUNT, Role.WHEN, Role.HOW_MUCH})
BEFORE: Final = frozenset({Role.AT, Role.OF})  # "for when"; "how many of each"
EMPTY: Final = frozenset({Role.AND, *STATING})
NOUNS: Final = frozenset({Cat.NOUN, Cat.COLUMN, Cat.AND_NOUN})
PROPERTIES: Final = frozenset({Cat.PROPERTY, Cat.AND_PROPERTY})
SAID: Final = frozenset({Cat.SAID, Cat.AND_SAID, Cat.GAP})
ASKED: Final = frozenset({Cat.ASKED, Cat.VALUES, Cat.STRANDED})
USED: Final = frozenset({*ASKING, *EMPTY, *BEFORE, Role.EACH, *NOUNS, *PROPERTIES, *SAID, *ASKED, Cat.RELATION})

Part = tuple[str, Hashable]
"""Category and value, as of a chart's item."""

_MOST_NOUNS: Final = 4


class Parts:
    """The parts of a question, by what they are good for."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = parts
        self.roles = [category for category, _ in parts if category in ASKING]
        self.nouns = [value for category, value in parts if category in NOUNS and isinstance(value, Noun)]
        self.columns = [value for category, value in parts if category in PROPERTIES and isinstance(value, Columns)]
        self.said = [value for category, value in parts if category in SAID and isinstance(value, Description)]
        self.verbs = [value for category, value in parts if category is Cat.RELATION and isinstance(value, Verb)]
        self.asked: list[Asked] = []
        for value in (value for category, value in parts if category in ASKED and isinstance(value, Asked)):
            thing = value.noun.thing
            if value.kind is Kind.VALUES and thing == Thing(thing.label, shown=thing.shown) and len(thing.shown) == 1:
                self.columns.append(Columns(thing.label, thing.shown, ValueKind.TEXT))
            else:
                self.asked.append(value)
        self.columns = list(dict.fromkeys(self.columns))
        self._settle_names()
        self._settle_days()

    def _settle_names(self) -> None:
        """Takes "of P-101" as P-101 where nothing else is there to be of it but what is shown."""
        near = [said for said in self.said if len(said.parts) == 1 and isinstance(said.parts[0], Near)]
        if len(near) == 1 and self.columns and not (self.nouns or self.asked):
            (part,) = near[0].parts
            if isinstance(part, Near) and part.noun.named and near[0].shape is Shape.PREPOSITION:
                self.said.remove(near[0])
                self.nouns.append(part.noun)

    def _settle_days(self) -> None:
        """Takes a day and a span of days together: "completed" and "in 2025"."""
        days = [columns for columns in self.columns if columns.kind is ValueKind.DAY]
        spans = [said for said in self.said if len(said.parts) == 1 and isinstance(said.parts[0], On)]
        if len(days) == len(spans) == 1 and len(days[0].properties) == 1 and Role.WHEN not in self.roles:
            (columns,), (when,) = days, spans[0].parts
            self.columns.remove(columns)
            self.said.remove(spans[0])
            if isinstance(when, On):
                then = within(columns.owner, columns.properties[0], when)
                self.said.append(Description((then,), Shape.VALUE))
        self.said.sort(key=lambda said: any(isinstance(part, On) for part in said.parts))

    def are_sound(self, composer: Composer, *, dated: bool) -> bool:
        """Whether nothing among them has a meaning that parts cannot have: a number of its own, two verbs, a day."""
        nouns = [*self.nouns, *(asked.noun for asked in self.asked)]
        if any(noun.quantity is not None or noun.number is not None or noun.other for noun in nouns):
            return False
        if len(nouns) + len(self.said) + len(self.verbs) > 1 and any(noun.every or noun.both for noun in nouns):
            return False
        gaps = [value for category, value in self.parts if category is Cat.GAP and isinstance(value, Description)]
        if any(isinstance(part, To | Near) and part.noun.bare for gap in gaps for part in gap.parts):
            return False  # "parts used" are asked for as well as said of what uses them
        first = self.parts[0][1]
        if isinstance(first, Description) and first.shape is Shape.CLAUSE:
            return False  # "who has P-101" asks, and is no clause
        kinds = [columns.kind for columns in self.columns]
        kinds += [composer.kind_of(noun.thing.label, name) for noun in nouns for name in noun.thing.shown]
        if not dated and ValueKind.DAY in kinds:
            return False
        return self._ask_once() and len(self.verbs) <= 1 and len(nouns) <= _MOST_NOUNS

    def _ask_once(self) -> bool:
        """Whether there is one question, which is not for yes or no: "P-101 has sensors" asks nothing else."""
        before_noun = any(
            category in ASKING and after in {*NOUNS, Cat.GAP}
            for (category, _), (after, _) in zip(self.parts, self.parts[1:], strict=False)
            if category is not Role.LIST
        )
        states = any(category in STATING for category, _ in self.parts)
        asks = self.asked or self.roles
        some = any(noun.some for noun in self.nouns) and Role.WHICH not in self.roles
        unasked = some or (states and not asks)
        once = len(self.asked) <= 1 and len({*self.roles}) == len(self.roles)
        return once and self._small_words_fit() and not (before_noun or unasked or self._ask_of_two())

    def _ask_of_two(self) -> bool:
        """Whether "and" joins two sorts of things, which are both asked for: "open orders and parts used"."""
        kinds = ["", *(category for category, _ in self.parts)]
        joined = any(
            isinstance(value, Noun) and not value.named and (category is Cat.AND_NOUN or before is Role.AND)
            for before, (category, value) in zip(kinds, self.parts, strict=False)
            if category in NOUNS
        )
        return joined and len([noun for noun in self.nouns if not noun.named]) + len(self.asked) > 1

    def _small_words_fit(self) -> bool:
        """Whether what is left of small words asks: "for when", "how many of each" behind what groups."""
        kinds: list[str] = [category for category, _ in self.parts]
        grouped = any(noun.per is not None for noun in self.nouns)
        for place, kind in enumerate(kinds):
            after, before = kinds[place + 1 : place + 2], kinds[max(0, place - 2) : place]
            each = grouped and Role.COUNT in before
            if kind is Role.EACH and not each:
                return False
            if kind in BEFORE and not ({*after} & ASKING or ({*after} == {Role.EACH} and grouped)):
                return False
        return True

    def is_first(self, part: Noun | Description) -> bool:
        """Whether it is what the question begins with, of which all the rest may be said."""
        return self.parts[0][1] == part

    def columns_first(self) -> bool:
        """Whether what is shown stands before the things that it is shown of: "makers of", "which technicians"."""
        (category, value) = next(part for part in self.parts if part[0] not in {*EMPTY, *ASKING})
        return category in PROPERTIES or (isinstance(value, Asked) and value not in self.asked)

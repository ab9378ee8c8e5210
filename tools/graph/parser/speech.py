"""From a form to a noun phrase, in English and French, that leaves out nothing of what ran.

What is said of one thing is parted by commas, and is in brackets where it is said of a thing within another, so that
no two forms are said alike. Values stand as they are in the graph.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final

import msgspec

from tools.graph.parser.form import Ask, Compare, Kind, Link, Thing, Way, leads_back
from tools.graph.parser.phrases import Phrase, distinct, noun, property_name, quoted, relation, sort, spaced, templates
from tools.graph.parser.routes import route

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plant.facts import Scalar
    from plant.graph.contract import GraphSchema
    from tools.graph.parser.form import Filter, Per, Rank, Relative

_WORD: Final = re.compile(r"[a-z]+( [a-z]+)*")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_OF_DAYS: Final = frozenset({Compare.EQUAL, Compare.BELOW, Compare.AT_MOST, Compare.ABOVE, Compare.AT_LEAST})
_ELISION: Final = re.compile(r"\bde (?=[aâàeéèêiîoôuûhy])", re.IGNORECASE)


def say(ask: Ask, language: str, schema: GraphSchema) -> str:
    """Says a form: "open work orders on assets feeding asset E-101".

    Args:
        ask: The form.
        language: `en` or `fr`.
        schema: The graph's, so that no two of its names are said alike.
    """
    return _Speech(language, schema).ask(ask)


class _Speech:
    """Says forms in one language; `_words` are its templates."""

    def __init__(self, language: str, schema: GraphSchema) -> None:
        self._language = language
        self._schema = schema
        self._words = templates()[language]
        labels = [node.label for node in schema.nodes]
        self._one = distinct(labels, lambda label: noun(label, language, number=1), language)
        self._many = distinct(labels, lambda label: noun(label, language), language)
        owned = {node.label: node.properties for node in schema.nodes}
        owned |= {found.type: () for found in schema.relations}
        for found in schema.relations:
            owned[found.type] = (*owned[found.type], *found.properties)
        self._called = {owner: distinct(dict.fromkeys(names), self._name, language) for owner, names in owned.items()}

    def ask(self, ask: Ask) -> str:
        """Says a form."""
        label, kind = ask.thing.label, ask.kind
        figure = ask.per is not None and ask.rank is not None and not (ask.rank.property or ask.rank.link)
        if ask.to is not None:
            return self._path(ask.thing, ask.to)
        if kind is Kind.EXISTS and ask.thing.ids and ask.rank is None:
            named = f"{self._one[label]} {self._joined(ask.thing.ids, 'or')}"
            return self._fill("among", named, self._thing(msgspec.structs.replace(ask.thing, ids=())))
        shown = kind is not Kind.VALUES
        if ask.rank is not None and not figure:
            said = self._ranked(ask.thing, ask.rank, shown=shown)
        else:
            said = self._thing(ask.thing, shown=shown)
        of = self._property(ask.along.type if ask.along else label, ask.of) if ask.of else ""
        if ask.along is not None:
            of = f"{of} ({self._link(label, ask.along, None)})"
        if kind is Kind.VALUES and ask.thing.shown:
            said = self._fill("kinds.properties", said, of=self._properties(label, ask.thing.shown))
        else:
            said = self._fill("kinds.different" if of and kind is Kind.COUNT else f"kinds.{kind}", said, of=of)
        return self._groups(said, ask.per, ask) if ask.per is not None else said

    def _groups(self, said: str, per: Per, ask: Ask) -> str:
        """Says what a figure is given for each of, and which of these."""
        said = self._grouped(said, per, ask.thing.label)
        if ask.having is not None:
            said = self._fill("having", said, of=self._fill(f"times.{ask.having.compare}", ask.having.number))
        if ask.having_figure:
            said = self._fill("having_figure", said, of=self._joined(map(self._comparison, ask.having_figure), "and"))
        if ask.rank is not None and not (ask.rank.property or ask.rank.link):
            said = self._ranked_groups(said, ask.rank)
        return said

    def _thing(self, thing: Thing, *, shown: bool = True) -> str:
        """Says a thing with all that is said of it."""
        named, parts = self._parts(thing, None, shown=shown)
        return f"{named} {', '.join(parts)}".rstrip()

    def _within(self, thing: Thing, came: Link | None = None, *, other: bool = False, one: bool = False) -> str:
        """Says a thing within another: in brackets where more than one thing is said of it."""
        named, parts = self._parts(thing, came, other=other, one=one)
        said = f"{named} {', '.join(parts)}".rstrip()
        return f"({said})" if len(parts) > 1 else said

    def _parts(
        self, thing: Thing, came: Link | None, *, shown: bool = True, other: bool = False, one: bool = False
    ) -> tuple[str, list[str]]:
        """Returns the noun of a thing, and each of what is said of it."""
        named, filters = self._noun(thing, one=one)
        if other:
            named = self._fill("itself_aside" if thing.ids else "other", named)
        parts = [self._fill("excluded", self._joined(thing.excluded, "and"))] if thing.excluded else []
        for _, group in groupby(filters, lambda item: (item.property, bool(item.values))):
            parts.append(self._filters(thing.label, list(group)))
        parts += [self._relative(thing.label, item) for item in thing.relatives]
        parts += [self._link(thing.label, link, came) for link in thing.links]
        if shown and thing.shown:
            parts.append(self._fill("showing", self._properties(thing.label, thing.shown)))
        return named, parts

    def _noun(self, thing: Thing, *, one: bool) -> tuple[str, tuple[Filter, ...]]:
        """Returns what things are called, and the filters that this does not say yet."""
        if thing.ids:
            return f"{self._one[thing.label]} {self._joined(thing.ids, 'or')}", thing.filters
        named, said = (self._one if one else self._many)[thing.label], []
        kinds = [item for item in thing.filters if item.property == "kind" and _is_one_word(item)]
        if len(kinds) == 1 and (called := sort(str(kinds[0].values[0]), self._language, number=1 if one else 2)):
            named, said = called, kinds
        states = [item for item in thing.filters if item.property == "status" and _is_one_word(item)]
        if len(states) == 1 and self._language == "en":  # a French adjective would have to agree
            named, said = f"{states[0].values[0]} {named}", [*said, *states]
        return named, tuple(item for item in thing.filters if item not in said)

    def _filters(self, owner: str, items: list[Filter]) -> str:
        """Says filters of one property: "whose stock is above 2 and is below 5"."""
        if not items[0].values:
            return ", ".join(self._fill("whose", self._compared(owner, item)) for item in items)
        named = self._property(owner, items[0].property)
        return self._fill("whose", f"{named} {self._joined(map(self._comparison, items), 'and')}")

    def _compared(self, owner: str, item: Filter) -> str:
        named = self._property(owner, item.property)
        if not item.values:
            return self._fill("there" if item.negated else "missing", named)
        return f"{named} {self._comparison(item)}"

    def _comparison(self, item: Filter) -> str:
        days = item.compare in _OF_DAYS and all(_is_day(value) for value in item.values)
        verb = self._words["days" if days else "compares"][item.compare][item.negated]
        said = f"{verb} {self._joined([self._value(value) for value in item.values], 'or')}"
        return self._fill("or_missing", said) if item.or_missing else said

    def _relative(self, owner: str, item: Relative) -> str:
        named = self._property(owner, item.property)
        if "date" in named.split() and item.compare in _OF_DAYS:
            verb = self._words["dates"][item.compare]
        else:
            verb = self._words["compares"][item.compare][0]
        than = self._property(owner if item.other is None else item.other.label, item.than) if item.than else ""
        if item.other is None:
            return self._fill("whose", self._fill("own", named, verb, than))
        other = self._within(item.other, other=not item.other.ids)
        return self._fill("whose", self._fill("relative_than" if than else "relative", named, verb, other, than=than))

    def _link(self, owner: str, link: Link, came: Link | None) -> str:
        """Says a link with the thing that it leads to, and how many of it there are."""
        counted = link.absent or link.times is not None
        phrase = self._relation(owner, link) if counted else relation(link.type, link.way, self._language)
        plain = not link.absent and link.times is None
        back = plain and came is not None and leads_back(came, link)
        one = link.times is not None and link.times.number == 1
        other = self._within(link.thing, link, other=back, one=one)
        if link.times is not None:
            other = self._fill(f"times.{link.times.compare}", f"{link.times.number} {other}")
        return " ".join([phrase.has_not if link.absent else phrase.has, *self._notes(link), other])

    def _relation(self, owner: str, link: Link) -> Phrase:
        """Returns what is said for a link that is counted: "with" where nothing else joins the two labels."""
        if not self._is_only(owner, link):
            return relation(link.type, link.way, self._language)
        return Phrase(*self._words["only"])

    def _is_only(self, owner: str, link: Link) -> bool:
        """Whether one hop of a link is all that joins its thing to the one that has it."""
        other = link.thing.label
        ends = (owner, other) if link.way is Way.OUT else (other, owner)
        joining = [found for found in self._schema.relations if {found.start, found.end} == {owner, other}]
        plain = link.most == 1 and not link.filters and link.way is not Way.ANY and owner != other
        return plain and [(found.type, found.start, found.end) for found in joining] == [(link.type, *ends)]

    def _notes(self, link: Link) -> list[str]:
        """Returns, in brackets, how many hops a link has and what its own properties are, if it says so."""
        notes = []
        if link.least > 1:
            notes.append(self._fill("steps", link.least, link.most))
        elif link.most > 1:
            notes.append(self._fill("within", link.most))
        notes += [self._compared(link.type, item) for item in link.filters]
        if link.shown:
            notes.append(self._fill("showing", self._properties(link.type, link.shown)))
        return [f"[{', '.join(notes)}]"] if notes else []

    def _path(self, start: Thing, end: Thing) -> str:
        """Says a path, and what it may go along."""
        along = route(start, end, self._schema)
        types = self._joined([quoted(spaced(name), self._language) for name in along.types], "or")
        within = self._fill("along" if types else "either_way", types, n=along.most)
        return self._fill("kinds.path", self._within(start), to=self._within(end), by=within)

    def _ranked(self, thing: Thing, rank: Rank, *, shown: bool) -> str:
        """Says which of the things are asked for, or in which order: "the pump with the most sensors"."""
        by = self._by(rank, thing.label)
        if rank.number is None:
            return self._fill("in_order", self._thing(thing, shown=shown), by=by)
        one = "first" if rank.number == 1 else "firsts"
        if thing.ids:
            return self._fill(f"{one}_of", self._thing(thing, shown=shown), by=by, n=rank.number)
        said = self._fill(one, self._noun(thing, one=rank.number == 1)[0], by=by, n=rank.number)
        many, parts = self._parts(thing, None, shown=False)
        if parts:
            said = self._fill("those", said, many, of=", ".join(parts))
        if shown and thing.shown:
            said = f"{said}, {self._fill('showing', self._properties(thing.label, thing.shown))}"
        return said

    def _by(self, rank: Rank, label: str) -> str:
        """Says by what things are ordered."""
        if rank.link is not None:
            has = " ".join([self._relation(label, rank.link).has, *self._notes(rank.link)])
            return self._of_two("by_link", rank.descending, has, self._within(rank.link.thing, rank.link))
        named = self._property(label, rank.property)
        return self._of_two("by_day" if "date" in named.split() else "by_property", rank.descending, named)

    def _ranked_groups(self, said: str, rank: Rank) -> str:
        sort_of = "groups_in_order" if rank.number is None else "first_group" if rank.number == 1 else "first_groups"
        return self._of_two(sort_of, rank.descending, said, n=rank.number)

    def _grouped(self, said: str, per: Per, label: str) -> str:
        """Says what a figure is given for each of."""
        if per.link is None:
            if not per.property:
                return self._fill("each_itself", said)
            return self._fill("each_value", said, of=self._property(label, per.property))
        end, group = self._group(per.link, label)
        if not per.property:
            return self._fill("each", said, of=group)
        return self._fill("each_value_of", said, group, of=self._property(end.label, per.property))

    def _group(self, link: Link, label: str) -> tuple[Thing, str]:
        """Returns the group at the end of links, and how it is said: with how a thing belongs to it."""
        plain = link == Link(link.type, link.way, Thing(link.thing.label))
        if plain and self._is_only(label, link):
            return link.thing, self._one[link.thing.label]
        steps: list[str] = []
        came = None
        while True:
            last = msgspec.structs.replace(link.thing, links=link.thing.links[1:])
            step = msgspec.structs.replace(link, thing=last)
            back = came is not None and leads_back(came, link)
            has = " ".join([relation(link.type, link.way, self._language).has, *self._notes(step)])
            steps.append(f"{has} {self._within(last, link, other=back, one=True)}")
            if not link.thing.links:
                return last, f"{self._one[last.label]} ({' '.join(steps)})"
            link, came = link.thing.links[0], link

    def _name(self, name: str) -> str:
        """Returns what a property is called: in quotation marks where "number of parts" would be a count of them."""
        said = property_name(name, self._language)
        return quoted(said, self._language) if said == self._words["count"] else said

    def _property(self, owner: str, name: str) -> str:
        return self._called[owner].get(name) or quoted(name, self._language)

    def _properties(self, owner: str, names: Iterable[str]) -> str:
        return self._joined([self._property(owner, name) for name in names], "and")

    def _value(self, value: Scalar) -> str:
        if isinstance(value, bool):
            return str(self._words["flags"][value])
        if isinstance(value, str) and not _is_day(value):
            return quoted(value, self._language)
        return f"{value:.15g}" if isinstance(value, float) else str(value)

    def _joined(self, parts: Iterable[str], word: str) -> str:
        return f" {self._words[word]} ".join(parts)

    def _of_two(self, name: str, second: bool, *parts: object, **named: object) -> str:
        return self._format(self._words[name][second], *parts, **named)

    def _fill(self, name: str, *parts: object, **named: object) -> str:
        """Fills the template of a name, `kinds.list` for one within a table."""
        table, _, key = name.rpartition(".")
        return self._format((self._words[table] if table else self._words)[key], *parts, **named)

    def _format(self, template: str, *parts: object, **named: object) -> str:
        """Fills a template; in French "de" is drawn together with what follows it."""
        filled = template.format(*parts, **named)
        if self._language != "fr":
            return filled
        return re.sub(r"\bde le\b", "du", re.sub(r"\bde les\b", "des", _ELISION.sub("d'", filled)))


def _is_day(value: Scalar) -> bool:
    return isinstance(value, str) and _DAY.fullmatch(value) is not None


def _is_one_word(item: Filter) -> bool:
    """Whether a filter is for one value, which is a word."""
    value = item.values[0] if len(item.values) == 1 else None
    plain = item.compare is Compare.EQUAL and not item.negated
    return plain and isinstance(value, str) and _WORD.fullmatch(value) is not None

"""What the names of a schema's labels, properties and types tell: who, of what make, where, and when."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from tools.graph.parser.form import Way
from tools.graph.parser.graph_words import are_years
from tools.graph.parser.readings import ValueKind
from tools.graph.parser.vocabulary import parted

if TYPE_CHECKING:
    from tools.graph.catalogue import Catalogue
    from tools.graph.parser.descriptions import Noun
    from tools.graph.parser.form import Link
    from tools.graph.parser.links import Links

_BEGINNINGS: Final = frozenset(
    ("installed", "installation", "built", "born", "birth", "hired", "founded", "joined")
).union(("commissioned", "commissioning", "manufactured", "purchased", "acquired", "construction", "hire", "install"))
"""Words for the day from which something lasts: "pumps in 2025" is not those that were installed then."""

_BIRTH: Final = frozenset({"born", "birth", "birthday", "birthdate"})
_YOUNG_OR_OLD: Final = frozenset(
    ("old", "older", "oldest", "eldest", "young", "younger", "youngest", "jeune", "jeunes", "vieux", "vieille")
).union(("vieilles", "vieil", "age", "agee", "ages", "agees"))
"""Words for the age of people, which is no length of service."""

_PLANS: Final = frozenset({"planned", "scheduled", "due", "deadline", "valid", "expires", "expiry", "until", "to"})
"""Words for days on which nothing has happened yet."""

_BEGINS: Final = frozenset({"from", "start", "started", "begin", "began", "begun", "opened", "starts", "since"})
_ENDS: Final = frozenset(
    {"to", "until", "end", "ended", "ends", "finished", "closed", "expires", "expiry", "completed"}
)
_IN_FORCE: Final = frozenset({"valid", "force", "effect", "valide", "valides", "valable", "valables", "vigueur"})
"""Words in the names of days on which something begins and ends, and for what is so between laid down days."""

_LIMITS: Final = frozenset({"minimum", "maximum", "min", "max", "limit", "target", "least", "most", "safety"})
STATES: Final = frozenset({"status", "state"})
_PLACING: Final = frozenset({"in", "at", "on", "of", "located", "location", "placed", "within", "inside"})
_PEOPLE: Final = frozenset(
    ("technician", "person", "author", "owner", "operator", "engineer", "inspector", "planner", "supervisor", "manager")
).union(("mechanic", "worker", "employee", "assignee", "responsible", "contact", "customer", "director", "user"))
_MAKERS: Final = frozenset(
    {"maker", "manufacturer", "brand", "supplier", "vendor", "make", "company", "team", "crew"}
).union(("group", "department", "studio", "publisher", "organisation", "organization", "contractor", "shop", "seller"))
_OTHERS: Final = (
    frozenset(
        (
            "actor",
            "actress",
            "artist",
            "athlete",
            "client",
            "coach",
            "doctor",
            "driver",
            "editor",
            "human",
            "individual",
        )
    )
    .union(("member", "musician", "patient", "people", "pilot", "player", "professor", "reader", "speaker", "staff"))
    .union(
        ("student", "teacher", "visitor", "writer", "band", "club", "party", "agency", "bank", "school", "university")
    )
)
"""Words in the names of types that say where, and of properties that say who, and of what make."""


class Naming:
    """Who, where and when, in one schema."""

    def __init__(self, catalogue: Catalogue, links: Links) -> None:
        self._catalogue = catalogue
        self._links = links
        self._properties = {node.label: frozenset(node.properties) for node in catalogue.schema.nodes}

    def people(self, label: str) -> tuple[str, ...]:
        """Returns the properties of a label that say who."""
        return tuple(
            name for name in sorted(self._properties[label]) if not _PEOPLE.isdisjoint(name.lower().split("_"))
        )

    def names_others(self, name: str) -> bool:
        """Whether a property says who, or of what make: its values stand for others, and are the same for many."""
        return not (_PEOPLE | _MAKERS).isdisjoint(name.lower().split("_"))

    def hands(self, label: str) -> list[Link]:
        """Returns the links from a label to people."""
        return [link for link in self._links.onward(label) if self.is_person(link.thing.label)]

    def person_labels(self) -> list[str]:
        """Returns the labels whose nodes are people."""
        return [label for label in sorted(self._properties) if self.is_person(label)]

    def is_person(self, label: str) -> bool:
        """Whether a label says that its nodes are people."""
        return label.lower() in _PEOPLE

    def is_somebody(self, label: str) -> bool:
        """Whether "who" may ask for the nodes of a label: people, or those who work together; none is a job."""
        return is_somebody(label)

    def places(self, label: str) -> list[Link]:
        """Returns the links that say where a thing of a label is: they lead to one other, and their type says so."""
        return [
            link
            for link in self._links.onward(label)
            if link.way is Way.OUT and link.thing.label != label
            if not _PLACING.isdisjoint(link.type.lower().split("_")) and self._links.leads_to_one(label, link)
        ]

    def main_day(self, label: str) -> str | None:
        """Returns the day that is meant where none is named: the one that most nodes of the label have their own of."""
        days = [p for p in sorted(self._properties[label]) if self._catalogue.kind_of(label, p) is ValueKind.DAY]
        happened = [name for name in days if _PLANS.isdisjoint(name.lower().split("_"))]
        return max(happened or days, key=lambda name: len(self._catalogue.all_values_of(label, name)), default=None)

    def limited_by(self, label: str, name: str) -> str | None:
        """Returns the property that another one is a limit of: the stock, by a minimum stock."""
        words = [word for word in name.lower().split("_") if word not in _LIMITS]
        known = {other.lower(): other for other in self._properties[label] if other != name}
        return known.get("_".join(words)) if words != name.lower().split("_") else None

    def lasting(self) -> list[tuple[str, str, str, bool]]:
        """Returns the labels whose things last from one day of theirs to another, with these, and whether both are set.

        Where a label has several of either it is not told which are meant.
        """
        found = []
        for label in sorted(self._properties):
            days = [p for p in sorted(self._properties[label]) if self._catalogue.kind_of(label, p) is ValueKind.DAY]
            begins = [name for name in days if not _BEGINS.isdisjoint(name.lower().split("_"))]
            ends = [name for name in days if not _ENDS.isdisjoint(name.lower().split("_"))]
            if len(begins) == len(ends) == 1:
                found.append((label, begins[0], ends[0], not _PLANS.isdisjoint(ends[0].lower().split("_"))))
        return found

    def says_fixed(self, word: str) -> bool:
        """Whether a word for what lasts is of what has its end laid down: "valid", not "open"."""
        return not _IN_FORCE.isdisjoint(word.split())

    def age_of(self, label: str, said: str) -> str | None:
        """Returns the day, or the year, by which things of a label are as old or new as some words say.

        People are as old as their birth tells, other things as their main day, or else as the one year that they have.
        """
        years = [p for p in sorted(self._properties[label]) if are_years(self._catalogue.all_values_of(label, p))]
        if self.is_somebody(label) and not _YOUNG_OR_OLD.isdisjoint(said.split()):
            days = [p for p in self._properties[label] if self._catalogue.kind_of(label, p) is ValueKind.DAY]
            born = [name for name in (*days, *years) if not _BIRTH.isdisjoint(name.lower().split("_"))]
            return born[0] if len(born) == 1 else None
        return self.main_day(label) or (years[0] if len(years) == 1 else None)

    def lasts(self, day: str) -> bool:
        """Whether a day is one from which something lasts."""
        return not _BEGINNINGS.isdisjoint(day.lower().split("_"))

    def is_in_a_state(self, noun: Noun) -> bool:
        """Whether things are said to be in a state, which may last for longer than a day."""
        return any(found.property in STATES for found in noun.thing.filters)

    def is_in_a_state_on_a_day(self, noun: Noun) -> bool:
        """Whether things in a state have one day for their main day: they may have been so then, and begun before."""
        day = self.main_day(noun.thing.label)
        spans = [str(found.values[0]) for found in noun.thing.filters if found.property == day and found.values]
        return self.is_in_a_state(noun) and any(
            date.fromisoformat(high[:10]) - date.fromisoformat(low[:10]) == timedelta(days=1)
            for low, high in pairwise(sorted(spans))
        )

    def is_of_another_day_than_main(self, noun: Noun) -> bool:
        """Whether something was on a label's main day though its state tells of another."""
        day = self.main_day(noun.thing.label)
        on_day = any(found.property == day for found in noun.thing.filters)
        return on_day and day is not None and self.is_of_another_day(noun, day)

    def is_of_another_day(self, noun: Noun, day: str) -> bool:
        """Whether things are said to be in a state, so that "in 2025" may be when they came to it, not their main day.

        "Closed in 2025" is not "opened in 2025"; "open since March" is.
        """
        days = [
            name
            for name in self._properties[noun.thing.label]
            if self._catalogue.kind_of(noun.thing.label, name) is ValueKind.DAY
        ]
        states = [str(value) for f in noun.thing.filters if f.property in STATES for value in f.values]
        return len(days) > 1 and not all(day.startswith(state) for state in states)


def is_somebody(label: str) -> bool:
    """Whether the nodes of a label are people, or those who work together, by its name."""
    return not (_PEOPLE | _MAKERS | _OTHERS).isdisjoint(parted(label).split())

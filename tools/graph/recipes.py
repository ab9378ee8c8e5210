"""Named, parameterised questions with Cypher written by hand: the first of the ways to an answer.

A recipe answers only a question all of whose words it understands: the pattern must match, the
entities must be those it needs, and no word may be left over. "Which sensors on P-101 are faulty?"
is therefore not taken for "which sensors are on P-101".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from plant.facts import Refusal
from tools.graph.cookbook import COMMON_WORDS, COUNTING, RECIPES, Recipe
from tools.graph.entities import KIND_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.graph.entities import Entity, Linked
    from tools.graph.guard import Guard

_FRENCH_KINDS: Final = {
    "pump": "pompes",
    "exchanger": "échangeurs",
    "compressor": "compresseurs",
    "tank": "cuves",
    "condenser": "condenseurs",
    "valve": "vannes",
    "tower": "tours",
    "building": "bâtiments",
}


class Prepared(msgspec.Struct, frozen=True):
    """A recipe fitted to a question: what to run and what it means."""

    recipe: str
    query: str
    parameters: dict[str, str]
    meaning: dict[str, str]


class Book:
    """The recipes that fit one graph: those whose Cypher passes its guard.

    Attributes:
        refused: For each recipe that does not fit, why: a plant without work orders has no such recipe.
    """

    def __init__(self, guard: Guard) -> None:
        self.refused: dict[str, Refusal] = {}
        self._recipes: list[Recipe] = []
        for recipe in RECIPES:
            judged = guard.read(recipe.query())
            if isinstance(judged, Refusal):
                self.refused[recipe.name] = judged
            else:
                self._recipes.append(recipe)

    def __len__(self) -> int:
        return len(self._recipes)

    def find(self, linked: Linked) -> Prepared | None:
        """Returns the recipe that understands every word of a question, or None."""
        text, kind = _kind_marked(linked.text)
        counting = bool(COUNTING.search(text))
        for recipe in self._recipes:
            fits = (
                tuple(entity.label for entity in linked.entities) == recipe.needs
                and recipe.kinds == bool(kind)
                and (recipe.counted or not counting)
                and re.search(recipe.pattern, text.strip(" ?!.")) is not None
                and not _left_over(text, recipe)
            )
            if fits:
                return _prepare(recipe, linked.entities, kind, counting=counting)
        return None


def _prepare(recipe: Recipe, entities: Sequence[Entity], kind: str, *, counting: bool) -> Prepared:
    parameters = {entity.label.lower(): entity.key for entity in entities}
    if kind:
        parameters["kind"] = kind
    french = dict(parameters)
    if kind:
        french["kind"] = _french_kind(kind)
    meaning = {"en": recipe.english.format_map(parameters), "fr": recipe.french.format_map(french)}
    if counting:
        meaning = {"en": f"number of {meaning['en']}", "fr": f"nombre de {meaning['fr']}"}
    name = f"{recipe.name}.count" if counting else recipe.name
    return Prepared(name, recipe.query(counting=counting), parameters, meaning)


def _kind_marked(text: str) -> tuple[str, str]:
    """Replaces the word for a kind of asset by `<kind>` and returns the kind, if there is exactly one."""
    found = {kind for kind, words in KIND_WORDS.items() for word in words if re.search(rf"\b{word}\b", text)}
    if len(found) != 1:
        return text, ""
    kind = found.pop()
    for word in sorted(KIND_WORDS[kind], key=len, reverse=True):
        text = re.sub(rf"\b{word}\b", "<kind>", text)
    return text, kind


def _french_kind(kind: str) -> str:
    return _FRENCH_KINDS.get(kind, kind)


def _left_over(text: str, recipe: Recipe) -> list[str]:
    """Returns the words of a question that neither the recipe nor everybody understands."""
    stems = tuple(word[:-1] for word in recipe.words.split() if word.endswith("*"))
    known = {*COMMON_WORDS, *(word for word in recipe.words.split() if not word.endswith("*"))}
    words = re.findall(r"[a-z0-9]+", re.sub(r"<\w+>", " ", text))
    return [word for word in words if word not in known and not (stems and word.startswith(stems))]

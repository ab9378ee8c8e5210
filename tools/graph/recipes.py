"""Named, parameterised questions with Cypher written by hand: the first of the ways to an answer.

A recipe answers a question only if one of its phrases is that question, word for word: no word can be there that
changes what is asked. "Which sensors on P-101 are faulty?" is therefore not taken for "which sensors are on P-101".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from plant.facts import Refusal
from tools.graph.cookbook import COMMON, COUNTING, POLITE, THANKS, VOCABULARY, Recipe
from tools.graph.cookbook_phrases import compiled, sentence
from tools.graph.cookbook_safety import SAFETY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.graph.entities import Entity, Linked
    from tools.graph.guard import Guard

RECIPES: Final = (*SAFETY, *COMMON)
"""All of them; no sentence is one of two."""

_MENTION: Final = re.compile(r"<(\w+)>")


class Prepared(msgspec.Struct, frozen=True):
    """A recipe fitted to a question: what to run, what it means, and whether it counts."""

    recipe: str
    counting: bool
    query: str
    parameters: dict[str, str]
    meaning: dict[str, str]


class Sentences(NamedTuple):
    """The sentences that ask a recipe, and those that ask it how many."""

    asking: re.Pattern[str]
    counting: re.Pattern[str]


def sentences_of(recipe: Recipe) -> Sentences:
    """Returns a recipe's sentences, whatever politeness stands around them."""
    asks = f"({'|'.join(recipe.asks)}) {THANKS}"
    return Sentences(compiled([f"{POLITE} {asks}"], VOCABULARY), compiled([f"{POLITE} {COUNTING} {asks}"], VOCABULARY))


class Book:
    """The recipes that fit one graph: those whose Cypher passes its guard.

    Attributes:
        recipes: Those that fit, with the fuller query where the graph has what it needs.
        refused: For each recipe that does not fit, why: a plant without work orders has no such recipe.
    """

    def __init__(self, guard: Guard) -> None:
        self.recipes: list[Recipe] = []
        self.refused: dict[str, Refusal] = {}
        for recipe in RECIPES:
            fuller = _fuller(recipe)
            if fuller is not None and not isinstance(guard.read(fuller.query()), Refusal):
                self.recipes.append(fuller)
            elif isinstance(judged := guard.read(recipe.query()), Refusal):
                self.refused[recipe.name] = judged
            else:
                self.recipes.append(recipe)

    def __len__(self) -> int:
        return len(self.recipes)

    def find(self, linked: Linked) -> Prepared | None:
        """Returns the recipe that a question is, word for word, or None."""
        labels = tuple(entity.label for entity in linked.entities)
        if tuple(_MENTION.findall(linked.text)) != tuple(map(str.lower, labels)):
            return None  # a mention that was typed, or one that is understood and not said
        text = sentence(linked.text)
        for recipe in self.recipes:
            if recipe.needs != labels:
                continue
            asks = _SENTENCES[recipe.name]
            if asks.asking.fullmatch(text):
                return _prepare(recipe, linked.entities, counting=False)
            if recipe.counted and asks.counting.fullmatch(text):
                return _prepare(recipe, linked.entities, counting=True)
        return None


def _fuller(recipe: Recipe) -> Recipe | None:
    if recipe.fuller is None:
        return None
    match, returns = recipe.fuller
    return msgspec.structs.replace(recipe, match=match, returns=returns, fuller=None)


def _prepare(recipe: Recipe, entities: Sequence[Entity], *, counting: bool) -> Prepared:
    parameters = {entity.label.lower(): entity.key for entity in entities}
    meaning = {"en": recipe.english.format_map(parameters), "fr": recipe.french.format_map(parameters)}
    if counting:
        meaning = {"en": f"number of {meaning['en']}", "fr": f"nombre de {meaning['fr']}"}
    name = f"{recipe.name}.count" if counting else recipe.name
    return Prepared(name, counting, recipe.query(counting=counting), parameters, meaning)


_SENTENCES: Final = {recipe.name: sentences_of(recipe) for recipe in RECIPES}

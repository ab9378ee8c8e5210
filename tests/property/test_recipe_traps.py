"""A word that changes what is asked makes a recipe not answer, wherever it stands."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.plant_graph import read_plant
from ingestion.simulator.registry import PLANT_DIR
from plant.graph.lines import schema_of
from tools.graph.cookbook import POLITE, VOCABULARY
from tools.graph.cookbook_phrases import sentence
from tools.graph.entities import Entity, Linked
from tools.graph.guard import Guard
from tools.graph.recipes import RECIPES, Book, sentences_of

TRAPS = (
    "no", "not", "never", "without", "only", "except", "but", "than", "before 2025", "since march", "in 2024",
    "more than two", "at least 3", "fewer", "average", "sum", "per area", "oldest", "cheapest", "red", "or",
    "today", "longer", "both", "neither", "unless", "between", "yesterday",
    "pas", "non", "sans", "sauf", "seulement", "jamais", "aucun", "moins de", "plus de trois", "avant 2025",
    "depuis mars", "en 2024", "moyenne", "somme", "par zone", "entre", "hier", "ni",
)  # fmt: skip
BOOK = Book(Guard(schema_of(*read_plant(PLANT_DIR / "graph")), row_limit=10))
ASKS = [(recipe.name, phrase) for recipe in RECIPES for phrase in recipe.asks]
SENTENCES = {recipe.name: sentences_of(recipe) for recipe in RECIPES}
LABELS = {label.lower(): label for recipe in RECIPES for label in recipe.needs}


def found(text):
    entities = tuple(Entity("x", LABELS[mention]) for mention in re.findall(r"<(\w+)>", text))
    prepared = BOOK.find(Linked(text, entities, ()))
    return prepared.recipe if prepared else None


def written(phrase, chance):
    """Writes one of the sentences of a phrase."""
    for inner in re.findall(r"\{(\w+)\}", phrase):
        phrase = phrase.replace(f"{{{inner}}}", f"({VOCABULARY[inner]})")
    while group := re.search(r"\(([^()\[\]]*)\)|\[([^()\[\]]*)\]", phrase):
        words = chance.choice((group[1] if group[2] is None else group[2]).split("|"))
        dropped = group[2] is not None and chance.random() < 0.5
        phrase = phrase[: group.start()] + ("" if dropped else words) + phrase[group.end() :]
    return " ".join(phrase.split())


@settings(max_examples=300, deadline=None)
@given(ask=st.sampled_from(ASKS), trap=st.sampled_from(TRAPS), chance=st.randoms(use_true_random=False))
def test_a_word_that_means_something_is_not_overheard(ask, trap, chance):
    recipe, phrase = ask
    words = written(phrase, chance).split()
    assert found(" ".join(words)) == recipe
    at = chance.randrange(len(words) + 1)
    assert found(" ".join([*words[:at], trap, *words[at:]])) is None


@settings(max_examples=200, deadline=None)
@given(ask=st.sampled_from(ASKS), chance=st.randoms(use_true_random=False))
def test_a_sentence_is_that_of_one_recipe_only(ask, chance):
    recipe, phrase = ask
    text = sentence(written(phrase, chance))
    assert [name for name, asks in SENTENCES.items() if asks.asking.fullmatch(text)] == [recipe]


@settings(max_examples=100, deadline=None)
@given(ask=st.sampled_from(ASKS), chance=st.randoms(use_true_random=False))
def test_politeness_changes_nothing(ask, chance):
    recipe, phrase = ask
    assert found(f"{written(POLITE, chance)} {written(phrase, chance)} merci") == recipe

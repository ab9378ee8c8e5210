"""No word that bears meaning is lost, and none is taken for what it is not."""

from __future__ import annotations

import pytest

from tests.unit.graph.asking import TODAY, ask


@pytest.mark.parametrize(
    "question",
    [
        "spare pumps without sensors",  # a pump in reserve is no pump that has spares
        "pompes usées de CW-100",  # worn, not used
        "show me everything on P-101",
        "which pumps feed everything",
        "which equipment in CW-100 has mechanic 3 never had a work order on",
        "feed E-101: it is a pump",  # an order, no question
    ],
)
def test_what_would_lose_a_word_is_not_understood(plant, question):
    assert plant.parse(question, TODAY) is None


def test_a_part_of_a_question_shows_its_column_too(plant):
    form = ask(plant, "what is the number of the part PT-7, and its stock")
    assert set(form.thing.shown) == {"number", "stock"}

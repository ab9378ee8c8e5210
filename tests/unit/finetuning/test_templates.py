"""The templates of every split are sound: what they ask about is there, and no split has seen another's."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import combinations

import pytest

from finetuning.cypher.question import Split, World
from finetuning.cypher.questions import draw, load_templates
from finetuning.cypher.worlds import open_world
from plant.errors import BadInput

ALL = {split: load_templates(split) for split in Split}


@pytest.fixture(scope="module", params=World)
def world(request, tmp_path_factory):
    """A world that is open, by name and engine."""
    backend = open_world(request.param, "kglite:", tmp_path_factory.mktemp(request.param))
    yield request.param, backend
    backend.close()


@pytest.mark.parametrize("split", Split)
def test_each_template_gives_its_questions_in_both_languages(world, split):
    name, backend = world
    templates = [template for template in ALL[split] if template.world is name]
    try:
        questions = draw(templates, backend, seed=1)
    except BadInput:
        questions, faults = [], _faults(templates, backend)
        assert not faults
    french = sum(question.language == "fr" for question in questions)
    assert 0.4 * len(questions) <= french <= 0.6 * len(questions)


def test_an_id_is_one_template_s_alone():
    ids = Counter(template.id for templates in ALL.values() for template in templates)
    assert not [name for name, count in ids.items() if count > 1]


@pytest.mark.parametrize(("one", "other"), list(combinations(Split, 2)))
def test_a_wording_is_one_split_s_alone(one, other):
    assert sorted(wordings(one) & wordings(other)) == []


@pytest.mark.parametrize(("one", "other"), list(combinations(Split, 2)))
def test_a_reference_is_one_split_s_alone(one, other):
    assert sorted(references(one) & references(other)) == []


def test_films_are_for_testing_only():
    assert not [t.id for split in (Split.TRAIN, Split.DEV) for t in ALL[split] if t.world is World.FILMS]


def test_there_are_as_many_questions_as_the_benchmark_is_said_to_have(world):
    """At least 900 in all and 300 in test over the two plants, and 60 over films."""
    name, backend = world
    counts = {split: len(draw([t for t in ALL[split] if t.world is name], backend, seed=1)) for split in Split}
    if name is World.FILMS:
        assert counts[Split.TEST] >= 60
    else:  # each plant has its part of them
        assert counts[Split.TEST] >= 100
        assert sum(counts.values()) >= 450


def _faults(templates, backend):
    """Returns what is wrong with each template: all of it is shown at once."""
    faults = []
    for template in templates:
        try:
            draw([template], backend, seed=1)
        except BadInput as error:
            faults.append(str(error))
    return faults


def wordings(split: Split) -> set[tuple[World, str]]:
    """Returns a split's wordings: letters and digits alone, slots alike whatever their names."""
    return {
        (template.world, " ".join(re.findall(r"[a-z0-9]+", _without_accents(re.sub(r"\{\w+\}", "0", wording)))))
        for template in ALL[split]
        for wording in template.en + template.fr
    }


def references(split: Split) -> set[tuple[World, str]]:
    """Returns a split's references, parameters alike whatever their names."""
    return {(t.world, re.sub(r"\$\w+", "$", t.cypher)) for t in ALL[split] if t.cypher}


def _without_accents(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()

"""Examples of questions about a graph with their query: the templates of the graph benchmark, as `GraphTool` asks.

Training templates train, and of the dev templates four in five; the others validate. The test templates and the films
are never read here. The questions are drawn twice: the second time their graph has other names (`renaming.py`), and now
and then it lacks what the query needs. Each question
is posed by `tools.graph.generate.pose`, the function that asks the model, and answered by its reference with the values
written in it, months and years as their first and last day: so the question is read, and so the grammar lets it be
written. A question of the categories that are to be refused is answered by `CANNOT`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from contextlib import closing
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import msgspec

from finetuning.cypher.evaluate import TODAY
from finetuning.cypher.question import Split as TemplateSplit
from finetuning.cypher.question import World
from finetuning.cypher.questions import draw, load_templates
from finetuning.cypher.worlds import open_world
from finetuning.datasets.renaming import drawn, used_kinds, used_properties, without
from finetuning.datasets.splits import Assigned, By, Shares
from finetuning.example import Example, Split, Task, Turn
from tools.graph.generate import pose
from tools.graph.knowledge import Knowledge
from tools.graph.prompt import CANNOT, answer_for, prompt_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from finetuning.cypher.question import Question
    from plant.graph.contract import GraphBackend
    from plant.settings import Settings
    from tools.graph.prompt import Pruned

WORLDS: Final = (World.PLANT, World.MILL)
"""The graphs to learn from; the films are for testing only."""

_WITHIN: Final = re.compile(r"(?P<field>\w+\.\w+) STARTS WITH '(?P<year>\d{4})(?:-(?P<month>\d\d))?'")
_JOINED: Final = re.compile(r"'([^'\\]*)' \+ '([^'\\]*)'")
_BEFORE: Final = re.compile(r"((?:<|>=) '\d{4})'")
_ROUNDS: Final = 2
"""How often the questions of a template are drawn: first of the graph as it is, then under other names."""

_UNASKABLE: Final = 0.1
"""Share of the renamed questions whose graph lacks a property that their query needs."""

_HELD_OUT: Final = Shares(by=By.GROUP, validation=0.2)
"""Which dev templates validate; the others train."""


def _split_of(example: Example) -> Split:
    return Split.TRAIN if example.source["templates"] == TemplateSplit.TRAIN else _HELD_OUT(example)


SPLITTER: Final = Assigned(_split_of, "by template: train's train, of dev's a fifth validates and the others train")


def cypher_examples(
    settings: Settings, worlds: Sequence[World], *, seed: int, told: Callable[[str], None]
) -> Iterator[Example]:
    """Yields the examples, the same ones for the same seed.

    Args:
        settings: For the limits of the graph tool.
        worlds: Of which graphs; some of `WORLDS`.
        seed: What the questions are drawn with.
        told: Is told the progress, a line at a time.

    Raises:
        BadInput: When a template is not sound.
        ServiceUnavailable: When the graph does not answer.
    """
    for world in worlds:
        with TemporaryDirectory() as folder, closing(open_world(world, "kglite:", Path(folder))) as backend:
            known = Knowledge(backend.schema(), backend.revision(), backend, settings, {})
            for split in (TemplateSplit.TRAIN, TemplateSplit.DEV):
                count = 0
                for number, question in _questions(world, split, backend, seed):
                    random = Random(f"{seed}/{question.id}") if number else None  # noqa: S311 (a draw, not a secret)
                    example = _example(question, known, random)
                    if example is not None and (number == 0 or _split_of(example) is Split.TRAIN):
                        yield example
                        count += 1
                told(f"{world}, {split}: {count} questions")


def _questions(world: World, split: TemplateSplit, backend: GraphBackend, seed: int) -> Iterator[tuple[int, Question]]:
    """Yields the questions of a world, none twice, each with its round."""
    templates = [template for template in load_templates(split) if template.world is world]
    said: set[str] = set()
    for number in range(_ROUNDS):
        for question in draw(templates, backend, seed * _ROUNDS + number):
            if question.text not in said:
                said.add(question.text)
                id_ = f"{question.template}/{number + 1}.{question.id.rpartition('/')[2]}"
                yield number, msgspec.structs.replace(question, id=id_)


def in_days(query: str) -> str:
    """Returns a query with the months and years that it compares with as days, which means the same of ISO days."""

    def within(match: re.Match[str]) -> str:
        year, month = int(match["year"]), int(match["month"] or 1)
        last = monthrange(year, month)[1] if match["month"] else 31
        end = f"{year}-{month if match['month'] else 12:02}-{last}"
        return f"{match['field']} >= '{year}-{month:02}-01' AND {match['field']} <= '{end}'"

    query = _WITHIN.sub(within, _JOINED.sub(r"'\1\2'", query))
    return _BEFORE.sub(lambda match: f"{match[1]}-01-01'", query)


def _example(question: Question, known: Knowledge, random: Random | None) -> Example | None:
    """Returns a question as an example, of a graph that has other names where `random` decides of them.

    None where the answer needs a label or a type that the prompt does not show, so that it could not be written.
    """
    posed = pose(question.text, known.lexicon.read(question.text, TODAY), known.schema)
    schema = posed.schema
    answer = in_days(answer_for(question.cypher, question.parameters)) if question.cypher else CANNOT
    if answer != CANNOT and not used_kinds(answer) <= _names_of(schema):
        return None
    if random is not None:
        schema, answer = _elsewhere(schema, answer, random)
    messages = prompt_for(question.text, schema)
    return Example(
        messages=(*(Turn(one.role, one.content) for one in messages), Turn("assistant", answer)),
        id=question.id,
        task=Task.CYPHER,
        group=question.template,
        language=question.language,
        source={
            "template": question.template,
            "world": question.world,
            "category": question.category,
            "asked": posed.answerable,
            "templates": question.split,
        },
    )


def _elsewhere(schema: Pruned, answer: str, random: Random) -> tuple[Pruned, str]:
    """Returns a schema and an answer under other names; now and then without a property that the answer needs."""
    names = drawn(_names_of(schema), random)
    schema = names.schema(schema)
    if answer == CANNOT:
        return schema, answer
    answer = names.query(answer)
    needed = sorted(used_properties(answer))
    if needed and random.random() < _UNASKABLE:
        return without(schema, random.choice(needed)), CANNOT
    return schema, answer


def _names_of(schema: Pruned) -> set[str]:
    """Returns every name that a schema has."""
    kinds = {node.label for node in schema.nodes} | {relation.type for relation in schema.relations}
    owned = [node.properties for node in schema.nodes] + [relation.properties for relation in schema.relations]
    return kinds | {name for names in owned for name in names}

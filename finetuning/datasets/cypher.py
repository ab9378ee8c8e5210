"""Examples of questions about a graph with their query: the templates of the graph benchmark, as `GraphTool` asks.

Training templates train, dev templates validate; the test templates and the films are never read here. Each question
is posed by `tools.graph.generate.pose`, the function that asks the model, and answered by its reference with the values
written in it, months and years as their first and last day: so the question is read, and so the grammar lets it be
written. A question of the categories that are to be refused is answered by `CANNOT`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import msgspec

from finetuning.cypher.evaluate import TODAY
from finetuning.cypher.question import Split as TemplateSplit
from finetuning.cypher.question import World
from finetuning.cypher.questions import draw, load_templates
from finetuning.cypher.worlds import open_world
from finetuning.datasets.splits import Assigned
from finetuning.example import Example, Split, Task, Turn
from tools.graph.examples import packaged
from tools.graph.generate import pose
from tools.graph.knowledge import Knowledge
from tools.graph.prompt import CANNOT, answer_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from finetuning.cypher.question import Question
    from plant.graph.contract import GraphBackend
    from plant.settings import Settings

WORLDS: Final = (World.PLANT, World.MILL)
"""The graphs to learn from; the films are for testing only."""

_WITHIN: Final = re.compile(r"(?P<field>\w+\.\w+) STARTS WITH '(?P<year>\d{4})(?:-(?P<month>\d\d))?'")
_JOINED: Final = re.compile(r"'([^'\\]*)' \+ '([^'\\]*)'")
_BEFORE: Final = re.compile(r"((?:<|>=) '\d{4})'")
_ROUNDS: Final = 4
"""How often the questions of a training template are drawn, each time with other fillings and wordings."""

_SPLITS: Final = {TemplateSplit.TRAIN: Split.TRAIN, TemplateSplit.DEV: Split.VALIDATION}

SPLITTER: Final = Assigned(
    lambda example: Split(example.source["split"]), "as the templates are: train to train, dev to validate"
)


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
            for split in _SPLITS:
                count = 0
                for question in _questions(world, split, backend, seed):
                    yield _example(question, known)
                    count += 1
                told(f"{world}, {split}: {count} questions")


def _questions(world: World, split: TemplateSplit, backend: GraphBackend, seed: int) -> Iterator[Question]:
    """Yields the questions of a world, none twice; of each dev template one."""
    templates = [template for template in load_templates(split) if template.world is world]
    rounds = _ROUNDS
    if split is TemplateSplit.DEV:
        templates, rounds = [msgspec.structs.replace(template, draws=1) for template in templates], 1
    said: set[str] = set()
    for number in range(rounds):
        for question in draw(templates, backend, seed * _ROUNDS + number):
            if question.text not in said:
                said.add(question.text)
                yield msgspec.structs.replace(
                    question, id=f"{question.template}/{number + 1}.{question.id.rpartition('/')[2]}"
                )


def in_days(query: str) -> str:
    """Returns a query with the months and years that it compares with as days, which means the same of ISO days."""

    def within(match: re.Match[str]) -> str:
        year, month = int(match["year"]), int(match["month"] or 1)
        last = monthrange(year, month)[1] if match["month"] else 31
        end = f"{year}-{month if match['month'] else 12:02}-{last}"
        return f"{match['field']} >= '{year}-{month:02}-01' AND {match['field']} <= '{end}'"

    query = _WITHIN.sub(within, _JOINED.sub(r"'\1\2'", query))
    return _BEFORE.sub(lambda match: f"{match[1]}-01-01'", query)


def _example(question: Question, known: Knowledge) -> Example:
    read = known.lexicon.read(question.text, TODAY)
    posed = pose(question.text, read, known.schema, known.guard, packaged())
    answer = in_days(answer_for(question.cypher, question.parameters)) if question.cypher else CANNOT
    return Example(
        messages=(*(Turn(one.role, one.content) for one in posed.messages), Turn("assistant", answer)),
        id=question.id,
        task=Task.CYPHER,
        group=question.template,
        language=question.language,
        source={
            "template": question.template,
            "world": question.world,
            "category": question.category,
            "asked": posed.answerable,
            "split": _SPLITS[question.split],
        },
    )

"""Loads the templates of a split and draws questions from them, the same ones for the same seed.

What a template asks about is there: each filling of its slots is tried, and one whose reference has no rows (or some,
where none are meant), more than an answer may have, or an unfair LIMIT is passed over. So questions are drawn on the
graph as it is, never on a control's. A template's draws do not depend on the other templates, nor on the engine.
"""

from __future__ import annotations

import re
import tomllib
from itertools import chain, cycle, zip_longest
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final

import msgspec

from finetuning.cypher.question import REFUSED, Question, Split, Template
from finetuning.cypher.references import References
from plant.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from plant.graph.contract import GraphBackend

_FOLDER: Final = Path(__file__).with_name("templates")
_MOST_ROWS: Final = 200
"""The most rows a question's reference may have: an answer has no more, unless set otherwise (`graph.row_limit`)."""

_SLOT: Final = re.compile(r"\{(\w+)\}")
_PARAMETER: Final = re.compile(r"\$(\w+)")
_TRIES: Final = 200
_MOST_HOPS: Final = 8

_Value = tuple[Any, str]
"""What fills a slot: the parameter, and how it is said."""


def load_templates(split: Split, folder: Path = _FOLDER) -> list[Template]:
    """Reads the templates of a split, in the order of their files' names.

    Args:
        split: Which.
        folder: Holds a folder for each split.

    Raises:
        BadInput: When a file is not TOML, or a template is not as `question.py` says; it names file and template.
    """
    found: dict[str, Template] = {}
    for path in sorted((folder / split).glob("*.toml")):
        for template in read_templates(path, split):
            if template.id in found:
                raise BadInput(f"{path}: there are two templates {template.id!r}.", hint="Every id must be unique.")
            found[template.id] = template
    return list(found.values())


def read_templates(path: Path, split: Split) -> list[Template]:
    """Reads one file of templates. Raises `BadInput` as `load_templates` does."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(f"{path} cannot be read: {error}.") from error
    entries = document.pop("template", None)
    if document or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise BadInput(f"{path} is not a list of templates.", hint="Each begins with [[template]].")
    templates = []
    for number, entry in enumerate(entries, 1):
        where = f"{path}, template {entry.get('id', number)}"
        if "split" in entry:
            raise BadInput(f"{where}: the split is that of its folder.", hint="Leave it out.")
        try:
            template = msgspec.convert({**entry, "split": split}, Template)
        except msgspec.ValidationError as error:
            raise BadInput(f"{where}: {error}.") from error
        for fault in _faults(template):
            raise BadInput(f"{where}: {fault}")
        templates.append(template)
    return templates


def draw(templates: Sequence[Template], backend: GraphBackend, seed: int) -> list[Question]:
    """Draws the questions of templates that are all of one world.

    Args:
        templates: The templates.
        backend: Holds their world.
        seed: Decides which fillings and wordings are taken.

    Raises:
        BadInput: When a slot or a reference is refused, fails or has no rows, or a template has fewer questions than
            its `draws`; it names the template.
        ServiceUnavailable: When the graph does not answer.
    """
    references = References(backend)
    return [question for template in templates for question in _Drawing(template, references, seed).questions()]


def _faults(template: Template) -> Iterator[str]:
    """Says what is wrong with a template as it is written."""
    wordings = template.en + template.fr
    refused = template.category in REFUSED
    slots = set(template.slots)
    named = ", ".join(sorted(slots)) or "none"
    if not template.id.startswith(f"{template.world}-"):
        yield f"the id must begin with {template.world}-."
    if not wordings:
        yield "there are no wordings."
    if len(set(wordings)) < len(wordings):
        yield "a wording is there twice."
    for wording in wordings:
        if set(_SLOT.findall(wording)) != slots:
            yield f"the wording {wording!r} must name each of the slots: {named}."
    if refused == bool(template.cypher):
        yield f"one of category {template.category} has {'no' if refused else 'a'} reference."
    if template.cypher and set(_PARAMETER.findall(template.cypher)) != slots:
        yield f"the reference must use each of the slots: {named}."
    if not 0 <= template.hops <= _MOST_HOPS:
        yield f"hops is {template.hops}, which is not from 0 to {_MOST_HOPS}."
    if template.draws < 1:
        yield f"draws is {template.draws}, which is less than 1."


class _Drawing:
    """One template on its way to questions."""

    def __init__(self, template: Template, references: References, seed: int) -> None:
        self._template = template
        self._references = references
        self._random = Random(f"{seed}/{template.id}")  # noqa: S311 (a draw, not a secret)

    def questions(self) -> list[Question]:
        template = self._template
        questions: dict[str, Question] = {}
        for _, filling, (language, wording) in zip(
            range(template.draws), self._fillings(), self._wordings(), strict=False
        ):
            question = self._question(len(questions) + 1, language, wording, filling)
            questions.setdefault(question.text, question)
        if len(questions) < template.draws:
            raise BadInput(
                f"The template {template.id} has {len(questions)} questions, but draws is {template.draws}.",
                hint="Widen its slots, or lower draws.",
            )
        return list(questions.values())

    def _wordings(self) -> Iterator[tuple[str, str]]:
        """Yields the wordings, the languages in turn, from a random one on; without slots each of them once."""
        spoken = [self._turned("en", self._template.en), self._turned("fr", self._template.fr)]
        self._random.shuffle(spoken)
        if self._template.slots:
            yield from chain.from_iterable(zip(*(cycle(one) for one in spoken if one), strict=True))
        for turn in zip_longest(*spoken):
            yield from (one for one in turn if one is not None)

    def _turned(self, language: str, wordings: Sequence[str]) -> list[tuple[str, str]]:
        start = self._random.randrange(len(wordings)) if wordings else 0
        return [(language, wording) for wording in (*wordings[start:], *wordings[:start])]

    def _question(self, number: int, language: str, wording: str, filling: dict[str, _Value]) -> Question:
        template = self._template
        return Question(
            id=f"{template.id}/{number}",
            template=template.id,
            world=template.world,
            split=template.split,
            category=template.category,
            hops=template.hops,
            language=language,
            text=_SLOT.sub(lambda slot: filling[slot[1]][1], wording),
            cypher=template.cypher,
            parameters={slot: value for slot, (value, _) in filling.items()} if template.cypher else {},
            empty=template.empty,
        )

    def _fillings(self) -> Iterator[dict[str, _Value]]:
        """Yields different fillings that fit, at random; without slots the one there is, again and again."""
        template = self._template
        if not template.slots:
            self._check({})
            while True:
                yield {}
        choices = {slot: self._choices(slot, query) for slot, query in template.slots.items()}
        tried: set[tuple[str, ...]] = set()
        for _ in range(_TRIES):
            filling = {slot: self._random.choice(values) for slot, values in choices.items()}
            said = tuple(words for _, words in filling.values())
            if said not in tried and len(set(said)) == len(said) and self._fits(filling):
                yield filling
            tried.add(said)

    def _choices(self, slot: str, query: str) -> list[_Value]:
        where = f"{self._template.id}, slot {slot}"
        found = self._references.rows(where, query, {})
        if not found.rows or len(found.columns) > 2:
            raise BadInput(f"{where}: the query gives {len(found.rows)} rows of {len(found.columns)} columns.")
        if not all(isinstance(value, str | int | float) for row in found.rows for value in row):
            raise BadInput(f"{where}: the query gives values that are neither text nor numbers.")
        return sorted({(row[0], str(row[-1])) for row in found.rows}, key=repr)

    def _fits(self, filling: dict[str, _Value]) -> bool:
        template = self._template
        if not template.cypher:
            return True
        parameters = {slot: value for slot, (value, _) in filling.items()}
        wanted = self._references.wanted(template.id, template.cypher, parameters)
        return wanted.fair and len(wanted.rows) <= _MOST_ROWS and bool(wanted.rows) != template.empty

    def _check(self, filling: dict[str, _Value]) -> None:
        if not self._fits(filling):
            meant = "no rows" if self._template.empty else f"1 to {_MOST_ROWS} rows"
            raise BadInput(
                f"The template {self._template.id}: its reference must have {meant}, and none beyond its LIMIT that is"
                " equal to the last.",
            )

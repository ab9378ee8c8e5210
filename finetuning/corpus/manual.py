"""Writes the manual of an invented machine: blocks in an order, and the facts that may be asked for."""

from __future__ import annotations

from itertools import count
from random import Random
from typing import TYPE_CHECKING, Final

from finetuning.corpus.blocks import Fact, Heading, Layout, Manual, Notice, Steps, Text
from finetuning.corpus.rows import Rows
from finetuning.corpus.slots import Drawing, capital
from finetuning.corpus.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from finetuning.corpus.blocks import Block
    from finetuning.corpus.families import Family, Wordings

_ORDERS: Final = (
    "about safety description data installation operation maintenance faults parts",
    "about safety data description installation operation faults maintenance parts",
    "safety about description installation operation maintenance parts faults data",
    "about description data safety installation operation maintenance faults parts",
    "description safety installation operation faults maintenance data parts",
    "about safety description installation operation maintenance data parts faults",
)
_TABLES_OF: Final = {
    "data": ("spec",),
    "operation": ("setting",),
    "maintenance": ("interval", "lubricant", "torque"),
    "faults": ("fault",),
    "parts": ("part",),
}


def write_manual(family: Family, model: str, seed: str) -> Manual:
    """Writes a manual of a family.

    Args:
        family: The family, in the manual's language.
        model: The machine's name.
        seed: The same seed gives the same manual.
    """
    return _Writer(family, model, Random(seed)).manual()  # noqa: S311 (a draw, not a secret)


class _Writer:
    """Writes one manual."""

    def __init__(self, family: Family, model: str, random: Random) -> None:
        self._family = family
        self._random = random
        self._words = words_of(family.language)
        self._draw = Drawing(family, self._words, random, model)
        self._facts: list[Fact] = []
        self._rows = Rows(family, self._words, self._draw, random)
        self._numbers = random.choice(("1.1", "1.1", "1.1", "none"))
        self._notices = {kind: random.choice(words) for kind, words in self._words.notices.items()}

    def manual(self) -> Manual:
        random = self._random
        layout = Layout(
            columns=random.choice((1, 1, 2)),
            ruled=random.random() < 0.75,
            front=random.random() < 0.5,
            running=random.random() < 0.7,
            serif=random.random() < 0.3,
        )
        letters = {
            "n": str(random.randint(1, 6)), "m": str(random.randint(0, 9)), "letter": random.choice("ABCDEF"),
            "year": str(random.randint(14, 25)), "number": str(random.randint(1000, 9999)),
        }  # fmt: skip
        title = self._draw.fill(self._words.titles).text
        edition = self._draw.fill(self._words.editions, letters).text
        blocks = tuple(self._blocks())
        slots = self._draw.slots
        return Manual(
            model=slots["model"],
            title=title,
            edition=edition,
            language=self._family.language,
            layout=layout,
            blocks=blocks,
            facts=(*self._facts, *self._rows.facts),
            values={**slots, **self._rows.values},
        )

    def _blocks(self) -> Iterator[Block]:
        """Yields the chapters in an order; those with nothing in them are left out."""
        number = count(1)
        for chapter in self._random.choice(_ORDERS).split():
            sections = list(self._sections(chapter))
            if not sections:
                continue
            major = next(number)
            yield Heading(1, self._numbered(f"{major}", self._pick(self._words.chapters[chapter])))
            for minor, (heading, blocks) in enumerate(sections, 1):
                if heading:
                    yield Heading(2, self._numbered(f"{major}.{minor}", heading))
                yield from blocks

    def _sections(self, chapter: str) -> Iterator[tuple[str, list[Block]]]:
        """Yields the sections of a chapter, each a heading with its blocks; what stands first may have none."""
        if chapter in {"about", "safety"}:
            say = self._words.about.say if chapter == "about" else self._words.safety.say
            sentences = [self._draw.fill(wordings).text for wordings in say if self._random.random() < 0.8]
            yield "", [Text(" ".join(sentences))] if sentences else []
        if chapter == "safety":
            yield from self._warnings()
        sections = [*self._texts(chapter), *self._procedures(chapter)]
        if chapter not in {"installation", "operation"}:
            self._random.shuffle(sections)
        tables = [self._rows.section(kind) for kind in _TABLES_OF.get(chapter, ()) if getattr(self._family, kind)]
        yield from [*tables, *sections] if self._random.random() < 0.5 else [*sections, *tables]

    def _texts(self, chapter: str) -> Iterator[tuple[str, list[Block]]]:
        for name, prose in self._family.text.items():
            if prose.chapter == chapter:
                sentences = [self._sentence(f"text.{name}", wordings) for wordings in prose.say]
                yield self._draw.fill(prose.heading).text, [Text(" ".join(sentences))]

    def _procedures(self, chapter: str) -> Iterator[tuple[str, list[Block]]]:
        for name, procedure in self._family.procedure.items():
            if procedure.chapter == chapter:
                fact = f"procedure.{name}"
                steps = [self._sentence(fact, step) for step in procedure.steps if self._is_kept(step)]
                steps = [step.removeprefix("? ") for step in steps]
                heading = self._draw.fill(procedure.heading).text
                self._facts.append(Fact(fact, "", (steps[0], steps[-1])))
                box = [self._notice(f"{fact}.warning", procedure.warning, "caution")] if procedure.warning else []
                yield heading, [*box, Steps(tuple(steps))]

    def _is_kept(self, step: Wordings) -> bool:
        first = step if isinstance(step, str) else step[0]
        return not first.startswith("? ") or self._random.random() < 0.6

    def _warnings(self) -> Iterator[tuple[str, list[Block]]]:
        boxes: list[Block] = [
            self._notice(f"warning.{name}", text, "warning") for name, text in self._family.warning.items()
        ]
        self._random.shuffle(boxes)
        yield "", boxes

    def _notice(self, fact: str, wordings: Wordings, kind: str) -> Notice:
        text = self._sentence(fact, wordings)
        self._facts.append(Fact(fact, "", (text,)))
        return Notice(self._notices[kind], text)

    def _sentence(self, fact: str, wordings: Wordings) -> str:
        """Returns a sentence; each of its slots is a fact, found in it."""
        filled = self._draw.fill(wordings)
        sentence = capital(filled.text) if not filled.text.startswith("? ") else filled.text
        plain = sentence.removeprefix("? ")
        self._facts += [
            Fact(f"{fact}.{slot}", value, (plain,)) for slot, value in filled.held.items() if slot != "model"
        ]
        return sentence

    def _numbered(self, number: str, heading: str) -> str:
        return f"{number} {heading}" if self._numbers == "1.1" else heading

    def _pick(self, choices: Sequence[str]) -> str:
        return self._random.choice(choices)

"""Rows of a manual: faults, figures, settings, torques, intervals, lubricants, parts; and the shapes they take.

A manual tells the same rows as a table with a header or without, as a table with a column for each size, as a list, as
sentences, or under headings of their own; so that a reader learns to find a fact in whatever shape it has.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from finetuning.corpus.blocks import Fact, Heading, Steps, Table, Text
from finetuning.corpus.slots import capital

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from finetuning.corpus.blocks import Block
    from finetuning.corpus.families import Family
    from finetuning.corpus.slots import Drawing
    from finetuning.corpus.words import TableWords, Words

_SHAPES: Final = {  # of each kind; a shape that is there twice is twice as likely
    "spec": ("table", "table", "bare", "matrix", "matrix", "list", "prose"),
    "setting": ("table", "table", "prose"),
    "interval": ("table", "table", "list", "prose"),
    "lubricant": ("table", "table", "prose"),
    "torque": ("table", "table", "prose"),
    "fault": ("table", "table", "table", "without cause", "entries", "prose"),
    "part": ("table", "table", "table", "prose"),
}
_SENTENCES: Final = 4  # rows that are said in one paragraph


class _Row(NamedTuple):
    """A row: the id of what it says, and its cells as a sentence has them."""

    fact: str
    cells: dict[str, str]


class _Section(NamedTuple):
    """Rows of a kind, and the words around them."""

    kind: str
    words: TableWords
    rows: Sequence[_Row]


class Rows:
    """Draws and shapes the rows of one manual.

    Attributes:
        facts: What the rows say that were shaped so far.
        values: Their cells, by the ids of their facts.
    """

    def __init__(self, family: Family, words: Words, draw: Drawing, random: Random) -> None:
        self.facts: list[Fact] = []
        self.values: dict[str, str] = {}
        self._family = family
        self._words = words
        self._draw = draw
        self._random = random

    def section(self, kind: str) -> tuple[str, list[Block]]:
        """Returns the heading of the rows of a kind, and the rows in one of their shapes."""
        words = self._words.tables[kind]
        rows = [_Row(f"{kind}.{name}", self._cells(kind, name)) for name in getattr(self._family, kind)]
        for row in rows:
            self.values |= {f"{row.fact}.{cell}": value for cell, value in row.cells.items()}
        if kind != "fault" and self._random.random() < 0.4:
            self._random.shuffle(rows)
        shape = {
            "table": self._table,
            "bare": self._bare,
            "without cause": self._without_cause,
            "matrix": self._matrix,
            "list": self._list,
            "prose": self._prose,
            "entries": self._entries,
        }[self._random.choice(_SHAPES[kind])]
        return self._draw.fill(words.headings).text, shape(_Section(kind, words, rows))

    def _cells(self, kind: str, name: str) -> dict[str, str]:
        """Returns the cells of a row, in the order in which their columns stand."""
        draw, row = self._draw, getattr(self._family, kind)[name]
        match kind:
            case "fault":
                said = {cell: draw.fill(getattr(row, cell)).text for cell in ("name", "cause", "remedy")}
                return {"code": draw.code(), **said}
            case "spec":
                return {"name": draw.fill(row).text, "value": draw.slots[name]}
            case "setting":
                return {"code": draw.parameter(), "name": draw.fill(row).text, "value": draw.slots[name]}
            case "torque":
                bolt, torque = draw.bolt()
                return {"joint": draw.fill(row).text, "bolt": bolt, "torque": torque}
            case "interval":
                every = self._random.choice(self._words.intervals[row.every])
                return {"task": draw.fill(row.task).text, "every": every}
            case "lubricant":
                amount = draw.fill(row.amount).text
                return {"point": draw.fill(row.point).text, "with": draw.fill(row.lubricant).text, "amount": amount}
        quantity = self._random.choice((1, 1, 1, 2, 2, 4, 6))
        return {"name": draw.fill(row).text, "number": draw.part_number(), "quantity": str(quantity)}

    def _table(self, section: _Section) -> list[Block]:
        return self._grid(section, without="", header=True)

    def _bare(self, section: _Section) -> list[Block]:
        return self._grid(section, without="", header=False)

    def _without_cause(self, section: _Section) -> list[Block]:
        return self._grid(section, without="cause", header=True)

    def _grid(self, section: _Section, *, without: str, header: bool) -> list[Block]:
        """A table with a column for each cell but one."""
        columns = {cell: names for cell, names in section.words.columns.items() if cell != without}
        names = {cell: self._draw.fill(wordings).text for cell, wordings in columns.items()}
        lines = []
        for row in section.rows:
            cells = {cell: capital(row.cells[cell]) for cell in names}
            line = tuple(cells.values())
            self.facts += [
                Fact(f"{row.fact}.{cell}", text, line, names[cell] if header else "") for cell, text in cells.items()
            ]
            lines.append(line)
        return [Table(self._caption(section), tuple(names.values()) if header else (), tuple(lines))]

    def _matrix(self, section: _Section) -> list[Block]:
        """A table of figures with a column for each size of the machine."""
        model = self._draw.slots["model"]
        models = [model, *_siblings(model)[: self._random.choice((1, 2))]]
        self._random.shuffle(models)
        lines = []
        for row in section.rows:
            name, own = capital(row.cells["name"]), row.cells["value"]
            slot = self._family.slots[row.fact.partition(".")[2]]
            lines.append((name, *(own if one == model else self._draw.value(slot) for one in models)))
            self.facts.append(Fact(f"{row.fact}.value", own, (name, model), model))
        header = (self._draw.fill(section.words.columns["name"]).text, *models)
        return [Table(self._caption(section), header, tuple(lines))]

    def _list(self, section: _Section) -> list[Block]:
        """Points of a list, `Name: value`."""
        colon = " : " if self._family.language == "fr" else ": "
        items = []
        for row in section.rows:
            key, value = row.cells
            self.facts.append(Fact(f"{row.fact}.{value}", row.cells[value], (capital(row.cells[key]),)))
            items.append(f"{capital(row.cells[key])}{colon}{row.cells[value]}")
        return [Steps(tuple(items), numbered=False)]

    def _prose(self, section: _Section) -> list[Block]:
        """Sentences, a few to a paragraph; a fault has one of its own."""
        wordings = tuple(self._random.sample(section.words.sentences, 2))
        sentences = [self._said(row, wordings) for row in section.rows]
        size = 1 if section.kind == "fault" else _SENTENCES
        return [Text(" ".join(sentences[start : start + size])) for start in range(0, len(sentences), size)]

    def _entries(self, section: _Section) -> list[Block]:
        """A heading of its own for each fault, and what to do below."""
        entry, line = self._random.choice(section.words.entry), self._random.choice(section.words.lines)
        blocks: list[Block] = []
        for row in section.rows:
            text = self._said(row, (line,), near=row.cells["code"])
            blocks += [Heading(3, self._draw.fill(entry, row.cells).text), Text(text)]
        return blocks

    def _said(self, row: _Row, wordings: tuple[str, ...], near: str = "") -> str:
        """Returns a row as a sentence, and notes what it says."""
        filled = self._draw.fill(wordings, row.cells)
        sentence = capital(filled.text)
        for slot, value in filled.held.items():
            cell = slot[:1].lower() + slot[1:]
            if cell in row.cells:
                quote = value if value in sentence else capital(value)
                self.facts.append(Fact(f"{row.fact}.{cell}", quote, (sentence, near) if near else (sentence,)))
        return sentence

    def _caption(self, section: _Section) -> str:
        return self._draw.fill(section.words.captions).text if self._random.random() < 0.6 else ""


def _siblings(model: str) -> list[str]:
    """Returns names of two other sizes of a machine: its last number, larger; or a letter more."""
    digits = re.findall(r"\d+", model)
    if not digits:
        return [f"{model} L", f"{model} XL"]
    head, _, tail = model.rpartition(digits[-1])
    step = 10 ** max(len(digits[-1]) - 2, 0) * (5 if len(digits[-1]) > 1 else 1)
    return [f"{head}{int(digits[-1]) + step * more}{tail}" for more in (2, 5)]

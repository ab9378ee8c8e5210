"""What a table row answers: faults by code or symptom, figures by name, torques, intervals, lubricants, part numbers.

| row | asked by | answers |
|---|---|---|
| code, meaning, cause, remedy | code | meaning, cause, remedy; for the code alone, the row |
| | meaning, as a symptom | cause, remedy, code |
| quantity, value | quantity | value |
| quantity, its value for each of several models | quantity with the model's name | value |
| a parameter's code, its meaning, its setting | code, meaning | meaning, setting |
| anything else | what names the row | each other cell, as its column's role is asked for |

A key that names several rows is asked for with its section, or not at all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from finetuning.pairs.asks import Ask, be_of, is_verb, lowered
from finetuning.pairs.contract import Kind
from finetuning.pairs.quantities import is_bare_number, is_quantity, names_unit
from finetuning.pairs.rows import Cell, Role, cells, is_code, of_role
from finetuning.pairs.wordings import wordings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from finetuning.pairs.manual import Manual
    from plant.store.contract import Passage

_EMPTY: Final = frozenset({"-", "--", "\u2013", "\u2014", "n/a", "na", "none", "/", "."})
_LONGEST_KEY: Final = 70
_KEYS: Final = (Role.PART, Role.TASK, Role.QUANTITY, Role.OTHER, Role.MEANING, Role.THREAD, Role.CODE, Role.NUMBER)
_FAULT: Final = (Role.MEANING, Role.CAUSE, Role.REMEDY)
_ASKED_FOR: Final = {
    Role.TORQUE: "torque",
    Role.THREAD: "thread",
    Role.INTERVAL: "interval",
    Role.NUMBER: "number",
    Role.LUBRICANT: "lubricant",
    Role.AMOUNT: "amount",
    Role.LIMIT: "limit",
}
"""Roles of columns with wordings of their own."""


def row_asks(passage: Passage, manual: Manual) -> Iterator[Ask]:
    """Yields what a table row answers; nothing where its columns are not known."""
    row = [cell for cell in cells(passage.text) if cell.text.casefold() not in _EMPTY]
    code = of_role(row, Role.CODE)
    if _has_models(row, manual):
        yield from _by_model(passage, row, manual)
    elif code is not None and is_code(code.text) and of_role(row, *_FAULT):
        yield from _fault(passage, row, code, manual)
    elif of_role(row, Role.MEANING) and of_role(row, Role.CAUSE, Role.REMEDY):
        yield from _symptom(row, manual)
    elif (name := of_role(row, Role.QUANTITY)) and (value := _value_of(row, name)):
        yield from _value(passage, row, name, value, manual)
    else:
        yield from _matrix(passage, row, manual)


def _fault(passage: Passage, row: Sequence[Cell], code: Cell, manual: Manual) -> Iterator[Ask]:
    ask = wordings(manual.language).ask
    if manual.is_unique(code.text, row[-1].column):
        yield Ask(Kind.FAULT, ask["code"], {"code": code.text}, 0, len(passage.text))
    for cell in row:
        if cell is code or not manual.is_unique(code.text, cell.column):
            continue
        slots = {"code": code.text, "key": code.text, "column": _column(cell)}
        if cell.role in _FAULT:
            yield Ask(Kind.FAULT, ask[cell.role], slots, cell.start, cell.end)
        elif cell.column:
            yield Ask(Kind.FAULT, ask["other"], slots, *_answer(passage.text, row, cell))
    yield from _symptom(row, manual)


def _symptom(row: Sequence[Cell], manual: Manual) -> Iterator[Ask]:
    meaning = of_role(row, Role.MEANING)
    if meaning is None or len(meaning.text) > _LONGEST_KEY:
        return
    ask = wordings(manual.language).ask
    slots = {"key": lowered(meaning.text)}
    for cell in row:
        if cell.role in {Role.CAUSE, Role.REMEDY, Role.CODE} and manual.is_unique(meaning.text, cell.column):
            yield Ask(Kind.FAULT, ask[f"symptom_{cell.role}"], slots, cell.start, cell.end)


def _has_models(row: Sequence[Cell], manual: Manual) -> bool:
    """Says whether the columns after the first are machines, the manual's own among them."""
    columns = [cell.column.casefold() for cell in row[1:]]
    own = [column for column in columns if column and column in manual.machine.casefold()]
    return bool(own) and all(re.search(r"\d", column) for column in columns)


def _by_model(passage: Passage, row: Sequence[Cell], manual: Manual) -> Iterator[Ask]:
    name, *values = row
    for value in values:
        if manual.is_unique(name.text, value.column):
            slots = {"key": lowered(name.text), "be": be_of(name.text), "machine": value.column}
            asked = wordings(manual.language).ask["value"]
            yield Ask(Kind.SPECIFICATION, asked, slots, *_answer(passage.text, row, value))


def _value_of(row: Sequence[Cell], name: Cell) -> Cell | None:
    """Returns the cell that has a quantity's value: by its column, or the only other one."""
    others = [cell for cell in row if cell is not name]
    return of_role(others, Role.VALUE) or (others[0] if len(others) == 1 else None)


def _value(passage: Passage, row: Sequence[Cell], name: Cell, value: Cell, manual: Manual) -> Iterator[Ask]:
    if len(name.text) > _LONGEST_KEY:
        return
    if is_code(name.text):
        yield from _parameter(passage, row, name, manual)
        return
    ask, place = wordings(manual.language).ask, manual.topic(passage.section)
    slots = {"key": lowered(name.text), "be": be_of(name.text), "place": lowered(place)}
    asked = ask["value"] if manual.is_unique(name.text, value.column) else ask["value_there"] if place else ()
    if asked:
        yield Ask(Kind.SPECIFICATION, asked, slots, *_answer(passage.text, row, value))


def _parameter(passage: Passage, row: Sequence[Cell], name: Cell, manual: Manual) -> Iterator[Ask]:
    """Yields what is asked of a parameter, `P-107`, by its code and by what its row says that it is."""
    ask, meaning = wordings(manual.language).ask, of_role(row, Role.MEANING)
    for cell in row:
        if cell is name or not cell.column:
            continue
        slots = {"key": name.text, "column": _column(cell)}
        if manual.is_unique(name.text, cell.column):
            yield Ask(Kind.SPECIFICATION, ask["other"], slots, *_answer(passage.text, row, cell))
        if meaning and cell is not meaning and manual.is_unique(meaning.text, cell.column):
            slots = {"key": lowered(meaning.text), "be": be_of(meaning.text)}
            yield Ask(Kind.SPECIFICATION, ask["value"], slots, *_answer(passage.text, row, cell))


def _matrix(passage: Passage, row: Sequence[Cell], manual: Manual) -> Iterator[Ask]:
    key = of_role(row, *_KEYS)
    if key is None or len(key.text) > _LONGEST_KEY or is_quantity(key.text):
        return
    for cell in row:
        if cell is key or not cell.column or not manual.is_unique(key.text, cell.column):
            continue
        slots = {"key": lowered(key.text), "column": _column(cell), "be": be_of(key.text)}
        name = _wordings_for(key, cell, manual.language)
        kind = Kind.PROCEDURE if cell.role is Role.INTERVAL else Kind.SPECIFICATION
        asked = wordings(manual.language).ask[name]
        yield Ask(kind, asked, slots, *_answer(passage.text, row, cell))
    yield from _backwards(row, key, manual)


def _backwards(row: Sequence[Cell], key: Cell, manual: Manual) -> Iterator[Ask]:
    """Yields what is asked by a cell that is no name: which part has a number, what torque a thread needs."""
    ask = wordings(manual.language).ask
    number = of_role(row, Role.NUMBER)
    if number is not None and number is not key and key.role is Role.PART and manual.is_unique(number.text, key.column):
        yield Ask(Kind.SPECIFICATION, ask["part"], {"key": number.text}, key.start, key.end)
    thread, torque = of_role(row, Role.THREAD), of_role(row, Role.TORQUE)
    if thread and torque and thread is not key and manual.is_unique(thread.text, torque.column):
        slots = {"key": thread.text}
        yield Ask(Kind.SPECIFICATION, ask["torque_thread"], slots, torque.start, torque.end)


def _wordings_for(key: Cell, cell: Cell, language: str) -> str:
    """Returns which wordings ask for a cell of the row that a key names."""
    if cell.role is Role.TORQUE and key.role is Role.THREAD:
        return "torque_thread"
    if cell.role is Role.INTERVAL and is_verb(key.text.split(maxsplit=1)[0], language):
        return "interval_do"
    if cell.role is Role.AMOUNT and is_bare_number(cell.text):
        return "count"
    return _ASKED_FOR.get(cell.role, "other")


def _answer(text: str, row: Sequence[Cell], cell: Cell) -> tuple[int, int]:
    """Returns where the words of a cell stand, with the unit that belongs to a bare number.

    The unit may be the next cell, or in the column's name, which is then part of the answer.
    """
    start, end = cell.start, cell.end
    if not is_bare_number(cell.text):
        return start, end
    if names_unit(cell.column):
        return text.rfind("\n", 0, start) + 1, end
    after = next((one for one in row if one.start > end), None)
    return (start, after.end) if after is not None and after.role is Role.UNIT else (start, end)


def _column(cell: Cell) -> str:
    return lowered(cell.column.split("(")[0].split("[")[0].strip())

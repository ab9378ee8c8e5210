"""Table rows as cells: what each column is for, and where each cell stands in the passage's text."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import msgspec

from ingestion.manuals import words
from tools.manuals.columns import names

if TYPE_CHECKING:
    from collections.abc import Sequence

_LINE: Final = re.compile(r"(?P<column>[^:\n]{1,60}):[ \t]+(?P<cell>\S[^\n]*)")
_CODE: Final = re.compile(r"(?=.{1,14}$)(?:[A-Za-z]{1,6}[ .:_-]?)?(?:0x[0-9A-Fa-f]+|\d[\w./-]*)")
_SIGN: Final = "sign"
_THREAD: Final = re.compile(
    r"M ?\d{1,3}(?: ?[x\u00d7] ?\d{1,3}(?:[.,]\d+)?)*|(?:G|R|Rp|NPT) ?\d/?\d?(?:\"| NPT)?"
    r"|\d[\d/-]*\"?[ -](?:UNC|UNF|NPT|BSP).*|DN ?\d+"
)
_TORQUE: Final = re.compile(
    r"[\d., +\u2013-]+\s?(?:Nm|N\u00b7m|N\.m|daN\u00b7m|lbf[ \u00b7]?ft|ft[- \u00b7]?lbf?|in[- \u00b7]?lbf?)"
)


class Role(StrEnum):
    """What a column is for; `tools/manuals/columns.toml` says what each is called."""

    CODE = "code"
    MEANING = "meaning"
    CAUSE = "cause"
    REMEDY = "remedy"
    QUANTITY = "quantity"
    VALUE = "value"
    UNIT = "unit"
    TORQUE = "torque"
    THREAD = "thread"
    INTERVAL = "interval"
    TASK = "task"
    PART = "part"
    NUMBER = "number"
    LUBRICANT = "lubricant"
    AMOUNT = "amount"
    LIMIT = "limit"
    OTHER = "other"


class Cell(msgspec.Struct, frozen=True):
    """A cell of a row: its column, the column's role, its text, and where it stands in the passage."""

    column: str
    role: Role
    text: str
    start: int
    end: int


def cells(text: str) -> list[Cell]:
    """Returns the cells of a table row's passage, in order; none where it is not `column: cell` line by line.

    A row of one line, `Rated power: 3 kW`, is a quantity and its value. "Quantity" is what is measured in a first
    column, and how many in a later one.
    """
    found = [
        Cell(
            column,
            Role.AMOUNT if at and plain(column) == "quantity" else role_of(column, match["cell"]),
            match["cell"],
            *match.span("cell"),
        )
        for at, match in enumerate(_LINE.finditer(text))
        for column in [match["column"].strip()]
    ]
    if not found or len(found) < len(text.splitlines()):
        return []
    if len(found) == 1:
        return _quantity_and_value(text, found[0])
    return found


def of_role(row: Sequence[Cell], *roles: Role) -> Cell | None:
    """Returns the first cell of one of the roles, the first role first; None where there is none."""
    return next((cell for role in roles for cell in row if cell.role is role), None)


def plain(text: str) -> str:
    """Returns a text in lower case, without accents, spaces made one."""
    return " ".join(words.plain(text).split())


def is_code(text: str) -> bool:
    """Says whether a cell is a code: `E07`, `AL 3`, `0x1A`, `114`."""
    return bool(_CODE.fullmatch(text.strip()))


def _quantity_and_value(text: str, only: Cell) -> list[Cell]:
    start = text.index(only.column)
    name = Cell("", Role.QUANTITY, only.column, start, start + len(only.column))
    return [name, msgspec.structs.replace(only, column="", role=Role.VALUE)]


def role_of(column: str, cell: str) -> Role:
    """Returns what a column is for: by its name, where that leaves it open by its cell.

    One that is called "Fault" holds codes or meanings; one that is called "Bolt" holds threads, or names of bolts.
    """
    name = _named(column)
    if name == _SIGN:
        return Role.CODE if is_code(cell) else Role.MEANING
    if name is None:
        return _role_of_cell(cell)
    role = Role(name)
    if role is Role.THREAD and not _THREAD.fullmatch(cell):
        return Role.PART
    return role


def _named(column: str) -> str | None:
    """Returns the role that a column's name begins or ends with, the longest; None where it has none."""
    name = plain(re.sub(r"[(\[][^)\]]*[)\]]", "", column)).strip(" .:/")
    roles = names()
    for length in range(len(name), 0, -1):
        for part in (name[:length], name[len(name) - length :]):
            if part in roles and _whole_words(name, part):
                return roles[part]
    return None


def _role_of_cell(cell: str) -> Role:
    if _TORQUE.fullmatch(cell):
        return Role.TORQUE
    return Role.THREAD if _THREAD.fullmatch(cell) else Role.OTHER


def _whole_words(name: str, part: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(part)}(?!\w)", name))

"""What the columns of tables are for: causes, remedies, order numbers; how they are called, and asked for.

The names and wordings are data: `columns.toml`.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

from ingestion.manuals.words import plain

_CODE: Final = "code"
_SIGN: Final = "sign"
"""A column that is called "Fault" or "Display" holds codes, or what they mean."""


def asked(question: str) -> frozenset[str]:
    """Returns what a question asks a row for, as far as its wording tells: `cause`, `remedy`, ..."""
    text = _plain(question)
    roles = {role for role, asks in _asks().items() if asks.search(text)}
    return frozenset(roles | {_SIGN} if _CODE in roles else roles)


def given(column: str, roles: frozenset[str]) -> frozenset[str]:
    """Returns which of some roles the name of a column says: "Likely reason and what to do" says two."""
    name = " ".join(re.findall(r"[\w']+", _plain(column)))
    return frozenset(role for called, role in names().items() if role in roles and f" {called} " in f" {name} ")


def _plain(text: str) -> str:
    return plain(text).replace("\u2019", "'")


@cache
def names() -> dict[str, str]:
    """Returns the role that each name of a column stands for, names without accents and in lower case."""
    return {" ".join(name.split()): role for role, text in _file()["names"].items() for name in text.split(";")}


@cache
def _asks() -> dict[str, re.Pattern[str]]:
    return {role: re.compile(rf"(?<!\w)(?:{'|'.join(asks)})") for role, asks in _file()["asks"].items()}


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("columns.toml").read_text(encoding="utf-8"))

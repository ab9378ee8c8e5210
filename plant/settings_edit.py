"""Changes one entry of the settings file, on a person's behalf, and leaves every other byte as it is."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

import msgspec

from plant.errors import SettingsError
from plant.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

_HEADER = re.compile(r"\s*\[")


def put_in_table(path: Path, table: tuple[str, str], key: str, value: str) -> None:
    """Sets a text in a table of the settings file, which is made where it is not there.

    Args:
        path: The file.
        table: Section and table: `("model", "adapters")`.
        key: The entry.
        value: The text.

    Raises:
        SettingsError: If the file is not TOML, or has the table in a form that is not changed here.
        BadInput: If it cannot be written.
    """
    entry = f"{_quoted(key)} = {_quoted(value)}"
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        wanted = tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} is not a TOML file: {error}.") from error
    changed = _changed(text, table, key, entry)
    if not _says(changed, wanted, table, {key: value}):
        raise SettingsError(
            f"{path} says {'.'.join(table)} in a form that is not changed by a program.",
            hint=f"Put this there: {entry}",
        )
    write_whole(path, [changed.encode()])


def _changed(text: str, table: tuple[str, str], key: str, entry: str) -> str:
    """Returns the file's text with the entry in its table, in place of one of that key."""
    lines = text.splitlines()
    header = re.compile(r"\s*\[\s*" + r"\s*\.\s*".join(map(re.escape, table)) + r"\s*\]\s*(#.*)?")
    at = next((index for index, line in enumerate(lines) if header.fullmatch(line)), None)
    if at is None:
        apart = [""] if lines else []
        return "\n".join([*lines, *apart, f"[{'.'.join(table)}]", entry, ""])
    end = next((index for index in range(at + 1, len(lines)) if _HEADER.match(lines[index])), len(lines))
    same = re.compile(rf"""\s*(["']?){re.escape(key)}\1\s*=""")
    kept = [line for line in lines[at + 1 : end] if not same.match(line)]
    return "\n".join([*lines[: at + 1], entry, *kept, *lines[end:], ""])


def _says(text: str, before: dict[str, Any], table: tuple[str, str], entry: dict[str, str]) -> bool:
    """Returns whether a text says what the file said before, and the entry."""
    section, name = table
    try:
        tables = before.get(section, {})
        wanted = {**before, section: {**tables, name: {**tables.get(name, {}), **entry}}}
        return tomllib.loads(text) == wanted
    except (tomllib.TOMLDecodeError, TypeError, AttributeError):  # the section is there and no table
        return False


def _quoted(text: str) -> str:
    """Returns a text as TOML writes it, which is as JSON does."""
    return msgspec.json.encode(text).decode()

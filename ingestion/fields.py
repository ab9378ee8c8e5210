"""Field paths: where a message holds what, as the settings name it.

A path is names parted by dots; in a list a number is a place, from 0. A name with a dot, a quote mark, a question
mark or braces in it stands in double quotes: `payload."dev.id".0`. A path that ends in `?` may be absent. It begins
in the item, where a message has items, and else in the message; or at one of these roots:

| root | what it is |
|---|---|
| `@message` | the whole message |
| `@item` | the item itself, where it is a bare value |
| `@name` | the item's name in an object of items; its place in a list |
| `@key` | the message key as text; `@key.2` is the third of its parts, parted by `/` |
| `@topic` | the topic; `@topic.0` is the first of its parts |
"""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from ingestion.contract import RawMessage
from plant.errors import SettingsError, did_you_mean

ABSENT: Final = object()
"""What `Scene.find` returns where there is nothing."""

ROOTS: Final = ("@message", "@item", "@name", "@key", "@topic")
"""Where a path may begin, if not in the item."""

_SEGMENT: Final = re.compile(r'"([^"]+)"|([^".{}?@][^".{}?]*)')
_PLACE: Final = re.compile(r"[0-9]{1,9}")


class Path(msgspec.Struct, frozen=True):
    """A compiled field path.

    Attributes:
        key: The setting it comes from, `mapping.value`.
        text: As it stands there.
        root: One of `ROOTS`; empty for the item, then the message.
        steps: Names, each with the place in a list it may also be; -1 for none.
        optional: Whether it may be absent.
        name: Its one name, where it is no more than that; empty otherwise.
    """

    key: str
    text: str
    root: str
    steps: tuple[tuple[str, int], ...]
    optional: bool
    name: str = ""


class Scene(msgspec.Struct, frozen=True, gc=False):
    """Where paths look: one item of one message.

    Attributes:
        raw: The message as it came.
        topic: Its topic.
        message: What it says.
        item: The item; the message where it has none.
        name: The item's name in an object of items, its place in a list; None without items.
        place: Which item it is, from 0; -1 for the whole message.
    """

    raw: RawMessage
    topic: str
    message: Any
    item: Any
    name: str | int | None
    place: int

    @property
    def subject(self) -> str:
        """The item as a sentence names it."""
        if self.place < 0:
            return "The message"
        return f"Item {self.place} of the message" + (f" ({shown(self.name)})" if isinstance(self.name, str) else "")

    def has(self, path: Path) -> bool:
        """Says whether there is something at a path."""
        return self.find(path) is not ABSENT

    def find(self, path: Path) -> Any:
        """Returns what stands at a path, or `ABSENT`."""
        if not path.root:
            if path.name and type(self.item) is dict and path.name in self.item:
                return self.item[path.name]
            found = _walk(self.item, path.steps)
            return found if found is not ABSENT or self.place < 0 else _walk(self.message, path.steps)
        if path.root == "@message":
            return _walk(self.message, path.steps)
        if path.root == "@item":
            return _walk(self.item, path.steps)
        if path.root == "@name":
            return ABSENT if self.name is None else _walk(self.name, path.steps)
        text = self.topic if path.root == "@topic" else _text(self.raw.key)
        return _walk(text.split("/"), path.steps) if path.steps and isinstance(text, str) else text


def compile_path(key: str, text: str) -> Path:
    """Reads a path.

    Args:
        key: The setting it comes from.
        text: The path.

    Raises:
        SettingsError: If it is not written as the module's docstring says; it names the key.
    """
    root, rest = "", text.removesuffix("?")
    if rest.startswith("@"):
        root, dot, rest = rest.partition(".")
        if root not in ROOTS:
            hint = did_you_mean(root, ROOTS) or f"A path begins at {', '.join(ROOTS)} or with a name."
            raise SettingsError(f"The setting {key} begins at {root!r}, which there is not.", hint=hint)
        if not dot:
            return Path(key, text, root, (), text.endswith("?"))
    steps = _steps(key, text, rest)
    name = steps[0][0] if not root and len(steps) == 1 else ""
    return Path(key, text, root, steps, text.endswith("?"), name)


def shown(value: object) -> str:
    """Writes a value of a message for a sentence: short, whatever it is."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, int) and value.bit_length() > 200:
        return "a number that is too large"
    return f"{value!r:.60}"


def _steps(key: str, text: str, rest: str) -> tuple[tuple[str, int], ...]:
    steps: list[tuple[str, int]] = []
    at = -1  # of the dot before a name
    while at < len(rest):
        match = _SEGMENT.match(rest, at + 1)
        if match is None or rest[match.end() : match.end() + 1] not in {"", "."}:
            hint = "Write it like payload.sensors.0.value; a name with a dot in it stands in double quotes."
            raise SettingsError(f"The setting {key} is no field path: {text!r}.", hint=hint)
        quoted, plain = match.groups()
        steps.append((quoted or plain, int(plain) if plain and _PLACE.fullmatch(plain) else -1))
        at = match.end()
    return tuple(steps)


def _walk(node: Any, steps: tuple[tuple[str, int], ...]) -> Any:
    for name, place in steps:
        if isinstance(node, dict):
            node = node.get(name, ABSENT)
        elif isinstance(node, list) and 0 <= place < len(node):
            node = node[place]
        else:
            return ABSENT
    return node


def _text(key: bytes | None) -> Any:
    try:
        return ABSENT if key is None else key.decode()
    except UnicodeDecodeError:
        return ABSENT

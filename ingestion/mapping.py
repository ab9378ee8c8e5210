"""Payload mapping: the messages of an existing topic become readings, by field paths from the settings.

The mapping is compiled once into a decoder. What cannot work whatever comes is refused at the start, with its key; a
message, or an item of one, that does not fit is refused with a sentence that names the path and its key.

| field | what may stand there |
|---|---|
| tag | text, or a whole number; several of them in a text with paths in braces, `"{site}.{name}"` |
| ts | ISO-8601 text, UTC if without an offset; or a number since 1970 in `time_unit` |
| value | a number, also as text; true and false are 1 and 0; null: nothing was measured |
| unit | text: the registry's unit of the tag |
| quality | see `ingestion.qualities`; a bad value is null here whatever the message has |
| null | true where the value means nothing |
| historical | true where the reading was recorded earlier and comes after the fact |
| death | `PATH=TEXT`: where the path holds that text, all confirmed tags that the tag's paths can name go stale |
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from ingestion.decode import (
    LARGEST,
    LAST_MS,
    NOT_JSON,
    Decoder,
    Placed,
    Refused,
    Unreadable,
    check_tag,
    content,
    read_time,
)
from ingestion.fields import ABSENT, Path, Scene, compile_path, shown
from ingestion.qualities import READABLE, read_quality
from plant.errors import SettingsError
from plant.readings import Quality, Reading
from plant.registry import SensorState
from plant.settings import MappingSettings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ingestion.contract import RawMessage
    from plant.registry import Registry

LONGEST_TAG: Final = 128
"""The most characters of a tag, as in our own format."""

_NS: Final = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}
_LONGEST_TIME: Final = 64
_NUMBER: Final = re.compile(r"[+-]?\d{1,40}(\.\d{0,40})?([eE][+-]?\d{1,2})?", re.ASCII)
_NUMBERS: Final = frozenset({int, float})  # not bool
_BRACES: Final = re.compile(r"\{([^{}]*)\}")
_GOOD: Final = int(Quality.GOOD)
_BAD: Final = int(Quality.BAD)
_STALE: Final = int(Quality.STALE)


def decoder_for(registry: Registry, mapping: MappingSettings, source: str) -> Decoder:
    """Returns the decoder of a source: by the mapping, if one is set and the source is a topic.

    Files and the demo plant speak our own format; their names have a colon, a topic's has none.

    Raises:
        SettingsError: If the mapping can never work; it names the key.
    """
    if mapping == MappingSettings():
        return Decoder(registry)
    mapped = MappedDecoder(registry, mapping, source)
    return Decoder(registry) if ":" in source else mapped


class MappedDecoder(Decoder):
    """Decodes messages of another format.

    Args:
        registry: Says which unit a tag has; made anew when it changes.
        mapping: Where a message holds what.
        topic: The topic, for `@topic`.

    Raises:
        SettingsError: If the mapping can never work; it names the key.
    """

    def __init__(self, registry: Registry, mapping: MappingSettings, topic: str) -> None:
        super().__init__(registry)
        self._json = msgspec.json.Decoder()
        self._topic = topic
        self._tag_texts, self._tag_paths = _compile_tag(mapping.tag)
        self._ts = _compile("ts", mapping.ts, required=True)
        self._value = _compile("value", mapping.value)
        self._unit, self._quality, self._null, self._historical, self._items = (
            _compile(key, text) if (text := getattr(mapping, key)) else None
            for key in ("unit", "quality", "null", "historical", "items")
        )
        found = (*self._tag_paths, self._ts, self._value, self._unit, self._quality, self._null, self._historical)
        self.paths = tuple(path for path in found if path is not None)
        """Every path that is looked up in an item."""
        self._beside = frozenset(
            path.steps[0][0] for path in self.paths if path.steps and path.root in {"", "@message"}
        )
        _check_roots(self.paths, self._items)
        self._ns = _NS[mapping.time_unit]
        self._codes = mapping.quality_codes
        self._death = _Death(mapping.death, self._tag_texts, self._tag_paths, registry) if mapping.death else None

    def decode(self, messages: Iterable[RawMessage]) -> tuple[list[Placed], list[Refused]]:
        """Returns the readings of messages in order, and what could not be read or does not fit the registry."""
        placed: list[Placed] = []
        refused: list[Refused] = []
        for message in messages:
            try:
                whole = self.whole(message)
                if self._death is not None and self._death.told_by(whole):
                    placed += self._stale(whole, self._death)
                    continue
                items = self.items(whole)
            except Unreadable as error:
                refused.append(Refused(message, -1, "decode", error.word, error.text))
                continue
            for item in items:
                self._decode_item(item, placed, refused)
        return placed, refused

    def whole(self, message: RawMessage) -> Scene:
        """Returns a message as a whole. Raises `Unreadable` if it is not JSON."""
        try:
            body = self._json.decode(content(message))
        except (msgspec.ValidationError, *NOT_JSON) as error:
            raise Unreadable("json", f"The message is not JSON: {error}.") from error
        return Scene(message, self._topic, body, body, None, -1)

    def items(self, whole: Scene) -> list[Scene]:
        """Returns the items of a message; itself where no items are set. Raises `Unreadable` if it has none to give."""
        if self._items is None:
            return [whole]
        raw, topic, body = whole.raw, whole.topic, whole.message
        members = whole.find(self._items)
        if members is ABSENT and self._items.optional:
            return []
        if isinstance(members, list):
            return [Scene(raw, topic, body, item, place, place) for place, item in enumerate(members)]
        if isinstance(members, dict):
            # In a message that is its own object of items, what other paths name is no item. An item's place is that
            # in the message, whatever the settings: dead letters of items are redriven by it.
            beside = self._beside if members is body else frozenset()
            placed = enumerate(members.items())
            return [Scene(raw, topic, body, item, name, at) for at, (name, item) in placed if name not in beside]
        raise _unlike(whole, self._items, members, "a list or an object of items")

    def _decode_item(self, item: Scene, placed: list[Placed], refused: list[Refused]) -> None:
        try:
            reading = self._reading(item)
        except Unreadable as error:
            refused.append(Refused(item.raw, item.place, "decode", error.word, error.text))
            return
        one = Placed(reading, item.raw, max(item.place, 0))
        if not reading.unit or self._units.get(reading.tag) in {None, reading.unit}:
            placed.append(one)
        else:
            refused.append(self._wrong_unit(one))

    def _reading(self, item: Scene) -> Reading:
        tag = self._read_tag(item)
        ts = self._read_time(item)
        quality = self._read_quality(item)
        value = None if quality == _BAD or self._flag(item, self._null) else self._read_value(item)
        if value is None and quality == _GOOD:
            quality = _BAD
        return Reading(tag, ts, value, quality, self._read_unit(item), historical=self._flag(item, self._historical))

    def _stale(self, whole: Scene, death: _Death) -> list[Placed]:
        """Returns a stale reading of every tag that a death concerns."""
        tags, ts = death.tags(whole), self._read_time(whole)
        return [Placed(Reading(tag, ts, None, _STALE), whole.raw, place) for place, tag in enumerate(tags)]

    def _read_tag(self, item: Scene) -> str:
        parts = [self._tag_texts[0]]
        for path, text in zip(self._tag_paths, self._tag_texts[1:], strict=True):
            parts += (_name(item, path), text)
        tag = "".join(parts)
        if not 0 < len(tag) <= LONGEST_TAG:
            raise Unreadable("tag", f"{item.subject} has a tag of {len(tag)} characters; 1 to {LONGEST_TAG} may be.")
        check_tag(tag)
        return tag

    def _read_time(self, item: Scene) -> int:
        found = _get(item, self._ts)
        if isinstance(found, str) and _NUMBER.fullmatch(found):
            found = int(found) if found.isdecimal() else float(found)
        elif isinstance(found, str) and len(found) <= _LONGEST_TIME:
            return read_time(found)
        if _is_number(found):
            ms = found * self._ns // 1_000_000 if isinstance(found, int) else round(found * self._ns / 1_000_000)
            if 0 <= ms <= LAST_MS:
                return int(ms)
        raise _unlike(item, self._ts, found, "a time since 1970")

    def _read_value(self, item: Scene) -> float | None:
        found = _get(item, self._value)
        if isinstance(found, str) and _NUMBER.fullmatch(found):
            found = float(found)
        if found is None or isinstance(found, bool) or _is_number(found):
            return None if found is None else float(found)
        raise _unlike(item, self._value, found, "a number")

    def _read_quality(self, item: Scene) -> int:
        found = None if self._quality is None else _get(item, self._quality)
        if self._quality is None or found is None:
            return _GOOD
        quality = read_quality(found, self._codes)
        if quality is None:
            raise _unlike(item, self._quality, found, f"a quality: {READABLE[self._codes]} are")
        return quality

    def _read_unit(self, item: Scene) -> str | None:
        found = None if self._unit is None else _get(item, self._unit)
        if self._unit is None or found is None or isinstance(found, str):
            return found
        raise _unlike(item, self._unit, found, "a unit")

    def _flag(self, item: Scene, path: Path | None) -> bool:
        found = None if path is None else _get(item, path)
        if path is None or found is None or isinstance(found, bool):
            return bool(found)
        raise _unlike(item, path, found, "true or false")


class _Death:
    """How a message says that a node is dead, and which tags that concerns.

    Args:
        text: `PATH=TEXT`, from the settings.
        texts: The texts around the paths of a tag.
        paths: Those paths.
        registry: Its confirmed tags are those that may go stale.

    Raises:
        SettingsError: If it is not written so.
    """

    def __init__(self, text: str, texts: tuple[str, ...], paths: tuple[Path, ...], registry: Registry) -> None:
        where, equals, self._word = text.rpartition("=")
        if not equals or not self._word:
            raise SettingsError(
                f"The setting mapping.death says no text to look for: {text!r}.", hint="Write it like @key.2=NDEATH."
            )
        self._path = _compile("death", where)
        self._texts, self._paths = texts, paths
        self._tags = [sensor.tag for sensor in registry if sensor.state is SensorState.CONFIRMED]

    def told_by(self, whole: Scene) -> bool:
        """Says whether a message is a death."""
        return bool(whole.find(self._path) == self._word)

    def tags(self, whole: Scene) -> list[str]:
        """Returns the tags it concerns: where it does not name a part of a tag, any text may stand."""
        found = [None if whole.find(path) is ABSENT else _name(whole, path) for path in self._paths]
        if not any(found):
            raise Unreadable("path", "The message is a death and names no part of a tag.")
        pattern = re.escape(self._texts[0])
        for part, text in zip(found, self._texts[1:], strict=True):
            pattern += (".+" if part is None else re.escape(part)) + re.escape(text)
        return [tag for tag in self._tags if re.fullmatch(pattern, tag)]


def _compile(key: str, text: str, *, required: bool = False) -> Path:
    if not text:
        raise SettingsError(
            f"The setting mapping.{key} names no field.",
            hint='Give it a path such as payload.name, or "{site}.{name}".',
        )
    path = compile_path(f"mapping.{key}", text)
    if required and path.optional:
        raise SettingsError(f"The setting {path.key} may not be absent: {text!r}.", hint="Take the question mark away.")
    return path


def _compile_tag(text: str) -> tuple[tuple[str, ...], tuple[Path, ...]]:
    """Returns the texts around the paths of a tag, and the paths."""
    if not set(text) & set("{}"):
        return ("", ""), (_compile("tag", text, required=True),)
    pieces = _BRACES.split(text)
    if any(set(piece) & set("{}") for piece in pieces):
        raise SettingsError(f"The braces of mapping.tag do not match: {text!r}.", hint='Write it like "{site}.{name}".')
    return tuple(pieces[::2]), tuple(_compile("tag", piece, required=True) for piece in pieces[1::2])


def _check_roots(paths: Iterable[Path], items: Path | None) -> None:
    """Raises if a path looks into items and there are none, or items begin where none can be."""
    for path in paths:
        if items is None and path.root in {"@item", "@name"}:
            raise SettingsError(
                f"The setting {path.key} begins at {path.root}, but there are no items.", hint="Set mapping.items."
            )
    if items is not None and items.root not in {"", "@message"}:
        raise SettingsError(f"The setting mapping.items cannot begin at {items.root}.", hint="Take @message or a name.")


def _get(item: Scene, path: Path) -> Any:
    """Returns what stands at a path, None where it may be absent and is. Raises `Unreadable` where it may not."""
    found = item.find(path)
    if found is not ABSENT:
        return found
    if path.optional:
        return None
    raise _unlike(item, path, ABSENT, "")


def _name(item: Scene, path: Path) -> str:
    found = _get(item, path)
    if isinstance(found, str):
        return found
    if type(found) is int and _is_number(found):
        return str(found)
    raise _unlike(item, path, found, "a name")


def _is_number(found: object) -> bool:
    return type(found) in _NUMBERS and abs(found) <= LARGEST  # type: ignore[arg-type]  # a number by now


def _unlike(item: Scene, path: Path, found: object, wanted: str) -> Unreadable:
    """Makes the refusal of an item that has something else at a path."""
    if found is ABSENT:
        return Unreadable("path", f"{item.subject} has nothing at {path.text} ({path.key}).")
    word = path.key.rpartition(".")[2]
    return Unreadable(word, f"{item.subject} has {shown(found)} at {path.text} ({path.key}), which is not {wanted}.")

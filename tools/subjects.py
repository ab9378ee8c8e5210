"""What a question is about: a tag, an asset, an area, or the whole plant."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from plant.errors import nearest
from plant.facts import Refusal, RefusalCode
from plant.time import Span, to_iso

if TYPE_CHECKING:
    from plant.registry import Registry, Sensor
    from plant.store.contract import Store

_MOST_NEAR = 5


class Subject(NamedTuple):
    """What was meant.

    Attributes:
        name: Its name as the registry spells it; empty for the whole plant.
        sensors: The sensors on it.
    """

    name: str
    sensors: tuple[Sensor, ...]

    @property
    def tags(self) -> frozenset[str]:
        """The tags on it."""
        return frozenset(sensor.tag for sensor in self.sensors)

    @property
    def assets(self) -> frozenset[str]:
        """The assets it is made of; none for a single tag."""
        single = len(self.sensors) == 1 and self.sensors[0].tag == self.name
        return frozenset() if single else frozenset(sensor.asset for sensor in self.sensors if sensor.asset)


def find_subject(registry: Registry, word: str) -> Subject | Refusal:
    """Returns the tag, asset or area of a name, ignoring case, or the refusal that offers the nearest."""
    if not word:
        return Subject("", tuple(registry))
    if sensor := registry.get(word):
        return Subject(sensor.tag, (sensor,))
    if sensors := registry.of_asset(word):
        return Subject(sensors[0].asset, sensors)
    if in_area := tuple(sensor for sensor in registry if sensor.area.upper() == word.upper()):
        return Subject(in_area[0].area, in_area)
    ending = [sensor.tag for sensor in registry if sensor.tag.upper().endswith(f".{word.upper()}")]
    near = tuple(ending or nearest(word, [sensor.tag for sensor in registry] + list(registry.assets)))[:_MOST_NEAR]
    hint = f"Did you mean {' or '.join(near)}?" if near else "millhand tags list shows all tags."
    return Refusal(RefusalCode.UNKNOWN_TAG, f"There is no tag or asset {word}.", hint, near)


def no_tag(registry: Registry, name: str, use: str = "") -> Refusal:
    """Returns the refusal of a name that is no tag, with the nearest ones; `use` ends its sentence: " for an input"."""
    near = tuple(nearest(name, (sensor.tag for sensor in registry)))
    return Refusal(RefusalCode.UNKNOWN_TAG, f"There is no tag {name!r}{use}.", "See millhand tags list.", near)


def no_readings(subject: Subject) -> Refusal:
    """Returns the refusal for a subject that never sent a reading."""
    text = f"{subject.name} has no readings yet." if subject.name else "There are no readings yet."
    return Refusal(RefusalCode.NO_DATA, text, "Start millhand worker on the plant's stream.")


def empty_span(span: Span) -> Refusal:
    """Returns the refusal for a span that ends before it begins."""
    text = f"The span from {to_iso(span.start)} to {to_iso(span.end)} is empty."
    return Refusal(RefusalCode.NO_DATA, text, "Give a start before its end.")


def extent_of(store: Store, subject: Subject) -> Span | None:
    """Returns the first and one past the last reading time of a subject; None when there is none."""
    extents = [extent for sensor in subject.sensors if (extent := store.extent(sensor.tag))]
    if not extents:
        return None
    return Span(min(extent.start for extent in extents), max(extent.end for extent in extents))

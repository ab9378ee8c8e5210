"""Sentences about the newest readings. The facts are those of `tools/readings.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from agents.compose.speech import marks

if TYPE_CHECKING:
    from agents.compose.speech import Speech
    from plant.facts import Fact, ToolResult

OLD_S = 300.0
"""From this age in seconds on the age of a reading is said; below, its time says enough."""

MAX_TAGS = 10
"""Tags that are said one by one; the others stand in the table."""

_EDGES = (
    ("high_high", 1, "above its high-high limit {}", "au-dessus de son seuil très haut {}"),
    ("low_low", -1, "below its low-low limit {}", "au-dessous de son seuil très bas {}"),
    ("high", 1, "above its high limit {}", "au-dessus de son seuil haut {}"),
    ("low", -1, "below its low limit {}", "au-dessous de son seuil bas {}"),
)
_LIMITS = (
    (("low", "low limit {}", "seuil bas {}"), ("low_low", "low-low limit {}", "seuil très bas {}")),
    (("high", "high limit {}", "seuil haut {}"), ("high_high", "high-high limit {}", "seuil très haut {}")),
)


class Newest(NamedTuple):
    """The newest reading of one tag: its facts by their short names, `value`, `at`, `high`."""

    tag: str
    facts: dict[str, Fact]

    @property
    def value(self) -> float | None:
        """The value; None where nothing was measured."""
        return self._number("value")

    @property
    def quality(self) -> str:
        """`good`, `bad` or `stale`."""
        return str(self.facts["quality"].value)

    @property
    def beyond(self) -> tuple[str, str, Fact] | None:
        """The strongest limit it is beyond: the words for that in both languages, and the limit."""
        for name, sign, english, french in _EDGES:
            limit = self._number(name)
            if limit is not None and self.value is not None and sign * (self.value - limit) > 0:
                return english, french, self.facts[name]
        return None

    @property
    def off_setpoint(self) -> bool:
        """Whether it is outside its set-point band."""
        value, middle, width = self.value, self._number("setpoint"), self._number("tolerance")
        return None not in (value, middle, width) and abs(value - middle) > width  # type: ignore[operator]  # none is None

    def _number(self, name: str) -> float | None:
        fact = self.facts.get(name)
        return float(str(fact.value)) if fact else None


def readings(result: ToolResult, speech: Speech) -> list[str]:
    """Returns what the newest readings of a result say: one sentence for a tag, one for all tags of an asset."""
    found = newest(result)
    if not found:
        return []
    said = _one(found[0], speech) if len(found) == 1 else _several(found, result.first("alerts.subject"), speech)
    return [f"{said}.{marks([found[0].facts['tag']])}"]


def newest(result: ToolResult) -> list[Newest]:
    """Returns the newest readings of a result, tag by tag."""
    found: list[Newest] = []
    for fact in result.facts:
        if fact.name == "reading.tag":
            found.append(Newest(str(fact.value), {}))
        if fact.name.startswith("reading.") and found:
            found[-1].facts[fact.name.removeprefix("reading.")] = fact
    return found


def _one(reading: Newest, speech: Speech) -> str:
    at = _at(reading, speech)
    if reading.value is None:
        text = speech.pick("{} has no value at {}: its quality is {}", "{} n'a pas de valeur à {} : qualité {}")
        return text.format(reading.tag, at, _quality(reading, speech))
    text = {
        "good": speech.pick("{} is {} at {}, good", "{} vaut {} à {}, bonne qualité"),
        "stale": speech.pick(
            "{} was {} at {} and has sent nothing since: it is stale", "{} valait {} à {} et n'envoie plus rien depuis"
        ),
    }.get(
        reading.quality,
        speech.pick(
            "{} shows {} at {}, but its quality is bad: do not rely on it",
            "{} affiche {} à {}, mais sa qualité est mauvaise : ne vous y fiez pas",
        ),
    )
    text = text.format(reading.tag, speech.value(reading.facts["value"], reading.tag), at)
    against = _against(reading, speech)
    return f"{text}{speech.pick(';', ' ;')} {against}" if against else text


def _several(found: list[Newest], subject: Fact | None, speech: Speech) -> str:
    last = max(found, key=lambda reading: str(reading.facts["at"].value))
    shared = _at(last, speech)
    listed = ", ".join(_brief(reading, shared, speech) for reading in found[:MAX_TAGS])
    text = f"{subject.value} " if subject else ""
    text += speech.pick("at {}: {}", "à {} : {}").format(shared, listed)
    if len(found) > MAX_TAGS:
        text += speech.pick("; the others are in the table", " ; les autres sont dans le tableau")
    elif all(reading.quality == "good" for reading in found):
        text += speech.pick("; all good", " ; toutes de bonne qualité")
    return text


def _brief(reading: Newest, shared: str, speech: Speech) -> str:
    value = reading.facts.get("value")
    text = f"{reading.tag} {speech.value(value, reading.tag) if value else speech.pick('no value', 'sans valeur')}"
    notes = [] if reading.quality == "good" else [_quality(reading, speech)]
    at = _at(reading, speech)
    notes += [] if at == shared else [speech.pick("at {}", "à {}").format(at)]
    notes += [_against(reading, speech)] if reading.beyond or reading.off_setpoint else []
    return f"{text} ({', '.join(notes)})" if notes else text


def _at(reading: Newest, speech: Speech) -> str:
    age, at = reading.facts["age"], speech.time(reading.facts["at"])
    if float(str(age.value)) < OLD_S:
        return at
    return at + speech.pick(" ({} ago)", " (il y a {})").format(speech.duration(age))


def _quality(reading: Newest, speech: Speech) -> str:
    names = {"good": ("good", "bonne"), "stale": ("stale", "périmée"), "bad": ("bad", "mauvaise")}
    return speech.pick(*names[reading.quality])


def _against(reading: Newest, speech: Speech) -> str:
    """Returns what the value is held against: the limit it is beyond, else its set point, else its limits."""
    if reading.beyond:
        english, french, limit = reading.beyond
        return speech.pick(english, french).format(speech.setting(limit))
    middle, width = reading.facts.get("setpoint"), reading.facts.get("tolerance")
    if middle and width:
        band = f"{speech.setting(middle, unit=False)} +- {speech.setting(width)}"
        text = speech.pick("set point {}", "consigne {}")
        if reading.off_setpoint:
            text = speech.pick("outside its set point {}", "hors de sa consigne {}")
        return text.format(band)
    limits = [
        next(
            (speech.pick(en, fr).format(speech.setting(reading.facts[n])) for n, en, fr in side if n in reading.facts),
            "",
        )
        for side in _LIMITS
    ]
    return ", ".join(limit for limit in limits if limit)

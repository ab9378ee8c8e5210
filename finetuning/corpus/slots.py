"""Draws what differs between two manuals of a family: figures, codes, part numbers, torques; fills it into wordings.

All is decided by the random generator that is handed in, so the same seed gives the same manual.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from finetuning.corpus.families import Slot

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from finetuning.corpus.families import Family, Wordings
    from finetuning.corpus.words import Words

_RANGE: Final = re.compile(r"(\d+(?:\.\d+)?)\.\.(\d+(?:\.\d+)?)(?:/(\d+(?:\.\d+)?))?")
_MARK: Final = re.compile(r"<([\w-]+)\|([^>]*)>")
_SLOT: Final = re.compile(r"\{([\w-]+)\}")
_WORD: Final = re.compile(r"[^\W\d_]+\b(?! =)")

BOLTS: Final = {
    "M5": 6, "M6": 10, "M8": 25, "M10": 49, "M12": 85,
    "M14": 135, "M16": 210, "M20": 410, "M24": 710, "M30": 1400,
}  # fmt: skip
"""Metric bolts and the torque in Nm that class 8.8 takes, dry."""

_CODES: Final = (
    "E{n:02}", "E{n:02}", "F-{n:03}", "F{n:02}", "AL {n}", "A{n:03}", "0x{n:02X}", "Alarm {n}", "ERR {n}", "W{n:02}",
    "E-{n:02}", "{n:03}", "AL-{n:02}", "Er.{n}", "S{n}", "Error {n}", "H{n:02}", "{n}.{m}", "Code {n}",
)  # fmt: skip
_CODES_FR: Final = (
    "E{n:02}", "D{n:02}", "Def {n}", "AL {n}", "F-{n:03}", "0x{n:02X}", "Alarme {n}", "A{n:03}", "Err {n}", "{n:03}",
    "Défaut {n}",
)  # fmt: skip
_PARAMETERS: Final = ("P{n:02}", "P-{n:03}", "Par. {n}", "C{n:02}", "n{n:03}", "{m}.{n:02}", "F{n}", "b{n}")
_NUMBERS: Final = (
    "{a:03}-{b:04}", "{a:03}.{b:03}.{c:02}", "{x}{x2}-{b:05}", "{b:04}{c:04}", "{x}{a:03}/{c:02}", "{a}-{x}-{c:03}",
)  # fmt: skip
_LETTERS: Final = "ABCDEFGHKLMNPRSTVX"
_LBF_FT: Final = 0.7376  # of one Nm


class Filled(NamedTuple):
    """Words with their slots filled, and what stands in each of them."""

    text: str
    held: dict[str, str]


class Drawing:
    """Draws for one manual.

    Args:
        family: Its family.
        words: The shared wordings of its language.
        random: Decides everything.
        model: The machine's name.
    """

    def __init__(self, family: Family, words: Words, random: Random, model: str) -> None:
        self._words = words
        self._random = random
        self._french = family.language == "fr"
        self._imperial = not self._french and random.random() < 0.3
        self._codes = self._numbers_of(random.choice(_CODES_FR if self._french else _CODES), len(family.fault))
        self._parameters = self._numbers_of(random.choice(_PARAMETERS), len(family.setting))
        self._number_style = random.choice(_NUMBERS)
        self._bolts = random.sample(list(BOLTS), min(len(family.torque), len(BOLTS)))
        self._torque_unit = "lbf ft" if self._imperial else random.choice(("Nm", "Nm", "Nm", "N·m"))
        self.slots = {"model": model, "kind": random.choice(family.kind)}
        self.slots |= {name: self.value(slot) for name, slot in family.slots.items()}

    def value(self, slot: Slot | str | tuple[str, ...]) -> str:
        """Draws a value of a slot; another one each time, as the sizes of a machine have."""
        if isinstance(slot, Slot):
            text = slot.imperial if self._imperial else slot.metric
        else:
            text = slot if isinstance(slot, str) else self._random.choice(slot)
        return self._spelt(_RANGE.sub(self._figure, text))

    def code(self) -> str:
        """Returns the next fault code."""
        return self._codes.pop()

    def parameter(self) -> str:
        """Returns the next number of a parameter."""
        return self._parameters.pop()

    def part_number(self) -> str:
        """Returns a part number."""
        draw = self._random
        letters = {"x": draw.choice(_LETTERS), "x2": draw.choice(_LETTERS)}
        return self._number_style.format(
            a=draw.randrange(10, 999), b=draw.randrange(100, 9999), c=draw.randrange(1, 99), **letters
        )

    def bolt(self) -> tuple[str, str]:
        """Returns the next bolt and its torque; no bolt stands twice in a manual."""
        bolt = self._bolts.pop()
        torque = BOLTS[bolt] * self._random.uniform(0.7, 1.15) * (_LBF_FT if self._imperial else 1)
        rounded = round(torque) if torque < 60 else 5 * round(torque / 5)
        return bolt, f"{rounded} {self._torque_unit}"

    def fill(self, wordings: Wordings, more: Mapping[str, str] | None = None) -> Filled:
        """Takes one of the wordings and fills its slots; `more` goes before the manual's own."""
        wording = wordings if isinstance(wordings, str) else self._random.choice(wordings)
        values = {**self.slots, **(more or {})}
        held = {}

        def put(match: re.Match[str]) -> str:
            held[match[1]] = value_of(match[1], values)
            return held[match[1]]

        def unmark(match: re.Match[str]) -> str:
            held[match[1]] = match[2]
            return match[2]

        return Filled(_MARK.sub(unmark, _SLOT.sub(put, wording)), held)

    def _figure(self, match: re.Match[str]) -> str:
        low, high, step = float(match[1]), float(match[2]), match[3] or "1"
        steps = int((high - low) / float(step) + 1e-9)
        decimals = max(len(text.partition(".")[2]) for text in (step, match[1]))
        figure = f"{low + self._random.randint(0, steps) * float(step):.{decimals}f}"
        return figure.replace(".", ",") if self._french else figure

    def _spelt(self, text: str) -> str:
        for ours, theirs in self._words.replace.items():
            text = text.replace(ours, theirs)
        return text

    def _numbers_of(self, style: str, count: int) -> list[str]:
        """Returns as many codes of a style, all different, in falling order: they are taken from the end."""
        first, major = self._random.choice((1, 1, 10, 20, 100)), self._random.randint(1, 9)
        span = range(first, first + max(2 * count, 1))
        numbers = sorted(self._random.sample(span, count), reverse=True)
        return [style.format(n=number, m=major) for number in numbers]


def value_of(name: str, values: Mapping[str, str]) -> str:
    """Returns what stands for `{name}`: the value of that name, with a capital where the name has one.

    Raises:
        KeyError: If there is no such value.
    """
    return values[name] if name in values else capital(values[name[:1].lower() + name[1:]])


def capital(text: str) -> str:
    """Returns a text with a capital where it begins with a word in lower case; `ePM1`, `i = 12.5` stay as they are."""
    word = _WORD.match(text)
    return text[:1].upper() + text[1:] if word and word[0].islower() else text

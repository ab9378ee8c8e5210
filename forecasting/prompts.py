"""How a series is written for a language model, and how its answer is read: two forms.

    digits   [46,62,null,32]
    json     [{"time":"2026-07-01T00:00","value":46},{"time":"2026-07-01T01:00","value":62}, ...]

- Numbers are those of `forecasting/digits.py`; `null` marks a missing value, and is not 0.
- A prompt is the history as one JSON list in a line; the answer is the list of the steps after it.
- The answer is held to a JSON schema of exactly so many steps, each a number or the mark, dated with
  its own time: llama.cpp and Ollama make a grammar of it.
- It is read strictly all the same, since a server may ignore the schema: prose, a broken list, too
  few or too many steps, an impossible or another date are errors with a name. Nothing is padded.

`forecasting/windows.py` writes the same texts for fine-tuning. `make bench-prompts` measures the forms
against each other; docs/forecasting.md has the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

import msgspec

from forecasting.digits import Digits
from plant.series import Series
from plant.time import MINUTE, to_iso

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from forecasting.contract import Floats

END: Final = "\n"
"""Ends a prompt, and an answer."""

CONTEXT: Final = 72
"""The most steps of history in a prompt."""

_T = TypeVar("_T")


class BadAnswer(ValueError):
    """A text is not the answer that was asked for; the message goes on after "the model"."""


class Prompt(Protocol):
    """One history as a model reads it, and its answer as it writes it."""

    @property
    def digits(self) -> Digits:
        """The scale of the numbers, fitted to the history."""

    def text(self, steps: int) -> str:
        """Returns the newest steps of the history as the model reads them, with `END`."""

    def write(self, values: Floats) -> str:
        """Returns the answer that gives some values, NaN as missing, for the steps after the history."""

    def read(self, answer: str, count: int) -> Floats:
        """Reads an answer of exactly `count` steps; missing ones become NaN.

        Raises:
            BadAnswer: If it is anything else.
        """

    def schema(self, count: int) -> dict[str, Any]:
        """Returns the JSON schema of an answer of `count` steps."""

    def widest(self, count: int) -> str:
        """Returns an answer of `count` steps that is as long as the schema allows."""


@dataclass(frozen=True, slots=True)
class CompactDigits:
    """A list of numbers: the form `digits`."""

    digits: Digits
    history: Series

    @classmethod
    def of(cls, history: Series) -> CompactDigits:
        """Returns the prompt of a history. Raises `ValueError` for one that has no scale."""
        return cls(Digits.fit(history.values), history)

    def text(self, steps: int) -> str:
        """Returns `[46,62,null,32]` and `END`."""
        return self.write(self.history.values[-steps:]) + END

    def write(self, values: Floats) -> str:
        """Returns `[46,62,null,32]`."""
        return _json(self.digits.encode(values))

    def read(self, answer: str, count: int) -> Floats:
        """Reads `[46,62,null,32]`."""
        return _values(self.digits, _listed(answer, _NUMBERS, count))

    def schema(self, count: int) -> dict[str, Any]:
        """Returns the schema of a list of numbers."""
        return {"type": "array", "items": _number(self.digits), "minItems": count, "maxItems": count}

    def widest(self, count: int) -> str:
        """Returns the longest list of numbers."""
        return _json([-self.digits.most] * count)


class _Step(msgspec.Struct, forbid_unknown_fields=True):
    """A step of the form `json`."""

    time: str
    value: int | None


_NUMBERS: Final = msgspec.json.Decoder(list[int | None])
_STEPS: Final = msgspec.json.Decoder(list[_Step])


@dataclass(frozen=True, slots=True)
class DatedJson:
    """A list of objects with time and value: the form `json`."""

    digits: Digits
    history: Series

    @classmethod
    def of(cls, history: Series) -> DatedJson:
        """Returns the prompt of a regular history. Raises `ValueError` for one that has no scale or no step."""
        if history.step_ms is None:
            raise ValueError("the times are not at regular distances")
        return cls(Digits.fit(history.values), history)

    def text(self, steps: int) -> str:
        """Returns `[{"time":"2026-07-01T00:00","value":46}, ...]` and `END`."""
        values = self.history.values[-steps:]
        return self._write(self._times(-len(values), 0), self.digits.encode(values)) + END

    def write(self, values: Floats) -> str:
        """Returns the same for the steps after the history."""
        return self._write(self._times(0, len(values)), self.digits.encode(values))

    def read(self, answer: str, count: int) -> Floats:
        """Reads the same; each step must have its own time."""
        steps = _listed(answer, _STEPS, count)
        for at, (step, time) in enumerate(zip(steps, self._times(0, count), strict=True), 1):
            if step.time != time:
                told = f"instead of {time}" if _is_date(step.time) else "which is no date"
                raise BadAnswer(f"dated step {at} {_shown(step.time)}, {told}")
        return _values(self.digits, [step.value for step in steps])

    def schema(self, count: int) -> dict[str, Any]:
        """Returns the schema of a list of objects, each with the time it must have."""
        steps = [
            {
                "type": "object",
                "properties": {"time": {"const": time}, "value": _number(self.digits)},
                "required": ["time", "value"],
                "additionalProperties": False,
            }
            for time in self._times(0, count)
        ]
        return {"type": "array", "prefixItems": steps, "minItems": count, "maxItems": count}

    def widest(self, count: int) -> str:
        """Returns the longest list of objects."""
        return self._write(self._times(0, count), [-self.digits.most] * count)

    def _times(self, first: int, beyond: int) -> list[str]:
        """Returns the times of steps as texts, counted from the first one after the history."""
        step = self.history.step_ms
        assert step is not None
        start = int(self.history.times[-1]) + step
        length = len("2026-07-01T00:00") if start % MINUTE == step % MINUTE == 0 else None
        return [to_iso(start + at * step).removesuffix("Z")[:length] for at in range(first, beyond)]

    @staticmethod
    def _write(times: Sequence[str], numbers: Sequence[int | None]) -> str:
        return _json([_Step(time, number) for time, number in zip(times, numbers, strict=True)])


FORMS: Final[dict[str, Callable[[Series], Prompt]]] = {"digits": CompactDigits.of, "json": DatedJson.of}
"""Makes the prompt of a history, by the name of its form."""


def newest(series: Series, steps: int) -> Series:
    """Returns the newest steps of a series, all of them where it has fewer."""
    start = max(0, len(series) - steps)
    return Series(series.tag, series.unit, series.times[start:], series.values[start:], series.step_ms)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _number(digits: Digits) -> dict[str, Any]:
    return {"anyOf": [{"type": "integer", "minimum": -digits.most, "maximum": digits.most}, {"type": "null"}]}


def _listed(answer: str, decoder: msgspec.json.Decoder[list[_T]], count: int) -> list[_T]:
    """Reads a JSON list of exactly `count` items."""
    try:
        items = decoder.decode(answer)
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        wrote = "a list that is none of values" if answer.lstrip().startswith("[") else "prose instead of values"
        raise BadAnswer(f"wrote {wrote}: {_shown(answer)}") from error
    if len(items) != count:
        raise BadAnswer(f"gave {len(items)} values where {count} were asked for")
    return items


def _values(digits: Digits, numbers: Sequence[int | None]) -> Floats:
    for at, number in enumerate(numbers, 1):
        if number is not None and abs(number) > digits.most:
            raise BadAnswer(f"gave {_shown(str(number))} at step {at}; at most {digits.most} may be written")
    return digits.decode(numbers)


def _is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _shown(text: str) -> str:
    """Returns the beginning of what a model wrote, quoted, in one line."""
    return repr(text if len(text) <= 40 else f"{text[:40]}...")

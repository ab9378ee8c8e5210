"""A rule as people write it: `TAG high 6.5 deadband 0.1 on-delay 60s`, or `anomaly ASSET threshold 7`."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Final, NamedTuple

from plant.errors import BadInput, UsageError, did_you_mean
from tui.cli.tags import changed_by

if TYPE_CHECKING:
    from plant.registry import Registry, Sensor

_KEYS: Final = {
    "high-high": "high_high",
    "high": "high",
    "low": "low",
    "low-low": "low_low",
    "setpoint": "setpoint",
    "tolerance": "tolerance",
    "deadband": "deadband",
    "on-delay": "on_delay_ms",
    "off-delay": "off_delay_ms",
    "stuck": "stuck_ms",
}
_LIKE: Final = "Write it like: TAG high 6.5 deadband 0.1 on-delay 60s, or: anomaly ASSET threshold 7."


class TagRule(NamedTuple):
    """A tag as it would be."""

    sensor: Sensor


class AssetRule(NamedTuple):
    """The threshold that an asset's detectors would have."""

    asset: str
    threshold: float


def parse_rule(text: str, registry: Registry) -> TagRule | AssetRule:
    """Reads a rule.

    Raises:
        UsageError: If it has not the form of one, or a key that there is not.
        BadInput: If it names a tag or an asset that there is not, or a value that does not fit.
    """
    words = text.split()
    if len(words) < 3:
        raise UsageError(f"{text!r} is no rule.", hint=_LIKE)
    if words[0].lower() == "anomaly":
        return _asset_rule(words[1:], registry)
    sensor = registry.get(words[0])
    if sensor is None:
        raise BadInput(f"There is no tag {words[0]}.", hint=registry.did_you_mean(words[0]) or _LIKE)
    if len(words) % 2 == 0:
        raise UsageError(f"{words[-1]} has no value.", hint=_LIKE)
    pairs = list(zip(words[1::2], words[2::2], strict=True))
    return TagRule(changed_by(sensor, [(_key(word), value) for word, value in pairs]))


def _key(word: str) -> str:
    key = word.lower().replace("_", "-").removesuffix("-ms")
    if key not in _KEYS:
        raise UsageError(f"A rule has no {word}.", hint=did_you_mean(key, _KEYS) or f"It has: {', '.join(_KEYS)}.")
    return _KEYS[key]


def _asset_rule(words: list[str], registry: Registry) -> AssetRule:
    if len(words) != 3 or words[1].lower() != "threshold":
        raise UsageError(f"{' '.join(['anomaly', *words])!r} is no rule.", hint=_LIKE)
    sensors = registry.of_asset(words[0])
    if not sensors:
        raise BadInput(f"There is no asset {words[0]}.", hint=did_you_mean(words[0], registry.assets) or _LIKE)
    return AssetRule(sensors[0].asset, checked_threshold(words[2]))


def checked_threshold(text: str) -> float:
    """Reads a threshold. Raises `BadInput` if it is not a number above 0."""
    try:
        threshold = float(text)
    except ValueError as error:
        raise BadInput(f"{text!r} is not a number for the threshold.", hint="Write it like 7.") from error
    if not (isfinite(threshold) and threshold > 0):
        raise BadInput(f"The threshold {text} is not above 0.", hint="The default is 8.")
    return threshold

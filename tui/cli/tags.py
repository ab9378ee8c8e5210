"""`millhand tags`: list, show and change the sensor registry.

A worker reads the registry again within seconds; nothing has to be restarted.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from plant.errors import BadInput, UsageError, did_you_mean
from plant.registry import Limits, Sensor
from plant.time import parse_duration
from tui.cli.common import JsonFlag, StoreOption, print_json, settings_from, talk, verb_group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plant.registry import Registry
    from plant.settings import Settings

app = verb_group("List, show and change the sensor registry. Example: millhand tags set CW-100.TT-02 high 6.0")

_Tag = Annotated[str, typer.Argument(metavar="TAG", help="The tag, such as CW-100.TT-02.")]

_LIMITS = Limits.__struct_fields__
_DURATIONS = frozenset({"cadence_ms", "stuck_ms", "on_delay_ms", "off_delay_ms"})
_LISTS = frozenset({"aliases", "suppressed_by"})
_KEYS = tuple(key for key in Sensor.__struct_fields__ if key not in {"tag", "limits"}) + _LIMITS


@app.command("list")
def list_tags(as_json: JsonFlag = False, store: StoreOption = None) -> None:
    """List all tags with their unit, asset and description.

    Discovered ones are not alarmed until confirmed.

    Example: millhand tags list --json
    """
    registry = _registry(settings_from(store=store))
    if as_json:
        print_json(list(registry))
        return
    for sensor in registry:
        mark = "" if sensor.state == "confirmed" else f"  ({sensor.state})"
        print(f"{sensor.tag:<16} {sensor.unit:<8} {sensor.asset:<8} {sensor.description}{mark}".rstrip())


@app.command()
def show(tag: _Tag, as_json: JsonFlag = False, store: StoreOption = None) -> None:
    """Show all that the registry knows of a tag.

    Example: millhand tags show CW-100.TT-02
    """
    sensor = _known(_registry(settings_from(store=store)), tag)
    if as_json:
        print_json(sensor)
        return
    fields: dict[str, Any] = msgspec.to_builtins(sensor)
    for key, value in {**fields, **fields.pop("limits")}.items():
        if key != "limits":
            print(f"{key:<14} {_text(value)}")


def _text(value: object) -> str:
    """Writes a value as `tags set` takes it."""
    if isinstance(value, bool):
        return str(value).lower()
    text = ", ".join(value) if isinstance(value, (list, tuple)) else value
    return "-" if text is None or text == "" else str(text)


@app.command("set", context_settings={"ignore_unknown_options": True})  # a value may begin with a minus
def set_key(
    tag: _Tag,
    key: Annotated[str, typer.Argument(metavar="KEY", help=f"One of: {', '.join(_KEYS)}.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="The value; none for no value, a,b for a list.")],
    as_json: JsonFlag = False,
    store: StoreOption = None,
) -> None:
    """Change one key of a tag: limits, unit, aliases, delays, state.

    Examples: millhand tags set CW-100.TT-02 high 6.5
              millhand tags set CW-100.TT-02 aliases "chilled water,eau glacee"
              millhand tags set CW-100.XT-09 state confirmed
              millhand tags set P-101.JT-01 suppressed_by P-101.SC-01
    """
    settings = settings_from(store=store)
    registry = _registry(settings)
    changed = changed_sensor(_known(registry, tag), key, value)
    _check_suppressors(changed, registry)

    from plant.store.sqlite import open_store

    with open_store(settings.store.path) as plant_store:
        plant_store.put_sensors([changed])
    if as_json:
        print_json(changed)
    talk(f"{changed.tag}: {key} is {value} now.")


def changed_sensor(sensor: Sensor, key: str, value: str) -> Sensor:
    """Returns a sensor with one key changed. Raises as `changed_by` does."""
    return changed_by(sensor, [(key, value)])


def changed_by(sensor: Sensor, pairs: Sequence[tuple[str, str]]) -> Sensor:
    """Returns a sensor with some keys changed.

    Raises:
        UsageError: If there is no such key.
        BadInput: If a value does not fit its key, or the limits would contradict each other.
    """
    changed = sensor
    for key, value in pairs:
        if key not in _KEYS:
            raise UsageError(f"A tag has no {key}.", hint=did_you_mean(key, _KEYS) or f"It has: {', '.join(_KEYS)}.")
        fields: dict[str, Any] = msgspec.to_builtins(changed)
        target = fields["limits"] if key in _LIMITS else fields
        target[key] = _typed(key, value, target[key])
        try:
            changed = msgspec.convert(fields, Sensor, strict=False)
        except msgspec.ValidationError as error:
            raise BadInput(f"{value!r} does not fit {key}: {error}.") from error
    _check_order(changed)
    return changed


def _typed(key: str, value: str, old: object) -> object:
    if key in _LISTS:
        return [word.strip() for word in value.split(",") if word.strip() and value.lower() != "none"]
    if value.lower() == "none":
        return "" if isinstance(old, str) else None
    if isinstance(old, bool) and value.lower() not in {"true", "false"}:
        raise BadInput(f"{value!r} does not fit {key}.", hint="Write true or false.")
    if key in _DURATIONS and not value.isdigit():
        return parse_duration(value)
    if key in _LIMITS or key.startswith("range_"):
        return _number(key, value)
    return int(value) if isinstance(old, int) and value.isdigit() else value


def _number(key: str, value: str) -> float:
    from math import isfinite

    try:
        number = float(value)
    except ValueError as error:
        raise BadInput(f"{value!r} is not a number for {key}.", hint="Write it like 5.2, or none.") from error
    if not isfinite(number):
        raise BadInput(f"{value!r} is not a finite number for {key}.", hint="Write none for no limit.")
    return number


def _check_order(sensor: Sensor) -> None:
    """Raises `BadInput` where a limit lies beyond the one that should be outside it."""
    limits = sensor.limits
    ladder = [("low_low", limits.low_low), ("low", limits.low), ("high", limits.high), ("high_high", limits.high_high)]
    given = [(name, edge) for name, edge in ladder if edge is not None]
    for (below, lower), (above, upper) in pairwise(given):
        if lower >= upper:
            raise BadInput(f"{sensor.tag}: {below} {lower:g} is not below {above} {upper:g}.")
    for name in ("deadband", "tolerance"):
        width = getattr(limits, name)
        if width is not None and width < 0:
            raise BadInput(f"{sensor.tag}: {name} {width:g} is negative.")


def _check_suppressors(sensor: Sensor, registry: Registry) -> None:
    """Raises `BadInput` where a tag would be suppressed by something that there is not, or by itself."""
    names = {name.upper() for name in (*registry.assets, *(other.tag for other in registry))} - {sensor.tag.upper()}
    for name in sensor.suppressed_by:
        if name.upper() == sensor.tag.upper():
            raise BadInput(f"{sensor.tag} cannot be suppressed by itself.", hint="Name other tags or assets.")
        if name.upper() not in names:
            hint = did_you_mean(name, sorted(names)) or "Name other tags or assets."
            raise BadInput(f"{sensor.tag} cannot be suppressed by {name}.", hint=hint)


def _known(registry: Registry, tag: str) -> Sensor:
    sensor = registry.get(tag)
    if sensor is None:
        raise BadInput(f"There is no tag {tag}.", hint=registry.did_you_mean(tag) or "See millhand tags list.")
    return sensor


def _registry(settings: Settings) -> Registry:
    from tools.toolbox import open_toolbox

    with open_toolbox(settings, talk) as box:
        return box.store.registry()

"""Where the inputs of a forecast come from: other tags of the store, or other columns of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forecasting.inputs import InputSources, build_inputs
from plant.errors import BadInput, did_you_mean
from plant.facts import Refusal, RefusalCode
from plant.time import MINUTE, Span
from tools.subjects import no_tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo

    from forecasting.contract import Inputs
    from plant.series import Series
    from plant.store.contract import Store
    from tools.contract import ForecastInput


def tag_inputs(
    store: Store, request: ForecastInput, series: Series, horizon: int, zone: tzinfo
) -> tuple[Inputs | None, list[str]] | Refusal:
    """Returns the inputs that are asked for on the steps of a tag's history, and notes of what is used.

    Args:
        store: Where readings are.
        request: What is asked.
        series: The tag's history, regular, of at least one step.
        horizon: Steps after it, to whose end an input may be known ahead.
        zone: The plant's, for the calendar.

    Returns:
        None and no notes where none is asked for; a refusal for a tag that is not known or cannot be one.
    """
    registry = store.registry()
    for name in (*request.known, *request.inputs):
        if registry.get(name) is None:
            return no_tag(registry, name, " for an input")
    step = series.step_ms or MINUTE
    start, now = int(series.times[0]), int(series.times[-1]) + step

    def read(names: Iterable[str], end: int) -> list[Series]:
        tags = dict.fromkeys(sensor.tag for name in names if (sensor := registry.get(name)))
        return [store.series(tag, Span(start, end), step) for tag in tags]

    sources = InputSources(
        known=read(request.known, now + horizon * step),
        seen=read(request.inputs, now),
        zone=zone if request.calendar else None,
    )
    try:
        return build_inputs(sources, series, horizon)
    except BadInput as error:
        return Refusal(RefusalCode.NO_DATA, error.message, error.hint)


def column_inputs(
    columns: Mapping[str, Series], *, known: Iterable[str] = (), seen: Iterable[str] = (), zone: tzinfo | None = None
) -> InputSources:
    """Returns columns of a file as inputs.

    Args:
        columns: All that the file has.
        known: Names of those known ahead.
        seen: Names of those seen up to now.
        zone: Whose calendar is an input; None for no calendar.

    Raises:
        BadInput: For a name that the file does not have, with the nearest one.
    """
    known, seen = tuple(known), tuple(seen)
    for name in (*known, *seen):
        if name not in columns:
            raise BadInput(f"There is no column {name!r} for an input.", hint=did_you_mean(name, columns))
    return InputSources(
        known=tuple(columns[name] for name in dict.fromkeys(known)),
        seen=tuple(columns[name] for name in dict.fromkeys(seen)),
        zone=zone,
    )

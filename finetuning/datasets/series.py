"""Examples from measured series: windows as `forecasting/windows.py` cuts them, the newest span kept for validation."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from finetuning.datasets.overlap import held_apart
from finetuning.datasets.splits import Assigned
from finetuning.example import Example, Split, Task, Turn
from forecasting.series import choose_step
from forecasting.windows import Cut, split_windows
from plant.errors import BadInput, UsageError, did_you_mean
from plant.time import HOUR, MINUTE, to_iso

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from forecasting.windows import Window
    from plant.store.contract import Store

HORIZON_MS: Final = 2 * HOUR
"""How far a window's answer goes: as far as `millhand forecast` looks unless told."""

_VALIDATION: Final = 0.15
"""Share of a tag's time, the newest, that is for validation."""

_AGAIN: Final = "the same as one of the other split"

SPLITTER: Final = Assigned(
    lambda example: Split(example.source["split"]), f"by time: the newest {_VALIDATION:.0%} of each tag to validate"
)


def series_examples(store: Store, tags: Sequence[str]) -> tuple[list[Example], Mapping[str, int]]:
    """Returns the examples of some tags, and how many windows were left out by reason.

    Args:
        store: Holds the readings.
        tags: Which; all that have readings where none is named.

    Raises:
        UsageError: For a tag that the store does not know.
        BadInput: If no tag has readings for a window.
    """
    known = [sensor.tag for sensor in store.registry()]
    for tag in tags:
        if tag not in known:
            raise UsageError(f"There is no tag {tag} in the store.", hint=did_you_mean(tag, known))
    left_out: Counter[str] = Counter()
    made = [example for tag in tags or known for example in _of_tag(store, tag, left_out)]
    examples, again = held_apart(made, SPLITTER)
    if again:
        left_out[_AGAIN] += again
    if not examples:
        raise BadInput("None of the tags has readings for a window.", hint="Let the worker run, or name other tags.")
    return examples, dict(left_out)


def _of_tag(store: Store, tag: str, left_out: Counter[str]) -> Iterator[Example]:
    span = store.extent(tag)
    if span is None:
        return
    step = choose_step(HORIZON_MS, MINUTE)
    cut = Cut(horizon=HORIZON_MS // step, stride=HORIZON_MS // step)
    series = store.series(tag, span, step)
    at = span.end - int((span.end - span.start) * _VALIDATION)
    for split, windows in zip((Split.TRAIN, Split.VALIDATION), split_windows(series, cut, at), strict=True):
        left_out.update(windows.left_out)
        yield from (_example(window, split) for window in windows.windows)


def _example(window: Window, split: Split) -> Example:
    return Example(
        messages=(Turn("assistant", window.answer),),
        text=window.prompt,
        id=f"{window.tag}/{to_iso(window.origin)}",
        task=Task.SERIES,
        group=f"{window.tag}/{split}",
        source={"tag": window.tag, "from": to_iso(window.start), "to": to_iso(window.end), "split": split},
    )

"""Series for fine-tuning: windows as prompt and answer, exactly as the language candidate writes and reads them.

    ........ history (context) |  answer (horizon)  |       one window
    ............ history (context) |  answer (horizon)  |   the next, `stride` steps later

A model that is tuned on them is asked the same way by `forecasting/candidates/language.py`: the forms are those of
`forecasting/prompts.py`, and a scale is fitted to each window's history alone. A window that the candidate could not
be asked or could not read is left out, and counted by its reason.

`split_windows` keeps a validation span apart: no window crosses the split time, and no step is in both parts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from forecasting.prompts import CONTEXT, END, FORMS, BadAnswer, newest
from forecasting.series import missing_share
from plant.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from forecasting.prompts import Prompt
    from plant.series import Series

GAPS: Final = "too many gaps"
NO_SCALE: Final = "no value to scale by"
OFF_SCALE: Final = "an answer far off the history's scale"


@dataclass(frozen=True, slots=True)
class Window:
    """One example.

    Attributes:
        tag: The series' tag.
        start: Time of the first step of its history, UTC milliseconds.
        origin: Time of the first step of its answer.
        end: Time of the last step of its answer.
        prompt: What the model reads, with `END`.
        answer: What it is to write, with `END`.
    """

    tag: str
    start: int
    origin: int
    end: int
    prompt: str
    answer: str


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows of a series.

    Attributes:
        windows: By time.
        left_out: How many were left out, by reason.
    """

    windows: tuple[Window, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cut:
    """How windows are cut.

    Attributes:
        horizon: Steps of an answer.
        context: Steps of a history.
        stride: Steps from one window to the next.
        form: A name of `forecasting.prompts.FORMS`.
        max_missing: The largest share of missing steps in a history, and in an answer; they become the missing mark.
    """

    horizon: int
    context: int = CONTEXT
    stride: int = 1
    form: str = "digits"
    max_missing: float = 0.3

    def __post_init__(self) -> None:
        for name, least in (("horizon", 1), ("context", 2), ("stride", 1)):
            if (value := getattr(self, name)) < least:
                raise BadInput(f"The {name} of windows is {value} steps; it has to be {least} or more.")
        if self.form not in FORMS:
            raise BadInput(f"There is no prompt form {self.form!r}.", hint=f"There are {', '.join(FORMS)}.")


def make_windows(series: Series, cut: Cut) -> Windows:
    """Returns all windows of a regular series, NaN where missing; none where it is shorter than one.

    Raises:
        BadInput: If the series has no step.
    """
    if series.step_ms is None:
        raise BadInput(f"{series.tag} has no regular steps to cut windows from.", hint="Bring it to steps first.")
    windows: list[Window] = []
    left_out: Counter[str] = Counter()
    for origin in range(cut.context, len(series) - cut.horizon + 1, cut.stride):
        made = _window(series.until(origin + cut.horizon), cut)
        if isinstance(made, Window):
            windows.append(made)
        else:
            left_out[made] += 1
    return Windows(tuple(windows), dict(left_out))


def split_windows(series: Series, cut: Cut, at: int) -> tuple[Windows, Windows]:
    """Returns the windows for training and those for validation.

    Args:
        series: Regular, NaN where missing.
        cut: How windows are cut.
        at: The split, UTC milliseconds: steps before it are for training only, history and answer; it and later ones
            are for validation only.

    Raises:
        BadInput: If the series has no step.
    """
    n = int(np.searchsorted(series.times, at))
    return make_windows(series.until(n), cut), make_windows(newest(series, len(series) - n), cut)


def _window(series: Series, cut: Cut) -> Window | str:
    """Returns the window at the end of a series, or why there is none."""
    history = newest(series.until(len(series) - cut.horizon), cut.context)
    answer = series.values[-cut.horizon :]
    if max(missing_share(history.values), missing_share(answer)) > cut.max_missing:
        return GAPS
    try:
        prompt = FORMS[cut.form](history)
    except ValueError:
        return NO_SCALE
    written = prompt.write(answer)
    if not _readable(prompt, written, cut.horizon):
        return OFF_SCALE
    start, origin, end = (int(series.times[at]) for at in (-cut.horizon - cut.context, -cut.horizon, -1))
    return Window(series.tag, start, origin, end, prompt.text(cut.context), written + END)


def _readable(prompt: Prompt, answer: str, count: int) -> bool:
    try:
        prompt.read(answer, count)
    except BadAnswer:
        return False
    return True
